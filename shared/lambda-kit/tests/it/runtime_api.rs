//! `run` against a server that speaks Lambda's runtime API. The function is this same test binary, started
//! again with Lambda's variables: a process has only one environment.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use domain::clock::{Clock, Deadline};
use lambda_kit::env::Env;
use lambda_kit::{Invocation, Outcome, SystemClock};
use serde_json::{Value, json};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::mpsc;

/// Far more than it takes, so that a function that died does not hang the test.
const PATIENCE: Duration = Duration::from_mins(1);

const DEADLINE_MILLIS: &str = "4102444800000";

/// The function: does what the payload says.
async fn handle(invocation: Invocation) -> Outcome {
    assert!(invocation.deadline > Deadline(SystemClock.now()));
    match invocation.payload["do"].as_str() {
        Some("retry") => Outcome::Retry("billing is away".into()),
        Some("fail") => Outcome::Terminal("billing said no".into()),
        _ => Outcome::Done(json!({"request": invocation.request})),
    }
}

/// Does nothing in the test run; is the Lambda function when started as one.
#[tokio::test]
async fn as_a_function() {
    if Env::from_process().optional("AWS_LAMBDA_RUNTIME_API").is_none() {
        return;
    }
    lambda_kit::init_tracing();
    lambda_kit::run(handle).await.unwrap();
}

struct Lambda {
    waiting: Mutex<Vec<Value>>,
    said: mpsc::UnboundedSender<(String, String, Value)>,
}

async fn next(State(lambda): State<Arc<Lambda>>) -> axum::response::Response {
    let payload = lambda.waiting.lock().unwrap().pop();
    let Some(payload) = payload else {
        // Lambda freezes a function that has nothing to do.
        return std::future::pending().await;
    };
    let headers = [
        ("lambda-runtime-aws-request-id", payload["do"].as_str().unwrap().to_owned()),
        ("lambda-runtime-deadline-ms", DEADLINE_MILLIS.to_owned()),
    ];
    (headers, payload.to_string()).into_response()
}

async fn said(
    State(lambda): State<Arc<Lambda>>,
    Path((request, way)): Path<(String, String)>,
    body: Bytes,
) -> StatusCode {
    let body = serde_json::from_slice(&body).unwrap();
    lambda.said.send((request, way, body)).unwrap();
    StatusCode::ACCEPTED
}

#[tokio::test]
async fn lambda_hears_an_answer_an_error_to_retry_and_a_failure_it_must_not_retry() {
    let (sender, mut heard) = mpsc::unbounded_channel();
    let lambda = Arc::new(Lambda {
        waiting: Mutex::new(vec![json!({"do": "fail"}), json!({"do": "retry"}), json!({"do": "well"})]),
        said: sender,
    });
    let routes = Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{request}/{way}", post(said))
        .with_state(lambda);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move { axum::serve(listener, routes).await });

    let mut function = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "runtime_api::as_a_function", "--nocapture"])
        .env("AWS_LAMBDA_RUNTIME_API", address)
        .env("AWS_LAMBDA_FUNCTION_NAME", "sample")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
        .env("LOG_LEVEL", "info")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut told = Vec::new();
    while told.len() < 3 {
        let next = tokio::time::timeout(PATIENCE, heard.recv()).await;
        told.push(next.expect("the function speaks in time").unwrap());
    }
    function.kill().unwrap();
    let output = String::from_utf8(function.wait_with_output().unwrap().stdout).unwrap();

    let expected = [
        ("well", "response", json!({"request": "well"})),
        ("retry", "error", json!({"errorType": "Retry", "errorMessage": "billing is away"})),
        ("fail", "response", json!({"outcome": "terminal", "problem": "billing said no"})),
    ];
    let expected = expected.map(|(request, way, body)| (request.to_owned(), way.to_owned(), body));
    assert_eq!(told, expected);

    let logged: Vec<Value> = output.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let brief: Vec<_> = logged
        .iter()
        .map(|line| (&line["level"], &line["spans"][0]["request.id"], &line["problem"]))
        .collect();
    assert_eq!(
        brief,
        [
            (&json!("WARN"), &json!("retry"), &json!("billing is away")),
            (&json!("ERROR"), &json!("fail"), &json!("billing said no")),
        ],
        "{output}"
    );
}
