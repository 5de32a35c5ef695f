//! A plan: read, approved, applied. What is pressed names the sum that it is about.

use super::lines::{Customer, SetAside, change_lines, set_aside};
use crate::actions::{apply_plan, approve_plan, find_plan};
use crate::pages::asked::{Names, moment};
use crate::pages::flash::{Said, saying};
use crate::pages::frame::{Frame, Section, Shown, render_as, see};
use crate::pages::problems::not_done;
use crate::pages::text;
use crate::state::App;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use domain::brake::Reach;
use domain::plan::{Line, PlanHash};
use domain::run::StoredPlan;
use http_kit::{Form, Once, Path, Principal, Problem, Query};
use serde::Deserialize;

/// How many lines a page of a plan has.
const LINES: usize = 200;

#[derive(Debug, Default, Deserialize)]
pub(super) struct From {
    from: Option<usize>,
}

#[derive(Template)]
#[template(path = "sync/plan.html")]
struct PlanPage<'a> {
    frame: Frame,
    hash: &'a PlanHash,
    stored: &'a StoredPlan,
    organisation: &'a str,
    brake: Vec<String>,
    reach: Reach,
    /// By how much the sum charged changes, for people.
    sum: String,
    /// The same, for the form.
    sure: String,
    problem: Option<&'static str>,
    parked: usize,
    customers: Vec<Customer>,
    set_aside: Vec<SetAside>,
    more: Option<String>,
}

/// `GET /sync/plans/{hash}`
pub(super) async fn show(
    State(app): State<App>,
    principal: Principal,
    said: Said,
    Path(hash): Path<String>,
    Query(from): Query<From>,
) -> Shown {
    let (hash, stored) = find_plan(&app, &hash).await.map_err(not_done)?;
    page(&app, &principal, said, (&hash, &stored), (from.from.unwrap_or_default(), None)).await
}

async fn page(
    app: &App,
    principal: &Principal,
    said: Said,
    (hash, stored): (&PlanHash, &StoredPlan),
    (from, problem): (usize, Option<&'static str>),
) -> Shown {
    let plan = &stored.plan;
    let reach = Reach::of(plan);
    let wanted = |line: &&Line| line.is_change() || is_parked(line);
    let lines: Vec<&Line> = plan.lines().iter().filter(wanted).skip(from).take(LINES + 1).collect();
    let is_more = lines.len() > LINES;
    let lines = &lines[..lines.len().min(LINES)];
    let names = match app.find_organisation(&plan.organisation).await? {
        Some(organisation) => {
            Names::of_these(app, &organisation, lines.iter().map(|line| &line.tenant)).await
        }
        None => Names::default(),
    };
    let brake = match app.store.find_run(&plan.organisation, &stored.run).await? {
        Some(run) => run.brake,
        None => Vec::new(),
    };
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let shown = PlanPage {
        frame: Frame::new(app, principal, Section::Sync, format!("Plan {}", hash.short())).saying(said),
        organisation: plan.organisation.as_str(),
        brake,
        sum: sum(&reach),
        sure: sure(&reach),
        problem,
        parked: plan.parked().count(),
        customers: change_lines(lines, &names),
        set_aside: set_aside(lines),
        more: is_more.then(|| format!("/sync/plans/{hash}?from={}", from + LINES)),
        reach,
        hash,
        stored,
    };
    render_as(status, &shown)
}

fn is_parked(line: &Line) -> bool {
    matches!(line.verdict, domain::plan::Verdict::Park { .. })
}

/// By how much the sum charged each cycle changes, in every currency.
fn sum(reach: &Reach) -> String {
    let sums: Vec<String> = reach.amounts.iter().map(|(currency, by)| text::change(by, currency)).collect();
    if sums.is_empty() { "nothing".into() } else { sums.join(" and ") }
}

/// What the form sends when it is ticked: exactly what was on the screen.
fn sure(reach: &Reach) -> String {
    let sums = reach.amounts.iter().map(|(currency, by)| format!("{} {currency}", by.normalize()));
    format!("{} {}", reach.changes, sums.collect::<Vec<_>>().join(" ")).trim_end().to_owned()
}

/// `POST /sync/plans/{hash}/approve`
pub(super) async fn approve(
    State(app): State<App>,
    principal: Principal,
    Path(hash): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> Shown {
    let (hash, stored) = approve_plan(&app, &hash, &principal.actor).await.map_err(not_done)?;
    let ours = stored.approved.is_some_and(|(by, _)| by == crate::actions::signature(&principal.actor));
    let code = if ours { "plan-approved" } else { "plan-first" };
    Ok(see(&saying(&format!("/sync/plans/{hash}"), code)))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sure {
    sure: Option<String>,
}

/// `POST /sync/plans/{hash}/apply`
pub(super) async fn apply(
    State(app): State<App>,
    principal: Principal,
    once: Once,
    Path(hash): Path<String>,
    Form(form): Form<Sure>,
) -> Shown {
    let (hash, stored) = find_plan(&app, &hash).await.map_err(not_done)?;
    let reach = Reach::of(&stored.plan);
    if reach.changes == 0 {
        return Err(Problem::invalid("This plan asks billing for nothing: there is nothing to apply."));
    }
    if form.sure.as_deref() != Some(sure(&reach).as_str()) {
        let problem = "Tick that you have read it: what is applied is exactly what this page shows.";
        return page(&app, &principal, Said::default(), (&hash, &stored), (0, Some(problem))).await;
    }
    let run = apply_plan(&app, hash.as_str(), &principal.actor, moment(once)).await.map_err(not_done)?;
    Ok(see(&saying(&format!("/sync/runs/{}/{}", run.organisation, run.id), "run-requested")))
}
