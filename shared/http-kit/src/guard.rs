//! The guards before the routes.

use crate::access::Access;
use crate::around::{Around, Middle, Next};
use crate::body::{CSRF_FIELD, field, is_form, peek};
use crate::origin;
use crate::pages;
use crate::principal::{Principal, Refusal};
use crate::problem::Problem;
use crate::trace::Seen;
use async_trait::async_trait;
use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use domain::access::Scope;
use http::{HeaderMap, StatusCode};
use subtle::ConstantTimeEq as _;

/// The header in which a script sends the token of its session.
const CSRF_HEADER: &str = "x-csrf-token";

/// Guards routes for programs and scripts, for `.route_layer(…)`: only who has the scope comes through. Takes an
/// API token or a session; who changes something with a session shows its token too. Refuses with a problem.
pub fn api(access: &Access, scope: Scope) -> Around {
    Around::new(Guard { access: access.clone(), scope, door: Door::Api })
}

/// Guards pages, for `.route_layer(…)`: like [`api`], but who is not signed in is sent to `/sign-in` with the
/// way back, and is then where they wanted to be.
pub fn page(access: &Access, scope: Scope) -> Around {
    Around::new(Guard { access: access.clone(), scope, door: Door::Page })
}

#[derive(Debug, Clone, Copy)]
enum Door {
    Api,
    Page,
}

struct Guard {
    access: Access,
    scope: Scope,
    door: Door,
}

/// What was found out about a request before it came to its guard.
#[derive(Clone)]
pub(crate) struct Identified(pub(crate) Result<Principal, Refusal>);

#[async_trait]
impl Middle for Guard {
    async fn run(&self, request: Request, next: Next) -> Response {
        let extensions = request.extensions();
        let passed = extensions.get::<Principal>().cloned().map(Ok);
        let known = passed.or_else(|| extensions.get().map(|Identified(known)| known.clone()));
        let shown = self.access.shown(request.headers());
        let identified = match known {
            Some(known) => known,
            None => self.access.authenticate(shown).await,
        };
        let principal = match identified {
            Ok(principal) => principal,
            Err(refusal) => return self.turn_away(refusal, &request),
        };
        if let Some(seen) = request.extensions().get::<Seen>() {
            seen.note(&principal.actor.id);
        }
        let mut response = match self.check(&principal, request).await {
            Ok(mut request) => {
                request.extensions_mut().insert(self.access.clone());
                request.extensions_mut().insert(principal.clone());
                next.run(request).await
            }
            Err(problem) => problem.into_response(),
        };
        response.extensions_mut().insert(principal);
        response
    }
}

impl Guard {
    async fn check(&self, principal: &Principal, request: Request) -> Result<Request, Problem> {
        if !principal.may(self.scope) {
            return Err(lacks(self.scope));
        }
        if principal.session().is_none() || origin::is_safe(request.method()) {
            return Ok(request);
        }
        let (parts, body) = request.into_parts();
        origin::check(&parts)?;
        let (request, shown) = csrf_shown(Request::from_parts(parts, body)).await?;
        let shown = shown.unwrap_or_default();
        if bool::from(shown.as_bytes().ct_eq(principal.csrf().as_bytes())) {
            return Ok(request);
        }
        Err(Problem::new(StatusCode::FORBIDDEN, "form-token", "The form is not of this session")
            .detail("Load the page again and send it from there."))
    }

    fn turn_away(&self, refusal: Refusal, request: &Request) -> Response {
        match (self.door, refusal) {
            (Door::Page, Refusal::Nobody | Refusal::NotGood) => pages::to_sign_in(request),
            (Door::Api, refusal) | (Door::Page, refusal @ Refusal::Unavailable(_)) => {
                Problem::from(refusal).into_response()
            }
        }
    }
}

fn lacks(scope: Scope) -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "missing-scope", "You may not do this")
        .detail(format!("This needs the scope {scope}."))
}

/// The token of its session that a request shows: in the header, or in its form.
async fn csrf_shown(request: Request) -> Result<(Request, Option<String>), Problem> {
    if let Some(header) = header(request.headers()) {
        return Ok((request, Some(header)));
    }
    if !is_form(request.headers()) {
        return Ok((request, None));
    }
    let (request, form) = peek(request).await?;
    Ok((request, field(&form, CSRF_FIELD)))
}

fn header(headers: &HeaderMap) -> Option<String> {
    headers.get(CSRF_HEADER)?.to_str().ok().map(str::to_owned)
}
