//! How a command ended, told truthfully: as an exit code and, where it did not do what was asked, as a problem
//! with its cure.

use domain::failure::{Failure, FailureKind};
use lambda_kit::env::ConfigProblems;

/// How a command ended. The numbers are the process's exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Done as asked.
    Done = 0,
    /// Waits for a person's approval, or was refused because the world moved; nothing was changed.
    Waits = 3,
    /// Done, but some changes were refused, are in doubt or are left for the next run.
    Partly = 4,
    /// Not done.
    Failed = 1,
    /// Asked for something that cannot be; nothing was changed.
    Usage = 2,
}

impl Exit {
    /// The process's exit code.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Waits => 3,
            Self::Partly => 4,
        }
    }

    /// Of two outcomes the one that a person has to know of first.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let rank = |exit: Self| match exit {
            Self::Done => 0,
            Self::Waits => 1,
            Self::Partly => 2,
            Self::Failed => 3,
            Self::Usage => 4,
        };
        if rank(other) > rank(self) { other } else { self }
    }
}

/// Why a command did not do what was asked, and what to do about it. Never carries a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// How the process ends.
    pub exit: Exit,
    /// What went wrong.
    pub what: String,
    /// What a person can do.
    pub cure: Option<String>,
}

impl Problem {
    /// The request itself cannot be: an unknown name, an unreadable file.
    pub fn usage(what: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, what: what.into(), cure: Some(cure.into()) }
    }

    /// It could not be done.
    pub fn failed(what: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { exit: Exit::Failed, what: what.into(), cure: Some(cure.into()) }
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        let cure = match failure.kind {
            FailureKind::NotSent
            | FailureKind::Unavailable
            | FailureKind::RateLimited(_)
            | FailureKind::OutOfTime => {
                "try again; if it stays, `billbridge check` tries every connection by itself"
            }
            FailureKind::Unauthorised => "`billbridge check` tries every credential by itself",
            FailureKind::Malformed => {
                "the other side answered something unexpected: `billbridge check` says more"
            }
            FailureKind::Refused | FailureKind::NotFound | FailureKind::Conflict | FailureKind::LeaseLost => {
                return Self { exit: Exit::Failed, what: failure.to_string(), cure: None };
            }
        };
        Self::failed(failure.to_string(), cure)
    }
}

impl From<ConfigProblems> for Problem {
    fn from(problems: ConfigProblems) -> Self {
        let cure = "set them in the environment or in .env; .env.example describes each";
        Self::usage(problems.to_string(), cure)
    }
}
