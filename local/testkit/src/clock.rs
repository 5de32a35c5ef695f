//! A clock that stands still until it is told.

use domain::clock::Clock;
use jiff::{SignedDuration, Timestamp};
use std::sync::{Arc, Mutex, PoisonError};

/// Tells the time it was last told. Clones are the same clock.
#[derive(Debug, Clone)]
pub struct FixedClock(Arc<Mutex<Timestamp>>);

impl FixedClock {
    /// A clock that shows this moment.
    pub fn new(now: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(now)))
    }

    /// A clock that shows a moment in RFC 3339, for example `2026-11-05T08:00:00Z`.
    pub fn at(text: &str) -> Self {
        Self::new(text.parse().expect("a moment in RFC 3339"))
    }

    /// Moves the hands to a moment, forward or back.
    pub fn set(&self, now: Timestamp) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }

    /// Moves the hands forward.
    pub fn advance(&self, by: SignedDuration) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now = now.checked_add(by).unwrap_or(Timestamp::MAX);
    }
}

impl Default for FixedClock {
    /// Thursday, 5 November 2026, 08:00 UTC.
    fn default() -> Self {
        Self::at("2026-11-05T08:00:00Z")
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
