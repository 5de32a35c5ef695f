//! From the index as read and what was changed since to the chunks to be written.

use super::ChunkWrite;
use super::chunk::encode;
use super::layout::Layout;
use domain::digest::{Digest, SubscriptionKey};
use std::cmp::Ordering;

type Entry = (SubscriptionKey, Digest);
type Change = (SubscriptionKey, Option<Digest>);

/// The chunks that the changes fall into; all chunks where they are to be split anew. What is removed comes
/// last: a writer that dies in between leaves entries twice, never none.
pub(super) fn rewrite(entries: &[Entry], layout: &Layout) -> Vec<ChunkWrite> {
    let changed = layout.changed();
    let bits = layout.bits_for(count(entries, changed));
    let anew = layout.bits() != Some(bits);
    let mut writes = Vec::new();
    let mut removals = Vec::new();
    let mut push = |bucket: u64, merged: &[Entry]| {
        let bytes = (!merged.is_empty()).then(|| encode(merged));
        let write = ChunkWrite { bits, bucket, bytes };
        if write.bytes.is_some() {
            writes.push(write);
        } else if layout.chunks().contains(&(bits, bucket)) {
            removals.push(write);
        }
    };
    if anew {
        let (mut entries, mut changed) = (entries, changed);
        for bucket in 0..1_u64 << bits {
            let (these, later) = split(entries, |e| e.0.bucket(bits) <= bucket);
            let (now, after) = split(changed, |c| c.0.bucket(bits) <= bucket);
            (entries, changed) = (later, after);
            push(bucket, &merge(these, now));
        }
    } else {
        let mut changed = changed;
        while let Some((first, _)) = changed.first() {
            let bucket = first.bucket(bits);
            let (now, after) = split(changed, |c| c.0.bucket(bits) == bucket);
            changed = after;
            let (_, from) = split(entries, |e| e.0.bucket(bits) < bucket);
            let (these, _) = split(from, |e| e.0.bucket(bits) == bucket);
            let merged = merge(these, now);
            if merged != these {
                push(bucket, &merged);
            }
        }
    }
    let old = layout.chunks().iter().filter(|(b, _)| *b != bits);
    removals.extend(old.map(|(bits, bucket)| ChunkWrite { bits: *bits, bucket: *bucket, bytes: None }));
    writes.append(&mut removals);
    writes
}

fn split<T>(sorted: &[T], before: impl Fn(&T) -> bool) -> (&[T], &[T]) {
    sorted.split_at(sorted.partition_point(before))
}

fn count(entries: &[Entry], changed: &[Change]) -> usize {
    let mut count = entries.len();
    for (key, digest) in changed {
        let known = entries.binary_search_by_key(key, |entry| entry.0).is_ok();
        match (known, digest) {
            (true, None) => count -= 1,
            (false, Some(_)) => count += 1,
            (true, Some(_)) | (false, None) => {}
        }
    }
    count
}

/// Both are sorted by key, each key once.
fn merge(entries: &[Entry], changed: &[Change]) -> Vec<Entry> {
    let mut merged = Vec::with_capacity(entries.len() + changed.len());
    let (mut entries, mut changed) = (entries.iter().peekable(), changed.iter().peekable());
    loop {
        let order = match (entries.peek(), changed.peek()) {
            (None, None) => return merged,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(entry), Some(change)) => entry.0.cmp(&change.0),
        };
        if order == Ordering::Less {
            merged.extend(entries.next());
            continue;
        }
        if order == Ordering::Equal {
            entries.next();
        }
        if let Some((key, Some(digest))) = changed.next() {
            merged.push((*key, *digest));
        }
    }
}

#[cfg(test)]
mod tests;
