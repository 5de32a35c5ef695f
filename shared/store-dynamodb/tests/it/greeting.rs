//! What a store does before its first call, so that the first call finds a connection.

use crate::canned;
use domain::failure::FailureKind;
use domain::ports::SettingsStore as _;
use serde_json::{Value, json};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store_dynamodb::{Capacity, DynamoStore};
use testkit::dynamo::{Embedded, TABLE};
use tokio::time::timeout;

#[tokio::test]
async fn a_table_is_greeted_once_by_a_reading_without_effect() {
    let seen = Arc::<Mutex<Vec<Value>>>::default();
    let kept = seen.clone();
    let greeted = move |request: Value| {
        kept.lock().unwrap().push(request);
        (200, json!({}))
    };
    let (config, left) = canned::serve(vec![Box::new(greeted)]).await;
    let store = DynamoStore::connected(&config, "t").await;
    assert!(left.lock().unwrap().is_empty());
    let asked = seen.lock().unwrap().clone();
    assert_eq!(asked, [json!({"TableName": "t", "Key": {"PK": {"S": "NOTHING"}, "SK": {"S": "NOTHING"}}})]);
    assert_eq!(store.capacity(), Capacity::default());
}

#[tokio::test]
async fn a_greeted_table_holds_what_it_held() {
    let embedded = Embedded::start().await;
    let store = DynamoStore::connected(embedded.config(), TABLE).await;
    let mut exported = Vec::new();
    store.export(&mut exported).await.unwrap();
    assert!(exported.is_empty(), "{}", String::from_utf8_lossy(&exported));
}

#[tokio::test]
async fn what_is_wrong_with_a_table_is_said_by_the_first_real_call() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let config = canned::quick(&format!("http://{port}")).await;
    let store = DynamoStore::connected(&config, "t").await;
    let failure = store.find_settings().await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotSent, "{failure}");
}

#[tokio::test]
async fn a_table_that_does_not_answer_holds_a_start_up_for_two_seconds_and_no_longer() {
    // Connections are taken, and nothing comes back.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let config = canned::quick(&format!("http://{}", silent.local_addr().unwrap())).await;
    let started = timeout(Duration::from_secs(4), DynamoStore::connected(&config, "t")).await;
    assert!(started.is_ok());
}
