use aws_kit::SdkConfig;
use aws_sdk_eventbridge::config::retry::RetryConfig;
use aws_sdk_eventbridge::config::{Credentials, Region, SharedCredentialsProvider};
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use bus_eventbridge::EventBridgeBus;
use domain::failure::{Failure, FailureKind};
use domain::ports::{Bus, Notice};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

type Heard = Arc<Mutex<Vec<(String, Value)>>>;

/// An EventBridge that always answers the same, and remembers what it was asked.
async fn eventbridge(status: u16, answer: Value) -> (String, Heard) {
    let heard = Heard::default();
    let remember = heard.clone();
    let answering = move |headers: HeaderMap, body: Bytes| async move {
        let target = headers["x-amz-target"].to_str().unwrap().to_owned();
        let asked = serde_json::from_slice(&body).unwrap();
        remember.lock().unwrap().push((target, asked));
        let headers = [
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amzn-requestid", "11111111-2222-3333-4444-555555555555"),
        ];
        (StatusCode::from_u16(status).unwrap(), headers, answer.to_string())
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let routes = Router::new().route("/", post(answering));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (address, heard)
}

async fn config(address: &str) -> SdkConfig {
    let credentials = Credentials::new("id", "key", None, None, "test");
    aws_kit::loader()
        .endpoint_url(address)
        .retry_config(RetryConfig::disabled())
        .region(Region::new("eu-west-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .load()
        .await
}

async fn publish(address: &str) -> Result<(), Failure> {
    let notice = Notice::SyncContinued {
        organisation: "nordic".parse().unwrap(),
        run: "run_1793836800000a1b2c3".parse().unwrap(),
        checkpoint: 2,
    };
    let bus = EventBridgeBus::new(&config(address).await, "billbridge");
    bus.publish(&notice).await
}

async fn refused(status: u16, answer: Value) -> Failure {
    let (address, _) = eventbridge(status, answer).await;
    publish(&address).await.unwrap_err()
}

#[tokio::test]
async fn a_notice_arrives_as_one_entry() {
    let answer = json!({"FailedEntryCount": 0, "Entries": [{"EventId": "e-1"}]});
    let (address, heard) = eventbridge(200, answer).await;

    publish(&address).await.unwrap();

    let heard = heard.lock().unwrap();
    let [(target, asked)] = heard.as_slice() else {
        panic!("asked once: {heard:?}");
    };
    assert_eq!(target, "AWSEvents.PutEvents");
    let entry = &asked["Entries"][0];
    assert_eq!(asked["Entries"].as_array().unwrap().len(), 1);
    assert_eq!(entry["EventBusName"], "billbridge");
    assert_eq!(entry["Source"], "billbridge");
    assert_eq!(entry["DetailType"], "sync.continued");
    let detail: Value = serde_json::from_str(entry["Detail"].as_str().unwrap()).unwrap();
    assert_eq!(
        detail,
        json!({"version": 1, "organisation": "nordic", "run": "run_1793836800000a1b2c3", "checkpoint": 2})
    );
}

#[tokio::test]
async fn an_entry_that_was_not_taken_is_a_failure_although_the_call_succeeded() {
    let table = [
        ("InternalFailure", FailureKind::Unavailable),
        ("ThrottlingException", FailureKind::RateLimited(None)),
        ("NotAuthorizedForSourceException", FailureKind::Unauthorised),
        ("MalformedDetail", FailureKind::Refused),
    ];
    for (code, kind) in table {
        let entry = json!({"ErrorCode": code, "ErrorMessage": "in their words"});
        let failure = refused(200, json!({"FailedEntryCount": 1, "Entries": [entry]})).await;
        assert_eq!(failure.kind, kind);
        assert_eq!(
            failure.to_string(),
            format!(
                "eventbridge: could not publish sync.continued on bus billbridge: {code}: in their words \
                 (request 11111111-2222-3333-4444-555555555555)"
            )
        );
    }
}

#[tokio::test]
async fn an_answer_that_does_not_say_it_was_taken_is_doubted() {
    for answer in [json!({}), json!({"FailedEntryCount": 1, "Entries": []})] {
        assert_eq!(refused(200, answer).await.kind, FailureKind::Malformed);
    }
}

#[tokio::test]
async fn throttling_may_be_tried_later() {
    let answer = json!({"__type": "ThrottlingException", "message": "Rate exceeded"});
    let failure = refused(400, answer).await;
    assert_eq!(failure.kind, FailureKind::RateLimited(None));
    assert!(failure.is_transient());
    assert_eq!(failure.request.as_deref(), Some("11111111-2222-3333-4444-555555555555"));
}

#[tokio::test]
async fn a_bus_that_does_not_exist_is_named() {
    let answer =
        json!({"__type": "ResourceNotFoundException", "message": "Event bus billbridge does not exist."});
    let failure = refused(400, answer).await;
    assert_eq!(failure.kind, FailureKind::NotFound);
    assert!(failure.what.contains("bus billbridge"), "{failure}");
}

#[tokio::test]
async fn missing_rights_are_not_worth_a_second_attempt() {
    let answer =
        json!({"__type": "AccessDeniedException", "message": "not authorized to perform: events:PutEvents"});
    let failure = refused(400, answer).await;
    assert_eq!(failure.kind, FailureKind::Unauthorised);
    assert!(!failure.is_transient());
}

#[tokio::test]
async fn an_eventbridge_that_is_down_is_unavailable() {
    let answer = json!({"__type": "InternalException", "message": "sorry"});
    assert_eq!(refused(500, answer).await.kind, FailureKind::Unavailable);
}

#[tokio::test]
async fn without_a_connection_nothing_was_sent() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let failure = publish(&address).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotSent, "{failure}");
    assert!(failure.is_transient());
}
