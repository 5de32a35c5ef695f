//! One of each item as it was written when its schema was new. A file here is never changed: whoever changes a
//! form raises the schema, adds files of the new number, and keeps reading these.

use crate::item::Item;
use crate::transfer::json;
use crate::{DynamoStore, Onto, audit, effects, index, keys, links, plans, records, runs, settings};
use domain::audit::{AuditDraft, AuditHead};
use domain::digest::SubscriptionKey;
use domain::failure::Failure;
use domain::journal::{EffectEntry, EffectKey, EffectState};
use domain::order::{ApprovalRule, Needs};
use domain::ports::{EffectStore as _, PlanStore as _};
use domain::price::Priced;
use domain::record::{ParkReason, SyncRecord, SyncState, WaitReason};
use domain::run::{Counts, OrderedBilling, Run, RunMode, RunState};
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::path::Path;
use testkit::builders::{moment, order_id, organisation, parsed, record, run_id};
use testkit::dynamo::{Embedded, TABLE};

mod access;
mod orders;

/// The golden file of this name as it is kept.
fn kept(name: &str) -> Item {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("golden/{name}.1.json"));
    json::read(std::fs::read_to_string(path).unwrap().trim()).unwrap()
}

/// The golden file of this name; it is made if there is none, for a person to look at.
fn golden(name: &str, item: &Item) -> Item {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("golden/{name}.1.json"));
    let line = json::write(item).unwrap() + "\n";
    let Ok(kept) = std::fs::read_to_string(&path) else {
        std::fs::write(&path, line).unwrap();
        panic!("{} was not there: look at it and commit it", path.display());
    };
    assert_eq!(line, kept, "{name} is written differently: raise the schema");
    json::read(kept.trim()).unwrap()
}

fn same<T: PartialEq + Debug>(
    name: &str,
    value: &T,
    item: &Item,
    read: impl Fn(&Item) -> Result<T, Failure>,
) {
    assert_eq!(read(&golden(name, item)).unwrap(), *value, "{name}");
}

#[test]
fn records_of_schema_1_are_read() {
    let parked = SyncState::Parked { reason: ParkReason::CustomerUnlinked, detail: "tenant 500".into() };
    let error = SyncState::Error { message: "the client is locked".into(), since: moment(-5) };
    let pending = SyncState::Pending(WaitReason::NoSeats);
    let costed = record("120050");
    let price = costed.price.clone().map(|price| Priced { cost: Some(parsed("3.28 EUR")), ..price });
    let all = [
        ("record-synced", record("120045")),
        ("record-costed", SyncRecord { price, ..costed }),
        ("record-parked", SyncRecord { state: parked, customer: None, applied: None, ..record("120046") }),
        ("record-error", SyncRecord { state: error, ..record("120047") }),
        ("record-pending", SyncRecord { state: pending, price: None, service: None, ..record("120048") }),
        (
            "record-ended",
            SyncRecord { state: SyncState::Ended, ended_on: Some(parsed("2026-10-31")), ..record("120049") },
        ),
    ];
    for (name, value) in all {
        same(name, &value, &records::write(&value), records::read);
    }
}

#[test]
fn effects_of_schema_1_are_read() {
    let acme = organisation().id;
    let intended = EffectEntry {
        key: EffectKey::of_subscription(&acme, &parsed("120045"), 1),
        organisation: acme,
        state: EffectState::Intended,
        attempt: 2,
        intent: "create a service for 120045".into(),
        notes: BTreeMap::from([("order".into(), "77".into())]),
        begun: moment(3),
        run: run_id(1),
        outcome: None,
    };
    let outcome = Some("service 4711".to_owned());
    let done = EffectEntry { state: EffectState::Done, outcome, ..intended.clone() };
    same("effect-intended", &intended, &effects::write(&intended), effects::read);
    same("effect-done", &done, &effects::write(&done), effects::read);
}

#[test]
fn the_audit_log_of_schema_1_is_read() {
    let draft = AuditDraft {
        at: moment(1),
        actor: "schedule".into(),
        run: run_id(1),
        plan: Some("a".repeat(64)),
        subscription: Some(parsed("120045")),
        what: "created service 4711".into(),
        why: "new".into(),
    };
    let entry = AuditHead::default().append(&organisation().id, draft);
    same("audit-entry", &entry, &audit::write(&entry), audit::read);
    assert_eq!(entry.hash, entry.expected_hash());
}

