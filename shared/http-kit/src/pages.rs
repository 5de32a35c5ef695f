//! What pages need that programs do not: the way to the sign-in and back, and problems that people can read.

use crate::around::{Around, Middle, Next};
use crate::origin::is_safe;
use crate::principal::Principal;
use crate::problem::{PROBLEM_TYPE, Problem};
use crate::trace::RequestId;
use async_trait::async_trait;
use axum::body::{Body, to_bytes};
use axum::extract::{OriginalUri, Request};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, StatusCode, Uri};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

/// What stands in a query as it is.
const IN_QUERY: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

type Show = dyn Fn(&Problem, Option<&Principal>) -> Response + Send + Sync;

/// Shows the problems of pages as pages, panics and answers that were kept too: for `.route_layer(…)` after the
/// guards. Given are the problem and, behind a guard, to whom; the status is the problem's whatever the page says.
pub fn problem_pages(
    show: impl Fn(&Problem, Option<&Principal>) -> Response + Send + Sync + 'static,
) -> Around {
    Around::new(Pages { show: Box::new(show) })
}

struct Pages {
    show: Box<Show>,
}

#[async_trait]
impl Middle for Pages {
    async fn run(&self, request: Request, next: Next) -> Response {
        let id = request.extensions().get::<RequestId>().cloned();
        let mut response = said_again(next.run_caught(request).await).await;
        let Some(mut problem) = shown_as_json(&mut response) else { return response };
        problem.request = id.map(|id| id.as_str().into());
        let principal = response.extensions().get::<Principal>();
        as_page(&problem, (self.show)(&problem, principal))
    }
}

/// The problem that a response shows as JSON, taken out of it.
pub(crate) fn shown_as_json(response: &mut Response) -> Option<Problem> {
    if is_json(response) { response.extensions_mut().remove() } else { None }
}

fn is_json(response: &Response) -> bool {
    response.headers().get(CONTENT_TYPE).is_some_and(|media| media == PROBLEM_TYPE)
}

/// An answer that was kept is only its text: a problem among them becomes one again.
async fn said_again(response: Response) -> Response {
    if !is_json(&response) || response.extensions().get::<Problem>().is_some() {
        return response;
    }
    let (parts, body) = response.into_parts();
    let problem = match again(parts.status, body).await {
        Ok(problem) => problem,
        Err(problem) => return problem.into_response(),
    };
    let mut response = problem.into_response();
    response.extensions_mut().extend(parts.extensions);
    response
}

async fn again(status: StatusCode, body: Body) -> Result<Problem, Problem> {
    let body = to_bytes(body, LONGEST).await.map_err(|error| Problem::internal().because(error))?;
    let said: Said = serde_json::from_slice(&body).map_err(|error| Problem::internal().because(error))?;
    let problem = Problem::new(status, "said-before", said.title);
    Ok(match said.detail {
        Some(detail) => problem.detail(detail),
        None => problem,
    })
}

/// A problem is a few lines.
const LONGEST: usize = 64 * 1024;

#[derive(Deserialize)]
struct Said {
    title: String,
    detail: Option<String>,
}

fn as_page(problem: &Problem, mut page: Response) -> Response {
    *page.status_mut() = problem.status;
    problem.add_headers(page.headers_mut());
    page.extensions_mut().insert(problem.clone());
    page
}

/// The plainest page there is, for problems that no page of the function's own is shown for.
pub(crate) fn plain_page(problem: &Problem) -> Response {
    let (title, detail) = (escape(&problem.title), problem.detail.as_deref().map(escape).unwrap_or_default());
    let id = problem.request.as_deref().unwrap_or_default();
    let page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\
         <body><h1>{title}</h1><p>{detail}</p><p>Request {id}</p></body></html>"
    );
    as_page(problem, Html(page).into_response())
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Whether whoever asks would rather have a page.
pub(crate) fn wants_page(headers: &HeaderMap) -> bool {
    headers
        .get(ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

/// Sends a browser to the sign-in, with the way back where there is one.
pub(crate) fn to_sign_in(request: &Request) -> Response {
    let uri = request.extensions().get::<OriginalUri>().map_or(request.uri(), |original| &original.0);
    if request.headers().contains_key("hx-request") {
        // A redirect would put the sign-in into a piece of the page; this has the browser leave the page.
        let go = [("hx-redirect", HeaderValue::from_static("/sign-in"))];
        return (StatusCode::UNAUTHORIZED, go).into_response();
    }
    Redirect::to(&sign_in_address(uri, is_safe(request.method()))).into_response()
}

fn sign_in_address(uri: &Uri, back: bool) -> String {
    match uri.path_and_query().map(http::uri::PathAndQuery::as_str) {
        Some(here) if back && here != "/" => {
            format!("/sign-in?next={}", utf8_percent_encode(here, IN_QUERY))
        }
        Some(_) | None => "/sign-in".to_owned(),
    }
}

/// Where to go after the sign-in: what `next` says where that is a page of ours, else the first page. A link
/// with a foreign `next` leads nobody away.
pub fn next_page(next: Option<&str>) -> &str {
    let ours = |next: &&str| {
        next.starts_with('/')
            && !next.starts_with("//")
            && next.chars().all(|c| c.is_ascii_graphic() && c != '\\')
            && next.parse::<Uri>().is_ok_and(|uri| uri.authority().is_none())
    };
    next.filter(ours).unwrap_or("/")
}

#[cfg(test)]
mod tests;
