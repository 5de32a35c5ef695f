//! People: added with a role, let in by a link that is good once, shut out.

use super::tokens::Nothing;
use super::{ConfirmPage, Once, show_once};
use crate::pages::asked::{filled, moment, parsed};
use crate::pages::flash::{Said, saying};
use crate::pages::frame::{Frame, Section, Shown, render, render_as, see};
use crate::pages::html::Html;
use crate::pages::problems::refused;
use crate::pages::text::{self, Mark};
use crate::people::NewUser;
use crate::state::App;
use askama::Template;
use axum::extract::State;
use axum::http::header::HOST;
use axum::http::{HeaderMap, StatusCode};
use domain::access::{Role, User};
use domain::id::UserId;
use domain::secret::Secret;
use http_kit::{Form, Path, Principal};
use jiff::Timestamp;
use serde::Deserialize;

const BACK: (&str, &str) = ("/settings/people", "People");

struct Row {
    id: String,
    name: String,
    email: Option<String>,
    role: &'static str,
    state: Html,
    how: &'static str,
    created: Timestamp,
    good: bool,
    /// Whether it is whoever looks.
    own: bool,
}

struct Choice {
    word: &'static str,
    says: &'static str,
}

/// The form's fields, as they were entered.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Fields {
    name: String,
    email: String,
    role: String,
}

#[derive(Template)]
#[template(path = "settings/people.html")]
struct PeoplePage<'a> {
    frame: Frame,
    tab: &'static str,
    provider: bool,
    people: Vec<Row>,
    roles: Vec<Choice>,
    form: &'a Fields,
    problem: Option<&'static str>,
}

/// `GET /settings/people`
pub(super) async fn list(State(app): State<App>, principal: Principal, said: Said) -> Shown {
    let form = Fields { role: Role::Clerk.as_str().into(), ..Fields::default() };
    page(&app, &principal, said, &form, None).await
}

async fn page(
    app: &App,
    principal: &Principal,
    said: Said,
    form: &Fields,
    problem: Option<&'static str>,
) -> Shown {
    let users = app.store.users().await?;
    let now = app.clock.now();
    let page = PeoplePage {
        frame: Frame::new(app, principal, Section::Settings, "People").saying(said),
        tab: "people",
        provider: app.identity.is_some(),
        people: users.into_iter().map(|user| row(user, principal, now)).collect(),
        roles: Role::ALL.into_iter().map(choice).collect(),
        form,
        problem,
    };
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    render_as(status, &page)
}

fn row(user: User, principal: &Principal, now: Timestamp) -> Row {
    let good = user.disabled.is_none_or(|since| since > now);
    Row {
        own: *user.id.as_str() == *principal.actor.id,
        id: user.id.to_string(),
        name: user.name,
        email: user.email,
        role: user.role.as_str(),
        state: if good { Mark::Good.on("May sign in") } else { Mark::None.on("Disabled") },
        how: if user.subject.is_some() { "at the identity provider" } else { "by link or token" },
        created: user.created,
        good,
    }
}

fn choice(role: Role) -> Choice {
    let says = match role {
        Role::Viewer => "looks",
        Role::Clerk => "looks, starts runs, takes orders",
        Role::Approver => "a clerk who also approves orders",
        Role::Admin => "everything, also links, people and tokens",
    };
    Choice { word: role.as_str(), says }
}

/// `POST /settings/people`
pub(super) async fn add(
    State(app): State<App>,
    principal: Principal,
    once: http_kit::Once,
    headers: HeaderMap,
    Form(form): Form<Fields>,
) -> Shown {
    let new = match read(&form) {
        Ok(new) => new,
        Err(problem) => return page(&app, &principal, Said::default(), &form, Some(problem)).await,
    };
    let user = app.add_user(new, &principal, moment(once)).await?;
    show_link(&app, &principal, &headers, &user.id).await
}

fn read(form: &Fields) -> Result<NewUser, &'static str> {
    let name = name_of(&form.name)?;
    let email = email_of(&form.email)?;
    let role = Role::find(&form.role).ok_or("Choose a role.")?;
    Ok(NewUser { name, email, role })
}

/// A person's name as it was entered.
pub(in crate::pages) fn name_of(text: &str) -> Result<String, &'static str> {
    match filled(Some(text)) {
        None => Err("Enter a name."),
        Some(name) if name.chars().count() > 100 => Err("A name fits in 100 characters."),
        Some(name) if name.chars().any(char::is_control) => Err("A name is one line of text."),
        Some(name) => Ok(name.to_owned()),
    }
}

/// An e-mail address as it was entered, if one was.
pub(in crate::pages) fn email_of(text: &str) -> Result<Option<String>, &'static str> {
    let Some(text) = filled(Some(text)) else { return Ok(None) };
    let is_address = text.split_once('@').is_some_and(|(who, at)| !who.is_empty() && at.contains('.'));
    if !is_address || text.len() > 200 || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err("This is no e-mail address.");
    }
    Ok(Some(text.to_owned()))
}

/// `POST /settings/people/{user}/link`
pub(super) async fn link(
    State(app): State<App>,
    principal: Principal,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(Nothing {}): Form<Nothing>,
) -> Shown {
    show_link(&app, &principal, &headers, &parsed(&id)?).await
}

async fn show_link(app: &App, principal: &Principal, headers: &HeaderMap, id: &UserId) -> Shown {
    let user = app.user(id).await.map_err(refused)?;
    let made = app.sign_in_link(id, principal).await.map_err(refused)?;
    let once = Once {
        frame: Frame::new(app, principal, Section::Settings, "A sign-in link"),
        back: BACK,
        heading: format!("Sign-in link for {}", user.name),
        hint: "Whoever opens it first is signed in as this person. Give it to them in a way that only they read.",
        label: "Link",
        until: Some(&made.expires),
    };
    show_once(once, &whole(made.link, headers))
}

/// The link with the place that this page was asked for at, where nobody has said ours.
fn whole(link: Secret, headers: &HeaderMap) -> Secret {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let Some(host) = host.filter(|_| link.expose().starts_with('/')) else { return link };
    let own = ["localhost", "127.", "[::1]"].iter().any(|name| host.starts_with(name));
    let scheme = if own { "http" } else { "https" };
    Secret::new(format!("{scheme}://{host}{}", link.expose()))
}

/// `GET /settings/people/{user}/disable`
pub(super) async fn confirm(State(app): State<App>, principal: Principal, Path(id): Path<String>) -> Shown {
    let id: UserId = parsed(&id)?;
    let user = app.user(&id).await.map_err(refused)?;
    render(&ConfirmPage {
        frame: Frame::new(&app, &principal, Section::Settings, "Disable a person"),
        back: BACK.0,
        back_name: BACK.1,
        heading: format!("Disable {}?", user.name),
        says: "They are signed out everywhere and can no longer sign in. What they did stays with their name.",
        action: format!("/settings/people/{id}/disable"),
        button: "Disable",
    })
}

/// `POST /settings/people/{user}/disable`
pub(super) async fn disable(
    State(app): State<App>,
    principal: Principal,
    Path(id): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> Shown {
    app.disable_user(&parsed(&id)?, &principal).await.map_err(refused)?;
    Ok(see(&saying(BACK.0, "person-disabled")))
}
