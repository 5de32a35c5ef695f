//! Recurring revenue, margin and drift, for people who would rather look than read.

use crate::pages::asked::organisation;
use crate::pages::charts::{Chart, Columns, Ink, NotDrawn, Series, draw};
use crate::pages::frame::{Frame, Section, Shown, render};
use crate::pages::sync::{Drawn, durations};
use crate::pages::text;
use crate::state::{App, Web};
use askama::Template;
use axum::extract::State;
use domain::failure::Failure;
use domain::figures::{Age, Figures, Recurring};
use domain::id::OrganisationId;
use domain::money::{Currency, Money, RoundingMode};
use domain::settings::Organisation;
use futures::future::try_join;
use http_kit::{Principal, Problem, Query};
use jiff::ToSpan as _;
use jiff::civil::Date;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

const MONTHS: i32 = 12;
const DAYS: i32 = 30;
const RUNS: u32 = 12;

/// One chart, or why there is none.
struct Plot {
    heading: String,
    chart: Option<Drawn>,
    /// Where the numbers come from.
    source: &'static str,
    /// What makes it appear.
    empty: &'static str,
}

#[derive(Template)]
#[template(path = "dashboard/charts_page.html")]
struct ChartsPage<'a> {
    frame: Frame,
    here: &'static str,
    organisation: &'a str,
    organisations: &'a [Organisation],
    plots: Vec<Plot>,
}

