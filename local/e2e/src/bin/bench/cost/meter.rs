//! The part of AWS that functions speak to, on one address: the table behind it is the embedded one, bus and secrets
//! are here. Everything is counted as AWS would bill it.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use connector_kit::{
    Body, HttpClient, Idempotence, Method, Request, RetryPolicy, Transport, TransportConfig, Url,
};
use domain::clock::Deadline;
use e2e::{Published, Trouble};
use lambda_kit::SystemClock;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::num::{NonZeroU16, NonZeroU32};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Calls that only read.
const READS: [&str; 5] = ["GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"];

/// The table looks whether there is a signature, and not what it says.
const SIGNED: &str = "AWS4-HMAC-SHA256 Credential=e2e/20260101/eu-west-1/dynamodb/aws4_request, \
    SignedHeaders=host;x-amz-date, Signature=0";

/// What was asked since it was last taken.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counted {
    pub(crate) read_units: Decimal,
    pub(crate) write_units: Decimal,
    pub(crate) table_calls: u64,
    pub(crate) secrets: u64,
    pub(crate) bus_calls: u64,
    /// What was put on the bus, in the order it came.
    pub(crate) published: Vec<Published>,
}

struct Desk {
    table: Url,
    transport: Transport,
    secrets: BTreeMap<String, String>,
    counted: Mutex<Counted>,
}

/// It listens until it is dropped.
pub(crate) struct Meter {
    endpoint: String,
    desk: Arc<Desk>,
    server: JoinHandle<()>,
}

impl Meter {
    pub(crate) async fn start(
        http: &HttpClient,
        table: &str,
        secrets: BTreeMap<String, String>,
    ) -> Result<Self, Trouble> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let table = Url::parse(table).map_err(|error| Trouble::at("the table's address", &error))?;
        let system = "table".parse().map_err(|error| Trouble::at("name the table", &error))?;
        let config = TransportConfig {
            requests_per_second: NonZeroU32::MAX,
            burst: NonZeroU32::MAX,
            in_flight: NonZeroU16::MAX,
            retry: RetryPolicy { max_attempts: 1, ..RetryPolicy::default() },
            ..TransportConfig::default()
        };
        let transport = Transport::new(http.clone(), system, Arc::new(SystemClock), config);
        let desk = Arc::new(Desk { table, transport, secrets, counted: Mutex::default() });
        let routes = Router::new().route("/", post(answer)).with_state(Arc::clone(&desk));
        let server = tokio::spawn(async move {
            // Ends when it is aborted.
            drop(axum::serve(listener, routes).await);
        });
        Ok(Self { endpoint, desk, server })
    }

    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// What was counted, which is forgotten.
    pub(crate) fn take(&self) -> Counted {
        std::mem::take(&mut *self.desk.counted())
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Desk {
    fn counted(&self) -> std::sync::MutexGuard<'_, Counted> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn forward(&self, target: &str, body: Bytes) -> Result<(StatusCode, Vec<u8>), Trouble> {
        let call = target.rsplit('.').next().unwrap_or_default();
        let request = Request::new(call.to_owned(), Method::POST, self.table.clone(), Idempotence::Mutation)
            .header("x-amz-target", target)
            .header("x-amz-date", "20260101T000000Z")
            .header("authorization", SIGNED)
            .body(Body::Json(body.to_vec()));
        let reply = self.transport.call(request, Deadline::never()).await?;
        let mut counted = self.counted();
        counted.table_calls += 1;
        let units = consumed(&serde_json::from_slice(&reply.body)?)?;
        if READS.contains(&call) {
            counted.read_units += units;
        } else {
            counted.write_units += units;
        }
        let status = StatusCode::from_u16(reply.status).map_err(|error| Trouble::at("a status", &error))?;
        Ok((status, reply.body))
    }

    /// `PutEvents` and `GetSecretValue`, the only other calls that are made.
    fn answer(&self, target: &str, asked: &Value) -> Option<Value> {
        let mut counted = self.counted();
        match target {
            "AWSEvents.PutEvents" => {
                counted.bus_calls += 1;
                let entries = asked["Entries"].as_array()?;
                let text = |entry: &Value, name: &str| entry[name].as_str().unwrap_or_default().to_owned();
                counted.published.extend(entries.iter().map(|entry| Published {
                    source: text(entry, "Source"),
                    detail_type: text(entry, "DetailType"),
                    detail: serde_json::from_str(&text(entry, "Detail")).unwrap_or(Value::Null),
                }));
                let taken: Vec<_> = entries.iter().map(|_| json!({"EventId": "taken"})).collect();
                Some(json!({"FailedEntryCount": 0, "Entries": taken}))
            }
            "secretsmanager.GetSecretValue" => {
                counted.secrets += 1;
                let name = asked["SecretId"].as_str()?;
                Some(json!({"Name": name, "SecretString": self.secrets.get(name)?}))
            }
            _ => None,
        }
    }
}

async fn answer(State(desk): State<Arc<Desk>>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    let kind = [("content-type", "application/x-amz-json-1.0")];
    if target.starts_with("DynamoDB_") {
        return match desk.forward(target, body).await {
            Ok((status, body)) => (status, kind, body).into_response(),
            Err(trouble) => (StatusCode::BAD_GATEWAY, trouble.to_string()).into_response(),
        };
    }
    let asked = serde_json::from_slice(&body).unwrap_or(Value::Null);
    match desk.answer(target, &asked) {
        Some(said) => (kind, said.to_string()).into_response(),
        None => (StatusCode::BAD_REQUEST, format!("{target} is not known here")).into_response(),
    }
}

/// The units that an answer states: of one table, or of each table of several.
fn consumed(said: &Value) -> Result<Decimal, Trouble> {
    let stated = &said["ConsumedCapacity"];
    let each = stated.as_array().map_or_else(|| std::slice::from_ref(stated), Vec::as_slice);
    let units = each.iter().map(|one| &one["CapacityUnits"]).filter(|units| !units.is_null());
    units
        .map(|units| {
            units.to_string().parse::<Decimal>().map_err(|_| Trouble::new(format!("{units} are no units")))
        })
        .sum()
}
