//! The key that cookies, cursors and form tokens are signed with, and where random secrets come from.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::failure::{Failure, FailureKind};
use domain::id::SystemId;
use domain::secret::Secret;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use std::fmt;

/// How many bytes of entropy a secret has.
const SECRET_BYTES: usize = 32;
/// How many bytes a signature has.
pub(crate) const MAC_BYTES: usize = 32;

/// A signing key is too short to keep anybody out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signing key needs at least {SECRET_BYTES} bytes")]
pub struct WeakKey;

/// What cookies, cursors and form tokens are signed with (HMAC-SHA-256).
#[derive(Clone)]
pub struct SigningKey(Hmac<Sha256>);

impl SigningKey {
    /// The key of a secret of at least 32 bytes.
    pub fn new(secret: &Secret) -> Result<Self, WeakKey> {
        let bytes = secret.expose().as_bytes();
        if bytes.len() < SECRET_BYTES {
            return Err(WeakKey);
        }
        Hmac::new_from_slice(bytes).map(Self).map_err(|_| WeakKey)
    }

    /// A new random key that ends with the process: what it signs is good nowhere else.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn passing() -> Result<Self, Failure> {
        let weak = |error: WeakKey| {
            Failure::new(FailureKind::Unavailable, &SystemId::billbridge(), format!("make a key: {error}"))
        };
        Self::new(&Secret::new(random_text()?)).map_err(weak)
    }

    /// The signature of these parts for one purpose: what is signed for one is good for no other.
    pub(crate) fn sign(&self, purpose: &str, parts: &[&str]) -> [u8; MAC_BYTES] {
        self.over(purpose, parts).finalize().into_bytes().into()
    }

    /// Whether a signature is right; takes the same time wherever it is wrong.
    pub(crate) fn verify(&self, purpose: &str, parts: &[&str], mac: &[u8]) -> bool {
        self.over(purpose, parts).verify_slice(mac).is_ok()
    }

    fn over(&self, purpose: &str, parts: &[&str]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        for part in std::iter::once(&purpose).chain(parts) {
            mac.update(&(part.len() as u64).to_le_bytes());
            mac.update(part.as_bytes());
        }
        mac
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(…)")
    }
}

/// A new random text of 256 bits: 43 characters of URL-safe base 64.
pub(crate) fn random_text() -> Result<String, Failure> {
    let mut bytes = [0; SECRET_BYTES];
    getrandom::fill(&mut bytes).map_err(|e| {
        let what = format!("get randomness from the operating system: {e}");
        Failure::new(FailureKind::Unavailable, &SystemId::billbridge(), what)
    })?;
    Ok(encode(&bytes))
}

/// Whether a text may have come from [`random_text`]; what may not is never looked up.
pub(crate) fn is_random_text(text: &str) -> bool {
    decode(text).is_some_and(|bytes| bytes.len() == SECRET_BYTES)
}

/// URL-safe base 64 without padding.
pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads [`encode`]; one value has one text.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

#[cfg(test)]
mod tests;
