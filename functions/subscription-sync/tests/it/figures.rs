//! The day's figures: right to the cent, and counted no more often than they are worth.

use crate::world::{Process, START, World, euro, offer_key, orders_run};
use domain::clock::Deadline;
use domain::figures::{Age, Figures, Recurring};
use domain::link::Link;
use domain::money::{Currency, ExchangeRate};
use domain::ports::{FiguresStore as _, RunStore as _};
use domain::run::{RunMode, RunState};
use domain::subscription::BillingCycle;
use jiff::SignedDuration;
use jiff::civil::Date;
use simulators::Decimal;
use simulators::crayon::{Cycle, Status};
use simulators::hostbill::CyclePrice;
use std::collections::BTreeMap;
use subscription_sync::sync;
use testkit::Moment;

async fn all(world: &World) -> Vec<Figures> {
    world.store.figures(&world.organisation.id, Date::MIN, Date::MAX).await.unwrap()
}

async fn only(world: &World) -> Figures {
    let figures = all(world).await;
    assert_eq!(figures.len(), 1, "{figures:?}");
    figures.into_iter().next().unwrap()
}

fn currency(code: &str) -> Currency {
    code.parse().unwrap()
}

fn hours(world: &World, hours: i64) {
    world.clock.advance(SignedDuration::from_hours(hours));
}

/// A new process makes one run; how often it asked the table.
async fn steps_of(world: &World, mode: RunMode) -> u64 {
    let process = world.process();
    world.try_run(&process, mode).await.unwrap();
    process.store.steps()
}

#[tokio::test]
async fn a_small_estate_is_counted_to_the_cent() {
    let mut world = World::new(8).await;
    // Customer 1 is charged in kroner; the offers of two subscriptions are paid yearly, one offer is unknown.
    for link in &mut world.links {
        if let Link::Client { customer, currency, .. } = link
            && customer.as_str() == "cus_1"
        {
            *currency = "NOK".parse().unwrap();
        }
    }
    let mut annual = offer_key();
    annual.cycle = BillingCycle::Annual;
    world.link_product(&annual);
    world.save().await;
    world.store.edit_settings(|settings| {
        settings.rates = vec![ExchangeRate {
            from: currency("EUR"),
            to: currency("NOK"),
            rate: euro("11.50"),
            source: "ECB".into(),
            date: "2026-03-01".parse().unwrap(),
        }];
    });
    let product = world.product;
    let price = CyclePrice { price: euro("48"), setup: Decimal::ZERO };
    world.hostbill.with(|m| m.products.get_mut(&product).unwrap().prices.insert("a".into(), price));
    let ids = world.subscriptions.clone();
    for id in [ids[2], ids[3]] {
        world.change(id, |s| s.cycle = Cycle::Annual);
    }
    world.change(ids[6], |s| s.cycle = Cycle::Quarterly);
    world.set_status(ids[4], Status::SUSPENDED);
    // Sold dearer than it costs, and known to, because it was ordered: 2 × 4.10 against 2 × 3.28.
    world.change(ids[0], |s| s.sales_price = euro("4.10"));
    assert_eq!(world.run(orders_run(ids[0], "8.20 EUR")).await.counts.created, 1);
    let run = world.sync().await;
    assert_eq!((run.counts.created, run.counts.parked, run.problems), (6, 1, Vec::new()));

    hours(&world, 2);
    // Somebody's link is taken away: the services stay, and what they charge is at stake.
    world.links.retain(|link| !matches!(link, Link::Client { customer, .. } if customer.as_str() == "cus_1"));
    world.save().await;
    world.sync().await;
    let figures = only(&world).await;
    let charged: Vec<_> = ids.iter().filter(|id| **id != ids[6]).map(|id| world.service(*id).total).collect();
    let expected = ["8.20", "113.16", "13.12", "188.60", "19.68", "264.04", "339.48"].map(euro);
    assert_eq!(charged, expected, "as billing holds them, each cycle");
    assert_eq!(
        figures.recurring,
        BTreeMap::from([
            // 8.20 + 13.12 / 12; the suspended one charges nothing, and what was never billed is nothing.
            (
                currency("EUR"),
                Recurring {
                    revenue: euro("8.20") + euro("13.12") / euro("12"),
                    revenue_with_cost: euro("8.20"),
                    cost: euro("6.56"),
                }
            ),
            // 113.16 + 188.60 / 12 + 264.04 + 339.48
            (
                currency("NOK"),
                Recurring { revenue: euro("716.68") + euro("188.60") / euro("12"), ..Recurring::default() }
            ),
        ])
    );
    assert_eq!(figures.recurring[&currency("EUR")].margin(), euro("1.64"));
    assert_eq!(
        figures.at_stake,
        BTreeMap::from([(currency("NOK"), figures.recurring[&currency("NOK")].revenue)])
    );
    assert_eq!(
        figures.parked,
        BTreeMap::from([("customer-unlinked".into(), 4), ("offer-unlinked".into(), 1)])
    );
    assert_eq!(figures.records, BTreeMap::from([("parked".into(), 5), ("synced".into(), 3)]));
    assert_eq!(figures.drift, BTreeMap::from([(Age::Day, 5)]));
    assert_eq!((figures.day.to_string().as_str(), figures.organisation.as_str()), ("2026-03-02", "nordic"));
}

