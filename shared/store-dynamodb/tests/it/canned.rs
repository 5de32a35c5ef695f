//! A DynamoDB that answers as it was told: for what an emulator never does.

use aws_sdk_dynamodb::config::retry::RetryConfig;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store_dynamodb::DynamoStore;
use tokio::net::TcpListener;

/// What to answer to a request's body.
pub(crate) type Answer = Box<dyn Fn(Value) -> (u16, Value) + Send>;

type Left = Arc<Mutex<VecDeque<Answer>>>;

/// A store on a server that gives these answers, one after the other, and how many are left.
pub(crate) async fn store(answers: Vec<Answer>) -> (DynamoStore, Left) {
    let (config, left) = serve(answers).await;
    (DynamoStore::new(&config, "t"), left)
}

/// A server that gives these answers, one after the other, and how many are left.
pub(crate) async fn serve(answers: Vec<Answer>) -> (aws_kit::SdkConfig, Left) {
    let left: Left = Arc::new(Mutex::new(answers.into()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let app = Router::new().fallback(answer).with_state(left.clone());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (quick(&endpoint).await, left)
}

/// The configuration of the tests, attempting again without waiting.
pub(crate) async fn quick(endpoint: &str) -> aws_kit::SdkConfig {
    let retry = RetryConfig::standard().with_initial_backoff(Duration::from_millis(1));
    store_dynamodb::emulated(endpoint).await.into_builder().retry_config(retry).build()
}

/// A failure by its code.
pub(crate) fn error(code: &'static str) -> Answer {
    Box::new(move |_| {
        let code = format!("com.amazonaws.dynamodb.v20120810#{code}");
        (400, json!({ "__type": code, "message": "as it was told" }))
    })
}

/// A cancelled transaction, with a reason for each of its items.
pub(crate) fn cancelled(reasons: &'static [&'static str]) -> Answer {
    Box::new(|_| {
        let reasons: Vec<_> = reasons.iter().map(|code| json!({ "Code": code })).collect();
        let code = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException";
        (400, json!({ "__type": code, "Message": "cancelled", "CancellationReasons": reasons }))
    })
}

async fn answer(
    State(left): State<Left>,
    body: Bytes,
) -> (StatusCode, [(&'static str, &'static str); 1], String) {
    let request = serde_json::from_slice(&body).unwrap_or_default();
    let next = left.lock().unwrap().pop_front();
    let (status, body) = next.map_or_else(|| (500, json!({ "message": "no answer left" })), |a| a(request));
    let headers = [("content-type", "application/x-amz-json-1.0")];
    (StatusCode::from_u16(status).unwrap(), headers, body.to_string())
}
