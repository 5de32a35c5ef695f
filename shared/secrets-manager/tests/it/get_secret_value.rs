use crate::wire::config;
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use domain::failure::{Failure, FailureKind};
use domain::secret::Secret;
use secrets_manager::SecretsManager;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What must not be seen in any message.
const HIDDEN: &str = "hunter2";

/// The secrets there are, or the error for one of them, by name.
fn answer(name: &str) -> (u16, Value) {
    let text = |text: &str| (200, json!({"Name": name, "ARN": "arn", "SecretString": text}));
    let error = |status, code: &str| (status, json!({"__type": code, "message": "in their words"}));
    match name {
        "billing" => text(r#"{"HOSTBILL_API_ID": "id", "HOSTBILL_API_KEY": "hunter2"}"#),
        "supplier" => text(r#"{"CRAYON_PASSWORD": "hunter2"}"#),
        "copy" => text(r#"{"HOSTBILL_API_KEY": "hunter2"}"#),
        "empty" => text("{}"),
        "plain" => text("hunter2"),
        "cut" => text(r#"{"HOSTBILL_API_KEY": "hunter2"#),
        "list" => text(r#"["hunter2"]"#),
        "number" => text(r#"{"HOSTBILL_API_KEY": 2, "OTHER": "hunter2"}"#),
        "binary" => (200, json!({"Name": name, "SecretBinary": "aHVudGVyMg=="})),
        "denied" => error(400, "AccessDeniedException"),
        "throttled" => error(400, "ThrottlingException"),
        "locked" => error(400, "DecryptionFailure"),
        "down" => error(500, "InternalServiceError"),
        _ => error(400, "ResourceNotFoundException"),
    }
}

async fn respond(headers: HeaderMap, body: Bytes) -> (StatusCode, [(&'static str, &'static str); 2], String) {
    assert_eq!(headers["x-amz-target"], "secretsmanager.GetSecretValue");
    let asked: Value = serde_json::from_slice(&body).unwrap();
    let (status, answer) = answer(asked["SecretId"].as_str().unwrap());
    let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amzn-requestid", "r-1")];
    (StatusCode::from_u16(status).unwrap(), headers, answer.to_string())
}

async fn load(names: &[&str]) -> Result<BTreeMap<String, Secret>, Failure> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let routes = Router::new().route("/", post(respond));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    SecretsManager::new(&config(&address).await).load(names).await
}

#[tokio::test]
async fn the_variables_of_all_secrets_are_put_together() {
    let loaded = load(&["billing", "empty", "supplier"]).await.unwrap();
    let shown: Vec<(&str, &str)> =
        loaded.iter().map(|(name, value)| (name.as_str(), value.expose())).collect();
    assert_eq!(
        shown,
        [("CRAYON_PASSWORD", "hunter2"), ("HOSTBILL_API_ID", "id"), ("HOSTBILL_API_KEY", "hunter2"),]
    );
    assert!(!format!("{loaded:?}").contains(HIDDEN));
}

#[tokio::test]
async fn no_names_need_no_secrets_manager() {
    let manager = SecretsManager::new(&config("http://127.0.0.1:1").await);
    assert_eq!(manager.load(&[] as &[&str]).await.unwrap(), BTreeMap::new());
}

#[tokio::test]
async fn every_problem_names_the_secret_and_never_its_content() {
    let table = [
        ("plain", FailureKind::Malformed, "it is no JSON: expected"),
        ("cut", FailureKind::Malformed, "it is no JSON: expected"),
        ("list", FailureKind::Malformed, "it is no JSON object"),
        ("number", FailureKind::Malformed, "the value of HOSTBILL_API_KEY is no text: put it in quotes"),
        ("binary", FailureKind::Malformed, "it is binary: store its JSON as text"),
        ("absent", FailureKind::NotFound, "ResourceNotFoundException: in their words"),
        ("denied", FailureKind::Unauthorised, "AccessDeniedException"),
        ("throttled", FailureKind::RateLimited(None), "ThrottlingException"),
        ("locked", FailureKind::Refused, "DecryptionFailure"),
        ("down", FailureKind::Unavailable, "InternalServiceError"),
    ];
    for (name, kind, expected) in table {
        let failure = load(&["supplier", name]).await.unwrap_err();
        let said = failure.to_string();
        assert_eq!(failure.kind, kind, "{said}");
        assert!(said.starts_with("secrets-manager: could not "), "{said}");
        assert!(said.contains(&format!("secret {name}: {expected}")), "{said}");
        assert!(said.ends_with("(request r-1)"), "{said}");
        assert!(!format!("{said} {failure:?}").contains(HIDDEN), "{said}");
    }
}

#[tokio::test]
async fn a_variable_in_two_secrets_is_ambiguous() {
    let failure = load(&["billing", "copy"]).await.unwrap_err();
    assert_eq!(
        failure.what,
        "could not use secret copy: another secret holds HOSTBILL_API_KEY already: keep one"
    );
}

#[tokio::test]
async fn without_a_connection_the_secret_is_named_too() {
    // Held, so that nobody else gets the port, and never listened on.
    let nobody = tokio::net::TcpSocket::new_v4().unwrap();
    nobody.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = format!("http://{}", nobody.local_addr().unwrap());
    let manager = SecretsManager::new(&config(&address).await);
    let failure = manager.load(&["billing"]).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotSent);
    assert_eq!(failure.what, "could not read secret billing: there is no connection to it");
}
