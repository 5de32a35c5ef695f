//! What the data model promises each access to cost, measured.

use domain::digest::SubscriptionKey;
use domain::journal::{EffectState, Lease};
use domain::ports::{EffectStore, IndexChange, IndexStore, LinkStore, PlanStore, RecordStore};
use domain::record::{ParkReason, SyncRecord, SyncState};
use store_dynamodb::{Capacity, DynamoStore};
use testkit::builders::{digest, links, moment, organisation, record, run_id};
use testkit::dynamo::Embedded;
use testkit::suites;

/// What was consumed since the last time this was asked.
struct Measured<'a>(&'a DynamoStore, Capacity);

impl Measured<'_> {
    fn next(&mut self, what: &str) -> Capacity {
        let now = self.0.capacity();
        let used = now.since(self.1);
        self.1 = now;
        println!("{what}: {used:?}");
        used
    }
}

async fn indexed(store: &DynamoStore, lease: &Lease, count: u32) {
    let acme = organisation().id;
    let index = store.index(&acme).await.unwrap();
    let changes: Vec<_> = (0..count)
        .map(|n| IndexChange {
            key: SubscriptionKey::of(&n.to_string()),
            digest: Some(digest(&n.to_string())),
        })
        .collect();
    store.change_index(lease, &acme, &index, &changes).await.unwrap();
}

#[tokio::test]
async fn an_unchanged_run_reads_a_five_hundredth_of_a_unit_each_and_writes_nothing() {
    let embedded = Embedded::start().await;
    let store = embedded.store();
    let acme = organisation().id;
    let lease = suites::lease(&store).await;
    indexed(&store, &lease, 5_000).await;

    let mut used = Measured(&store, store.capacity());
    let index = store.index(&acme).await.unwrap();
    let read = used.next("index of 5,000");
    assert_eq!(index.len(), 5_000);
    assert!(read.read_millis <= 2 * 5_000, "{read:?}");
    store.change_index(&lease, &acme, &index, &[]).await.unwrap();
    store.put_records(&lease, &[]).await.unwrap();
    let unchanged = used.next("an unchanged run");
    assert_eq!((unchanged.write_millis, unchanged.calls), (0, 0));

    let one = IndexChange { key: SubscriptionKey::of("7"), digest: Some(digest("other")) };
    store.change_index(&lease, &acme, &index, &[one]).await.unwrap();
    let changed = used.next("one change of the index");
    assert!(changed.write_millis <= 22_000 && changed.calls == 1, "{changed:?}");
}

#[tokio::test]
async fn a_change_costs_what_the_data_model_says() {
    let embedded = Embedded::start().await;
    let store = embedded.store();
    let acme = organisation().id;
    let lease = suites::lease(&store).await;
    let mut used = Measured(&store, store.capacity());

    let many: Vec<_> = (0..99).map(|n| record(&format!("s{n}"))).collect();
    store.put_records(&lease, &many).await.unwrap();
    assert!(used.next("99 records").write_millis <= 200_000);
    let keys: Vec<_> = many.iter().map(|r| SubscriptionKey::of(r.subscription.as_str())).collect();
    store.records(&acme, &keys).await.unwrap();
    assert!(used.next("99 records read").read_millis <= 99_000);
    let parked = SyncState::Parked { reason: ParkReason::OfferUnlinked, detail: "no product".into() };
    let parked = SyncRecord { state: parked, ..record("parked") };
    store.put_records(&lease, &[parked]).await.unwrap();
    assert!(used.next("a parked record").write_millis <= 6_000);

    let end = suites::settlement("e", 1, EffectState::Done);
    store.begin(&lease, &acme, &end.key, "create a service", moment(1)).await.unwrap();
    assert!(used.next("begin").write_millis <= 6_000);
    let entry = store.open_effects(&acme).await.unwrap().remove(0);
    used.next("one open effect");
    store.note(&lease, &entry, "order", "77").await.unwrap();
    assert!(used.next("note").write_millis <= 6_000);
    store.settle(&lease, end).await.unwrap();
    let first = used.next("settle, the first");
    assert!(first.write_millis <= 12_000 && first.read_millis <= 1_000);
    let end = suites::settlement("f", 1, EffectState::Done);
    store.begin(&lease, &acme, &end.key, "create a service", moment(1)).await.unwrap();
    used.next("begin");
    store.settle(&lease, end).await.unwrap();
    let next = used.next("settle, the next");
    assert!(next.write_millis <= 12_000 && next.read_millis == 0, "{next:?}");
}

#[tokio::test]
async fn links_and_plans_cost_what_the_data_model_says() {
    let embedded = Embedded::start().await;
    let store = embedded.store();
    let mut used = Measured(&store, store.capacity());
    let tenants: Vec<String> = (100_000..101_000).map(|n| n.to_string()).collect();
    let tenants: Vec<&str> = tenants.iter().map(String::as_str).collect();
    store.change_links(&links(&tenants), &[]).await.unwrap();
    assert!(used.next("links of 1,000 customers").write_millis <= 2_100_000);
    store.links().await.unwrap();
    let read = used.next("links read").read_millis;
    assert!(read <= 1_000 * 110 * 1_000 / 4_096, "110 bytes a customer: {read}");

    let plan = suites::large_plan(1_000);
    store.put_plan(&plan.hash(), &plan, &run_id(1), moment(0)).await.unwrap();
    println!("a plan of {} bytes", plan.to_text().len());
    used.next("plan kept");
    store.put_plan(&plan.hash(), &plan, &run_id(1), moment(0)).await.unwrap();
    assert_eq!(used.next("plan kept again").write_millis, 0);
    store.find_plan(&plan.hash()).await.unwrap();
    used.next("plan read");
}
