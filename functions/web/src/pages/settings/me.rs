//! Whoever looks: who they are here, and their own sign-ins at suppliers.

use super::tokens::Nothing;
use crate::pages::asked::parsed;
use crate::pages::flash::{Said, saying};
use crate::pages::frame::{Frame, Section, Shown, render_as, see};
use crate::pages::problems::refused;
use crate::pages::text;
use crate::people::Refusal;
use crate::state::App;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use domain::failure::Failure;
use domain::id::SystemId;
use domain::ports::PersonalCredentials;
use domain::secret::Secret;
use http_kit::{Form, Path, Principal, Problem};
use serde::Deserialize;

struct Own {
    system: String,
    kept: bool,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "settings/me.html")]
struct MePage<'a> {
    frame: Frame,
    tab: &'static str,
    name: &'a str,
    facts: Vec<(&'static str, String)>,
    systems: Vec<Own>,
    /// Why there are no sign-ins of one's own here.
    none: Option<String>,
}

/// `GET /settings/me`
pub(super) async fn show(State(app): State<App>, principal: Principal, said: Said) -> Shown {
    page(&app, &principal, said, None).await
}

/// What was wrong with a sign-in, and at which system.
type Wrong = (SystemId, String);

async fn page(app: &App, principal: &Principal, said: Said, wrong: Option<Wrong>) -> Shown {
    let (systems, none) = match systems(app, principal, wrong.as_ref()).await {
        Ok(systems) if systems.is_empty() => {
            (systems, Some("No supplier here takes people's own sign-ins.".into()))
        }
        Ok(systems) => (systems, None),
        Err(refusal @ (Refusal::NotAPerson | Refusal::NoPersonal)) => (Vec::new(), Some(told(&refusal))),
        Err(refusal) => return Err(refused(refusal)),
    };
    let user = principal.user.as_ref();
    let facts = [
        ("Role", user.map(|user| user.role.to_string())),
        ("May", Some(principal.scopes.to_string())),
        ("E-mail", user.and_then(|user| user.email.clone())),
        ("Id", Some(principal.actor.id.to_string())),
    ];
    let page = MePage {
        frame: Frame::new(app, principal, Section::Settings, "You").saying(said),
        tab: "me",
        name: &principal.actor.name,
        facts: facts.into_iter().filter_map(|(name, value)| Some((name, value?))).collect(),
        systems,
        none,
    };
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    render_as(status, &page)
}

fn told(refusal: &Refusal) -> String {
    text::sentence(&refusal.to_string())
}

async fn systems(app: &App, principal: &Principal, wrong: Option<&Wrong>) -> Result<Vec<Own>, Refusal> {
    let kept = app.own_sign_ins(principal).await?;
    let connections = app.connections.current().await?;
    let system = |system: &SystemId| Own {
        system: system.to_string(),
        kept: kept.contains(system),
        problem: wrong.filter(|(at, _)| at == system).map(|(_, problem)| problem.clone()),
    };
    Ok(connections.people.keys().map(system).collect())
}

/// What is entered. Not even its `Debug` shows the password.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SignIn {
    username: String,
    password: String,
}

/// `POST /settings/me/sign-ins/{system}`
pub(super) async fn keep(
    State(app): State<App>,
    principal: Principal,
    Path(system): Path<String>,
    Form(form): Form<SignIn>,
) -> Shown {
    let system: SystemId = parsed(&system)?;
    let username = form.username.trim().to_owned();
    if username.is_empty() || form.password.is_empty() {
        let wrong = (system, "Enter your user name and your password there.".to_owned());
        return page(&app, &principal, Said::default(), Some(wrong)).await;
    }
    let credentials = PersonalCredentials { username, password: Secret::new(form.password) };
    match app.keep_sign_in(&principal, &system, &credentials).await {
        Ok(()) => Ok(see(&saying("/settings/me", "sign-in-kept"))),
        Err(refusal @ Refusal::NotTaken(_)) => {
            page(&app, &principal, Said::default(), Some((system, told(&refusal)))).await
        }
        Err(Refusal::Failed(failure)) => Err(not_tried(failure)),
        Err(refusal) => Err(refused(refusal)),
    }
}

fn not_tried(failure: Failure) -> Problem {
    let problem = Problem::from(failure);
    if problem.detail.is_some() {
        problem
    } else {
        problem.detail("It could not be tried, so nothing was kept.")
    }
}

/// `POST /settings/me/sign-ins/{system}/remove`
pub(super) async fn remove(
    State(app): State<App>,
    principal: Principal,
    Path(system): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> Shown {
    app.remove_sign_in(&principal, &parsed(&system)?).await.map_err(refused)?;
    Ok(see(&saying("/settings/me", "sign-in-removed")))
}
