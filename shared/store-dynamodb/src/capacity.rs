//! Adds up what DynamoDB says each call consumed.

use aws_sdk_dynamodb::types::ConsumedCapacity;
use std::sync::atomic::{AtomicU64, Ordering};

/// What was consumed, in thousandths of a unit. A cancelled transaction and a condition that did not hold
/// consume too, but are not reported by DynamoDB and not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Capacity {
    /// Thousandths of a read unit (4 KB strongly consistent, 8 KB eventually consistent).
    pub read_millis: u64,
    /// Thousandths of a write unit (1 KB, half of it in a transaction), the index's included.
    pub write_millis: u64,
    /// Calls answered.
    pub calls: u64,
}

impl Capacity {
    /// What was consumed since an earlier moment.
    #[must_use]
    pub fn since(self, earlier: Self) -> Self {
        Self {
            read_millis: self.read_millis.saturating_sub(earlier.read_millis),
            write_millis: self.write_millis.saturating_sub(earlier.write_millis),
            calls: self.calls.saturating_sub(earlier.calls),
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Meter {
    read: AtomicU64,
    write: AtomicU64,
    calls: AtomicU64,
}

impl Meter {
    pub(crate) fn capacity(&self) -> Capacity {
        Capacity {
            read_millis: self.read.load(Ordering::Relaxed),
            write_millis: self.write.load(Ordering::Relaxed),
            calls: self.calls.load(Ordering::Relaxed),
        }
    }

    pub(crate) fn read<'a>(&self, consumed: impl IntoIterator<Item = &'a ConsumedCapacity>) {
        self.add(&self.read, consumed);
    }

    pub(crate) fn wrote<'a>(&self, consumed: impl IntoIterator<Item = &'a ConsumedCapacity>) {
        self.add(&self.write, consumed);
    }

    fn add<'a>(&self, sum: &AtomicU64, consumed: impl IntoIterator<Item = &'a ConsumedCapacity>) {
        self.calls.fetch_add(1, Ordering::Relaxed);
        for part in consumed {
            sum.fetch_add(thousandths(part), Ordering::Relaxed);
        }
    }
}

/// The SDK states units as a floating-point number; its text with three places is exact enough to count.
fn thousandths(consumed: &ConsumedCapacity) -> u64 {
    let Some(units) = consumed.capacity_units() else {
        return 0;
    };
    let digits: String = format!("{units:.3}").chars().filter(|c| *c != '.').collect();
    digits.parse().unwrap_or(0)
}
