//! The pages that people work in. Everything essential is a link or an ordinary form; scripts make it quicker.

mod asked;
mod assets;
mod charts;
mod dashboard;
mod flash;
mod frame;
mod html;
mod orders;
mod plots;
mod problems;
mod reference;
mod settings;
mod sign_in;
mod sync;
mod text;

use crate::state::App;
use axum::routing::{get, post};
use domain::access::Scope;
use http_kit::{Routes, once, page, problem_pages};

pub(crate) use problems::not_found;

/// Every page, each behind its guard.
pub(crate) fn routes(app: &App) -> Routes<App> {
    let access = &app.access;
    let looking = Routes::new()
        .route("/", get(dashboard::show))
        .route("/dashboard/health", get(dashboard::health))
        .route("/charts", get(plots::page))
        .route("/charts/part", get(plots::part))
        .route("/sign-out", post(sign_in::out))
        .merge(sync::looking())
        .merge(orders::looking())
        .merge(settings::looking())
        .route_layer(&page(access, Scope::Read));
    let writing = orders::writing().route_layer(&page(access, Scope::OrdersWrite));
    let administering = settings::administering().route_layer(&page(access, Scope::Admin));
    let open = sign_in::routes().route("/api/docs", get(reference::show));
    let acting = sync::acting().into_iter().chain(orders::acting()).chain(settings::acting());
    let acting = acting.fold(Routes::new(), |all, (scope, routes)| {
        all.merge(routes.route_layer(&once(access)).route_layer(&page(access, scope)))
    });
    let shown = app.clone();
    looking
        .merge(writing)
        .merge(administering)
        .merge(open)
        .merge(acting)
        .route_layer(&problem_pages(move |problem, principal| problems::page(&shown, problem, principal)))
        .route("/assets/{name}", get(assets::get))
}
