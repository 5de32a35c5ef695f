//! Keys that sign identity tokens, and what is published of them.

use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// How identity tokens are signed (RFC 7518, 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signing {
    /// RSA with SHA-256, which every provider must support (*documented*, discovery §3).
    Rs256,
    /// ECDSA on P-256.
    Es256,
}

impl Signing {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
        }
    }
}

enum Pair {
    Rsa(Box<RsaKeyPair>),
    Ec(EcdsaKeyPair),
}

/// A key pair and the name it is published under.
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) signing: Signing,
    pair: Pair,
}

impl Key {
    pub(crate) fn generate(id: String, signing: Signing) -> Result<Self, Unspecified> {
        let pair = match signing {
            Signing::Rs256 => Pair::Rsa(Box::new(RsaKeyPair::generate(KeySize::Rsa2048)?)),
            Signing::Es256 => Pair::Ec(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?),
        };
        Ok(Self { id, signing, pair })
    }

    /// The public half as a JSON web key (RFC 7517, 4; RFC 7518, 6).
    pub(crate) fn published(&self) -> Value {
        let head = |kty: &str| json!({"kid": self.id, "use": "sig", "alg": self.signing.name(), "kty": kty});
        match &self.pair {
            Pair::Rsa(pair) => {
                let [n, e] = rsa_numbers(pair.public_key().as_ref()).map(text);
                let mut key = head("RSA");
                key["n"] = n.into();
                key["e"] = e.into();
                key
            }
            Pair::Ec(pair) => {
                // 04, then both coordinates of 32 bytes each (SEC 1, 2.3.3).
                let point = pair.public_key().as_ref();
                let mut key = head("EC");
                key["crv"] = "P-256".into();
                key["x"] = text(point.get(1..33).unwrap_or_default()).into();
                key["y"] = text(point.get(33..65).unwrap_or_default()).into();
                key
            }
        }
    }

    /// A signature as it stands in a token (RFC 7518, 3.3 and 3.4).
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Unspecified> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)?;
                Ok(signature)
            }
            Pair::Ec(pair) => Ok(pair.sign(&random, message)?.as_ref().to_vec()),
        }
    }
}

pub(crate) fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Modulus and exponent out of an `RSAPublicKey` (RFC 8017, A.1.1): a sequence of two integers.
fn rsa_numbers(der: &[u8]) -> [&[u8]; 2] {
    let (sequence, _) = element(der);
    let (modulus, rest) = element(sequence);
    let (exponent, _) = element(rest);
    [modulus, exponent].map(unsigned)
}

/// The content of a DER element, and what follows it.
fn element(der: &[u8]) -> (&[u8], &[u8]) {
    let Some((first, rest)) = der.get(1..).and_then(<[u8]>::split_first) else { return (&[], &[]) };
    let (length, rest) = match usize::from(*first) {
        short if short < 0x80 => (short, rest),
        long => {
            let (digits, rest) = rest.split_at((long - 0x80).min(rest.len()));
            (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), rest)
        }
    };
    rest.split_at(length.min(rest.len()))
}

/// Without the zero that keeps a DER integer positive.
fn unsigned(integer: &[u8]) -> &[u8] {
    integer.strip_prefix(&[0]).unwrap_or(integer)
}
