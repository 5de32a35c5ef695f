//! API tokens: listed, made and revoked.

use super::{ConfirmPage, Once, show_once};
use crate::actions::signature;
use crate::pages::asked::{filled, parsed};
use crate::pages::flash::{Said, saying};
use crate::pages::frame::{Frame, Section, Shown, render, render_as, see};
use crate::pages::html::Html;
use crate::pages::problems::refused;
use crate::pages::text::{self, Mark};
use crate::people::Refusal;
use crate::state::App;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use domain::access::{ApiToken, Scope, Scopes, User};
use domain::id::TokenId;
use http_kit::{Form, NewToken, Path, Principal, Problem};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;

const BACK: (&str, &str) = ("/settings/tokens", "Tokens");

struct Row {
    id: String,
    name: String,
    state: Html,
    scopes: String,
    whose: String,
    created: Timestamp,
    created_by: String,
    expires: Option<Timestamp>,
    last_used: Option<Timestamp>,
    good: bool,
}

struct Choice {
    word: &'static str,
    says: &'static str,
    chosen: bool,
}

/// The form's fields, as they were entered.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Fields {
    name: String,
    scope: Vec<String>,
    owner: String,
    expires: String,
}

#[derive(Template)]
#[template(path = "settings/tokens.html")]
struct TokensPage<'a> {
    frame: Frame,
    tab: &'static str,
    tokens: Vec<Row>,
    people: Vec<User>,
    scopes: Vec<Choice>,
    form: &'a Fields,
    problem: Option<String>,
}

/// `GET /settings/tokens`
pub(super) async fn list(State(app): State<App>, principal: Principal, said: Said) -> Shown {
    page(&app, &principal, said, &Fields::default(), None).await
}

async fn page(app: &App, principal: &Principal, said: Said, form: &Fields, problem: Option<String>) -> Shown {
    let users = app.store.users().await?;
    let now = app.clock.now();
    let tokens = app.store.tokens().await?;
    let page = TokensPage {
        frame: Frame::new(app, principal, Section::Settings, "Tokens").saying(said),
        tab: "tokens",
        tokens: tokens.into_iter().map(|token| row(token, &users, now)).collect(),
        scopes: choices(form),
        people: users.into_iter().filter(|user| user.disabled.is_none()).collect(),
        form,
        problem,
    };
    let status = if page.problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    render_as(status, &page)
}

fn row(token: ApiToken, users: &[User], now: Timestamp) -> Row {
    let good = token.is_good(now);
    let state = match (good, token.revoked) {
        (true, _) => Mark::Good.on("Good"),
        (false, Some(_)) => Mark::None.on("Revoked"),
        (false, None) => Mark::None.on("Ended"),
    };
    let name = |user: &User| user.name.clone();
    let whose = token.owner.as_ref().map_or_else(
        || "a program's own".to_owned(),
        |owner| users.iter().find(|user| user.id == *owner).map_or_else(|| owner.to_string(), name),
    );
    Row {
        id: token.id.to_string(),
        name: token.name,
        state,
        scopes: token.scopes.to_string(),
        whose,
        created: token.created,
        created_by: token.created_by,
        expires: token.expires,
        last_used: token.last_used,
        good,
    }
}

fn choices(form: &Fields) -> Vec<Choice> {
    let choice = |scope: Scope| Choice {
        word: scope.as_str(),
        says: match scope {
            Scope::Read => "see everything that is no secret",
            Scope::Sync => "ask for runs, approve and apply plans",
            Scope::OrdersWrite => "take, cancel and retry orders",
            Scope::OrdersApprove => "approve and reject orders",
            Scope::CloudPe => "what HostBill's CloudPe module calls",
            Scope::GenAi => "models and scripts",
            Scope::Admin => "everything, people and tokens too",
        },
        chosen: form.scope.iter().any(|word| word == scope.as_str()),
    };
    Scope::ALL.into_iter().map(choice).collect()
}

/// `POST /settings/tokens`
pub(super) async fn make(State(app): State<App>, principal: Principal, Form(form): Form<Fields>) -> Shown {
    let new = match read(&form, signature(&principal.actor)) {
        Ok(new) => new,
        Err(problem) => return page(&app, &principal, Said::default(), &form, Some(problem)).await,
    };
    let (token, secret) = match app.make_token(new, &principal).await {
        Ok(made) => made,
        Err(Refusal::Failed(failure)) => return Err(failure.into()),
        Err(refusal) => {
            return page(
                &app,
                &principal,
                Said::default(),
                &form,
                Some(text::sentence(&refusal.to_string())),
            )
            .await;
        }
    };
    let once = Once {
        frame: Frame::new(&app, &principal, Section::Settings, "The new token"),
        back: BACK,
        heading: format!("The new token “{}”", token.name),
        hint: "Whoever has it may do what it may. Put it where only its program reads it.",
        label: "Token",
        until: token.expires.as_ref(),
    };
    show_once(once, &secret)
}

fn read(form: &Fields, created_by: String) -> Result<NewToken, String> {
    let name = filled(Some(&form.name)).ok_or("Say what the token is for.")?;
    if name.chars().count() > 100 {
        return Err("What it is for fits in 100 characters.".into());
    }
    let scopes: Option<Scopes> = form.scope.iter().map(|word| Scope::find(word)).collect();
    let scopes = scopes.ok_or("There is no such scope.")?;
    if scopes.is_empty() {
        return Err("Choose at least one thing that it may do.".into());
    }
    let owner = filled(Some(&form.owner)).map(str::parse).transpose();
    let owner = owner.map_err(|_| "There is no such person.")?;
    let expires = filled(Some(&form.expires)).map(end_of).transpose()?;
    Ok(NewToken { name: name.to_owned(), owner, scopes, expires, created_by })
}

/// The end of a day, UTC.
fn end_of(day: &str) -> Result<Timestamp, String> {
    let wrong = || "Enter the last day like 2026-12-31.".to_owned();
    let day: Date = day.parse().map_err(|_| wrong())?;
    let next = day.tomorrow().map_err(|_| wrong())?;
    next.to_zoned(jiff::tz::TimeZone::UTC).map(|at| at.timestamp()).map_err(|_| wrong())
}

/// `GET /settings/tokens/{token}/revoke`
pub(super) async fn confirm(State(app): State<App>, principal: Principal, Path(id): Path<String>) -> Shown {
    let id: TokenId = parsed(&id)?;
    let tokens = app.store.tokens().await?;
    let token = tokens.into_iter().find(|token| token.id == id).ok_or_else(Problem::not_found)?;
    render(&ConfirmPage {
        frame: Frame::new(&app, &principal, Section::Settings, "Revoke a token"),
        back: BACK.0,
        back_name: BACK.1,
        heading: format!("Revoke “{}”?", token.name),
        says: "Whatever uses it stops working with its next request. This cannot be taken back.",
        action: format!("/settings/tokens/{id}/revoke"),
        button: "Revoke",
    })
}

/// What a form without fields of its own sends.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// `POST /settings/tokens/{token}/revoke`
pub(super) async fn revoke(
    State(app): State<App>,
    principal: Principal,
    Path(id): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> Shown {
    app.revoke_token(&parsed(&id)?, &principal).await.map_err(refused)?;
    Ok(see(&saying(BACK.0, "token-revoked")))
}
