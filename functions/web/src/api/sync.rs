//! Asking for runs, and how things stand.

use super::answers::{moment, run_address, wrong_field};
use super::run_words::RunShape;
use super::words::{Amount, Sums, sums};
use crate::actions::request_run;
use crate::state::{App, Web};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use domain::failure::Failure;
use domain::figures::{Figures, Recurring};
use domain::id::OrganisationId;
use domain::money::{Currency, Money};
use domain::run::RunMode;
use domain::settings::Organisation;
use http_kit::document::{BadBody, Missing};
use http_kit::{Json, Once, Principal, Problem};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Of how many days figures are looked for.
const RECENT_DAYS: i64 = 31;

/// A run that is asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({"organisation": "nordic", "dryRun": true}))]
pub(super) struct ManualSync {
    /// Of which organisation.
    #[schema(pattern = "^[a-z0-9-]+$", min_length = 1, max_length = 200)]
    organisation: String,
    /// Whether to plan only, and change nothing.
    #[serde(default)]
    #[schema(default = false)]
    dry_run: bool,
}

/// Ask for a run
///
/// It begins within moments and may take minutes; its report can be read at once at the address in `Location`,
/// and says `requested` until somebody has begun it. A dry run plans and changes nothing.
#[utoipa::path(
    post, path = "/api/sync/manual", tag = "sync", operation_id = "requestSync",
    request_body = ManualSync,
    responses(
        (status = 202, description = "asked for: its report is at the address in `Location`", body = RunShape,
            headers(("Location" = String, description = "where the run's report is"))),
        Missing, BadBody,
    ),
)]
pub(super) async fn request(
    State(app): State<App>,
    principal: Principal,
    once: Once,
    Json(wanted): Json<ManualSync>,
) -> Result<Response, Problem> {
    let organisation: OrganisationId =
        wanted.organisation.parse().map_err(|problem| wrong_field("organisation", problem))?;
    let mode = if wanted.dry_run { RunMode::DryRun } else { RunMode::Sync };
    let run = request_run(&app, (&organisation, mode), &principal.actor, moment(once)).await?;
    Ok((StatusCode::ACCEPTED, run_address(&run), Json(RunShape::from(&run))).into_response())
}

/// How everything stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SyncStats)]
pub(super) struct Stats {
    /// Each organisation.
    organisations: Vec<OrganisationStats>,
}

/// How an organisation stands.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct OrganisationStats {
    /// Which.
    #[schema(example = "nordic")]
    organisation: String,
    /// When its records were last counted; nothing before the first run has ended.
    #[schema(format = DateTime)]
    counted: Option<String>,
    /// Records by state, as last counted.
    records: BTreeMap<String, u64>,
    /// Parked records by reason, as last counted.
    parked: BTreeMap<String, u64>,
    /// What is charged for running services that are parked or in error, brought to one month.
    at_stake: Sums,
    /// What is charged again and again, brought to one month, by currency.
    recurring: BTreeMap<String, RecurringShape>,
    /// The latest run.
    last_run: Option<RunShape>,
}

/// What is charged in a month.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Recurring)]
pub(super) struct RecurringShape {
    /// All services together.
    revenue: Amount,
    /// The part of it whose cost is known.
    revenue_with_cost: Amount,
    /// What that part costs.
    cost: Amount,
    /// What is kept of that part.
    margin: Amount,
}

/// What is charged in a month, by currency.
pub(super) fn recurring(figures: &Figures) -> BTreeMap<String, RecurringShape> {
    let shape = |currency: Currency, one: &Recurring| {
        let one = one.rounded(currency);
        let amount = |amount| Amount::from(Money::new(amount, currency));
        RecurringShape {
            revenue: amount(one.revenue),
            revenue_with_cost: amount(one.revenue_with_cost),
            cost: amount(one.cost),
            margin: amount(one.margin()),
        }
    };
    figures.recurring.iter().map(|(of, one)| (of.code().to_owned(), shape(*of, one))).collect()
}

/// Show how everything stands
///
/// Of each organisation: how many records are in which state and what is parked for which reason, as last
/// counted at the end of a run; the latest run; what is charged again and again.
#[utoipa::path(
    get, path = "/api/sync/stats", tag = "sync", operation_id = "getSyncStats",
    responses((status = 200, description = "how each organisation stands", body = Stats)),
)]
pub(super) async fn stats(State(app): State<App>, _: Principal) -> Result<Json<Stats>, Problem> {
    let mut organisations = Vec::new();
    for organisation in &app.settings().await?.organisations {
        organisations.push(of(&app, organisation).await?);
    }
    Ok(Json(Stats { organisations }))
}

async fn of(web: &Web, organisation: &Organisation) -> Result<OrganisationStats, Failure> {
    let last_run = web.store.runs(&organisation.id, 1).await?.pop();
    let figures = latest_figures(web, &organisation.id).await?;
    let counted = figures.as_ref();
    Ok(OrganisationStats {
        organisation: organisation.id.to_string(),
        counted: counted.map(|figures| figures.at.to_string()),
        records: counted.map(|figures| figures.records.clone()).unwrap_or_default(),
        parked: counted.map(|figures| figures.parked.clone()).unwrap_or_default(),
        at_stake: counted.map(|figures| sums(&figures.at_stake)).unwrap_or_default(),
        recurring: counted.map(recurring).unwrap_or_default(),
        last_run: last_run.as_ref().map(Into::into),
    })
}

/// The newest figures of the last month.
async fn latest_figures(web: &Web, organisation: &OrganisationId) -> Result<Option<Figures>, Failure> {
    let today = utc_day(web.clock.now());
    let from = today.saturating_sub(RECENT_DAYS.days());
    web.store.last_figures(organisation, from, today).await
}

/// The day of a moment, UTC.
pub(super) fn utc_day(moment: Timestamp) -> Date {
    moment.to_zoned(TimeZone::UTC).date()
}
