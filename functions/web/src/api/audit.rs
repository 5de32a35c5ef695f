//! What was done, by whom and why.

use super::words::EntryShape;
use super::{LAST_SEQUENCE, organisation, wrong_parameter};
use crate::state::App;
use axum::extract::State;
use http_kit::document::{BadQuery, Missing};
use http_kit::{Json, Principal, Problem, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

const USUAL: u32 = 100;
const MOST: u32 = 500;

/// Which entries are listed.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Of which organisation; may be left out where there is only one.
    #[param(pattern = "^[a-z0-9-]+$", min_length = 1, max_length = 200, example = "nordic")]
    organisation: Option<String>,
    /// Only entries after this one.
    #[param(minimum = 0, maximum = 9_007_199_254_740_991_u64, default = 0)]
    after: Option<u64>,
    /// How many at most.
    #[param(minimum = 1, maximum = 500, default = 100)]
    limit: Option<u32>,
}

/// A part of the audit log, in the order in which it was written.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEntries)]
pub(super) struct Entries {
    /// The entries.
    items: Vec<EntryShape>,
    /// Given back as `after` to read on; nothing at the end.
    next: Option<u64>,
}

/// Read the audit log
///
/// Each entry carries the hash of the one before: whoever keeps a copy can verify that nothing was changed.
#[utoipa::path(
    get, path = "/api/audit", tag = "audit", operation_id = "listAudit", params(Which),
    responses((status = 200, description = "entries in the order they were written", body = Entries), BadQuery, Missing),
)]
pub(super) async fn list(
    State(app): State<App>,
    _: Principal,
    Query(which): Query<Which>,
) -> Result<Json<Entries>, Problem> {
    let limit = which.limit.unwrap_or(USUAL);
    if !(1..=MOST).contains(&limit) {
        return Err(wrong_parameter("limit", format!("1 to {MOST}")));
    }
    let after = which.after.unwrap_or_default();
    if after > LAST_SEQUENCE {
        return Err(wrong_parameter("after", format!("0 to {LAST_SEQUENCE}")));
    }
    let organisation = organisation(&app, which.organisation.as_deref()).await?;
    let entries = app.store.audit_entries(&organisation.id, after, limit).await?;
    let next = entries.last().filter(|_| entries.len() == limit as usize).map(|last| last.sequence);
    Ok(Json(Entries { items: entries.iter().map(Into::into).collect(), next }))
}
