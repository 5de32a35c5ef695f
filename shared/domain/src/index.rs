//! The digest index: twelve bytes a subscription, enough to see what changed without reading its record. It is
//! a hint: what it calls changed is decided on the record, which is the truth.

use crate::digest::{Digest, SubscriptionKey};
use std::collections::HashSet;

/// What the index says of one observed subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// As it was.
    Unchanged,
    /// Known, and different or to be looked at.
    Changed,
    /// Not known.
    New,
    /// Already seen in this listing.
    Repeated,
}

/// The recorded digests of one organisation, and which of them this listing has shown.
#[derive(Debug, Clone, Default)]
pub struct DigestIndex {
    entries: Vec<(SubscriptionKey, Digest)>,
    seen: Vec<u64>,
    new: HashSet<SubscriptionKey>,
}

impl DigestIndex {
    /// From entries in any order. Where chunks of different age overlap, the key is looked at.
    pub fn new(mut entries: Vec<(SubscriptionKey, Digest)>) -> Self {
        entries.sort_unstable();
        entries.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            if same && later.1 != kept.1 {
                kept.1 = Digest::LOOK;
            }
            same
        });
        let seen = vec![0; entries.len().div_ceil(64)];
        Self { entries, seen, new: HashSet::new() }
    }

    /// How many subscriptions are known.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether none is known.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// All entries, by key.
    pub fn entries(&self) -> &[(SubscriptionKey, Digest)] {
        &self.entries
    }

    /// Makes a known subscription one to look at.
    pub fn look_at(&mut self, key: SubscriptionKey) {
        if let Ok(at) = self.entries.binary_search_by_key(&key, |entry| entry.0) {
            self.entries[at].1 = Digest::LOOK;
        }
    }

    /// The recorded digest of a subscription, if it is known.
    pub fn find(&self, key: SubscriptionKey) -> Option<Digest> {
        self.entries.binary_search_by_key(&key, |entry| entry.0).ok().map(|at| self.entries[at].1)
    }

    /// Notes that the listing showed a subscription.
    pub fn observe(&mut self, key: SubscriptionKey, digest: Digest) -> Sight {
        let Ok(at) = self.entries.binary_search_by_key(&key, |entry| entry.0) else {
            return if self.new.insert(key) { Sight::New } else { Sight::Repeated };
        };
        let (word, bit) = (at / 64, 1u64 << (at % 64));
        if self.seen[word] & bit != 0 {
            return Sight::Repeated;
        }
        self.seen[word] |= bit;
        if self.entries[at].1 == digest { Sight::Unchanged } else { Sight::Changed }
    }

    /// The known subscriptions that the listing has not shown.
    pub fn missing(&self) -> impl Iterator<Item = SubscriptionKey> + '_ {
        self.entries
            .iter()
            .enumerate()
            .filter(|(at, _)| self.seen[at / 64] & (1u64 << (at % 64)) == 0)
            .map(|(_, entry)| entry.0)
    }

    /// Forgets what was seen, for a second look.
    pub fn look_again(&mut self) {
        self.seen.fill(0);
        self.new.clear();
    }
}

/// Whether a listing showed everything. Only a whole listing may remove anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// Total stated, the same on every page, and as many distinct subscriptions.
    Whole,
    /// Not proven, and why.
    Unproven(String),
}

/// Adds up the evidence while pages arrive.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    pages: u32,
    rows: u64,
    repeated: u64,
    unreadable: u64,
    total: Option<u64>,
    doubt: Option<String>,
}

impl Listing {
    /// Notes a page: the total it states and how many rows it held.
    pub fn page(&mut self, total: Option<u64>, rows: usize) {
        if self.pages > 0 && self.total != total {
            let show = |t: Option<u64>| t.map_or_else(|| "nothing".into(), |t| t.to_string());
            self.doubt.get_or_insert_with(|| {
                format!("the stated total changed from {} to {} while listing", show(self.total), show(total))
            });
        }
        self.pages += 1;
        self.total = total;
        self.rows += rows as u64;
    }

    /// Notes a row that was shown before.
    pub fn repeated(&mut self) {
        self.repeated += 1;
    }

    /// Notes a row that could not be read.
    pub fn unreadable(&mut self) {
        self.unreadable += 1;
    }

    /// How many pages were read.
    pub fn pages(&self) -> u32 {
        self.pages
    }

    /// The total that the last page stated.
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// How many distinct subscriptions were read.
    pub fn distinct(&self) -> u64 {
        self.rows - self.repeated - self.unreadable
    }

    /// The verdict once the last page is in.
    pub fn proof(&self) -> Proof {
        let distinct = self.distinct();
        let doubt = match (&self.doubt, self.total) {
            (Some(doubt), _) => doubt.clone(),
            (None, None) => "the supplier stated no total".into(),
            (None, Some(_)) if self.unreadable > 0 => format!("{} rows could not be read", self.unreadable),
            (None, Some(_)) if self.repeated > 0 => format!("{} rows came twice", self.repeated),
            (None, Some(total)) if total != distinct => {
                format!("{distinct} of {total} subscriptions arrived")
            }
            (None, Some(_)) => return Proof::Whole,
        };
        Proof::Unproven(doubt)
    }
}

#[cfg(test)]
mod tests;
