//! What is known about each subscription.

use super::words::{EntryShape, RecordShape};
use super::{LAST_SEQUENCE, named, organisation, unknown, wrong_parameter};
use crate::state::{App, Web};
use axum::extract::State;
use domain::digest::SubscriptionKey;
use domain::failure::Failure;
use domain::id::{OrganisationId, SubscriptionId};
use domain::ports::Page;
use domain::record::SyncRecord;
use http_kit::document::{BadPage, BadQuery, Missing};
use http_kit::{Filter, Json, Paged, Paging, Path, Principal, Problem, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// States that the table lists by themselves; records of others are picked out of all.
const LISTED: [&str; 3] = ["pending", "parked", "error"];
/// How many pages are gone through for one page of picked records.
const LOOKS: usize = 4;

/// A record's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum RecordState {
    /// Nothing to bill yet.
    Pending,
    /// In step.
    Synced,
    /// Set aside for a person.
    Parked,
    /// The last attempt did not succeed.
    Error,
    /// Over.
    Ended,
}

impl RecordState {
    fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Synced => "synced",
            Self::Parked => "parked",
            Self::Error => "error",
            Self::Ended => "ended",
        }
    }
}

/// Which records are listed.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Of which organisation; may be left out where there is only one.
    #[param(pattern = "^[a-z0-9-]+$", min_length = 1, max_length = 200, example = "nordic")]
    organisation: Option<String>,
    /// In which state; in every one unless it is said.
    #[param(inline)]
    state: Option<RecordState>,
}

/// Of which organisation.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Whose {
    /// Of which organisation; may be left out where there is only one.
    #[param(pattern = "^[a-z0-9-]+$", min_length = 1, max_length = 200, example = "nordic")]
    organisation: Option<String>,
}

/// List records
///
/// What is known about each subscription. A page of records of one state may be shorter than asked for although
/// there are more: `next` tells.
#[utoipa::path(
    get, path = "/api/records", tag = "records", operation_id = "listRecords", params(Which, Paging),
    responses((status = 200, description = "a page of records", body = Paged<RecordShape>), BadPage, Missing),
)]
pub(super) async fn list(
    State(app): State<App>,
    _: Principal,
    Filter(which): Filter<Which>,
    paging: Paging,
) -> Result<Json<Paged<RecordShape>>, Problem> {
    let organisation = organisation(&app, which.organisation.as_deref()).await?;
    let page = page(&app, &organisation.id, which.state, &paging).await?;
    Ok(Json(shown(&app, &paging, page)))
}

/// List what is parked
///
/// What waits for a person, each with the reason, what exactly is the matter, and the cure.
#[utoipa::path(
    get, path = "/api/parked", tag = "records", operation_id = "listParked", params(Whose, Paging),
    responses((status = 200, description = "a page of parked records", body = Paged<RecordShape>), BadPage, Missing),
)]
pub(super) async fn parked(
    State(app): State<App>,
    _: Principal,
    Filter(whose): Filter<Whose>,
    paging: Paging,
) -> Result<Json<Paged<RecordShape>>, Problem> {
    let organisation = organisation(&app, whose.organisation.as_deref()).await?;
    let page = page(&app, &organisation.id, Some(RecordState::Parked), &paging).await?;
    Ok(Json(shown(&app, &paging, page)))
}

fn shown(web: &Web, paging: &Paging, page: Page<SyncRecord>) -> Paged<RecordShape> {
    let items = page.items.iter().map(Into::into).collect();
    Paged { items, next: web.access.next_cursor(paging, page.next) }
}

async fn page(
    web: &Web,
    organisation: &OrganisationId,
    state: Option<RecordState>,
    paging: &Paging,
) -> Result<Page<SyncRecord>, Failure> {
    let word = state.map(RecordState::word);
    let listed = word.filter(|word| LISTED.contains(word));
    let limit = paging.limit;
    let mut from = paging.cursor.clone();
    let mut looks = 0;
    loop {
        looks += 1;
        let mut page = web.store.list_records(organisation, listed, from.as_deref(), limit).await?;
        page.items.retain(|record| word.is_none_or(|word| record.state.word() == word));
        if !page.items.is_empty() || page.next.is_none() || looks == LOOKS {
            return Ok(page);
        }
        from = page.next;
    }
}

/// A record with its history.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RecordWithHistory {
    /// How it stands.
    record: RecordShape,
    /// What was done about it, the newest first.
    history: Vec<EntryShape>,
    /// Where the search for older entries goes on: given back as `before`. Nothing if the audit log was looked
    /// through to its beginning.
    before: Option<u64>,
}

/// Where a history goes on.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Before {
    /// Only what is older than this entry of the audit log.
    #[param(minimum = 1, maximum = 9_007_199_254_740_991_u64)]
    before: Option<u64>,
}

/// Show a record
///
/// How a subscription stands, where its price came from, and what was done: the newest two thousand entries of
/// the audit log are looked through, or those before `before`.
#[utoipa::path(
    get, path = "/api/records/{organisation}/{subscription}", tag = "records", operation_id = "getRecord",
    params(
        ("organisation" = String, Path, description = "of which organisation", example = "nordic"),
        ("subscription" = String, Path, description = "its id at the supplier", example = "120045"),
        Before,
    ),
    responses((status = 200, description = "the record and its history", body = RecordWithHistory), BadQuery, Missing),
)]
pub(super) async fn show(
    State(app): State<App>,
    _: Principal,
    Path((organisation, subscription)): Path<(String, String)>,
    Query(Before { before }): Query<Before>,
) -> Result<Json<RecordWithHistory>, Problem> {
    let organisation: OrganisationId = named("organisation", &organisation)?;
    let id: SubscriptionId = named("subscription", &subscription)?;
    if before.is_some_and(|before| !(1..=LAST_SEQUENCE).contains(&before)) {
        return Err(wrong_parameter("before", format!("1 to {LAST_SEQUENCE}")));
    }
    let found = app.store.records(&organisation, &[SubscriptionKey::of(id.as_str())]).await?;
    let none = || unknown(format!("nothing is known about a subscription {id} of {organisation}"));
    let record = found.into_iter().find(|record| record.subscription == id).ok_or_else(none)?;
    let past = app.history(&organisation, &id, before).await?;
    let history = past.entries.iter().map(Into::into).collect();
    Ok(Json(RecordWithHistory { record: (&record).into(), history, before: past.before }))
}
