//! The bytes of a chunk: seven of the key and five of the digest, one entry after the other, by key.

use domain::digest::{Digest, SubscriptionKey};

/// How many bytes an entry takes.
pub(super) const ENTRY: usize = SubscriptionKey::BYTES + Digest::BYTES;

pub(super) fn encode(entries: &[(SubscriptionKey, Digest)]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(entries.len() * ENTRY);
    for (key, digest) in entries {
        bytes.extend_from_slice(&key.to_bytes());
        bytes.extend_from_slice(&digest.to_bytes());
    }
    bytes
}

pub(super) fn decode(bytes: &[u8], entries: &mut Vec<(SubscriptionKey, Digest)>) -> Result<(), &'static str> {
    let (whole, rest) = bytes.as_chunks::<ENTRY>();
    if !rest.is_empty() {
        return Err("is cut short");
    }
    for [a, b, c, d, e, f, g, h, i, j, k, l] in whole {
        let key = SubscriptionKey::from_bytes([*a, *b, *c, *d, *e, *f, *g]);
        entries.push((key, Digest::from_bytes([*h, *i, *j, *k, *l])));
    }
    Ok(())
}
