//! SHA-256 over unambiguous encodings, and the two short fingerprints the digest index is made of.

use sha2::{Digest as _, Sha256};
use std::fmt;

/// SHA-256 of parts, each preceded by its length, so that `["ab","c"]` and `["a","bc"]` differ.
pub fn sha256_of_parts(parts: &[&str]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().into()
}

/// SHA-256 of one text.
pub fn sha256(text: &[u8]) -> [u8; 32] {
    Sha256::digest(text).into()
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

fn big_endian(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// A subscription's place in the digest index and in the table: the first 56 bits of the SHA-256 of its id.
/// Two ids that meet in 56 bits (once in 10⁵ estates of a million) are noticed and parked, never merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubscriptionKey(u64);

impl SubscriptionKey {
    /// How many bytes a key takes in the index.
    pub const BYTES: usize = 7;

    /// The key of a supplier's subscription id.
    pub fn of(id: &str) -> Self {
        let mut bytes = [0; Self::BYTES];
        bytes.copy_from_slice(&sha256(id.as_bytes())[..Self::BYTES]);
        Self::from_bytes(bytes)
    }

    /// From the seven bytes of [`SubscriptionKey::to_bytes`].
    pub fn from_bytes(bytes: [u8; 7]) -> Self {
        Self(big_endian(&bytes))
    }

    /// Seven big-endian bytes; they sort like the key.
    pub fn to_bytes(self) -> [u8; 7] {
        let [_, bytes @ ..] = self.0.to_be_bytes();
        bytes
    }

    /// Which of `2^bits` equal parts of all keys this one falls into.
    pub fn bucket(self, bits: u8) -> u64 {
        self.0 >> (56 - u32::from(bits.min(32)))
    }
}

impl fmt::Display for SubscriptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:014x}", self.0)
    }
}

/// What a subscription looked like when it was last planned, in 40 bits: one change in 10¹² goes unseen until
/// the subscription changes again. [`Digest::LOOK`] is never computed and makes the next run look again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(u64);

impl Digest {
    /// "Look at this subscription in every run": errors, grace periods, unknown outcomes.
    pub const LOOK: Self = Self(0);
    /// How many bytes a digest takes in the index.
    pub const BYTES: usize = 5;

    /// From the first 40 bits of a hash; zero is moved aside to one.
    pub fn from_hash(hash: &[u8; 32]) -> Self {
        Self(big_endian(&hash[..Self::BYTES]).max(1))
    }

    /// From the five bytes of [`Digest::to_bytes`].
    pub fn from_bytes(bytes: [u8; 5]) -> Self {
        Self(big_endian(&bytes))
    }

    /// Five big-endian bytes.
    pub fn to_bytes(self) -> [u8; 5] {
        let [_, _, _, bytes @ ..] = self.0.to_be_bytes();
        bytes
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:010x}", self.0)
    }
}

impl std::str::FromStr for Digest {
    type Err = InvalidDigest;

    fn from_str(text: &str) -> Result<Self, InvalidDigest> {
        match u64::from_str_radix(text, 16) {
            Ok(value) if text.len() == 10 => Ok(Self(value)),
            _ => Err(InvalidDigest(text.chars().take(40).collect())),
        }
    }
}

/// A text is not a digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a digest: expected ten hexadecimal digits")]
pub struct InvalidDigest(pub String);

/// Collects fields into one hash, each with its length, without building a text first.
pub struct Fingerprint(Sha256);

impl Fingerprint {
    /// Starts a fingerprint of one kind of thing; the kind keeps different things apart.
    pub fn new(kind: &str) -> Self {
        let mut this = Self(Sha256::new());
        this.text(kind);
        this
    }

    /// Adds a text.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.0.update((text.len() as u64).to_le_bytes());
        self.0.update(text.as_bytes());
        self
    }

    /// Adds another fingerprint.
    pub fn bytes(&mut self, bytes: &[u8; 32]) -> &mut Self {
        self.0.update(bytes);
        self
    }

    /// Adds a whole number.
    pub fn number(&mut self, number: i128) -> &mut Self {
        self.0.update(number.to_le_bytes());
        self
    }

    /// Adds a decimal by value: `1.0` and `1.00` are the same price.
    pub fn decimal(&mut self, value: rust_decimal::Decimal) -> &mut Self {
        let value = value.normalize();
        self.0.update(value.scale().to_le_bytes());
        self.number(value.mantissa())
    }

    /// Adds whether something is there, and the thing itself through `add` when it is.
    pub fn optional<T>(&mut self, value: Option<T>, add: impl FnOnce(&mut Self, T)) -> &mut Self {
        match value {
            None => self.0.update([0]),
            Some(value) => {
                self.0.update([1]);
                add(self, value);
            }
        }
        self
    }

    /// The whole hash.
    pub fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

#[cfg(test)]
mod tests;
