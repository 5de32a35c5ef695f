//! Plans: read, approve, apply.

use super::answers::{Several, moment, offset, run_address};
use super::run_words::{PlanShape, RunShape};
use crate::actions::{apply_plan, approve_plan, find_plan};
use crate::state::App;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use http_kit::document::{BadPage, Missing};
use http_kit::{Json, Once, Paging, Path, Principal, Problem};

/// How many lines of a plan come with its approval.
const FIRST_LINES: usize = 50;

/// Show a plan
///
/// What would change, from what to what, and why; what would be set aside, and the cure. The hash may be cut
/// short to eight digits. Lines come in pages, by subscription id.
#[utoipa::path(
    get, path = "/api/plans/{hash}", tag = "plans", operation_id = "getPlan",
    params(
        ("hash" = String, Path, description = "the plan's hash: at least its first 8 digits",
            min_length = 8, max_length = 64, pattern = "^[0-9a-fA-F]{8,64}$",
            example = "1850a7d6eec741fc6b9875576af85d19c3f96dc67de02b7620570007d137d28a"),
        Paging,
    ),
    responses((status = 200, description = "the plan and a page of its lines", body = PlanShape), BadPage, Missing, Several),
)]
pub(super) async fn show(
    State(app): State<App>,
    _: Principal,
    Path(text): Path<String>,
    paging: Paging,
) -> Result<Json<PlanShape>, Problem> {
    let (hash, stored) = find_plan(&app, &text).await?;
    let from = offset(&paging)?;
    let mut page = PlanShape::page(&hash, &stored, from, paging.limit as usize);
    let next = (page.lines_left_out > 0).then(|| (from + page.lines.len()).to_string());
    page.next = app.access.next_cursor(&paging, next);
    Ok(Json(page))
}

/// Approve a plan
///
/// A person's word that exactly this plan may be applied. The first approval stands; approving again changes
/// nothing. A run that makes the same plan applies it; to have it applied now, use *apply*.
#[utoipa::path(
    post, path = "/api/plans/{hash}/approve", tag = "plans", operation_id = "approvePlan",
    params(("hash" = String, Path, description = "the plan's hash: at least its first 8 digits",
        min_length = 8, max_length = 64, pattern = "^[0-9a-fA-F]{8,64}$")),
    responses((status = 200, description = "approved, and by whom", body = PlanShape), Missing, Several),
)]
pub(super) async fn approve(
    State(app): State<App>,
    principal: Principal,
    Path(text): Path<String>,
) -> Result<Json<PlanShape>, Problem> {
    let (hash, stored) = approve_plan(&app, &text, &principal.actor).await?;
    Ok(Json(PlanShape::page(&hash, &stored, 0, FIRST_LINES)))
}

/// Apply a plan
///
/// Asks for a run that applies exactly this plan, and refuses if the world moved since it was made. Whoever
/// asks approves it thereby, unless somebody has already.
#[utoipa::path(
    post, path = "/api/plans/{hash}/apply", tag = "plans", operation_id = "applyPlan",
    params(("hash" = String, Path, description = "the plan's hash: at least its first 8 digits",
        min_length = 8, max_length = 64, pattern = "^[0-9a-fA-F]{8,64}$")),
    responses(
        (status = 202, description = "asked for: the run's report is at the address in `Location`", body = RunShape,
            headers(("Location" = String, description = "where the run's report is"))),
        Missing, Several,
    ),
)]
pub(super) async fn apply(
    State(app): State<App>,
    principal: Principal,
    once: Once,
    Path(text): Path<String>,
) -> Result<Response, Problem> {
    let run = apply_plan(&app, &text, &principal.actor, moment(once)).await?;
    Ok((StatusCode::ACCEPTED, run_address(&run), Json(RunShape::from(&run))).into_response())
}
