//! What runs ask of the real table: an unchanged estate is as good as free.

use crate::world::{World, orders_run};
use domain::clock::Deadline;
use domain::ports::LinkStore as _;
use domain::run::{Run, RunMode, RunState};
use serde_json::json;
use store_dynamodb::{Capacity, DynamoStore};
use subscription_sync::{Deps, Limits, sync};
use testkit::dynamo::Embedded;

/// A small reseller whose table is a real one.
struct House {
    world: World,
    store: DynamoStore,
    _table: Embedded,
}

impl House {
    async fn new(subscriptions: u32) -> Self {
        let mut world = World::new(subscriptions).await;
        world.page_size = 100;
        let table = Embedded::start().await;
        let store = table.store();
        let organisation = &world.organisation;
        let settings = json!({
            "organisations": [{
                "id": organisation.id.as_str(), "supplier": "crayon", "billing": "hostbill", "currency": "EUR",
                "supplierOrganisation": organisation.supplier_organisation,
            }],
            "priceRules": [{"id": "all", "passThrough": true, "basis": "resale"}],
        });
        let now = domain::clock::Clock::now(&world.clock);
        store.put_settings(&settings.to_string(), "ada", now).await.unwrap().unwrap();
        store.change_links(&world.links, &[]).await.unwrap();
        Self { world, store, _table: table }
    }

    /// A run, and what its calls to the table consumed.
    async fn run(&self, mode: RunMode) -> (Run, Capacity) {
        let process = self.world.process();
        let deps = Deps {
            connections: process.connections,
            store: self.store.clone(),
            bus: process.bus,
            clock: process.clock,
            entropy: process.entropy,
            limits: Limits::default(),
        };
        let before = self.store.capacity();
        let run = sync(&deps, &self.world.command(mode), Deadline::never()).await.unwrap();
        assert_eq!(run.state, RunState::Finished, "{run:?}");
        (run, self.store.capacity().since(before))
    }
}

#[tokio::test]
async fn an_unchanged_run_reads_no_record_but_on_the_first_of_a_day() {
    let house = House::new(24).await;
    let (first, _) = house.run(RunMode::Sync).await;
    assert_eq!((first.counts.created, first.problems), (24, Vec::new()));
    house.world.clock.advance(jiff::SignedDuration::from_hours(1));
    let (run, hourly) = house.run(RunMode::Sync).await;
    assert_eq!(run.counts.unchanged, 24);
    // Settings, links, index, effects in doubt, figures; the lease twice and the report.
    assert!(hourly.read_millis <= 4_000, "{hourly:?}");
    assert!(hourly.write_millis <= 3_000, "{hourly:?}");
    house.world.later(1);
    let (_, daily) = house.run(RunMode::Sync).await;
    let (reads, writes) = (daily.read_millis - hourly.read_millis, daily.write_millis - hourly.write_millis);
    // 24 records of less than 1 KB, eventually consistent, and the figures of day and month.
    assert!((1..=8_000).contains(&reads) && (1..=2_000).contains(&writes), "{hourly:?} {daily:?}");
    assert_eq!(daily.calls - hourly.calls, 3, "a page of records and the figures of day and month");
}

#[tokio::test]
async fn an_orders_run_costs_a_handful_of_units() {
    let house = House::new(24).await;
    house.run(RunMode::Sync).await;
    let id = house.world.subscriptions[0];
    house.world.change(id, |s| s.quantity = 12);
    let (run, cost) = house.run(orders_run(id, "39.36 EUR")).await;
    assert_eq!((run.counts.changed, house.world.service(id).total), (1, "39.36".parse().unwrap()));
    assert!(cost.read_millis <= 6_000 && cost.write_millis <= 30_000, "{cost:?}");
    let (next, _) = house.run(RunMode::Sync).await;
    assert_eq!((next.counts.unchanged, next.counts.planned), (24, 0));
}
