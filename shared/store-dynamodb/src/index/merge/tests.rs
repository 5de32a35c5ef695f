use super::super::chunk::decode;
use super::*;
use domain::ports::IndexChange;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn key(n: u64) -> SubscriptionKey {
    SubscriptionKey::of(&n.to_string())
}

fn digest(n: u8) -> Digest {
    Digest::from_bytes([0, 0, 0, 0, n])
}

fn sorted(entries: &BTreeMap<SubscriptionKey, Digest>) -> Vec<Entry> {
    entries.iter().map(|(k, d)| (*k, *d)).collect()
}

/// A table of chunks that obeys.
#[derive(Default)]
struct Chunks(BTreeMap<(u8, u64), Vec<u8>>);

impl Chunks {
    fn layout(&self) -> Layout {
        let mut layout = Layout::default();
        for (bits, bucket) in self.0.keys() {
            layout.add(*bits, *bucket);
        }
        layout
    }

    fn entries(&self) -> Vec<Entry> {
        let mut entries = Vec::new();
        for bytes in self.0.values() {
            decode(bytes, &mut entries).unwrap();
        }
        entries.sort_unstable();
        entries
    }

    fn change(&mut self, changes: &[IndexChange], stop_after: usize) -> usize {
        let mut layout = self.layout();
        layout.note(changes);
        let index = domain::index::DigestIndex::new(self.entries());
        let writes = rewrite(index.entries(), &layout);
        let count = writes.len();
        for write in writes.into_iter().take(stop_after) {
            match write.bytes {
                Some(bytes) => self.0.insert((write.bits, write.bucket), bytes),
                None => self.0.remove(&(write.bits, write.bucket)),
            };
        }
        count
    }
}

fn add(keys: std::ops::Range<u64>, n: u8) -> Vec<IndexChange> {
    keys.map(|k| IndexChange { key: key(k), digest: Some(digest(n)) }).collect()
}

#[test]
fn one_change_rewrites_one_chunk() {
    let mut chunks = Chunks::default();
    chunks.change(&add(0..20_000, 1), usize::MAX);
    assert_eq!(chunks.0.len(), 32);
    assert_eq!(chunks.change(&add(7..8, 2), usize::MAX), 1);
    assert_eq!(chunks.change(&add(7..8, 2), usize::MAX), 0, "the same again is nothing");
}

#[test]
fn a_growing_estate_is_split_in_more_chunks() {
    let mut chunks = Chunks::default();
    for step in 0..10 {
        chunks.change(&add(step * 500..(step + 1) * 500, 1), usize::MAX);
    }
    assert_eq!(chunks.entries().len(), 5_000);
    let bits: Vec<_> = chunks.0.keys().map(|(bits, _)| *bits).collect();
    assert!(bits.iter().all(|b| *b == 3), "{bits:?}");
    assert!(chunks.0.values().all(|bytes| bytes.len() <= 1100 * 12));
}

#[test]
fn a_split_that_was_cut_short_is_completed_by_the_next() {
    for stop in 0..12 {
        let mut chunks = Chunks::default();
        chunks.change(&add(0..1_000, 1), usize::MAX);
        chunks.change(&add(1_000..5_000, 1), stop);
        let index = domain::index::DigestIndex::new(chunks.entries());
        assert!(index.len() >= 1_000, "nothing was lost at {stop}");

        chunks.change(&add(0..5_000, 2), usize::MAX);
        let entries = chunks.entries();
        assert_eq!(entries.len(), 5_000, "stopped after {stop}");
        assert!(entries.iter().all(|(_, d)| *d == digest(2)));
    }
}

#[test]
fn the_last_entry_leaves_no_chunk() {
    let mut chunks = Chunks::default();
    chunks.change(&add(0..1, 1), usize::MAX);
    let gone = [IndexChange { key: key(0), digest: None }];
    chunks.change(&gone, usize::MAX);
    assert!(chunks.0.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn chunks_hold_what_a_map_would(
        steps in prop::collection::vec(prop::collection::vec((0_u64..3_000, prop::option::of(1_u8..9)), 1..800), 1..8)
    ) {
        let mut chunks = Chunks::default();
        let mut map = BTreeMap::new();
        for step in steps {
            let changes: Vec<_> = step
                .iter()
                .map(|(n, d)| IndexChange { key: key(*n), digest: d.map(digest) })
                .collect();
            for change in &changes {
                match change.digest {
                    Some(digest) => map.insert(change.key, digest),
                    None => map.remove(&change.key),
                };
            }
            chunks.change(&changes, usize::MAX);
            prop_assert_eq!(chunks.entries(), sorted(&map));
        }
    }
}
