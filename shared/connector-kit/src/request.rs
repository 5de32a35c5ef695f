//! What is asked and what was answered.

use reqwest::{Method, Url};
use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

/// What happens if a request is sent twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Idempotence {
    /// Nothing: it is repeated a few times when it fails in passing.
    Read,
    /// Something may be done twice: it is never repeated.
    Mutation,
    /// A failed sign-in may count towards a lock-out: only a connection that never came about is tried again.
    Login,
}

/// A request's body.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum Body {
    /// None.
    #[default]
    Empty,
    /// A JSON document, ready to send.
    Json(Vec<u8>),
    /// Form fields, sent URL-encoded.
    Form(Vec<(Cow<'static, str>, String)>),
}

/// One request. Its `Debug` shows neither query, headers nor body.
#[derive(Clone)]
pub struct Request {
    /// Method and path template, for example `GET subscriptions/{id}`: the only thing failures and logs say
    /// about a request, so it must not hold a value.
    pub what: Cow<'static, str>,
    /// The method.
    pub method: Method,
    /// The whole address.
    pub url: Url,
    /// Further headers. A value that is no valid header makes the request fail unsent.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Body,
    /// What happens if it is sent twice.
    pub idempotence: Idempotence,
}

impl Request {
    /// A request without headers or body.
    pub fn new(
        what: impl Into<Cow<'static, str>>,
        method: Method,
        url: Url,
        idempotence: Idempotence,
    ) -> Self {
        Self { what: what.into(), method, url, headers: Vec::new(), body: Body::Empty, idempotence }
    }

    /// A `GET` that reads.
    pub fn get(what: impl Into<Cow<'static, str>>, url: Url) -> Self {
        Self::new(what, Method::GET, url, Idempotence::Read)
    }

    /// With a header more.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// With this body.
    #[must_use]
    pub fn body(mut self, body: Body) -> Self {
        self.body = body;
        self
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("what", &self.what)
            .field("idempotence", &self.idempotence)
            .finish_non_exhaustive()
    }
}

/// A whole answer. Its `Debug` shows no body.
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The `Content-Type`, where there was one.
    pub content_type: Option<String>,
    /// How long the system asks to be left alone (`Retry-After`).
    pub retry_after: Option<Duration>,
    /// The system's own id of the request, where it gave one.
    pub request: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// Whether the status says that it was done.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("content_type", &self.content_type)
            .field("request", &self.request)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// The address of a path below a base address, with exactly one slash between them. What else the base holds
/// (credentials, a query) is dropped: credentials belong in a header, and an address may be shown.
pub fn url_below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}/{}", base.path().trim_end_matches('/'), path.trim_start_matches('/')));
    url.set_query(None);
    url.set_fragment(None);
    // Refused only by an address that cannot hold credentials, which then holds none.
    let _ = (url.set_username(""), url.set_password(None));
    url
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "Empty",
            Self::Json(_) => "Json(…)",
            Self::Form(_) => "Form(…)",
        })
    }
}
