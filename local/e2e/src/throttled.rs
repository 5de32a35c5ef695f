//! A DynamoDB in front of another one, that throttles when it is told to.

use crate::Trouble;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::json;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What DynamoDB says when a table, or one of its partitions, is asked for more than it has.
const THROTTLES: [&str; 2] = ["ProvisionedThroughputExceededException", "ThrottlingException"];
const JSON: &str = "application/x-amz-json-1.0";

/// Passes on what it is asked, or throttles it; dropping it stops it.
pub struct ThrottledTable {
    endpoint: String,
    gate: Arc<Gate>,
    server: JoinHandle<()>,
}

struct Gate {
    table: String,
    /// Every so-many-th request is throttled; 0 is none, 1 is all.
    every: AtomicU64,
    asked: AtomicU64,
    throttled: AtomicU64,
}

impl ThrottledTable {
    /// On a free port of 127.0.0.1, in front of the table at this endpoint. It throttles nothing yet.
    pub async fn start(table: &str) -> Result<Self, Trouble> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let table = table.trim_start_matches("http://").to_owned();
        let (every, asked, throttled) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
        let gate = Arc::new(Gate { table, every, asked, throttled });
        let routes = Router::new().route("/", post(pass)).with_state(Arc::clone(&gate));
        let server = tokio::spawn(async move {
            // Ends when it is aborted.
            drop(axum::serve(listener, routes).await);
        });
        Ok(Self { endpoint, gate, server })
    }

    /// Where it listens: `AWS_ENDPOINT_URL_DYNAMODB`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// From now on every so-many-th request is throttled: 1 is all, 0 none.
    pub fn throttle_every(&self, nth: u64) {
        self.gate.every.store(nth, Ordering::Relaxed);
    }

    /// How many requests were throttled so far.
    pub fn throttled(&self) -> u64 {
        self.gate.throttled.load(Ordering::Relaxed)
    }
}

impl Drop for ThrottledTable {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn pass(State(gate): State<Arc<Gate>>, headers: HeaderMap, body: Bytes) -> Response {
    let asked = gate.asked.fetch_add(1, Ordering::Relaxed) + 1;
    let every = gate.every.load(Ordering::Relaxed);
    if every > 0 && asked.is_multiple_of(every) {
        let throttled = gate.throttled.fetch_add(1, Ordering::Relaxed);
        let kind = THROTTLES[usize::from(throttled % 2 == 1)];
        let said = json!({"__type": format!("com.amazonaws.dynamodb.v20120810#{kind}"), "message": "wait"});
        return (StatusCode::BAD_REQUEST, [(header::CONTENT_TYPE, JSON)], said.to_string()).into_response();
    }
    match forwarded(&gate.table, &headers, &body).await {
        Ok((status, said)) => (status, [(header::CONTENT_TYPE, JSON)], said).into_response(),
        Err(trouble) => (StatusCode::BAD_GATEWAY, trouble.to_string()).into_response(),
    }
}

/// One request on a connection of its own.
async fn forwarded(table: &str, headers: &HeaderMap, body: &[u8]) -> Result<(StatusCode, Vec<u8>), Trouble> {
    let mut head = format!("POST / HTTP/1.1\r\nhost: {table}\r\nconnection: close\r\n");
    for name in ["x-amz-target", "x-amz-date", "authorization", "content-type"] {
        if let Some(value) = headers.get(name).and_then(|value| value.to_str().ok()) {
            head += &format!("{name}: {value}\r\n");
        }
    }
    head += &format!("content-length: {}\r\n\r\n", body.len());
    let mut stream = TcpStream::connect(table).await?;
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body).await?;
    let mut said = Vec::new();
    stream.read_to_end(&mut said).await?;
    let end = said.windows(4).position(|four| four == b"\r\n\r\n");
    let end = end.ok_or_else(|| Trouble::new("the table's answer has no end of its head"))?;
    let status = said.get(9..12).and_then(|code| StatusCode::from_bytes(code).ok());
    let status = status.ok_or_else(|| Trouble::new("the table's answer has no status"))?;
    Ok((status, said.split_off(end + 4)))
}
