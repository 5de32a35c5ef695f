//! What went wrong, as HTTP says it (RFC 9457).

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use std::borrow::Cow;
use std::fmt;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

mod failure;

/// The media type of problems.
pub const PROBLEM_TYPE: &str = "application/problem+json";

/// What went wrong. Says what its reader can do something about and nothing internal; the cause goes to the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The HTTP status.
    pub status: StatusCode,
    /// A word for programs that stays the same.
    pub code: &'static str,
    /// What kind of problem it is, for people.
    pub title: Box<str>,
    /// What it is this time, for people.
    pub detail: Option<Box<str>>,
    /// Which fields are wrong.
    pub errors: Vec<FieldProblem>,
    /// The request's id, known once the answer has left its handler.
    pub request: Option<Box<str>>,
    aside: Option<Box<Aside>>,
}

/// What seldom goes along; apart, so that a problem stays small enough to be an error.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Aside {
    cause: Option<String>,
    retry_after: Option<String>,
}

/// One field that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldProblem {
    /// Its path, for example `lines[2].quantity`.
    pub field: String,
    /// What is wrong with it.
    pub problem: String,
}

impl Problem {
    /// A problem with a status, a word for programs and a title for people.
    pub fn new(status: StatusCode, code: &'static str, title: impl Into<Box<str>>) -> Self {
        Self {
            status,
            code,
            title: title.into(),
            detail: None,
            errors: Vec::new(),
            request: None,
            aside: None,
        }
    }

    /// Says what it is this time.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<Box<str>>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Names a field that is wrong.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>, problem: impl Into<String>) -> Self {
        self.errors.push(FieldProblem { field: field.into(), problem: problem.into() });
        self
    }

    /// Keeps for the log what the caller is not told; no secret and no body.
    #[must_use]
    pub fn because(mut self, cause: impl fmt::Display) -> Self {
        self.aside.get_or_insert_default().cause = Some(cause.to_string());
        self
    }

    /// Says when to come back: seconds, or an HTTP date.
    #[must_use]
    pub fn retry_after(mut self, when: impl fmt::Display) -> Self {
        self.aside.get_or_insert_default().retry_after = Some(when.to_string());
        self
    }

    /// There is no such thing.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "There is nothing here")
    }

    /// The fault is ours.
    pub fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong on our side")
            .detail("It has been logged under the request's id.")
    }

    /// What was sent is wrong; name the fields with [`Problem::field`].
    pub fn invalid(detail: impl Into<Box<str>>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "What was sent is not valid").detail(detail)
    }

    /// What the caller is not told.
    pub(crate) fn cause(&self) -> Option<&str> {
        self.aside.as_ref()?.cause.as_deref()
    }

    /// The body.
    pub(crate) fn to_json(&self) -> String {
        let body = ProblemBody {
            kind: format!("urn:problem-type:billbridge:{}", self.code),
            title: &self.title,
            status: self.status.as_u16(),
            detail: self.detail.as_deref(),
            code: self.code,
            errors: Cow::Borrowed(&self.errors),
            request: self.request.as_deref(),
        };
        // Plain text in a plain struct has always a JSON form; if it had none the status would still tell.
        serde_json::to_string(&body).unwrap_or_default()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.title)?;
        if let Some(detail) = &self.detail {
            write!(f, ": {detail}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problem {}

impl IntoResponse for Problem {
    /// The problem itself goes along as a response extension, for whoever shows it differently.
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.to_json()));
        *response.status_mut() = self.status;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_TYPE));
        self.add_headers(response.headers_mut());
        response.extensions_mut().insert(self);
        response
    }
}

impl Problem {
    /// What belongs to the answer in whichever form it is shown.
    pub(crate) fn add_headers(&self, headers: &mut http::HeaderMap) {
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(http::header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        let when = self.aside.as_ref().and_then(|aside| aside.retry_after.as_deref());
        if let Some(Ok(when)) = when.map(HeaderValue::from_str) {
            headers.insert(RETRY_AFTER, when);
        }
    }
}

/// What went wrong (RFC 9457, problem details).
#[derive(Serialize, ToSchema)]
struct ProblemBody<'a> {
    /// The kind of problem: `urn:problem-type:billbridge:` and the code.
    #[serde(rename = "type")]
    kind: String,
    /// The kind of problem, for people.
    title: &'a str,
    /// The HTTP status.
    status: u16,
    /// What it is this time, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    detail: Option<&'a str>,
    /// The kind of problem, a word for programs that stays the same.
    code: &'a str,
    /// Which fields are wrong.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schema(required = false)]
    errors: Cow<'a, [FieldProblem]>,
    /// The request's id, under which more is in the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    request: Option<&'a str>,
}

impl PartialSchema for Problem {
    fn schema() -> RefOr<Schema> {
        ProblemBody::schema()
    }
}

impl ToSchema for Problem {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Problem")
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        ProblemBody::schemas(schemas);
    }
}

#[cfg(test)]
mod tests;
