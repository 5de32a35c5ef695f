//! Coming in: with a token of one's own, with a link that is good once, or from the company's own identity
//! provider. Whatever was wrong, a failure says the same.

use super::flash::saying;
use super::frame::{Frame, Shown, render, render_as, see};
use super::settings::{email_of, name_of};
use crate::state::App;
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::get;
use domain::access::{CodeUse, Role, Scopes, User};
use domain::id::UserId;
use http_kit::{Form, Principal, Query, Routes, next_page};
use serde::Deserialize;

mod provider;

/// What nobody needs to be signed in for.
pub(super) fn routes() -> Routes<App> {
    Routes::new()
        .route("/sign-in", get(show).post(with_token))
        .route("/sign-in/code", get(code).post(with_code))
        .route("/sign-in/oidc", get(provider::leave))
        .route("/sign-in/oidc/return", get(provider::come_back))
        .route("/setup", get(setup).post(first))
}

/// Where to go afterwards.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Next {
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "sign_in/form.html")]
struct SignInPage<'a> {
    frame: Frame,
    provider: bool,
    failed: bool,
    next: &'a str,
}

/// `GET /sign-in`
async fn show(
    State(app): State<App>,
    said: super::flash::Said,
    headers: HeaderMap,
    Query(next): Query<Next>,
) -> Shown {
    let next = next_page(next.next.as_deref());
    if app.access.find_principal(&headers).await?.is_some() {
        return Ok(see(next));
    }
    let frame = Frame::outside(&app, "Sign in").saying(said);
    render(&SignInPage { frame, provider: app.identity.is_some(), failed: false, next })
}

/// Nobody comes in, and nobody learns why.
fn failed(app: &App, next: &str) -> Shown {
    let frame = Frame::outside(app, "Sign in");
    let page = SignInPage { frame, provider: app.identity.is_some(), failed: true, next };
    render_as(StatusCode::UNAUTHORIZED, &page)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WithToken {
    token: String,
    next: Option<String>,
}

/// `POST /sign-in`
async fn with_token(State(app): State<App>, Form(form): Form<WithToken>) -> Shown {
    let next = next_page(form.next.as_deref());
    let found = app.access.find_token_principal(form.token.trim()).await?;
    let Some(Principal { user: Some(user), scopes, .. }) = found else { return failed(&app, next) };
    come_in(&app, &user, &scopes, next).await
}

async fn come_in(app: &App, user: &User, scopes: &Scopes, next: &str) -> Shown {
    let cookie = app.access.sign_in(user, scopes).await?;
    tracing::info!(user.id = %user.id, "{} signed in", user.id);
    Ok((cookie, see(next)).into_response())
}

#[derive(Deserialize)]
struct Code {
    c: Option<String>,
}

#[derive(Template)]
#[template(path = "sign_in/code.html")]
struct CodePage<'a> {
    frame: Frame,
    code: &'a str,
}

/// `GET /sign-in/code`: looking at the link does not use it up.
async fn code(State(app): State<App>, Query(query): Query<Code>) -> Shown {
    let frame = Frame::outside(&app, "Sign in");
    render(&CodePage { frame, code: query.c.as_deref().unwrap_or_default() })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WithCode {
    c: String,
}

/// `POST /sign-in/code`
async fn with_code(State(app): State<App>, Form(form): Form<WithCode>) -> Shown {
    let opened = app.access.redeem_code(form.c.trim()).await?;
    let user = match opened {
        Some(CodeUse::SignIn(user)) => app.store.find_user(&user).await?,
        Some(CodeUse::SetUp | CodeUse::Redirect { .. }) | None => None,
    };
    match user.filter(|user| user.disabled.is_none()) {
        Some(user) => come_in(&app, &user, &user.role.scopes(), "/").await,
        None => failed(&app, "/"),
    }
}

#[derive(Template)]
#[template(path = "sign_in/setup.html")]
struct SetUpPage<'a> {
    frame: Frame,
    code: &'a str,
    name: &'a str,
    email: &'a str,
    error: Option<&'static str>,
}

/// `GET /setup`
async fn setup(State(app): State<App>, Query(query): Query<Code>) -> Shown {
    let frame = Frame::outside(&app, "Set up Billbridge");
    let code = query.c.as_deref().unwrap_or_default();
    render(&SetUpPage { frame, code, name: "", email: "", error: None })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct First {
    c: String,
    name: String,
    email: Option<String>,
}

/// `POST /setup`: what is entered is looked at first, for the code is good once.
async fn first(State(app): State<App>, Form(form): Form<First>) -> Shown {
    let typed = form.email.as_deref().unwrap_or_default();
    let (name, email) = match name_of(&form.name).and_then(|name| Ok((name, email_of(typed)?))) {
        Ok(both) => both,
        Err(error) => {
            let frame = Frame::outside(&app, "Set up Billbridge");
            let page = SetUpPage { frame, code: &form.c, name: &form.name, email: typed, error: Some(error) };
            return render_as(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
    };
    let Some(CodeUse::SetUp) = app.access.redeem_code(form.c.trim()).await? else {
        return failed(&app, "/");
    };
    let now = app.clock.now();
    let user = User {
        id: UserId::new(now, (app.entropy)()),
        name,
        email,
        role: Role::Admin,
        subject: None,
        created: now,
        disabled: None,
    };
    app.store.put_user(&user).await?;
    tracing::info!(user.id = %user.id, "{} is the first administrator", user.id);
    come_in(&app, &user, &user.role.scopes(), &saying("/", "welcome")).await
}

/// `POST /sign-out`
pub(super) async fn out(State(app): State<App>, principal: Principal) -> Shown {
    let cookie = app.access.sign_out(&principal).await?;
    Ok((cookie, see(&saying("/sign-in", "signed-out"))).into_response())
}
