//! An EventBridge that takes events, keeps them, and shows them as a rule would deliver them.

use crate::Trouble;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use serde_json::{Value, json};
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// One event as it was published.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    /// `Source`.
    pub source: String,
    /// `DetailType`.
    pub detail_type: String,
    /// `Detail`.
    pub detail: Value,
}

impl Published {
    /// The payload with which EventBridge invokes a function.
    pub fn payload(&self) -> Value {
        json!({
            "version": "0",
            "id": "405f6e7d-8192-4a3b-b4c5-d6e7f8091a2b",
            "detail-type": self.detail_type,
            "source": self.source,
            "account": "123456789012",
            "time": "2026-11-05T08:14:05Z",
            "region": "eu-west-1",
            "resources": [],
            "detail": self.detail,
        })
    }
}

type Kept = Arc<Mutex<Vec<Published>>>;

/// A running receiver; dropping it stops it.
pub struct EventBus {
    endpoint: String,
    kept: Kept,
    server: JoinHandle<()>,
}

impl EventBus {
    /// On a free port of 127.0.0.1.
    pub async fn start() -> Result<Self, Trouble> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let kept = Kept::default();
        let routes = Router::new().route("/", post(put_events)).with_state(Arc::clone(&kept));
        let server = tokio::spawn(async move {
            // Ends when it is aborted.
            drop(axum::serve(listener, routes).await);
        });
        Ok(Self { endpoint, kept, server })
    }

    /// Where it listens: `AWS_ENDPOINT_URL_EVENTBRIDGE`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Takes away every event of this type, in the order they came; the others stay.
    pub fn take(&self, detail_type: &str) -> Vec<Published> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extract_if(.., |event| event.detail_type == detail_type).collect()
    }
}

impl Drop for EventBus {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// `PutEvents` in AWS JSON 1.1, the only call that is made.
async fn put_events(State(kept): State<Kept>, body: Bytes) -> ([(&'static str, &'static str); 1], String) {
    let asked: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let entries = asked["Entries"].as_array().map(Vec::as_slice).unwrap_or_default();
    let text = |entry: &Value, name: &str| entry[name].as_str().unwrap_or_default().to_owned();
    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    let mut taken = Vec::new();
    for entry in entries {
        kept.push(Published {
            source: text(entry, "Source"),
            detail_type: text(entry, "DetailType"),
            detail: serde_json::from_str(&text(entry, "Detail")).unwrap_or(Value::Null),
        });
        taken.push(json!({"EventId": format!("event-{}", kept.len())}));
    }
    let answer = json!({"FailedEntryCount": 0, "Entries": taken});
    ([("content-type", "application/x-amz-json-1.1")], answer.to_string())
}
