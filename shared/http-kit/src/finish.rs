//! What every answer has, whatever it is.

use crate::access::Access;
use crate::around::{Around, Middle, Next};
use crate::body::BODY_LIMIT;
use crate::guard::Identified;
use crate::limit::Caller;
use crate::pages::{plain_page, shown_as_json, wants_page};
use crate::principal::Shown;
use crate::problem::Problem;
use crate::trace::{REQUEST_ID, RequestId, Seen};
use async_trait::async_trait;
use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request};
use axum::response::{IntoResponse as _, Response};
use domain::access::SecretHash;
use http::StatusCode;
use http::header::ALLOW;
use jiff::Timestamp;
use tower::Layer as _;
use tower_http::compression::CompressionLayer;
use tracing::{Instrument as _, Span};

mod headers;

/// Closes a router, once: ids, log lines, limits, headers, compression, and problems for programs where
/// there is no route. The pages' own 404 is the fallback of what is given. Serve it with the connection's address
/// (`into_make_service_with_connect_info::<SocketAddr>()`), or all strangers share one limit.
pub fn finish(router: Router, access: &Access) -> Router {
    // Around every route by itself, for its name in the log; what need not know it is around the router as a whole.
    let router = router.layer(Around::new(Finish { access: access.clone() }));
    Router::new().fallback_service(CompressionLayer::new().layer(router))
}

struct Finish {
    access: Access,
}

/// What is remembered of a request for its log line; never its query, its body or a header.
struct Line {
    started: Timestamp,
    id: RequestId,
    method: http::Method,
    route: Option<String>,
    is_program: bool,
    wants_page: bool,
    seen: Seen,
}

#[async_trait]
impl Middle for Finish {
    async fn run(&self, mut request: Request, next: Next) -> Response {
        DefaultBodyLimit::max(BODY_LIMIT).apply(&mut request);
        let line = self.begin(&mut request);
        let span = tracing::info_span!("request", request.id = %line.id);
        let mut response =
            self.answer(request, next, &line).instrument(line.told_in(&span)).instrument(span).await;
        if line.is_program && response.status() == StatusCode::METHOD_NOT_ALLOWED {
            response = as_problem(&response);
        }
        let cause = line.show(&mut response);
        headers::add(response.headers_mut(), self.access.is_secure(), &line.id);
        line.write(response.status(), self.access.now(), cause.as_deref());
        response
    }
}

impl Finish {
    fn begin(&self, request: &mut Request) -> Line {
        let path = request.uri().path();
        let line = Line {
            started: self.access.now(),
            id: RequestId::of(request.headers()),
            method: request.method().clone(),
            route: request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned()),
            is_program: ["/api", "/hooks"].iter().any(|top| is_under(path, top)),
            wants_page: wants_page(request.headers()),
            seen: Seen::default(),
        };
        if let Some(id) = line.id.header() {
            request.headers_mut().insert(REQUEST_ID, id);
        }
        request.extensions_mut().insert(line.id.clone());
        request.extensions_mut().insert(line.seen.clone());
        request.extensions_mut().insert(self.access.clone());
        line
    }

    async fn answer(&self, mut request: Request, next: Next, line: &Line) -> Response {
        let shown = self.access.shown(request.headers());
        let stranger = Caller::stranger(request.extensions());
        let caller = match shown {
            Shown::Nothing => stranger,
            // The cookie is one that we have signed; whether the session is still good is the guard's to ask.
            Shown::Session(id) => Caller::Session(SecretHash::of(&id)),
            token @ Shown::Token(_) => {
                let known = self.access.authenticate(token).await;
                let caller = known.as_ref().map_or(stranger, |known| Caller::Actor(known.actor.id.clone()));
                if let Ok(principal) = &known {
                    line.seen.note(&principal.actor.id);
                }
                request.extensions_mut().insert(Identified(known));
                caller
            }
        };
        if let Err(seconds) = self.access.limiter().take(&caller) {
            return too_many(seconds).into_response();
        }
        if line.is_program && line.route.is_none() {
            return Problem::not_found().into_response();
        }
        next.run_caught(request).await
    }
}

fn is_under(path: &str, top: &str) -> bool {
    path.strip_prefix(top).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn as_problem(response: &Response) -> Response {
    let allow = response.headers().get(ALLOW).cloned();
    let allowed = allow.as_ref().and_then(|allow| allow.to_str().ok()).unwrap_or("nothing").to_owned();
    let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method", "This cannot be done here")
        .detail(format!("Allowed here: {allowed}."));
    let mut response = problem.into_response();
    if let Some(allow) = allow {
        response.headers_mut().insert(ALLOW, allow);
    }
    response
}

fn too_many(seconds: u64) -> Problem {
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many", "Too many requests")
        .detail(format!("Ask again in {seconds} s."))
        .retry_after(seconds)
}

impl Line {
    /// The request as traces have it, within the one that log lines stand in.
    fn told_in(&self, request: &Span) -> Span {
        let (method, route) = (self.method.as_str(), self.route.as_deref().unwrap_or("(no route)"));
        tracing::debug_span!(
            parent: request, "route", otel.name = %format_args!("{method} {route}"), otel.kind = "server",
            http.method = method, http.route = route,
        )
    }

    /// Puts the request's id into a problem, and shows it as a page where a browser wants one. Gives the cause,
    /// for the log.
    fn show(&self, response: &mut Response) -> Option<String> {
        if let Some(mut problem) = shown_as_json(response) {
            problem.request = Some(self.id.as_str().into());
            let cause = problem.cause().map(str::to_owned);
            if self.wants_page && !self.is_program {
                *response = plain_page(&problem);
            } else {
                let body = axum::body::Body::from(problem.to_json());
                response.headers_mut().remove(http::header::CONTENT_LENGTH);
                *response.body_mut() = body;
            }
            return cause;
        }
        response.extensions().get::<Problem>().and_then(|problem| problem.cause().map(str::to_owned))
    }

    /// Writes the one line that the log has.
    fn write(&self, status: StatusCode, now: Timestamp, cause: Option<&str>) {
        let duration_ms = now.duration_since(self.started).as_millis();
        let duration_ms = u64::try_from(duration_ms).unwrap_or(0);
        let (method, status) = (self.method.as_str(), status.as_u16());
        let route = self.route.as_deref().unwrap_or("(no route)");
        let (id, who) = (self.id.as_str(), self.seen.who());
        if let Some(cause) = cause.filter(|_| status >= 500) {
            tracing::error!(
                http.method = method,
                http.route = route,
                http.status = status,
                duration_ms,
                principal.id = who,
                request.id = id,
                error = cause,
                "{method} {route} failed with {status}: {cause}"
            );
        } else {
            tracing::info!(
                http.method = method,
                http.route = route,
                http.status = status,
                duration_ms,
                principal.id = who,
                request.id = id,
                error = cause,
                "{method} {route} answered {status} in {duration_ms} ms"
            );
        }
    }
}
