//! Export and import of the whole table.

use domain::access::{CodeUse, OneTimeCode, Role, SecretHash};
use domain::failure::FailureKind;
use domain::journal::EffectState;
use domain::ports::{
    AccessStore, AnswerStore, EffectStore, FiguresStore, IndexChange, IndexStore, KeptAnswer, LinkStore,
    OrderFilter, OrderStore, PlanStore, RecordStore,
};
use domain::record::{ParkReason, SyncRecord, SyncState};
use store_dynamodb::settings::settings_to_json;
use store_dynamodb::{DynamoStore, Onto};
use testkit::builders::{
    api_token, digest, figures, links, moment, order, order_audit, organisation, parsed, record, run_id,
    session, settings, user,
};
use testkit::dynamo::Embedded;
use testkit::suites;

async fn export(store: &DynamoStore) -> String {
    let mut lines = Vec::new();
    store.export(&mut lines).await.unwrap();
    String::from_utf8(lines).unwrap()
}

/// Something of everything.
async fn fill(store: &DynamoStore) {
    let acme = organisation().id;
    let lease = suites::lease(store).await;
    let plan = suites::large_plan(1_500);
    store.put_plan(&plan.hash(), &plan, &run_id(1), moment(0)).await.unwrap();
    store.put_settings(&settings_to_json(&settings()), "ada", moment(0)).await.unwrap().unwrap();
    store.change_links(&links(&["500", "501"]), &[]).await.unwrap();
    let parked = SyncState::Parked { reason: ParkReason::OfferUnlinked, detail: "„\t\u{7f}".into() };
    let records: Vec<_> = (0..60).map(|n| record(&format!("s{n}"))).collect();
    store.put_records(&lease, &records).await.unwrap();
    store.put_records(&lease, &[SyncRecord { state: parked, ..record("p") }]).await.unwrap();
    let end = suites::settlement("e", 1, EffectState::Done);
    store.begin(&lease, &acme, &end.key, "create", moment(1)).await.unwrap();
    store.settle(&lease, end).await.unwrap();
    let open = suites::settlement("open", 1, EffectState::Done).key;
    store.begin(&lease, &acme, &open, "create", moment(1)).await.unwrap();
    fill_http(store).await;
    let index = store.index(&acme).await.unwrap();
    let changes: Vec<_> = records
        .iter()
        .map(|r| IndexChange {
            key: domain::digest::SubscriptionKey::of(r.subscription.as_str()),
            digest: Some(digest(r.subscription.as_str())),
        })
        .collect();
    store.change_index(&lease, &acme, &index, &changes).await.unwrap();
}

/// Something of everything that people do.
async fn fill_http(store: &DynamoStore) {
    let ada = user("ada", Role::Admin);
    let key = SecretHash::of("of-the-request");
    let order = order(1);
    store.put_order(&order, order_audit(&order)).await.unwrap();
    store.put_figures(&figures(parsed("2026-11-05"))).await.unwrap();
    store.put_user(&ada).await.unwrap();
    store.put_token(&api_token(1, Role::Viewer)).await.unwrap();
    store.put_session(&session("in-the-cookie", &ada)).await.unwrap();
    let code =
        OneTimeCode { hash: SecretHash::of("on-the-screen"), opens: CodeUse::SetUp, expires: moment(600) };
    store.put_code(&code).await.unwrap();
    store.begin_answer(&key, &key, moment(0)).await.unwrap();
    let answer = KeptAnswer { status: 200, content_type: None, location: None, body: vec![0, 255] };
    store.keep_answer(&key, &answer).await.unwrap();
}

#[tokio::test]
async fn export_import_export_is_identical() {
    let (one, two) = (Embedded::start().await, Embedded::start().await);
    fill(&one.store()).await;
    let first = export(&one.store()).await;
    let count = two.store().import(&mut first.as_bytes(), Onto::Empty).await.unwrap();
    assert_eq!(count, first.lines().count() as u64);
    assert_eq!(export(&two.store()).await, first);
    let mut sorted: Vec<_> = first.lines().map(key).collect();
    sorted.sort();
    assert_eq!(sorted, first.lines().map(key).collect::<Vec<_>>(), "by key");

    let acme = organisation().id;
    let parked = two.store().list_records(&acme, Some("parked"), None, 9).await.unwrap();
    assert_eq!(parked.items.len(), 1, "lists for people came along");
    assert_eq!(two.store().open_effects(&acme).await.unwrap().len(), 1);
    let open = two.store().list_orders(&acme, OrderFilter::Open, None, 9).await.unwrap();
    assert_eq!(open.items, [order(1)]);
    for secret in ["secret-1", "in-the-cookie", "on-the-screen", "of-the-request"] {
        assert!(!first.contains(secret), "of what opens something, only hashes are kept");
    }
}

fn key(line: &str) -> (String, String) {
    let item: serde_json::Value = serde_json::from_str(line).unwrap();
    let text = |name: &str| item[name]["S"].as_str().unwrap().to_owned();
    (text("PK"), text("SK"))
}

#[tokio::test]
async fn an_import_is_not_made_onto_other_data_unasked() {
    let embedded = Embedded::start().await;
    let store = embedded.store();
    store.change_links(&links(&["500"]), &[]).await.unwrap();
    let lines = export(&store).await;
    let refused = store.import(&mut lines.as_bytes(), Onto::Empty).await.unwrap_err();
    assert_eq!(refused.kind, FailureKind::Refused);
    store.import(&mut lines.as_bytes(), Onto::Anything).await.unwrap();
    assert_eq!(export(&store).await, lines, "done again, it changes nothing");
}

#[tokio::test]
async fn a_line_that_is_not_an_item_is_named() {
    let embedded = Embedded::start().await;
    let lines = "{\"PK\":{\"S\":\"a\"},\"SK\":{\"S\":\"b\"}}\n{\"PK\":\"a\"}\n";
    let failure = embedded.store().import(&mut lines.as_bytes(), Onto::Empty).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Malformed);
    assert!(failure.what.starts_with("item 2 of the import cannot be read: PK"), "{failure}");
}

#[tokio::test]
async fn a_table_on_a_file_is_still_there_afterwards() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("table.db").display().to_string();
    let opened = Embedded::open(&path).await;
    opened.store().change_links(&links(&["500"]), &[]).await.unwrap();
    drop(opened);
    let opened = Embedded::open(&path).await;
    assert_eq!(opened.store().links().await.unwrap().len(), 4);
}
