//! Reading bodies, never further than is allowed.

use crate::problem::Problem;
use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

/// How long a body may be where nothing else is said.
pub const BODY_LIMIT: usize = 64 * 1024;
/// The form field that carries the token of its session.
pub(crate) const CSRF_FIELD: &str = "csrf";
/// The form field that carries the idempotency key.
pub(crate) const ONCE_FIELD: &str = "once";

/// How long a body may be.
#[derive(Debug, Clone, Copy)]
pub struct BodyLimit(usize);

/// Lets a route take longer (or only shorter) bodies than [`BODY_LIMIT`]. Added after the guards: they read
/// forms too.
pub fn body_limit(bytes: usize) -> Extension<BodyLimit> {
    Extension(BodyLimit(bytes))
}

/// Reads the whole body.
pub(crate) async fn read(parts: &Parts, body: Body) -> Result<Bytes, Problem> {
    let limit = parts.extensions.get::<BodyLimit>().map_or(BODY_LIMIT, |limit| limit.0);
    let said = parts.headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if said.is_some_and(|said| said > limit as u64) {
        return Err(too_large(limit));
    }
    match Limited::new(body, limit).collect().await {
        Ok(whole) => Ok(whole.to_bytes()),
        Err(e) if e.is::<LengthLimitError>() => Err(too_large(limit)),
        Err(e) => {
            let broken = Problem::new(StatusCode::BAD_REQUEST, "broken-body", "The body broke off");
            Err(broken.because(e))
        }
    }
}

/// Reads the whole body and leaves it in its place.
pub(crate) async fn peek(request: Request) -> Result<(Request, Bytes), Problem> {
    let (parts, body) = request.into_parts();
    let bytes = read(&parts, body).await?;
    Ok((Request::from_parts(parts, Body::from(bytes.clone())), bytes))
}

fn too_large(limit: usize) -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The body is too long")
        .detail(format!("At most {limit} bytes are taken here."))
}

/// The media type without its parameters, lower case.
pub(crate) fn media_type(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    Some(text.split(';').next().unwrap_or(text).trim().to_ascii_lowercase())
}

/// Whether the body is what a page's form sends.
pub(crate) fn is_form(headers: &HeaderMap) -> bool {
    media_type(headers).is_some_and(|media| media == "application/x-www-form-urlencoded")
}

/// A form's field, if there is exactly one of this name.
pub(crate) fn field(form: &[u8], name: &str) -> Option<String> {
    let mut values = form_urlencoded::parse(form).filter(|(field, _)| field == name);
    let (_, value) = values.next()?;
    values.next().is_none().then(|| value.into_owned())
}
