//! What the data model promises each access to cost, measured.

use domain::access::{Role, SecretHash};
use domain::digest::SubscriptionKey;
use domain::journal::{EffectState, Lease};
use domain::order::{Order, OrderState};
use domain::ports::{
    AccessStore, AnswerStore, EffectStore, FiguresStore, IndexChange, IndexStore, KeptAnswer, LinkStore,
    OrderFilter, OrderStore, PlanStore, RecordStore,
};
use domain::record::{ParkReason, SyncRecord, SyncState};
use store_dynamodb::{Capacity, DynamoStore};
use testkit::builders::{
    actor, api_token, digest, figures, links, moment, order, order_audit, organisation, parsed, record,
    run_id, session, user,
};
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

#[tokio::test]
async fn whoever_asks_over_http_costs_what_the_data_model_says() {
    let embedded = Embedded::start().await;
    let store = embedded.store();
    let ada = user("ada", Role::Approver);
    let token = api_token(1, Role::Approver);
    let session = session("secret", &ada);
    let mut used = Measured(&store, store.capacity());
    store.put_token(&token).await.unwrap();
    assert!(used.next("a token").write_millis <= 4_000);
    store.put_user(&ada).await.unwrap();
    let person = used.next("a person with an identity");
    assert!(person.write_millis <= 4_000 && person.read_millis <= 1_000, "{person:?}");
    store.put_session(&session).await.unwrap();
    assert!(used.next("a session").write_millis <= 4_000);

    store.find_token(&token.hash).await.unwrap().unwrap();
    assert_eq!(used.next("a request with a token"), one_read(1));
    store.find_session(&session.hash, moment(1)).await.unwrap().unwrap();
    store.find_user(&ada.id).await.unwrap().unwrap();
    assert_eq!(used.next("a request with a session"), one_read(2));
    store.touch_token(&token, moment(1)).await.unwrap();
    assert!(used.next("the first use in an hour").write_millis <= 1_000);
    let touched = store.find_token(&token.hash).await.unwrap().unwrap();
    used.next("read");
    store.touch_token(&touched, moment(3_500)).await.unwrap();
    assert_eq!(used.next("another in that hour"), Capacity::default());
    store.revoke_token(&token.id, moment(1)).await.unwrap();
    let revoked = used.next("a token revoked");
    assert!(revoked.write_millis <= 1_000 && revoked.read_millis <= 1_000, "{revoked:?}");

    let key = SecretHash::of("key");
    store.begin_answer(&key, &key, moment(0)).await.unwrap();
    assert!(used.next("a request begun").write_millis <= 1_000);
    let answer = KeptAnswer { status: 201, content_type: None, location: None, body: vec![b'x'; 600] };
    store.keep_answer(&key, &answer).await.unwrap();
    assert!(used.next("its answer").write_millis <= 1_000);
    store.begin_answer(&key, &key, moment(1)).await.unwrap();
    let again = used.next("its answer again");
    assert_eq!(again.read_millis, 0, "the refused write brings it along");
}

/// So many small items, read one by one and strongly consistent.
fn one_read(items: u64) -> Capacity {
    Capacity { read_millis: 1_000 * items, write_millis: 0, calls: items }
}

const LIFE: [OrderState; 6] = [
    OrderState::PendingApproval,
    OrderState::Approved,
    OrderState::Placing,
    OrderState::PlacedAtSupplier,
    OrderState::Billed,
    OrderState::Active,
];

#[tokio::test]
async fn orders_cost_what_the_data_model_says() {
    let embedded = Embedded::start().await;
    let store = embedded.store();
    let acme = organisation().id;
    let mut used = Measured(&store, store.capacity());
    let first = order(1);
    store.put_order(&first, order_audit(&first)).await.unwrap();
    let cost = used.next("the first order of a process");
    assert!(cost.write_millis <= 7_000 && cost.read_millis <= 1_000, "{cost:?}");
    let mut next = Order { version: 2, ..first };
    next.step(OrderState::PendingApproval, &actor("ada"), "complete", moment(1)).unwrap();
    store.put_order(&next, order_audit(&next)).await.unwrap();
    let cost = used.next("its next version");
    assert!(cost.write_millis <= 7_000 && cost.read_millis == 0 && cost.calls == 1, "{cost:?}");
    next.version = 3;
    next.step(OrderState::Cancelled, &actor("ada"), "not wanted", moment(2)).unwrap();
    store.put_order(&next, order_audit(&next)).await.unwrap();
    let cost = used.next("its last version, in another list");
    assert!(cost.write_millis <= 8_000, "{cost:?}");
    store.find_order(&acme, &next.id).await.unwrap();
    assert_eq!(used.next("one order"), one_read(1));

    for n in 2..=120 {
        let order = order(n);
        store.put_order(&order, order_audit(&order)).await.unwrap();
    }
    used.next("119 orders");
    for filter in [OrderFilter::All, OrderFilter::Open, OrderFilter::In(OrderState::Draft)] {
        let page = store.list_orders(&acme, filter, None, 50).await.unwrap();
        assert_eq!(page.items.len(), 50);
        let cost = used.next("a page of 50");
        assert!(cost.read_millis <= 5_000 && cost.calls == 1, "{filter:?} {cost:?}");
    }
    store.list_orders(&acme, OrderFilter::In(OrderState::Cancelled), None, 50).await.unwrap();
    let cost = used.next("the only cancelled one of 120");
    assert!(cost.read_millis <= 500 && cost.calls == 1, "{cost:?}");

    let mut whole = order(200);
    for (n, to) in (1..).zip(LIFE) {
        whole.step(to, &actor("ada"), "as it should be, in a sentence of some length", moment(n)).unwrap();
    }
    store.put_order(&whole, order_audit(&whole)).await.unwrap();
    let cost = used.next("an order at the end of its life");
    assert!(cost.write_millis <= 10_000, "{cost:?}");

    store.put_figures(&figures(parsed("2026-11-05"))).await.unwrap();
    assert!(used.next("figures of a day").write_millis <= 2_000);
    store.figures(&acme, parsed("2026-11-01"), parsed("2026-11-30")).await.unwrap();
    assert!(used.next("figures of a month").read_millis <= 500);
    store.last_figures(&acme, parsed("2026-11-01"), parsed("2026-11-30")).await.unwrap();
    assert!(used.next("last figures of a month").read_millis <= 500);
    store.monthly_figures(&acme, parsed("2025-12-01"), parsed("2026-11-30")).await.unwrap();
    assert!(used.next("figures of a year").read_millis <= 1_000);
}
