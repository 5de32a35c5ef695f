//! The connections, each tried step by step.

use crate::health::Checkup;
use crate::pages::frame::{Frame, Section, Shown, render};
use crate::pages::text;
use crate::state::App;
use askama::Template;
use axum::extract::State;
use http_kit::{Principal, Query};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "settings/connections.html")]
struct ConnectionsPage {
    frame: Frame,
    tab: &'static str,
    named: BTreeSet<String>,
    checkup: Option<Arc<Checkup>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct How {
    test: Option<String>,
}

/// `GET /settings/connections`
pub(super) async fn show(State(app): State<App>, principal: Principal, Query(how): Query<How>) -> Shown {
    let settings = app.settings().await?;
    let named = settings.organisations.iter().flat_map(|one| [&one.supplier, &one.billing]);
    let checkup = match how.test {
        Some(_) => Some(app.checkup().await),
        None => None,
    };
    render(&ConnectionsPage {
        frame: Frame::new(&app, &principal, Section::Settings, "Connections"),
        tab: "connections",
        named: named.map(ToString::to_string).collect(),
        checkup,
    })
}
