//! The first page: how things stand, and what waits for whoever looks.

use crate::health::Checkup;
use crate::pages::asked::organisation;
use crate::pages::flash::Said;
use crate::pages::frame::{Frame, Section, Shown, render};
use crate::pages::text;
use crate::state::{App, Web};
use askama::Template;
use axum::extract::State;
use domain::access::Scope;
use domain::failure::Failure;
use domain::figures::{Age, Figures};
use domain::order::{Needs, Order, OrderState};
use domain::ports::OrderFilter;
use domain::run::Run;
use domain::settings::{Organisation, Settings};
use futures::future::try_join;
use http_kit::{Principal, Query};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use std::sync::Arc;

/// How far back the last figures are looked for.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(24 * 7);
/// How many open orders are looked through for those that wait for somebody.
const ORDERS: u32 = 20;
const WAITING: usize = 8;
const RUNS: u32 = 8;
const SHOWN_RUNS: usize = 6;
/// Who asks for the runs of the schedule.
const SCHEDULE: &str = "schedule";

/// A counter that leads somewhere.
struct Count {
    href: String,
    number: String,
    label: &'static str,
}

struct Board {
    organisation: String,
    supplier: String,
    billing: String,
    figures: Option<Figures>,
    counts: Vec<Count>,
    waiting: Vec<Order>,
    runs: Vec<Run>,
    next: Option<Timestamp>,
    drift: Vec<(&'static str, u64)>,
}

#[derive(Template)]
#[template(path = "dashboard/dashboard.html")]
struct Dashboard<'a> {
    frame: Frame,
    here: &'static str,
    organisations: &'a [Organisation],
    board: Option<Board>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Whose {
    organisation: Option<String>,
}

/// `GET /`
pub(super) async fn show(
    State(app): State<App>,
    principal: Principal,
    said: Said,
    Query(whose): Query<Whose>,
) -> Shown {
    let frame = Frame::new(&app, &principal, Section::Dashboard, "Dashboard").saying(said);
    let settings = app.settings().await?;
    if settings.organisations.is_empty() {
        return render(&Dashboard { frame, here: "/", organisations: &[], board: None });
    }
    let (settings, organisation) = organisation(&app, whose.organisation.as_deref()).await?;
    let board = Some(board(&app, &principal, &settings, &organisation).await?);
    render(&Dashboard { frame, here: "/", organisations: &settings.organisations, board })
}

async fn board(
    web: &Web,
    principal: &Principal,
    settings: &Settings,
    organisation: &Organisation,
) -> Result<Board, Failure> {
    let (figures, runs) =
        try_join(last_figures(web, organisation), web.store.runs(&organisation.id, RUNS)).await?;
    let (waiting, more) = waiting(web, principal, settings, organisation).await?;
    let next = next_run(&runs, web.clock.now());
    let drift = Age::ALL.into_iter().map(|age| {
        (text::age(age), figures.as_ref().and_then(|it| it.drift.get(&age).copied()).unwrap_or_default())
    });
    Ok(Board {
        organisation: organisation.id.to_string(),
        supplier: organisation.supplier.to_string(),
        billing: organisation.billing.to_string(),
        counts: counts(figures.as_ref(), organisation, (waiting.len(), more)),
        drift: drift.collect(),
        waiting: waiting.into_iter().take(WAITING).collect(),
        runs: runs.into_iter().take(SHOWN_RUNS).collect(),
        next,
        figures,
    })
}

async fn last_figures(web: &Web, organisation: &Organisation) -> Result<Option<Figures>, Failure> {
    let now = web.clock.now();
    let day = |at: Timestamp| at.to_zoned(jiff::tz::TimeZone::UTC).date();
    let from = now.checked_sub(LOOK_BACK).unwrap_or(now);
    web.store.last_figures(&organisation.id, day(from), day(now)).await
}

fn counts(
    figures: Option<&Figures>,
    organisation: &Organisation,
    (waiting, more): (usize, bool),
) -> Vec<Count> {
    let id = &organisation.id;
    let of_state = |word: &'static str, label| {
        let number = figures.map(|it| it.records.get(word).copied().unwrap_or_default());
        number.map(|number| Count {
            href: if word == "parked" {
                format!("/sync/parked?organisation={id}")
            } else {
                format!("/sync?organisation={id}&state={word}")
            },
            number: text::number(&number),
            label,
        })
    };
    let orders = Count {
        href: format!("/orders?organisation={id}&state=open"),
        number: format!("{waiting}{}", if more { "+" } else { "" }),
        label: if waiting == 1 && !more { "order waits for you" } else { "orders wait for you" },
    };
    let states = [("synced", "synced"), ("pending", "pending"), ("parked", "parked"), ("error", "in error")];
    states.into_iter().filter_map(|(word, label)| of_state(word, label)).chain([orders]).collect()
}

/// The orders that this person can do something about, and whether there may be more of them.
async fn waiting(
    web: &Web,
    principal: &Principal,
    settings: &Settings,
    organisation: &Organisation,
) -> Result<(Vec<Order>, bool), Failure> {
    let (approves, takes) = (principal.may(Scope::OrdersApprove), principal.may(Scope::OrdersWrite));
    if !approves && !takes {
        return Ok((Vec::new(), false));
    }
    let page = web.store.list_orders(&organisation.id, OrderFilter::Open, None, ORDERS).await?;
    let own = |order: &Order| order.author.id == principal.actor.id;
    let theirs = |order: &Order| match order.state {
        OrderState::PendingApproval => {
            approves && (!own(order) || settings.orders.needs(order).0 != Needs::SomeoneElse)
        }
        OrderState::Held => takes,
        OrderState::Draft
        | OrderState::Approved
        | OrderState::Placing
        | OrderState::PlacedAtSupplier
        | OrderState::Billed
        | OrderState::Active
        | OrderState::Rejected
        | OrderState::Cancelled
        | OrderState::Failed => false,
    };
    Ok((page.items.into_iter().filter(theirs).collect(), page.next.is_some()))
}

/// When the schedule starts again, if it goes on as it did the last two times.
fn next_run(runs: &[Run], now: Timestamp) -> Option<Timestamp> {
    let mut scheduled = runs.iter().filter(|run| run.actor == SCHEDULE);
    let (last, before) = (scheduled.next()?.started, scheduled.next()?.started);
    let next = last.checked_add(last.duration_since(before)).ok()?;
    (next > now).then_some(next)
}

#[derive(Template)]
#[template(path = "dashboard/health.html")]
struct Health {
    checkup: Arc<Checkup>,
}

/// `GET /dashboard/health`
pub(super) async fn health(State(app): State<App>, _: Principal) -> Shown {
    render(&Health { checkup: app.checkup().await })
}
