//! Whether we are alive, and whether everything that we need is.

use super::words::TriedShape;
use crate::health::{Checkup, Part};
use crate::state::App;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use http_kit::document::TooMany;
use http_kit::{Json, Principal};
use serde::Serialize;
use utoipa::ToSchema;

/// A sign of life.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Liveness)]
pub(super) struct Alive {
    /// Always `ok`.
    #[schema(example = "ok")]
    status: &'static str,
}

/// Say that we are alive
///
/// Public. Asks nobody anything: for load balancers and watchdogs.
#[utoipa::path(
    get, path = "/health", tag = "health", operation_id = "getLiveness", security(()),
    responses((status = 200, description = "alive", body = Alive), TooMany),
)]
pub(super) async fn alive() -> Json<Alive> {
    Json(Alive { status: "ok" })
}

/// How everything that is needed was.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Health)]
pub(super) struct Seen {
    /// `ok`, or `down` if anything is.
    #[schema(example = "ok")]
    status: &'static str,
    /// When it was looked at.
    #[schema(format = DateTime, example = "2026-11-05T08:13:02Z")]
    at: String,
    /// The table and each connection.
    systems: Vec<SystemShape>,
}

/// How one thing that is needed was.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SystemHealth)]
struct SystemShape {
    /// `table`, `configuration`, or a connection's name.
    #[schema(example = "crayon")]
    name: String,
    /// `ok` or `down`.
    #[schema(example = "ok")]
    status: &'static str,
    /// What was tried, and the cure for what did not work.
    tried: Vec<TriedShape>,
}

fn word(well: bool) -> &'static str {
    if well { "ok" } else { "down" }
}

impl From<&Part> for SystemShape {
    fn from(part: &Part) -> Self {
        let tried = part.tried.iter().map(|probe| TriedShape::new(&part.name, probe));
        Self { name: part.name.clone(), status: word(part.is_well()), tried: tried.collect() }
    }
}

impl From<&Checkup> for Seen {
    fn from(checkup: &Checkup) -> Self {
        Self {
            status: word(checkup.is_well()),
            at: checkup.at.to_string(),
            systems: checkup.parts.iter().map(Into::into).collect(),
        }
    }
}

/// Show whether everything that is needed answers
///
/// The table, and each connection's credentials and calls. Looked at most once in 30 seconds, whoever asks.
#[utoipa::path(
    get, path = "/api/health", tag = "health", operation_id = "getHealth",
    responses(
        (status = 200, description = "everything is well", body = Seen),
        (status = 503, description = "something is down, or nothing can be said",
            content((Seen = "application/json"), (http_kit::Problem = "application/problem+json"))),
    ),
)]
pub(super) async fn systems(State(app): State<App>, _: Principal) -> Response {
    let checkup = app.checkup().await;
    let status = if checkup.is_well() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Seen::from(&*checkup))).into_response()
}
