//! A table as it is after months of use: every subscription in billing, runs, figures, orders.

use crate::scene::{ORGANISATION, decide, id};
use domain::clock::Clock as _;
use domain::figures::Figures;
use domain::id::{OrderId, OrganisationId, RunId};
use domain::order::{Order, OrderState};
use domain::ports::{FiguresStore as _, OrderStore as _, RunStore as _};
use domain::run::Run;
use e2e::{Simulators, Trouble};
use jiff::{SignedDuration, Timestamp};
use lambda_kit::SystemClock;
use store_dynamodb::DynamoStore;
use testkit::builders::{figures, order, order_audit};
use testkit::dynamo::Embedded;

/// How many orders there are; the newest wait for approval.
pub(crate) const ORDERS: u32 = 1_000;
const WAITING: u32 = 30;
const RUNS: u32 = 200;
const DAYS: u32 = 180;

/// Stores what an operator would have stored, in a new file.
pub(crate) async fn begin(path: &str, simulators: &Simulators) -> Result<(), Trouble> {
    let table = Embedded::open(path).await;
    decide(&table.store(), simulators).await
}

/// Adds a past to a table that was synced once.
pub(crate) async fn age(path: &str) -> Result<(), Trouble> {
    let table = Embedded::open(path).await;
    let (store, organisation, now) = (table.store(), id::<OrganisationId>(ORGANISATION)?, SystemClock.now());
    let first = store.runs(&organisation, 1).await?.pop();
    let first = first.ok_or_else(|| Trouble::new("the first sync left no report"))?;
    for n in 1..=RUNS {
        store.put_run(&earlier(&first, n)).await?;
    }
    for n in (1..=DAYS).rev() {
        store.put_figures(&of_day(&organisation, before(now, 24 * n))).await?;
    }
    take_orders(&store, &organisation, now).await
}

async fn take_orders(
    store: &DynamoStore,
    organisation: &OrganisationId,
    now: Timestamp,
) -> Result<(), Trouble> {
    for n in (1..=ORDERS).rev() {
        let usual = order(n);
        let made = before(now, n);
        let order = Order {
            id: OrderId::new(made, n.into()),
            organisation: organisation.clone(),
            state: if n <= WAITING { OrderState::PendingApproval } else { OrderState::Active },
            created: made,
            updated: made,
            ..usual
        };
        store.put_order(&order, order_audit(&order)).await?;
    }
    Ok(())
}

fn earlier(run: &Run, hours: u32) -> Run {
    let (started, updated) = (before(run.started, hours), before(run.updated, hours));
    Run { id: RunId::new(started, hours.into()), actor: "schedule".into(), started, updated, ..run.clone() }
}

fn of_day(organisation: &OrganisationId, at: Timestamp) -> Figures {
    let day = at.to_zoned(jiff::tz::TimeZone::UTC).date();
    Figures { organisation: organisation.clone(), at, ..figures(day) }
}

fn before(at: Timestamp, hours: u32) -> Timestamp {
    at.checked_sub(SignedDuration::from_hours(hours.into())).unwrap_or(at)
}
