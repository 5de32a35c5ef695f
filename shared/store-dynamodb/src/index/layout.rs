//! Which chunks there are, and what was changed since the index was read.

use super::ChunkWrite;
use domain::digest::{Digest, SubscriptionKey};
use domain::ports::IndexChange;
use std::collections::BTreeSet;

/// When the chunks hold more than this on average, there are to be more of them.
const CROWDED: usize = 1024;
/// How many entries new chunks hold at most on average.
const ROOMY: usize = 768;
/// Keys are split by their first bits; more than these are never needed.
const MOST_BITS: u8 = 20;

/// What this process knows of an organisation's chunks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Layout {
    chunks: BTreeSet<(u8, u64)>,
    /// By key, each key once: what was written after the index that callers still hold was read.
    changed: Vec<(SubscriptionKey, Option<Digest>)>,
}

impl Layout {
    pub(super) fn add(&mut self, bits: u8, bucket: u64) {
        self.chunks.insert((bits, bucket));
    }

    pub(super) fn chunks(&self) -> &BTreeSet<(u8, u64)> {
        &self.chunks
    }

    pub(super) fn changed(&self) -> &[(SubscriptionKey, Option<Digest>)] {
        &self.changed
    }

    /// Adds changes; the last one of a key counts.
    pub(super) fn note(&mut self, changes: &[IndexChange]) {
        self.changed.extend(changes.iter().map(|c| (c.key, c.digest)));
        self.changed.sort_by_key(|(key, _)| *key);
        self.changed.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            if same {
                kept.1 = later.1;
            }
            same
        });
    }

    pub(super) fn wrote(&mut self, write: &ChunkWrite) {
        if write.bytes.is_some() {
            self.chunks.insert((write.bits, write.bucket));
        } else {
            self.chunks.remove(&(write.bits, write.bucket));
        }
    }

    /// By how many bits the chunks are split, if they all agree: a rewriting that was cut short leaves two
    /// generations behind.
    pub(super) fn bits(&self) -> Option<u8> {
        let (first, last) = (self.chunks.first()?, self.chunks.last()?);
        (first.0 == last.0).then_some(first.0)
    }

    /// By how many bits this many entries are to be split: as they are, unless that is too crowded or mixed.
    pub(super) fn bits_for(&self, entries: usize) -> u8 {
        if let Some(bits) = self.bits()
            && entries <= CROWDED << bits
        {
            return bits;
        }
        (0..MOST_BITS).find(|bits| entries <= ROOMY << bits).unwrap_or(MOST_BITS)
    }

    /// How many entries there will be, judged by how far the chunks read so far reach: keys are spread evenly.
    /// Two hundredths are added, so that memory is asked for once.
    pub(super) fn expected(&self, entries: usize) -> usize {
        let (Some(bits), Some((_, bucket))) = (self.bits(), self.chunks.last()) else {
            return entries;
        };
        let total = (entries as u128) << bits;
        let expected = total / (u128::from(*bucket) + 1);
        usize::try_from(expected + expected / 50).unwrap_or(entries)
    }
}
