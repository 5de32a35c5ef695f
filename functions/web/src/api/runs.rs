//! Runs and their reports.

use super::run_words::RunShape;
use super::{named, organisation, unknown, wrong_parameter};
use crate::state::App;
use axum::extract::State;
use domain::id::{OrganisationId, RunId};
use http_kit::document::{BadQuery, Missing};
use http_kit::{Json, Path, Principal, Problem, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// How many runs are listed unless it is said.
const USUAL: u32 = 20;
const MOST: u32 = 100;

/// Which runs are listed.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Of which organisation; may be left out where there is only one.
    #[param(pattern = "^[a-z0-9-]+$", min_length = 1, max_length = 200, example = "nordic")]
    organisation: Option<String>,
    /// How many at most.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
}

/// Runs, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Runs {
    /// The runs.
    items: Vec<RunShape>,
}

/// List the latest runs
#[utoipa::path(
    get, path = "/api/runs", tag = "runs", operation_id = "listRuns", params(Which),
    responses((status = 200, description = "the newest first", body = Runs), BadQuery, Missing),
)]
pub(super) async fn list(
    State(app): State<App>,
    _: Principal,
    Query(which): Query<Which>,
) -> Result<Json<Runs>, Problem> {
    let limit = which.limit.unwrap_or(USUAL);
    if !(1..=MOST).contains(&limit) {
        return Err(wrong_parameter("limit", format!("1 to {MOST}")));
    }
    let organisation = organisation(&app, which.organisation.as_deref()).await?;
    let runs = app.store.runs(&organisation.id, limit).await?;
    Ok(Json(Runs { items: runs.iter().map(Into::into).collect() }))
}

/// Show a run's report
///
/// It is written as the run goes on: `requested` and `running` runs are worth asking about again.
#[utoipa::path(
    get, path = "/api/runs/{organisation}/{run}", tag = "runs", operation_id = "getRun",
    params(
        ("organisation" = String, Path, description = "of which organisation", example = "nordic"),
        ("run" = String, Path, description = "its id", example = "run_1793836800000a1b2c3"),
    ),
    responses((status = 200, description = "the report as it stands", body = RunShape), Missing),
)]
pub(super) async fn show(
    State(app): State<App>,
    _: Principal,
    Path((organisation, run)): Path<(String, String)>,
) -> Result<Json<RunShape>, Problem> {
    let organisation: OrganisationId = named("organisation", &organisation)?;
    let id: RunId = named("run", &run)?;
    let run = app.store.find_run(&organisation, &id).await?;
    let run = run.ok_or_else(|| unknown(format!("there is no run {id} of {organisation}")))?;
    Ok(Json((&run).into()))
}
