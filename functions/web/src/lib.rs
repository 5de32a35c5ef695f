//! The pages people work in, and the API for programs: what was synced and what is parked, plans, orders,
//! settings, people.
//!
//! Nothing here calls a supplier or billing to change something: runs are asked for, orders go to the desk.

pub mod actions;
pub mod customers;
pub mod document;
pub mod health;
pub mod history;
pub mod linking;
pub mod people;
pub mod state;
pub mod worked;

mod api;
mod config;
mod handler;
mod pages;

pub use config::Config;
pub use document::Document;
pub use handler::handle;
pub use state::{Adapters, App, Front, Store, Web};

use axum::Router;
use axum::handler::Handler as _;
use utoipa::openapi::OpenApi;

/// Every route, ready to be served.
pub fn router(app: &App) -> Router {
    http_kit::finish(routes(app), &app.access)
}

/// Every route, for [`http_kit::finish`].
pub fn routes(app: &App) -> Router {
    let routes = api::routes(&app.access).merge(pages::routes(app));
    routes.into_router(app).fallback_service(pages::not_found.with_state(app.clone()))
}

/// The document of this function's own routes.
pub fn openapi() -> OpenApi {
    api::document()
}
