//! What kept a story or a measurement from going on.

use domain::failure::Failure;
use std::fmt;

/// In words, for whoever runs the story or the benchmark. Its `Debug` is the same: tests unwrap it.
pub struct Trouble(String);

impl Trouble {
    /// Something that kept us from going on.
    pub fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }

    /// The same, with what was being done.
    pub fn at(doing: &str, why: &impl fmt::Display) -> Self {
        Self(format!("{doing}: {why}"))
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Trouble {}

impl From<std::io::Error> for Trouble {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<serde_json::Error> for Trouble {
    fn from(error: serde_json::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self(failure.to_string())
    }
}
