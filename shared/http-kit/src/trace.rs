//! The id of a request, and the one line that the log has about it.

use http::{HeaderMap, HeaderValue};
use std::fmt;
use std::sync::{Arc, OnceLock};

/// The header that a request's id stands in, on the way in and out.
pub(crate) const REQUEST_ID: &str = "x-request-id";

/// A request's id; in the request's extensions behind [`crate::finish`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(Box<str>);

impl RequestId {
    /// The id that the caller gave, where it looks like one, or a new one.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let given = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok());
        match given.filter(|id| is_id(id)) {
            Some(id) => Self(id.into()),
            None => Self(format!("{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..)).into()),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn header(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.0).ok()
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Long enough to tell requests apart, and nothing that would look like something else in a log.
fn is_id(text: &str) -> bool {
    (8..=64).contains(&text.len())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

/// Where a guard leaves word of who came through, for the log.
#[derive(Clone, Default)]
pub(crate) struct Seen(Arc<OnceLock<Box<str>>>);

impl Seen {
    /// Leaves word; the first one stands.
    pub(crate) fn note(&self, actor: &str) {
        self.0.get_or_init(|| actor.into());
    }

    /// Who came through.
    pub(crate) fn who(&self) -> &str {
        self.0.get().map_or("nobody", |who| who)
    }
}
