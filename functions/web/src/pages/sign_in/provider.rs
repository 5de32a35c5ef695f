//! Signing in at the company's own identity provider. A cookie ties the way there and the way back to one
//! browser: a state that another browser fetched is worth nothing here.

use super::{Next, come_in, failed};
use crate::pages::frame::{Frame, Shown};
use crate::pages::problems;
use crate::state::App;
use axum::extract::State;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::access::{CodeUse, User};
use domain::digest::{hex, sha256};
use domain::failure::{Failure, FailureKind};
use domain::id::UserId;
use domain::ports::{Identity, IdentityProvider};
use domain::secret::Secret;
use http_kit::{Problem, Query, next_page};
use jiff::SignedDuration;
use serde::Deserialize;
use std::sync::Arc;

/// How long a person may take at their provider.
const PATIENCE: SignedDuration = SignedDuration::from_mins(10);
const PLAIN: &str = "billbridge-way";
const SECURE: &str = "__Host-billbridge-way";

fn provider(app: &App) -> Result<Arc<dyn IdentityProvider>, Problem> {
    let none = || Problem::not_found().detail("No identity provider is configured here.");
    app.identity.clone().ok_or_else(none)
}

/// `GET /sign-in/oidc`. No form: a policy that keeps forms on our own pages would stop the way out.
pub(super) async fn leave(State(app): State<App>, Query(next): Query<Next>) -> Shown {
    let provider = provider(&app)?;
    let (nonce, verifier) = (random()?, random()?);
    let next = next_page(next.next.as_deref()).to_owned();
    let opens = CodeUse::Redirect { nonce: nonce.clone(), verifier: verifier.clone(), next };
    let state = app.access.issue_code(opens, PATIENCE).await?;
    let address = provider.authorise(state.expose(), &nonce, &Secret::new(verifier), app.deadline()).await?;
    let cookie = cookie(&app, &mark(state.expose()), PATIENCE)?;
    Ok(([(SET_COOKIE, cookie)], axum::response::Redirect::to(&address)).into_response())
}

/// Nobody can guess it.
fn random() -> Result<String, Problem> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| Problem::internal().because(error))?;
    Ok(hex(&bytes))
}

/// What the cookie says of a state: enough to know it by, and no state itself.
fn mark(state: &str) -> String {
    hex(&sha256(state.as_bytes()))
}

fn cookie(app: &App, value: &str, age: SignedDuration) -> Result<HeaderValue, Problem> {
    let secure = app.url.as_deref().is_some_and(|url| url.starts_with("https:"));
    let (name, only_tls) = if secure { (SECURE, "; Secure") } else { (PLAIN, "") };
    let text = format!("{name}={value}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax{only_tls}", age.as_secs());
    let mut header = HeaderValue::try_from(text).map_err(|error| Problem::internal().because(error))?;
    header.set_sensitive(true);
    Ok(header)
}

fn is_this_browser(headers: &HeaderMap, state: &str) -> bool {
    let wanted = mark(state);
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .any(|(name, value)| (name == PLAIN || name == SECURE) && value == wanted)
}

#[derive(Deserialize)]
pub(super) struct Back {
    state: Option<String>,
    code: Option<String>,
}

/// `GET /sign-in/oidc/return`
pub(super) async fn come_back(State(app): State<App>, headers: HeaderMap, Query(back): Query<Back>) -> Shown {
    let provider = provider(&app)?;
    let (Some(state), Some(code)) = (back.state, back.code) else { return failed(&app, "/") };
    if !is_this_browser(&headers, &state) {
        return failed(&app, "/");
    }
    let Some(CodeUse::Redirect { nonce, verifier, next }) = app.access.redeem_code(&state).await? else {
        return failed(&app, "/");
    };
    let verifier = Secret::new(verifier);
    let identity = match provider.exchange(&code, &nonce, &verifier, app.deadline()).await {
        Ok(identity) => identity,
        Err(failure) => return not_exchanged(&app, failure),
    };
    let Some(user) = known_as(&app, provider.as_ref(), identity).await? else { return Ok(no_role(&app)) };
    if user.disabled.is_some() {
        return failed(&app, "/");
    }
    let mut response = come_in(&app, &user, &user.role.scopes(), next_page(Some(&next))).await?;
    response.headers_mut().append(SET_COOKIE, cookie(&app, "", SignedDuration::ZERO)?);
    Ok(response)
}

/// What the provider does not vouch for is nobody; that it does not answer is said.
fn not_exchanged(app: &App, failure: Failure) -> Shown {
    tracing::warn!("somebody could not sign in at the identity provider: {failure}");
    match failure.kind {
        FailureKind::NotSent
        | FailureKind::Unavailable
        | FailureKind::RateLimited(_)
        | FailureKind::OutOfTime => Err(failure.into()),
        FailureKind::Refused
        | FailureKind::NotFound
        | FailureKind::Conflict
        | FailureKind::Unauthorised
        | FailureKind::Malformed
        | FailureKind::LeaseLost => failed(app, "/"),
    }
}

/// The person, with the name, address and role that the provider says now; nobody without a role.
async fn known_as(
    app: &App,
    provider: &dyn IdentityProvider,
    identity: Identity,
) -> Result<Option<User>, Failure> {
    let Some(role) = provider.role_of(&identity) else {
        tracing::info!(
            "{} signed in at the identity provider and has no role here",
            identity.subject.subject
        );
        return Ok(None);
    };
    let known = app.store.find_user_by_subject(&identity.subject).await?;
    let now = app.clock.now();
    let before = known.clone().unwrap_or_else(|| User {
        id: UserId::new(now, (app.entropy)()),
        name: String::new(),
        email: None,
        role,
        subject: Some(identity.subject.clone()),
        created: now,
        disabled: None,
    });
    let user = User { name: identity.name, email: identity.email, role, ..before };
    if known.as_ref() != Some(&user) {
        app.store.put_user(&user).await?;
    }
    Ok(Some(user))
}

fn no_role(app: &App) -> Response {
    let title = "You have no role here yet";
    let problem = Problem::new(StatusCode::FORBIDDEN, "no-role", title).detail(
        "Your company account is known, but none of its groups stands for a role in Billbridge. Ask whoever \
         looks after the identity provider to put you into one of the groups that are mapped (OIDC_ROLES).",
    );
    problems::page_in(Frame::outside(app, title), &problem)
}
