//! A Secrets Manager that keeps secrets, as far as they are asked for here.

use aws_kit::SdkConfig;
use aws_sdk_secretsmanager::config::retry::RetryConfig;
use aws_sdk_secretsmanager::config::{Credentials, Region, SharedCredentialsProvider};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use secrets_manager::SecretsManager;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

pub(crate) async fn config(address: &str) -> SdkConfig {
    let credentials = Credentials::new("id", "key", None, None, "test");
    aws_kit::loader()
        .endpoint_url(address)
        .retry_config(RetryConfig::disabled())
        .region(Region::new("eu-west-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .load()
        .await
}

/// A secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) text: String,
    pub(crate) marked_for_deletion: bool,
}

#[derive(Default)]
pub(crate) struct Model {
    pub(crate) secrets: BTreeMap<String, Kept>,
    /// What was asked: the operation and the secret.
    pub(crate) asked: Vec<(String, String)>,
    /// Errors for the next requests of an operation.
    pub(crate) errors: Vec<(&'static str, u16, &'static str)>,
    /// Somebody else creates the secret just before the next `CreateSecret` does.
    pub(crate) outrun: bool,
    /// Whether the last removal left a window for recovery.
    pub(crate) recoverable: Option<bool>,
}

/// A running Secrets Manager.
pub(crate) struct Fake {
    pub(crate) model: Arc<Mutex<Model>>,
    pub(crate) manager: SecretsManager,
}

impl Fake {
    pub(crate) async fn start() -> Self {
        let model = Arc::new(Mutex::new(Model::default()));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let routes = Router::new().route("/", post(respond)).with_state(Arc::clone(&model));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { model, manager: SecretsManager::new(&config(&address).await) }
    }

    pub(crate) fn with<R>(&self, f: impl FnOnce(&mut Model) -> R) -> R {
        f(&mut self.model.lock().unwrap())
    }

    /// The operations that were asked for since the last time.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.with(|model| model.asked.drain(..).map(|(operation, _)| operation).collect())
    }

    pub(crate) fn store(&self, name: &str, text: &str) {
        let kept = Kept { text: text.to_owned(), marked_for_deletion: false };
        self.with(|model| model.secrets.insert(name.to_owned(), kept));
    }
}

type Answer = (StatusCode, [(&'static str, &'static str); 2], String);

async fn respond(State(model): State<Arc<Mutex<Model>>>, headers: HeaderMap, body: Bytes) -> Answer {
    let target = headers["x-amz-target"].to_str().unwrap();
    let operation = target.strip_prefix("secretsmanager.").unwrap();
    let asked: Value = serde_json::from_slice(&body).unwrap();
    let (status, said) = answer(&mut model.lock().unwrap(), operation, &asked);
    let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amzn-requestid", "r-1")];
    (StatusCode::from_u16(status).unwrap(), headers, said.to_string())
}

fn answer(model: &mut Model, operation: &str, asked: &Value) -> (u16, Value) {
    let name = asked["SecretId"].as_str().or(asked["Name"].as_str()).unwrap().to_owned();
    model.asked.push((operation.to_owned(), name.clone()));
    let error = |status, code: &str| (status, json!({"__type": code, "message": "in their words"}));
    if let Some(at) = model.errors.iter().position(|(of, _, _)| *of == operation) {
        let (_, status, code) = model.errors.remove(at);
        return error(status, code);
    }
    if operation == "CreateSecret" && model.outrun {
        model.outrun = false;
        let theirs = Kept { text: "{}".to_owned(), marked_for_deletion: false };
        model.secrets.insert(name.clone(), theirs);
    }
    let marked = model.secrets.get(&name).map(|kept| kept.marked_for_deletion);
    let text = || asked["SecretString"].as_str().unwrap().to_owned();
    match (operation, marked) {
        ("CreateSecret", Some(false)) => return error(400, "ResourceExistsException"),
        ("CreateSecret", None) => {
            model.secrets.insert(name.clone(), Kept { text: text(), marked_for_deletion: false });
        }
        ("DeleteSecret", _) => {
            let forced = asked["ForceDeleteWithoutRecovery"].as_bool().unwrap_or(false);
            model.recoverable = Some(!forced);
            if model.secrets.remove(&name).is_none() && !forced {
                return error(400, "ResourceNotFoundException");
            }
        }
        (_, Some(true)) => return error(400, "InvalidRequestException"),
        (_, None) => return error(400, "ResourceNotFoundException"),
        ("PutSecretValue", Some(false)) => {
            model.secrets.get_mut(&name).unwrap().text = text();
        }
        ("GetSecretValue", Some(false)) => {
            return (200, json!({"Name": name, "ARN": "arn", "SecretString": model.secrets[&name].text}));
        }
        (other, _) => panic!("{other} is not spoken here"),
    }
    (200, json!({"Name": name, "ARN": "arn"}))
}
