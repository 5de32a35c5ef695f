//! Lambda's runtime API, as far as a function needs it: ask for work, answer it, or say that it failed.

use crate::Trouble;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::Value;
use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

/// What became of an invocation.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// The function answered.
    Done(Value),
    /// It failed; Lambda would try again.
    Failed {
        /// `errorType`.
        kind: String,
        /// `errorMessage`.
        message: String,
    },
}

/// One piece of work.
pub(crate) struct Work {
    pub(crate) request: String,
    pub(crate) payload: String,
    pub(crate) deadline_ms: i64,
}

struct Desk {
    work: tokio::sync::Mutex<mpsc::UnboundedReceiver<Work>>,
    waiting: Mutex<HashMap<String, oneshot::Sender<Answer>>>,
    asked: watch::Sender<u64>,
}

/// A running runtime API for one process; dropping it stops it.
pub(crate) struct RuntimeApi {
    pub(crate) address: SocketAddr,
    desk: Arc<Desk>,
    give: mpsc::UnboundedSender<Work>,
    server: JoinHandle<()>,
}

impl RuntimeApi {
    pub(crate) async fn start() -> Result<Self, Trouble> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (give, work) = mpsc::unbounded_channel();
        let desk = Arc::new(Desk {
            work: tokio::sync::Mutex::new(work),
            waiting: Mutex::default(),
            asked: watch::Sender::new(0),
        });
        let routes = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{request}/response", post(response))
            .route("/2018-06-01/runtime/invocation/{request}/error", post(error))
            .route("/2018-06-01/runtime/init/error", post(init_error))
            .with_state(Arc::clone(&desk));
        let server = tokio::spawn(async move {
            // Ends when it is aborted; until then the function is refused, which it reports itself.
            drop(axum::serve(listener, routes).await);
        });
        Ok(Self { address, desk, give, server })
    }

    /// Hands over work; the answer arrives at the receiver.
    pub(crate) fn hand(&self, work: Work) -> Result<oneshot::Receiver<Answer>, Trouble> {
        let (answer, answered) = oneshot::channel();
        let mut waiting = self.desk.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.insert(work.request.clone(), answer);
        drop(waiting);
        self.give.send(work).map_err(|_| Trouble::new("the runtime API has stopped"))?;
        Ok(answered)
    }

    /// How often the function asked for work so far, and every time it does again.
    pub(crate) fn asked(&self) -> watch::Receiver<u64> {
        self.desk.asked.subscribe()
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn next(State(desk): State<Arc<Desk>>) -> Response {
    desk.asked.send_modify(|times| *times += 1);
    let Some(work) = desk.work.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    let name = HeaderName::from_static;
    let headers = [
        (name("lambda-runtime-aws-request-id"), work.request),
        (name("lambda-runtime-deadline-ms"), work.deadline_ms.to_string()),
        (
            name("lambda-runtime-invoked-function-arn"),
            "arn:aws:lambda:eu-west-1:123456789012:function:e2e".into(),
        ),
        (name("content-type"), "application/json".into()),
    ];
    (headers, work.payload).into_response()
}

async fn response(State(desk): State<Arc<Desk>>, Path(request): Path<String>, body: Bytes) -> StatusCode {
    desk.answered(&request, Answer::Done(serde_json::from_slice(&body).unwrap_or(Value::Null)))
}

async fn error(State(desk): State<Arc<Desk>>, Path(request): Path<String>, body: Bytes) -> StatusCode {
    let said: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let text = |name: &str| said[name].as_str().unwrap_or_default().to_owned();
    desk.answered(&request, Answer::Failed { kind: text("errorType"), message: text("errorMessage") })
}

async fn init_error() -> StatusCode {
    StatusCode::ACCEPTED
}

impl Desk {
    fn answered(&self, request: &str, answer: Answer) -> StatusCode {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(request);
        let Some(waiting) = waiting else {
            return StatusCode::BAD_REQUEST;
        };
        // Nobody waits any more after a kill; the function is told that all is well, as Lambda would.
        drop(waiting.send(answer));
        StatusCode::ACCEPTED
    }
}
