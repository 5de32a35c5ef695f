//! What the operator has decided, the connections, and who may come in.

mod connections;
mod me;
mod overview;
mod people;
mod prices;
mod tokens;

pub(super) use people::{email_of, name_of};

use super::frame::{Frame, Shown, render};
use super::text;
use crate::state::App;
use askama::Template;
use axum::response::Response;
use axum::routing::{get, post};
use domain::access::Scope;
use domain::secret::Secret;
use http_kit::{NeverKept, Routes};
use jiff::Timestamp;

/// What everybody may look at, and what everybody decides about themselves.
pub(super) fn looking() -> Routes<App> {
    Routes::new()
        .route("/settings", get(overview::show))
        .route("/settings/connections", get(connections::show))
        .route("/settings/prices", get(prices::show))
        .route("/settings/me", get(me::show))
        .route("/settings/me/sign-ins/{system}", post(me::keep))
        .route("/settings/me/sign-ins/{system}/remove", post(me::remove))
}

/// What administrators look at.
pub(super) fn administering() -> Routes<App> {
    Routes::new()
        .route("/settings/tokens", get(tokens::list))
        .route("/settings/tokens/{token}/revoke", get(tokens::confirm))
        .route("/settings/people", get(people::list))
        .route("/settings/people/{user}/disable", get(people::confirm))
}

/// What administrators change, each once however often it is sent.
pub(super) fn acting() -> [(Scope, Routes<App>); 1] {
    let router = Routes::new()
        .route("/settings/tokens", post(tokens::make))
        .route("/settings/tokens/{token}/revoke", post(tokens::revoke))
        .route("/settings/people", post(people::add))
        .route("/settings/people/{user}/link", post(people::link))
        .route("/settings/people/{user}/disable", post(people::disable));
    [(Scope::Admin, router)]
}

/// A page that shows a secret, once.
#[derive(Template)]
#[template(path = "settings/secret.html")]
struct SecretPage<'a> {
    frame: Frame,
    back: &'static str,
    back_name: &'static str,
    heading: String,
    hint: &'static str,
    label: &'static str,
    secret: &'a str,
    until: Option<&'a Timestamp>,
}

/// What is shown with a secret.
struct Once<'a> {
    frame: Frame,
    back: (&'static str, &'static str),
    heading: String,
    hint: &'static str,
    label: &'static str,
    until: Option<&'a Timestamp>,
}

/// Shows a secret. The answer is not kept: sent again, the form makes nothing and shows nothing.
fn show_once(once: Once<'_>, secret: &Secret) -> Shown {
    let (back, back_name) = once.back;
    let mut page: Response = render(&SecretPage {
        frame: once.frame,
        back,
        back_name,
        heading: once.heading,
        hint: once.hint,
        label: once.label,
        secret: secret.expose(),
        until: once.until,
    })?;
    page.extensions_mut().insert(NeverKept);
    Ok(page)
}

/// A page that asks whether it is meant.
#[derive(Template)]
#[template(path = "settings/confirm.html")]
struct ConfirmPage {
    frame: Frame,
    back: &'static str,
    back_name: &'static str,
    heading: String,
    says: &'static str,
    action: String,
    button: &'static str,
}
