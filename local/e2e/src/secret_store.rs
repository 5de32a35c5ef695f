//! A Secrets Manager that holds what it is given, and shows it to whoever asks by name.

use crate::Trouble;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

type Kept = Arc<Mutex<BTreeMap<String, String>>>;

/// A running store; dropping it stops it.
pub struct SecretStore {
    endpoint: String,
    kept: Kept,
    server: JoinHandle<()>,
}

impl SecretStore {
    /// On a free port of 127.0.0.1.
    pub async fn start() -> Result<Self, Trouble> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let kept = Kept::default();
        let routes = Router::new().route("/", post(get_secret_value)).with_state(Arc::clone(&kept));
        let server = tokio::spawn(async move {
            // Ends when it is aborted.
            drop(axum::serve(listener, routes).await);
        });
        Ok(Self { endpoint, kept, server })
    }

    /// Where it listens: `AWS_ENDPOINT_URL_SECRETS_MANAGER`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Keeps a secret, over whatever was there.
    pub fn keep(&self, name: &str, text: impl Into<String>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(name.to_owned(), text.into());
    }
}

impl Drop for SecretStore {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// `GetSecretValue` in AWS JSON 1.1, the only call that is made.
async fn get_secret_value(
    State(kept): State<Kept>,
    body: Bytes,
) -> (StatusCode, [(&'static str, &'static str); 1], String) {
    let asked: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let name = asked["SecretId"].as_str().unwrap_or_default();
    let found = kept.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
    let (status, answer) = match found {
        Some(text) => (StatusCode::OK, json!({"Name": name, "SecretString": text})),
        None => (StatusCode::BAD_REQUEST, json!({"__type": "ResourceNotFoundException"})),
    };
    (status, [("content-type", "application/x-amz-json-1.1")], answer.to_string())
}
