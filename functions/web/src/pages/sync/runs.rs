//! Runs: asked for, followed, and read afterwards.

use crate::actions::request_run;
use crate::pages::asked::{moment, organisation, parsed};
use crate::pages::charts::{Chart, Columns, Ink, NotDrawn, Series, draw};
use crate::pages::flash::{Said, saying};
use crate::pages::frame::{Frame, Section, Shown, render, see};
use crate::pages::html::Html;
use crate::pages::problems::not_done;
use crate::pages::text;
use crate::state::App;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::id::{OrganisationId, RunId};
use domain::run::{Counts, Run, RunMode, RunState};
use domain::settings::Organisation;
use http_kit::{Form, Once, Path, Principal, Problem, Query};
use serde::Deserialize;

/// How many runs are shown.
const SHOWN: u32 = 30;

#[derive(Debug, Deserialize)]
pub(super) struct Whose {
    organisation: Option<String>,
}

#[derive(Template)]
#[template(path = "sync/runs.html")]
struct RunsPage<'a> {
    frame: Frame,
    tab: &'static str,
    here: &'static str,
    organisation: &'a str,
    organisations: &'a [Organisation],
    runs: &'a [Run],
    chart: Option<Drawn>,
}

/// A chart and its numbers.
pub(in crate::pages) struct Drawn {
    pub(in crate::pages) svg: Html,
    pub(in crate::pages) legend: Vec<(&'static str, &'static str)>,
    /// The heads of the table beside it.
    pub(in crate::pages) heads: Vec<String>,
    pub(in crate::pages) rows: Vec<Vec<String>>,
    pub(in crate::pages) caption: String,
}

/// `GET /sync/runs`
pub(super) async fn list(
    State(app): State<App>,
    principal: Principal,
    said: Said,
    Query(whose): Query<Whose>,
) -> Shown {
    let (settings, organisation) = organisation(&app, whose.organisation.as_deref()).await?;
    let runs = app.store.runs(&organisation.id, SHOWN).await?;
    let chart = durations(&runs).map_err(|error| Problem::internal().because(error))?;
    render(&RunsPage {
        frame: Frame::new(&app, &principal, Section::Sync, "Runs and plans").saying(said),
        tab: "runs",
        here: "/sync/runs",
        organisation: organisation.id.as_str(),
        organisations: &settings.organisations,
        runs: &runs,
        chart,
    })
}

/// How long the last runs took, the oldest first; nothing where none has ended.
pub(in crate::pages) fn durations(runs: &[Run]) -> Result<Option<Drawn>, NotDrawn> {
    let ended: Vec<&Run> = runs.iter().rev().filter(|run| run.state.has_ended()).collect();
    if ended.is_empty() {
        return Ok(None);
    }
    let is_bad = |run: &Run| matches!(run.state, RunState::Failed(_) | RunState::Refused(_));
    let series = [
        Series {
            name: "ended as asked",
            ink: Ink::Main,
            values: ended.iter().map(|run| (!is_bad(run)).then(|| text::took(run))).collect(),
        },
        Series {
            name: "failed or refused",
            ink: Ink::Bad,
            values: ended.iter().map(|run| is_bad(run).then(|| text::took(run))).collect(),
        },
    ];
    let labels: Vec<String> = ended.iter().map(|run| run.started.strftime("%d.%m.").to_string()).collect();
    let caption = format!("Duration of the last {} runs that ended", ended.len());
    let chart = Chart {
        id: "durations-chart",
        title: &caption,
        says: "One column for each run, the oldest first; the table beside it has the numbers.",
        labels: &labels,
        series: &series,
        columns: Columns::Stacked,
        scale: text::millis,
    };
    let rows = ended.iter().map(|run| {
        let begun = run.started.strftime("%Y-%m-%d %H:%M UTC").to_string();
        vec![begun, text::mode(&run.mode).to_owned(), run.state.word().to_owned(), text::duration(run)]
    });
    Ok(Some(Drawn {
        svg: draw(&chart)?,
        legend: series.iter().map(|series| (series.ink.class(), series.name)).collect(),
        heads: ["Begun", "What", "State", "Took"].map(str::to_owned).to_vec(),
        rows: rows.collect(),
        caption,
    }))
}

#[derive(Template)]
#[template(path = "sync/run.html")]
struct RunPage<'a> {
    frame: Frame,
    run: &'a Run,
    requested: bool,
    counts: [(&'static str, u64); 11],
}

#[derive(Template)]
#[template(path = "sync/progress_part.html")]
struct Progress<'a> {
    run: &'a Run,
    requested: bool,
    counts: [(&'static str, u64); 11],
}

/// `GET /sync/runs/{organisation}/{run}`
pub(super) async fn show(
    State(app): State<App>,
    principal: Principal,
    said: Said,
    Path((organisation, run)): Path<(String, String)>,
) -> Shown {
    let run = known(&app, &organisation, &run).await?;
    let title = format!("{} of {}", text::mode(&run.mode), run.organisation);
    render(&RunPage {
        frame: Frame::new(&app, &principal, Section::Sync, title).saying(said),
        requested: run.state == RunState::Requested,
        counts: counted(&run.counts),
        run: &run,
    })
}

#[derive(Debug, Deserialize)]
pub(super) struct Seen {
    seen: Option<i64>,
}

/// `GET /sync/runs/{organisation}/{run}/progress`: nothing while there is nothing new.
pub(super) async fn progress(
    State(app): State<App>,
    _: Principal,
    Path((organisation, run)): Path<(String, String)>,
    Query(Seen { seen }): Query<Seen>,
) -> Shown {
    let run = known(&app, &organisation, &run).await?;
    if seen == Some(run.updated.as_millisecond()) && !run.state.has_ended() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let requested = run.state == RunState::Requested;
    render(&Progress { requested, counts: counted(&run.counts), run: &run })
}

async fn known(app: &App, organisation: &str, run: &str) -> Result<Run, Problem> {
    let (organisation, run): (OrganisationId, RunId) = (parsed(organisation)?, parsed(run)?);
    let found = app.store.find_run(&organisation, &run).await?;
    found.ok_or_else(|| Problem::not_found().detail("There is no such run."))
}

fn counted(counts: &Counts) -> [(&'static str, u64); 11] {
    [
        ("Pages read from the supplier", counts.pages),
        ("Subscriptions observed", counts.observed),
        ("Of which unchanged", counts.unchanged),
        ("Changes planned", counts.planned),
        ("Set aside for a person", counts.parked),
        ("Services created", counts.created),
        ("Services found by their mark", counts.adopted),
        ("Services changed", counts.changed),
        ("Refused by billing", counts.refused),
        ("In doubt", counts.in_doubt),
        ("Left for the next run", counts.left),
    ]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    organisation: String,
    mode: String,
}

/// `POST /sync/run`
pub(super) async fn request(
    State(app): State<App>,
    principal: Principal,
    once: Once,
    Form(wanted): Form<Wanted>,
) -> Shown {
    let mode = match wanted.mode.as_str() {
        "sync" => RunMode::Sync,
        "dry-run" => RunMode::DryRun,
        _ => return Err(Problem::invalid("A run is a sync or a dry run.").field("mode", "is not known")),
    };
    let organisation: OrganisationId = parsed(&wanted.organisation)?;
    let run =
        request_run(&app, (&organisation, mode), &principal.actor, moment(once)).await.map_err(not_done)?;
    let page = format!("/sync/runs/{}/{}", run.organisation, run.id);
    Ok(see(&saying(&page, "run-requested")))
}
