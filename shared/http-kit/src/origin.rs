//! Where a browser says that a request comes from.

use crate::problem::Problem;
use http::header::{HOST, ORIGIN};
use http::request::Parts;
use http::{Method, StatusCode, Uri};

/// Whether a method promises to change nothing.
pub(crate) fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE)
}

/// Refuses what another site's page has a browser send. A browser that says nothing is not refused here: the
/// token in the form decides.
pub(crate) fn check(parts: &Parts) -> Result<(), Problem> {
    if is_safe(&parts.method) {
        return Ok(());
    }
    // Browsers write this one themselves and know which origin the page has, also behind a proxy.
    if let Some(site) = parts.headers.get("sec-fetch-site") {
        let own = site == "same-origin" || site == "none";
        return if own { Ok(()) } else { Err(foreign()) };
    }
    match parts.headers.get(ORIGIN).map(|origin| origin.to_str().unwrap_or_default()) {
        // `null` is what our own pages send, too: they ask for no referrer.
        None | Some("null") => Ok(()),
        Some(origin) if is_ours(origin, parts) => Ok(()),
        Some(_) => Err(foreign()),
    }
}

fn is_ours(origin: &str, parts: &Parts) -> bool {
    let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
    let host = host.or_else(|| parts.uri.authority().map(http::uri::Authority::as_str));
    let origin = origin.parse::<Uri>().ok();
    let origin = origin.as_ref().and_then(Uri::authority).map(http::uri::Authority::as_str);
    matches!((origin, host), (Some(origin), Some(host)) if origin.eq_ignore_ascii_case(host))
}

fn foreign() -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "cross-site", "This came from another site")
        .detail("A browser may send this from our own pages only.")
}

#[cfg(test)]
mod tests;
