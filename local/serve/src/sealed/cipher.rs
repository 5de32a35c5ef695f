//! Sealing and naming, each with a key of its own that is derived from the one in the file.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::{hkdf, hmac};
use domain::digest::hex;
use domain::id::{SystemId, UserId};
use domain::secret::Secret;

/// How long every key is, in bytes.
pub(super) const KEY: usize = 32;

// What each derived key is for. Another text is another key.
const SEAL: &[u8] = b"billbridge/1/personal-secret/seal";
const NAME: &[u8] = b"billbridge/1/personal-secret/name";
const MARK: &[u8] = b"billbridge/1/personal-secret/mark";
const SESSION: &[u8] = b"billbridge/1/session";

/// The derived keys.
pub(super) struct Cipher {
    seal: [u8; KEY],
    name: hmac::Key,
    mark: String,
    session: [u8; KEY],
}

impl Cipher {
    pub(super) fn new(key: &[u8; KEY]) -> Self {
        let root = hkdf::Salt::new(hkdf::HKDF_SHA256, b"billbridge").extract(key);
        Self {
            seal: derived(&root, SEAL),
            name: hmac::Key::new(hmac::HMAC_SHA256, &derived(&root, NAME)),
            mark: hex(&derived(&root, MARK)[..8]),
            session: derived(&root, SESSION),
        }
    }

    /// Tells keys apart, and nothing more.
    pub(super) fn mark(&self) -> &str {
        &self.mark
    }

    pub(super) fn session_key(&self) -> Secret {
        Secret::new(hex(&self.session))
    }

    /// What an entry is filed under.
    pub(super) fn name(&self, user: &UserId, system: &SystemId) -> String {
        hex(hmac::sign(&self.name, &bound_to(user, system)).as_ref())
    }

    /// The nonce, then the sealed text with its tag.
    pub(super) fn seal(
        &self,
        user: &UserId,
        system: &SystemId,
        mut text: Vec<u8>,
    ) -> Result<Vec<u8>, String> {
        let failed = |_| "the text cannot be sealed".to_owned();
        let key = RandomizedNonceKey::new(&AES_256_GCM, &self.seal).map_err(failed)?;
        let aad = Aad::from(bound_to(user, system));
        let nonce = key.seal_in_place_append_tag(aad, &mut text).map_err(failed)?;
        let mut entry = nonce.as_ref().to_vec();
        entry.append(&mut text);
        Ok(entry)
    }

    /// Nothing, unless it was sealed with this key for this person and system and is as it was.
    pub(super) fn open(&self, user: &UserId, system: &SystemId, mut entry: Vec<u8>) -> Option<Vec<u8>> {
        let (nonce, text) = entry.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let key = RandomizedNonceKey::new(&AES_256_GCM, &self.seal).ok()?;
        key.open_in_place(nonce, Aad::from(bound_to(user, system)), text).ok().map(|text| text.to_vec())
    }
}

/// Neither id can hold a zero.
fn bound_to(user: &UserId, system: &SystemId) -> Vec<u8> {
    format!("{user}\0{system}").into_bytes()
}

struct Length;

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        KEY
    }
}

fn derived(root: &hkdf::Prk, purpose: &[u8]) -> [u8; KEY] {
    let mut key = [0; KEY];
    match root.expand(&[purpose], Length).and_then(|okm| okm.fill(&mut key)) {
        Ok(()) => key,
        Err(_) => unreachable!("32 bytes are less than 255 times the hash"),
    }
}

/// A new key.
pub(super) fn random() -> Result<[u8; KEY], String> {
    let mut key = [0; KEY];
    aws_lc_rs::rand::fill(&mut key).map_err(|_| "this machine gives no random numbers".to_owned())?;
    Ok(key)
}

pub(super) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| Some(digit(pair[0])? << 4 | digit(*pair.get(1)?)?)).collect()
}
