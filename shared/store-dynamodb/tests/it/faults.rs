//! What happens when DynamoDB does not do as it is asked.

use crate::canned::{self, cancelled, error};
use domain::digest::SubscriptionKey;
use domain::failure::FailureKind;
use domain::journal::{EffectState, Lease, Settlement};
use domain::ports::{AuditStore, EffectStore, LinkStore, RecordStore, RunStore};
use serde_json::{Value, json};
use std::time::Duration;
use store_dynamodb::{DynamoStore, Onto};
use testkit::builders::{links, moment, organisation, record, run_id};
use testkit::dynamo::Embedded;
use testkit::{Faulty, Moment, suites};

fn a_lease() -> Lease {
    Lease { name: "a".into(), holder: run_id(1), token: 1, until: moment(60), broken_off: None }
}

#[tokio::test]
async fn an_unreachable_table_is_a_typed_failure_quickly() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let config = store_dynamodb::emulated(&format!("http://{port}")).await;
    let store = DynamoStore::new(&config, "t");
    let asked = store.links();
    let failure = tokio::time::timeout(Duration::from_secs(10), asked).await.unwrap().unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotSent, "{failure}");
    assert_eq!(failure.system.as_str(), "dynamodb");
}

#[tokio::test]
async fn a_table_that_does_not_exist_is_named_with_the_cure() {
    let embedded = Embedded::start().await;
    let store = DynamoStore::new(embedded.config(), "elsewhere");
    let failure = store.links().await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotFound);
    assert!(failure.what.contains("table elsewhere does not exist: create it"), "{failure}");
}

#[tokio::test]
async fn credentials_that_may_not_are_told_from_a_table_that_is_away() {
    let (store, _) = canned::store(vec![error("AccessDeniedException")]).await;
    let failure = store.links().await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unauthorised);
}

#[tokio::test]
async fn throttling_is_attempted_again_and_then_reported() {
    let answers = (0..3).map(|_| error("ThrottlingException")).collect();
    let (store, left) = canned::store(answers).await;
    let failure = store.claim_run(&organisation().id, &run_id(1), 1).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::RateLimited(None));
    assert!(left.lock().unwrap().is_empty(), "three attempts");
}

#[tokio::test]
async fn unprocessed_keys_are_asked_for_again() {
    let whole = Embedded::start().await;
    let lease = suites::lease(&whole.store()).await;
    whole.store().put_records(&lease, &[record("a")]).await.unwrap();
    let mut lines = Vec::new();
    whole.store().export(&mut lines).await.unwrap();
    let lines = String::from_utf8(lines).unwrap();
    let item: Value = lines.lines().map(|l| serde_json::from_str(l).unwrap()).find(is_record).unwrap();

    let undone =
        |request: Value| (200, json!({ "Responses": {}, "UnprocessedKeys": request["RequestItems"] }));
    let done = move |_| (200, json!({ "Responses": { "t": [item] }, "UnprocessedKeys": {} }));
    let (store, left) = canned::store(vec![Box::new(undone), Box::new(undone), Box::new(done)]).await;
    let read = store.records(&organisation().id, &[SubscriptionKey::of("a")]).await.unwrap();
    assert_eq!(read, [record("a")]);
    assert!(left.lock().unwrap().is_empty());
}

fn is_record(item: &Value) -> bool {
    item["SK"]["S"].as_str().is_some_and(|sk| sk.starts_with("SUB#"))
}

#[tokio::test]
async fn unprocessed_items_are_written_again() {
    let undone = |request: Value| (200, json!({ "UnprocessedItems": request["RequestItems"] }));
    let done = |request: Value| {
        assert_eq!(request["RequestItems"]["t"].as_array().map(Vec::len), Some(1));
        (200, json!({ "UnprocessedItems": {} }))
    };
    let (store, left) = canned::store(vec![Box::new(undone), Box::new(done)]).await;
    let mut line = r#"{"PK":{"S":"a"},"SK":{"S":"b"}}"#.as_bytes();
    assert_eq!(store.import(&mut line, Onto::Anything).await.unwrap(), 1);
    assert!(left.lock().unwrap().is_empty());
}

#[tokio::test]
async fn transactions_that_meet_are_made_one_after_the_other() {
    let met = || cancelled(&["TransactionConflict", "None"]);
    let (store, left) = canned::store(vec![met(), met(), Box::new(|_| (200, json!({})))]).await;
    store.put_records(&a_lease(), &[record("a")]).await.unwrap();
    assert!(left.lock().unwrap().is_empty());

    let refused = cancelled(&["None", "ValidationError"]);
    let (store, _) = canned::store(vec![refused]).await;
    let failure = store.put_records(&a_lease(), &[record("a")]).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused);
}

#[tokio::test]
async fn a_lost_settle_answer_settles_once() {
    let embedded = Embedded::start().await;
    let acme = organisation().id;
    let store = Faulty::new(embedded.store());
    let lease = suites::lease(&store).await;
    let end = suites::settlement("a", 1, EffectState::Done);
    store.begin(&lease, &acme, &end.key, "create", moment(1)).await.unwrap();
    store.fail_after(1, Moment::After);
    let lost = store.settle(&lease, end.clone()).await.unwrap_err();
    assert_eq!(lost.kind, FailureKind::Unavailable);

    store.settle(&lease, end.clone()).await.unwrap();
    embedded.store().settle(&lease, end).await.unwrap();
    assert_eq!(store.audit_entries(&acme, 0, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn two_processes_write_one_unbroken_log() {
    let embedded = Embedded::start().await;
    let acme = organisation().id;
    let stores = [embedded.store(), embedded.store()];
    let lease = suites::lease(&stores[0]).await;
    for n in 0..10_usize {
        let end = suites::settlement(&format!("s{n}"), 1, EffectState::Done);
        let store = &stores[(n / 2) % 2];
        store.begin(&lease, &acme, &end.key, "create", moment(1)).await.unwrap();
        store.settle(&lease, end).await.unwrap();
    }
    let log = stores[0].audit_entries(&acme, 0, 100).await.unwrap();
    assert_eq!(domain::audit::verify(&log).unwrap().sequence, 10);
}

#[tokio::test]
async fn effects_side_by_side_write_one_unbroken_log() {
    let embedded = Embedded::start().await;
    let store = embedded.store();
    let lease = suites::lease(&store).await;
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..24 {
        let (store, lease) = (store.clone(), lease.clone());
        let end: Settlement = suites::settlement(&format!("s{n}"), 1, EffectState::Done);
        tasks.spawn(async move {
            store.begin(&lease, &organisation().id, &end.key, "create", moment(1)).await.unwrap();
            store.settle(&lease, end).await.unwrap();
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    let log = store.audit_entries(&organisation().id, 0, 100).await.unwrap();
    assert_eq!(domain::audit::verify(&log).unwrap().sequence, 24);
}

#[tokio::test]
async fn two_writers_of_one_customers_links_both_stay() {
    let embedded = Embedded::start().await;
    let all = links(&["500"]);
    let mut tasks = tokio::task::JoinSet::new();
    for link in all.clone() {
        let store = embedded.store();
        tasks.spawn(async move { store.change_links(&[link], &[]).await.unwrap() });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    assert_eq!(embedded.store().links().await.unwrap().len(), all.len());
}
