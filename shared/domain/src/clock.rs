//! The only way to tell the time.

use jiff::{SignedDuration, Timestamp};

/// Tells the time. Production has one that reads the system; tests have one that stands still.
pub trait Clock: Send + Sync {
    /// Now, in UTC.
    fn now(&self) -> Timestamp;

    /// Whether it is closing time: nothing new is to be begun, however far away the deadline is.
    fn is_closing(&self) -> bool {
        false
    }
}

/// The moment by which work must have stopped, handed down from the invocation to every call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(pub Timestamp);

impl Deadline {
    /// No deadline in any practical sense.
    pub fn never() -> Self {
        Self(Timestamp::MAX)
    }

    /// What is left, never negative.
    pub fn remaining(self, now: Timestamp) -> SignedDuration {
        self.0.duration_since(now).max(SignedDuration::ZERO)
    }

    /// Whether less than `margin` is left.
    pub fn is_near(self, now: Timestamp, margin: SignedDuration) -> bool {
        self.remaining(now) < margin
    }
}
