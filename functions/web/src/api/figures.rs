//! What the estate came to, day by day.

use super::sync::{RecurringShape, recurring, utc_day};
use super::words::{Sums, sums};
use super::{organisation, parameter, wrong_parameter};
use crate::state::App;
use axum::extract::State;
use domain::figures::Figures;
use http_kit::document::{BadQuery, Missing};
use http_kit::{Json, Principal, Problem, Query};
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

const USUAL_DAYS: i64 = 30;
const MOST_DAYS: i32 = 400;

/// Of which days.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Of which organisation; may be left out where there is only one.
    #[param(pattern = "^[a-z0-9-]+$", min_length = 1, max_length = 200, example = "nordic")]
    organisation: Option<String>,
    /// The first day, UTC; thirty days before the last unless it is said.
    #[param(format = Date, example = "2026-10-06")]
    from: Option<String>,
    /// The last day, UTC; today unless it is said.
    #[param(format = Date, example = "2026-11-05")]
    to: Option<String>,
}

/// What an organisation's estate came to on one day.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = FiguresOfDay)]
struct Counted {
    /// Which day, UTC.
    #[schema(format = Date, example = "2026-11-05")]
    day: String,
    /// When it was counted.
    #[schema(format = DateTime)]
    at: String,
    /// Records by state.
    records: BTreeMap<String, u64>,
    /// Parked records by reason.
    parked: BTreeMap<String, u64>,
    /// What is parked or in error, by how long: `day`, `week`, `month`, `older`.
    drift: BTreeMap<String, u64>,
    /// What is charged for running services that are parked or in error, brought to one month.
    at_stake: Sums,
    /// What is charged again and again, brought to one month, by currency.
    recurring: BTreeMap<String, RecurringShape>,
}

impl From<&Figures> for Counted {
    fn from(figures: &Figures) -> Self {
        let drift = figures.drift.iter().map(|(age, count)| (age.as_str().to_owned(), *count));
        Self {
            day: figures.day.to_string(),
            at: figures.at.to_string(),
            records: figures.records.clone(),
            parked: figures.parked.clone(),
            drift: drift.collect(),
            at_stake: sums(&figures.at_stake),
            recurring: recurring(figures),
        }
    }
}

/// Figures by day.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Figures)]
pub(super) struct Days {
    /// Of which organisation.
    organisation: String,
    /// The days that were counted, in order.
    items: Vec<Counted>,
}

/// Show figures by day
///
/// Days on which nothing was counted are left out. At most 400 days at once.
#[utoipa::path(
    get, path = "/api/figures", tag = "figures", operation_id = "listFigures", params(Which),
    responses((status = 200, description = "the days that were counted", body = Days), BadQuery, Missing),
)]
pub(super) async fn list(
    State(app): State<App>,
    _: Principal,
    Query(which): Query<Which>,
) -> Result<Json<Days>, Problem> {
    let to: Option<Date> = which.to.as_deref().map(|text| parameter("to", text)).transpose()?;
    let to = to.unwrap_or_else(|| utc_day(app.clock.now()));
    let from: Option<Date> = which.from.as_deref().map(|text| parameter("from", text)).transpose()?;
    let from = from.unwrap_or_else(|| to.saturating_sub(USUAL_DAYS.days()));
    let days = to.since(from).map_or(i32::MAX, |span| span.get_days());
    if from > to || days >= MOST_DAYS {
        return Err(wrong_parameter("from", format!("a day before `to`, and at most {MOST_DAYS} days")));
    }
    let organisation = organisation(&app, which.organisation.as_deref()).await?;
    let figures = app.store.figures(&organisation.id, from, to).await?;
    let items = figures.iter().map(Into::into).collect();
    Ok(Json(Days { organisation: organisation.id.to_string(), items }))
}
