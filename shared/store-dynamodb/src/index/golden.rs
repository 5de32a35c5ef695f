//! What the golden files need of a chunk.

use super::chunk::{decode, encode};
use super::{DigestIndex, item};
use crate::item::{Item, Read};
use crate::keys::Key;
use domain::digest::{Digest, SubscriptionKey};
use domain::failure::Failure;

pub(crate) fn chunk_item(key: Key, entries: &[(SubscriptionKey, Digest)]) -> Item {
    item(key, encode(entries))
}

pub(crate) fn read_chunk(item: &Item) -> Result<Vec<(SubscriptionKey, Digest)>, Failure> {
    let item = Read::new(item)?;
    let mut entries = Vec::new();
    decode(item.bytes("d")?, &mut entries).map_err(|e| item.wrong("d", e))?;
    Ok(DigestIndex::new(entries).entries().to_vec())
}