#[test]
fn runs_of_schema_1_are_read() {
    let run = Run {
        id: run_id(1),
        organisation: organisation().id,
        mode: RunMode::Apply("a".repeat(64).parse().unwrap()),
        actor: "ada".into(),
        started: moment(0),
        updated: moment(60),
        state: RunState::Continued { checkpoint: 2 },
        plan: Some("a".repeat(64).parse().unwrap()),
        unproven: Some("9 of 10 subscriptions arrived".into()),
        brake: vec!["600 changes, more than the 500 allowed without approval".into()],
        amounts: BTreeMap::from([(parsed("EUR"), parsed("-12.50"))]),
        counts: Counts { pages: 1, observed: 10, ..Counts::default() },
        problems: vec!["120046: the client is locked".into()],
    };
    let refused = Run { state: RunState::Refused("the world moved".into()), ..run.clone() };
    let ordered =
        OrderedBilling { order: order_id(1), subscription: parsed("120045"), approved: parsed("40.00 EUR") };
    let ordered =
        Run { mode: RunMode::Order(ordered), state: RunState::Requested, plan: None, ..run.clone() };
    same("run-ordered", &ordered, &runs::write(&ordered), runs::read);
    same("run-continued", &run, &runs::write(&run), runs::read);
    same("run-refused", &refused, &runs::write(&refused), runs::read);
}

#[test]
fn links_of_schema_1_are_read() {
    let all = testkit::builders::links(&["500"]);
    for (name, some) in [("links-offer", &all[..2]), ("links-customer", &all[2..])] {
        let mut lines: Vec<_> = some.iter().map(|link| links::form::write(link).unwrap()).collect();
        lines.sort();
        let item = links::item(links::form::ours(&some[0]), &lines.join("\n"));
        let mut read = Vec::new();
        links::read(&golden(name, &item), &mut read).unwrap();
        assert_eq!(read.len(), 2);
        assert!(some.iter().all(|link| read.contains(link)));
    }
}

#[tokio::test]
async fn plans_of_schema_1_are_read() {
    let plan = testkit::suites::large_plan(1);
    let head = plans::head(&plan.hash(), 1, &run_id(1), moment(1));
    let chunk = plans::chunk(&plan.hash(), 1, &plan.to_text());
    let name = plans::name(&plan.hash(), &plan.organisation);
    let stored: Vec<_> = [("plan-head", head), ("plan-chunk", chunk), ("plan-name", name)]
        .into_iter()
        .map(|(name, item)| json::write(&golden(name, &item)).unwrap())
        .collect();
    let embedded = Embedded::start().await;
    let store = DynamoStore::new(embedded.config(), TABLE);
    let lines = stored.join("\n");
    store.import(&mut lines.as_bytes(), Onto::Empty).await.unwrap();
    assert_eq!(store.find_plan(&plan.hash()).await.unwrap().unwrap().plan, plan);
}

#[test]
fn index_chunks_and_settings_of_schema_1_are_read() {
    let entry = (SubscriptionKey::of("120045"), testkit::builders::digest("120045"));
    let key = keys::index_chunk(&organisation().id, 3, entry.0.bucket(3));
    let item = golden("index-chunk", &index::chunk_item(key, &[entry]));
    assert_eq!(index::read_chunk(&item).unwrap(), [entry]);

    let before_orders = kept("settings")["doc"].as_s().unwrap().clone();
    let mut with_orders = testkit::builders::settings();
    let limit = Some(parsed("100.00 EUR"));
    with_orders.orders.rules =
        vec![ApprovalRule { customer: None, offer: None, up_to: limit, needs: Needs::Anyone }];
    let with_orders = settings::settings_to_json(&with_orders);
    for (name, json, rules) in [("settings", before_orders, 0), ("settings-orders", with_orders, 1)] {
        let item = settings::item(keys::settings(), 1, &json, "ada", moment(0));
        let item = golden(name, &item);
        let read = settings::parse_settings(item["doc"].as_s().unwrap()).unwrap();
        assert_eq!(read.organisations, [organisation()]);
        assert_eq!(read.orders.rules.len(), rules);
    }
}

#[tokio::test]
async fn a_lease_and_the_end_of_a_log_of_schema_1_are_read() {
    let embedded = Embedded::start().await;
    let store = DynamoStore::new(embedded.config(), TABLE);
    let acme = organisation().id;
    let lease = testkit::suites::lease(&store).await;
    let end = testkit::suites::settlement("120045", 1, EffectState::Done);
    store.begin(&lease, &acme, &end.key, "create a service", moment(1)).await.unwrap();
    store.settle(&lease, end).await.unwrap();
    for (name, key) in [("lease", keys::lease(&lease.name)), ("audit-head", keys::audit_head(&acme))] {
        let written = store.get("read it", key).await.unwrap().unwrap();
        golden(name, &written);
    }
}

#[test]
fn an_item_of_a_later_schema_is_refused_with_the_cure() {
    let mut item = records::write(&record("120045"));
    item.insert("schema".into(), crate::item::number(2));
    let failure = records::read(&item).unwrap_err();
    assert!(failure.what.contains("update it"), "{failure}");
}
