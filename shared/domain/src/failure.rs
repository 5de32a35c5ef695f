//! One taxonomy of failure for everything outside: what the caller may do next.

use crate::id::SystemId;
use jiff::Timestamp;
use std::fmt;

/// What a failure allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// The request never reached the system: nothing was done.
    NotSent,
    /// The system cannot answer now, or its answer was lost. For a mutation: unknown whether it was done.
    Unavailable,
    /// Too many requests; nothing was done. Try again at the given moment.
    RateLimited(Option<Timestamp>),
    /// The system said no; nothing was done.
    Refused,
    /// There is no such thing.
    NotFound,
    /// Someone else was first: a condition did not hold.
    Conflict,
    /// The credentials are not accepted, or may not do this; nothing was done.
    Unauthorised,
    /// The answer was not what was promised. For a mutation: unknown whether it was done.
    Malformed,
    /// The deadline is too near to begin; nothing was done.
    OutOfTime,
    /// The lease is no longer ours; nothing was done.
    LeaseLost,
}

/// A failure at a port. Its text carries no secret and no body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What the caller may do.
    pub kind: FailureKind,
    /// Which system.
    pub system: SystemId,
    /// What was attempted and what happened, a lower-case fragment.
    pub what: String,
    /// The system's own id of the request, where it gave one.
    pub request: Option<String>,
}

impl Failure {
    /// A failure without a request id.
    pub fn new(kind: FailureKind, system: &SystemId, what: impl Into<String>) -> Self {
        Self { kind, system: system.clone(), what: what.into(), request: None }
    }

    /// Whether a mutation that ended like this has certainly not been done.
    pub fn certainly_not_done(&self) -> bool {
        match self.kind {
            FailureKind::Unavailable | FailureKind::Malformed => false,
            FailureKind::NotSent
            | FailureKind::RateLimited(_)
            | FailureKind::Refused
            | FailureKind::NotFound
            | FailureKind::Conflict
            | FailureKind::Unauthorised
            | FailureKind::OutOfTime
            | FailureKind::LeaseLost => true,
        }
    }

    /// Whether the same call may succeed later without anyone doing anything.
    pub fn is_transient(&self) -> bool {
        matches!(
            self.kind,
            FailureKind::NotSent
                | FailureKind::Unavailable
                | FailureKind::RateLimited(_)
                | FailureKind::OutOfTime
        )
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.system, self.what)?;
        if let Some(request) = &self.request {
            write!(f, " (request {request})")?;
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}