#[derive(Template)]
#[template(path = "dashboard/charts_part.html")]
struct ChartsPart {
    plots: Vec<Plot>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Whose {
    organisation: Option<String>,
}

/// `GET /charts`
pub(super) async fn page(State(app): State<App>, principal: Principal, Query(whose): Query<Whose>) -> Shown {
    let (settings, organisation) = organisation(&app, whose.organisation.as_deref()).await?;
    render(&ChartsPage {
        frame: Frame::new(&app, &principal, Section::Dashboard, "Figures"),
        here: "/charts",
        organisation: organisation.id.as_str(),
        organisations: &settings.organisations,
        plots: plots(&app, &organisation.id).await?,
    })
}

/// `GET /charts/part`
pub(super) async fn part(State(app): State<App>, _: Principal, Query(whose): Query<Whose>) -> Shown {
    let (_, organisation) = organisation(&app, whose.organisation.as_deref()).await?;
    render(&ChartsPart { plots: plots(&app, &organisation.id).await? })
}

async fn plots(web: &Web, organisation: &OrganisationId) -> Result<Vec<Plot>, Problem> {
    let today = web.clock.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let (months, days) =
        try_join(by_month(web, organisation, today), last_days(web, organisation, today)).await?;
    let failed = |error: NotDrawn| Problem::internal().because(error);
    let mut plots = revenue(&months).map_err(failed)?;
    plots.push(Plot {
        heading: "Drift, day by day".into(),
        chart: drift(&days).map_err(failed)?,
        source: "Subscriptions parked or in error at the last count of each day, by how long they have been.",
        empty: "Nothing has been counted yet: each sync counts the day's figures.",
    });
    let runs = web.store.runs(organisation, RUNS).await?;
    plots.push(Plot {
        heading: "Duration of runs".into(),
        chart: durations(&runs).map_err(failed)?,
        source: "From the report of each run, from when it was asked for to its last word.",
        empty: "No run has ended yet.",
    });
    Ok(plots)
}

/// The last figures of each of the last months, the oldest month first.
async fn by_month(
    web: &Web,
    organisation: &OrganisationId,
    today: Date,
) -> Result<Vec<(Date, Figures)>, Failure> {
    let from = today.first_of_month().checked_sub((MONTHS - 1).months()).unwrap_or(today);
    let figures = web.store.monthly_figures(organisation, from, today).await?;
    Ok(figures.into_iter().map(|figures| (figures.day.first_of_month(), figures)).collect())
}

async fn last_days(web: &Web, organisation: &OrganisationId, today: Date) -> Result<Vec<Figures>, Failure> {
    let from = today.checked_sub((DAYS - 1).days()).unwrap_or(today);
    web.store.figures(organisation, from, today).await
}

/// One chart for each currency that anything is charged in.
fn revenue(months: &[(Date, Figures)]) -> Result<Vec<Plot>, NotDrawn> {
    let currencies: BTreeSet<Currency> =
        months.iter().flat_map(|(_, figures)| figures.recurring.keys().copied()).collect();
    let plot = |chart, heading| Plot {
        heading,
        chart,
        source: "What is charged again and again, brought to one month, as last counted in each month. Margin is \
                 of the part whose cost the supplier states.",
        empty: "Nothing has been counted yet: each sync counts what is charged and what it costs.",
    };
    if currencies.is_empty() {
        return Ok(vec![plot(None, "Recurring revenue and margin".into())]);
    }
    let drawn = currencies.into_iter().map(|currency| {
        let chart = revenue_chart(months, currency)?;
        Ok(plot(Some(chart), format!("Recurring revenue and margin, {currency} a month")))
    });
    drawn.collect()
}

fn revenue_chart(months: &[(Date, Figures)], currency: Currency) -> Result<Drawn, NotDrawn> {
    let of = |figures: &Figures| figures.recurring.get(&currency).map(|it| it.rounded(currency));
    let known: Vec<Option<Recurring>> = months.iter().map(|(_, figures)| of(figures)).collect();
    let hundredths = |value: Decimal| RoundingMode::HalfEven.round(value * Decimal::ONE_HUNDRED, 0).to_i64();
    let values = |of: fn(&Recurring) -> Decimal| -> Vec<Option<i64>> {
        known.iter().map(|recurring| recurring.as_ref().and_then(|it| hundredths(of(it)))).collect()
    };
    let series = [
        Series { name: "revenue", ink: Ink::Main, values: values(|it| it.revenue) },
        Series { name: "margin where the cost is known", ink: Ink::Good, values: values(Recurring::margin) },
    ];
    let labels: Vec<String> = months.iter().map(|(month, _)| month.strftime("%b %y").to_string()).collect();
    let shown = |value: Decimal| text::grouped(&Money::new(value, currency).plain());
    let rows = months.iter().zip(&known).map(|((month, _), recurring)| {
        let cells = recurring.as_ref().map_or_else(
            || ["–", "–", "–", "–"].map(str::to_owned),
            |it| [it.revenue, it.revenue_with_cost, it.cost, it.margin()].map(shown),
        );
        [month.strftime("%Y-%m").to_string()].into_iter().chain(cells).collect()
    });
    let caption = format!("Recurring revenue and margin by month in {currency}");
    let id = format!("revenue-{}", currency.code().to_lowercase());
    let chart = Chart {
        id: &id,
        title: &caption,
        says: "Two columns for each month: revenue, and what is kept of the part whose cost is known.",
        labels: &labels,
        series: &series,
        columns: Columns::SideBySide,
        scale: |value| text::grouped(&Decimal::new(value, 2).normalize().to_string()),
    };
    Ok(Drawn {
        svg: draw(&chart)?,
        legend: legend(&series),
        heads: ["Month", "Revenue", "Of which with known cost", "Cost", "Margin"].map(str::to_owned).to_vec(),
        rows: rows.collect(),
        caption: caption.clone(),
    })
}

fn legend(series: &[Series]) -> Vec<(&'static str, &'static str)> {
    series.iter().map(|series| (series.ink.class(), series.name)).collect()
}

fn drift(days: &[Figures]) -> Result<Option<Drawn>, NotDrawn> {
    if days.is_empty() {
        return Ok(None);
    }
    let inks: BTreeMap<Age, Ink> =
        Age::ALL.into_iter().zip([Ink::Good, Ink::Main, Ink::Warn, Ink::Bad]).collect();
    let count = |figures: &Figures, age: Age| figures.drift.get(&age).copied().unwrap_or_default();
    let series: Vec<Series> = inks
        .iter()
        .map(|(age, ink)| Series {
            name: text::age(*age),
            ink: *ink,
            values: days.iter().map(|day| i64::try_from(count(day, *age)).ok()).collect(),
        })
        .collect();
    let labels: Vec<String> = days.iter().map(|day| day.day.strftime("%d.%m.").to_string()).collect();
    let caption = format!("Drift on the last {} days that were counted", days.len());
    let chart = Chart {
        id: "drift-chart",
        title: &caption,
        says: "One column for each day, made of the subscriptions that are parked or in error, by age.",
        labels: &labels,
        series: &series,
        columns: Columns::Stacked,
        scale: |value| value.to_string(),
    };
    let rows = days.iter().map(|day| {
        let counts = Age::ALL.into_iter().map(|age| text::number(&count(day, age)));
        [day.day.to_string()].into_iter().chain(counts).collect()
    });
    let heads = ["Day"].into_iter().chain(Age::ALL.into_iter().map(text::age)).map(str::to_owned);
    Ok(Some(Drawn {
        svg: draw(&chart)?,
        legend: legend(&series),
        heads: heads.collect(),
        rows: rows.collect(),
        caption,
    }))
}
