//! The system's clock.

use domain::clock::Clock;
use jiff::Timestamp;

/// Reads the system's time: the one place that does.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the Clock that everyone else takes")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}