#[tokio::test]
async fn figures_are_counted_once_a_day_when_nothing_changes() {
    let world = World::new(7).await;
    world.sync().await;
    let first = only(&world).await;
    assert_eq!(first.at, START.parse().unwrap());
    assert_eq!(first.records, BTreeMap::from([("synced".into(), 7)]));
    let mut same_day = Vec::new();
    for _ in 0..10 {
        hours(&world, 1);
        same_day.push(steps_of(&world, RunMode::Sync).await);
    }
    assert_eq!(only(&world).await, first);
    assert!(same_day.iter().all(|steps| *steps == same_day[0]), "{same_day:?}");
    hours(&world, 14);
    let next_day = steps_of(&world, RunMode::Sync).await;
    assert_eq!(
        next_day,
        same_day[0] + 2,
        "one page of records and the figures, on the first run of a day only"
    );
    let days: Vec<_> = all(&world).await.iter().map(|f| f.day.to_string()).collect();
    assert_eq!(days, ["2026-03-02", "2026-03-03"]);
    hours(&world, 1);
    assert_eq!(steps_of(&world, RunMode::Sync).await, same_day[0]);
}

#[tokio::test]
async fn an_unchanged_run_asks_the_table_the_same_however_many_records_there_are() {
    let mut asked = Vec::new();
    for n in [2, 40] {
        let world = World::new(n).await;
        world.sync().await;
        hours(&world, 1);
        asked.push(steps_of(&world, RunMode::Sync).await);
    }
    assert_eq!(asked[0], asked[1]);
}

#[tokio::test]
async fn a_change_counts_anew_only_when_the_figures_are_an_hour_old() {
    let world = World::new(2).await;
    world.sync().await;
    let first = only(&world).await;
    let id = world.subscriptions[0];
    world.clock.advance(SignedDuration::from_mins(59));
    world.change(id, |s| s.quantity = 10);
    world.sync().await;
    assert_eq!(only(&world).await, first, "counted less than an hour ago");
    world.clock.advance(SignedDuration::from_mins(1));
    world.sync().await;
    assert_eq!(only(&world).await, first, "nothing changed in this run");
    world.change(id, |s| s.quantity = 20);
    world.run(orders_run(id, "65.60 EUR")).await;
    let second = only(&world).await;
    assert_eq!(second.recurring[&currency("EUR")].revenue, euro("75.44"), "an order's change counts too");
    hours(&world, 1);
    world.change(id, |s| s.quantity = 30);
    let plan = world.run(RunMode::DryRun).await.plan.unwrap();
    assert_eq!(only(&world).await, second, "a dry run counts nothing");
    world.run(RunMode::Apply(plan)).await;
    assert_eq!(only(&world).await.recurring[&currency("EUR")].revenue, euro("108.24"));
}

#[tokio::test]
async fn an_orders_run_that_changes_nothing_counts_nothing() {
    let world = World::new(1).await;
    let run = world.run(orders_run(999_999, "1.00 EUR")).await;
    assert_eq!((run.state, all(&world).await), (RunState::Finished, Vec::new()));
    assert_eq!(
        world.run(orders_run(world.subscriptions[0], "1.00 EUR")).await.state,
        RunState::AwaitingApproval
    );
    assert_eq!(all(&world).await, []);
}

#[tokio::test]
async fn figures_wait_for_the_next_run_when_little_time_is_left() {
    let world = World::new(2).await;
    world.sync().await;
    world.later(1);
    let deadline = Deadline(world.clock_after(44));
    let run = sync(&world.process(), &world.command(RunMode::Sync), deadline).await.unwrap();
    assert_eq!((run.state, run.problems), (RunState::Finished, Vec::new()));
    assert_eq!(all(&world).await.len(), 1, "the day before");
    world.sync().await;
    assert_eq!(all(&world).await.len(), 2);
}

/// How a run of the next day ends when its call so many before the last fails.
async fn failing_from_the_end(back: u64, moment: Moment) -> (World, domain::run::Run) {
    let world = World::new(2).await;
    world.sync().await;
    world.later(1);
    let steps = steps_of(&world, RunMode::Sync).await;
    world.later(1);
    let process: Process = world.process();
    process.store.fail_after(steps - back, moment);
    let run = world.try_run(&process, RunMode::Sync).await.unwrap();
    (world, run)
}

#[tokio::test]
async fn figures_that_cannot_be_counted_leave_the_run_as_it_is_and_are_said() {
    // From the end: the figures, the page of records, the figures before.
    for back in 0..=2 {
        for moment in Moment::BOTH {
            let (world, run) = failing_from_the_end(back, moment).await;
            assert_eq!(run.state, RunState::Finished, "{back}");
            let said = run.problems.first().map(String::as_str).unwrap_or_default();
            assert!(said.starts_with("the day's figures could not be counted: "), "{back}: {said}");
            let report = world.store.find_run(&world.organisation.id, &run.id).await.unwrap().unwrap();
            assert_eq!(report, run, "whoever looks at the report reads it too");
            world.sync().await;
            assert_eq!(all(&world).await.len(), 3, "the next run counts them");
        }
    }
}
