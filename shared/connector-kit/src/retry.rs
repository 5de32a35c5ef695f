//! When a failed request is sent once more, and after how long.

use crate::request::Idempotence;
use jiff::Timestamp;
use std::time::Duration;

/// How often and how patiently reads are repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How often a read is sent at most, the first time included.
    pub max_attempts: u32,
    /// Upper end of the first wait; each further wait may be twice as long. The wait is drawn evenly from
    /// zero to that end, so that callers who failed together do not return together.
    pub first_wait: Duration,
    /// Upper end of any such wait.
    pub longest_wait: Duration,
    /// The longest `Retry-After` that is waited for. Whoever asks for more is given up on at once: the next
    /// run comes later than any wait of ours.
    pub longest_retry_after: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 4,
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(8),
            longest_retry_after: Duration::from_secs(30),
        }
    }
}

/// How an attempt failed, as far as repeating it is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// No connection came about: nothing was sent.
    NoConnection,
    /// The answer did not come, or not whole.
    NoAnswer,
    /// An answer with this status, and the wait it asked for.
    Status(u16, Option<Duration>),
    /// Something that sending it again does not change.
    Lasting,
}

/// The attempts of one call.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    made: u32,
    inner_errors: u32,
}

impl Attempts {
    /// Counts a failed attempt and says how long to wait before the next; nothing if there is none.
    pub(crate) fn next(
        &mut self,
        policy: &RetryPolicy,
        kind: Idempotence,
        trouble: Trouble,
    ) -> Option<Duration> {
        self.made += 1;
        self.inner_errors += u32::from(matches!(trouble, Trouble::Status(500, _)));
        if self.made >= policy.max_attempts || !self.may_repeat(kind, trouble) {
            return None;
        }
        match trouble {
            Trouble::Status(_, Some(asked)) if asked > policy.longest_retry_after => None,
            Trouble::Status(_, Some(asked)) => Some(asked + jitter(policy.first_wait)),
            Trouble::Status(_, None) | Trouble::NoConnection | Trouble::NoAnswer | Trouble::Lasting => {
                Some(jitter(self.longest_wait(policy)))
            }
        }
    }

    /// How many attempts have failed.
    pub(crate) fn made(&self) -> u32 {
        self.made
    }

    fn may_repeat(&self, kind: Idempotence, trouble: Trouble) -> bool {
        match kind {
            Idempotence::Mutation => false,
            Idempotence::Login => trouble == Trouble::NoConnection,
            Idempotence::Read => match trouble {
                Trouble::NoConnection | Trouble::NoAnswer => true,
                // An inner error may be the request's own fault; once more tells.
                Trouble::Status(500, _) => self.inner_errors < 2,
                Trouble::Status(status, _) => matches!(status, 429 | 502 | 503 | 504),
                Trouble::Lasting => false,
            },
        }
    }

    fn longest_wait(&self, policy: &RetryPolicy) -> Duration {
        let doubled = 2_u32.saturating_pow(self.made.saturating_sub(1));
        policy.first_wait.saturating_mul(doubled).min(policy.longest_wait)
    }
}

fn jitter(up_to: Duration) -> Duration {
    Duration::from_millis(fastrand::u64(0..=u64::try_from(up_to.as_millis()).unwrap_or(u64::MAX)))
}

/// Reads a `Retry-After`: seconds or an HTTP date.
pub(crate) fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u32>() {
        return Some(Duration::from_secs(seconds.into()));
    }
    let until = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(value).ok()?;
    Some(Duration::try_from(until.duration_since(now)).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests;
