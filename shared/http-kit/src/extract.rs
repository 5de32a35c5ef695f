//! Extractors that say what is wrong with what was sent.

use crate::body::{self, CSRF_FIELD, ONCE_FIELD};
use crate::origin;
use crate::principal::Principal;
use crate::problem::Problem;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

mod words;

use words::{in_our_words, path_of};

/// A JSON body, in and out. Unknown fields are the type's business (`deny_unknown_fields`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Json<T>(pub T);

/// A page's form. The fields `csrf` and `once` are the guards' business and not the type's; behind no guard
/// (the sign-in) it must at least come from our own pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Form<T>(pub T);

/// The body as it is, for what is signed byte by byte.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Raw(pub Bytes);

/// The query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Query<T>(pub T);

/// The query without `limit` and `cursor`, beside a [`crate::Paging`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Filter<T>(pub T);

/// What stands in the path's places. What no such thing can be called, there is not: 404.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let media = body::media_type(&parts.headers);
        if !media.is_some_and(|media| media == "application/json" || media.ends_with("+json")) {
            return Err(wrong_media("application/json"));
        }
        let bytes = body::read(&parts, body).await?;
        let mut json = serde_json::Deserializer::from_slice(&bytes);
        let value = serde_path_to_error::deserialize(&mut json).map_err(|e| {
            let (path, error) = (path_of(e.path()), e.into_inner());
            match error.classify() {
                serde_json::error::Category::Data => wrong_field(path, &error.to_string()),
                serde_json::error::Category::Syntax
                | serde_json::error::Category::Eof
                | serde_json::error::Category::Io => not_json(&error, path),
            }
        })?;
        json.end().map_err(|e| not_json(&e, String::new()))?;
        Ok(Self(value))
    }
}

fn not_json(error: &serde_json::Error, path: String) -> Problem {
    let place = format!("It cannot be read at line {}, column {}.", error.line(), error.column());
    let problem = Problem::new(StatusCode::BAD_REQUEST, "malformed", "This is not JSON").detail(place);
    if path.is_empty() { problem } else { problem.field(path, "cannot be read") }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => {
                let mut response = body.into_response();
                let media = HeaderValue::from_static("application/json");
                response.headers_mut().insert(CONTENT_TYPE, media);
                response
            }
            Err(e) => Problem::internal().because(format!("write an answer as JSON: {e}")).into_response(),
        }
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        if parts.extensions.get::<Principal>().is_none() {
            origin::check(&parts)?;
        }
        if !body::is_form(&parts.headers) {
            return Err(wrong_media("application/x-www-form-urlencoded"));
        }
        let bytes = body::read(&parts, body).await?;
        pairs(&bytes, &[CSRF_FIELD, ONCE_FIELD]).map(Self)
    }
}

impl<S: Send + Sync> FromRequest<S> for Raw {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        body::read(&parts, body).await.map(Self)
    }
}

fn wrong_media(right: &str) -> Problem {
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media-type", "Not in a form that is taken here")
        .detail(format!("Content-Type must be {right}."))
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        pairs(parts.uri.query().unwrap_or_default().as_bytes(), &[]).map(Self)
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Filter<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        pairs(parts.uri.query().unwrap_or_default().as_bytes(), &["limit", "cursor"]).map(Self)
    }
}

/// Reads pairs of names and values, but for some.
pub(crate) fn pairs<T: DeserializeOwned>(text: &[u8], without: &[&str]) -> Result<T, Problem> {
    let kept = form_urlencoded::parse(text).filter(|(name, _)| !without.contains(&&**name));
    let kept = form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish();
    let pairs = serde_html_form::Deserializer::new(form_urlencoded::parse(kept.as_bytes()));
    serde_path_to_error::deserialize(pairs)
        .map_err(|e| wrong_field(path_of(e.path()), &e.inner().to_string()))
}

fn wrong_field(path: String, message: &str) -> Problem {
    let (field, problem) = in_our_words(path, message);
    let problem_with = Problem::invalid(format!("{field}: {problem}"));
    problem_with.field(field, problem)
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(e) if e.status().is_server_error() => Err(Problem::internal().because(e)),
            Err(_) => Err(Problem::not_found()),
        }
    }
}

#[cfg(test)]
mod tests;
