//! What was synced, what is parked and why, and what the runs did.

mod cures;
mod lines;
mod links;
mod parked;
mod plans;
mod records;
mod runs;

pub(super) use records::find_record;
pub(super) use runs::{Drawn, durations};

use crate::state::App;
use axum::routing::{get, post};
use domain::access::Scope;
use http_kit::Routes;

/// What everybody may look at.
pub(super) fn looking() -> Routes<App> {
    Routes::new()
        .route("/sync", get(records::list))
        .route("/sync/records/{organisation}/{subscription}", get(records::show))
        .route("/sync/records/{organisation}/{subscription}/history", get(records::history))
        .route("/sync/parked", get(parked::list))
        .route("/sync/link/{kind}/{organisation}", get(links::show))
        .route("/sync/runs", get(runs::list))
        .route("/sync/runs/{organisation}/{run}", get(runs::show))
        .route("/sync/runs/{organisation}/{run}/progress", get(runs::progress))
        .route("/sync/plans/{hash}", get(plans::show))
}

/// What changes something, each once however often it is sent, and who may do it.
pub(super) fn acting() -> [(Scope, Routes<App>); 2] {
    let runs = Routes::new()
        .route("/sync/run", post(runs::request))
        .route("/sync/plans/{hash}/approve", post(plans::approve))
        .route("/sync/plans/{hash}/apply", post(plans::apply));
    let links =
        Routes::new().route("/sync/links", post(links::add)).route("/sync/links/remove", post(links::remove));
    [(Scope::Sync, runs), (Scope::Admin, links)]
}
