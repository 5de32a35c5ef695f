//! The digest index: all digests of an organisation in a few chunks, read whole and rewritten in part.

use crate::error::malformed;
use crate::item::{Fields, Item, Read};
use crate::keys::{self, SK};
use crate::store::DynamoStore;
use crate::transaction::{MOST_ITEMS, Step, lease_lost};
use async_trait::async_trait;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};
use domain::digest::{Digest, SubscriptionKey};
use domain::failure::Failure;
use domain::id::OrganisationId;
use domain::index::DigestIndex;
use domain::journal::Lease;
use domain::ports::{IndexChange, IndexStore};

mod chunk;
mod layout;
mod merge;

pub(crate) use layout::Layout;

/// A transaction carries 4 MB; its request is larger than its items.
const MOST_BYTES: usize = 3_000_000;

/// A chunk to be written, or removed when nothing is left in it.
pub(crate) struct ChunkWrite {
    bits: u8,
    bucket: u64,
    bytes: Option<Vec<u8>>,
}

#[async_trait]
impl IndexStore for DynamoStore {
    /// One eventually consistent query of all pages: 0.0015 read units a subscription. Sixteen bytes are kept
    /// of each, and one page of the table's answer at a time.
    async fn index(&self, organisation: &OrganisationId) -> Result<DigestIndex, Failure> {
        let mut layout = Layout::default();
        let mut entries: Vec<(SubscriptionKey, Digest)> = Vec::new();
        let query = self.query(keys::indexes(organisation));
        let mut from = None;
        loop {
            let page = self.page("read the index", &query, from).await?;
            for item in page.items {
                let item = Read::new(&item)?;
                let (bits, bucket) = place(item)?;
                layout.add(bits, bucket);
                chunk::decode(item.bytes("d")?, &mut entries).map_err(|e| item.wrong("d", e))?;
            }
            from = page.next;
            if from.is_none() {
                break;
            }
            let expected = layout.expected(entries.len());
            entries.reserve_exact(expected.saturating_sub(entries.len()));
        }
        self.layouts(|layouts| layouts.insert(organisation.clone(), layout));
        Ok(DigestIndex::new(entries))
    }

    /// Transactions of up to 99 chunks and the lease's check: 14 write units for each chunk of 512 that a change
    /// falls into, whether it is one change or all. Called once a run, not once a change.
    async fn change_index(
        &self,
        lease: &Lease,
        organisation: &OrganisationId,
        index: &DigestIndex,
        changes: &[IndexChange],
    ) -> Result<(), Failure> {
        if changes.is_empty() {
            return Ok(());
        }
        let writer = self.writer(lease);
        let _turn = writer.lock().await;
        let known = self.layouts(|layouts| layouts.remove(organisation));
        let mut layout = match known {
            Some(layout) => layout,
            None => self.read_layout(organisation).await?,
        };
        layout.note(changes);
        let mut batch = Vec::new();
        let mut bytes = 0;
        for chunk in merge::rewrite(index.entries(), &layout) {
            let size = chunk.bytes.as_ref().map_or(0, Vec::len);
            if batch.len() == MOST_ITEMS || bytes + size > MOST_BYTES {
                self.write_chunks(lease, std::mem::take(&mut batch)).await?;
                bytes = 0;
            }
            layout.wrote(&chunk);
            bytes += size;
            batch.push(self.chunk_write(organisation, chunk)?);
        }
        if !batch.is_empty() {
            self.write_chunks(lease, batch).await?;
        }
        self.layouts(|layouts| layouts.insert(organisation.clone(), layout));
        Ok(())
    }
}

impl DynamoStore {
    async fn write_chunks(&self, lease: &Lease, chunks: Vec<TransactWriteItem>) -> Result<(), Failure> {
        let done = self.fenced(lease, "write the index", chunks).await?;
        done.map_err(|_| lease_lost(lease))
    }

    fn chunk_write(
        &self,
        organisation: &OrganisationId,
        write: ChunkWrite,
    ) -> Result<TransactWriteItem, Failure> {
        let key = keys::index_chunk(organisation, write.bits, write.bucket);
        match write.bytes {
            None => Step::delete(self, key),
            Some(bytes) => Step::new().put(self, item(key, bytes)),
        }
    }

    /// Which chunks there are, for a process that has not read the index itself.
    async fn read_layout(&self, organisation: &OrganisationId) -> Result<Layout, Failure> {
        let mut layout = Layout::default();
        let query = self
            .query(keys::indexes(organisation))
            .projection_expression("#sk")
            .expression_attribute_names("#sk", SK)
            .consistent_read(true);
        let mut from = None;
        loop {
            let page = self.page("read the index's layout", &query, from).await?;
            for item in page.items {
                let sk = item.get(SK).and_then(|sk| sk.as_s().ok()).map_or("", String::as_str);
                let (bits, bucket) =
                    parse_place(sk).ok_or_else(|| malformed(format!("index chunk {sk:?}")))?;
                layout.add(bits, bucket);
            }
            from = page.next;
            if from.is_none() {
                return Ok(layout);
            }
        }
    }
}

fn item(key: keys::Key, bytes: Vec<u8>) -> Item {
    Fields::at(key).set("d", AttributeValue::B(Blob::new(bytes))).finish()
}

fn place(item: Read<'_>) -> Result<(u8, u64), Failure> {
    parse_place(item.get(SK)?).ok_or_else(|| item.wrong(SK, "is not a chunk's place"))
}

fn parse_place(sk: &str) -> Option<(u8, u64)> {
    let (bits, bucket) = sk.split_once('#')?;
    Some((bits.parse().ok()?, u64::from_str_radix(bucket, 16).ok()?))
}

#[cfg(test)]
pub(crate) use golden::{chunk_item, read_chunk};

#[cfg(test)]
mod golden;
