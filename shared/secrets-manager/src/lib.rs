//! Credentials in AWS Secrets Manager.
//!
//! The house's own are read: a secret is a JSON object of variable and value,
//! `{"HOSTBILL_API_ID": "…", "HOSTBILL_API_KEY": "…"}`, read once ([`SecretsManager::load`]) or again and again
//! ([`NamedSecrets`]). People's own are kept and removed as well ([`PeoplesSecrets`]). Problems name the secret and
//! at most a variable, never a value.

mod named;
mod personal;

pub use named::NamedSecrets;
pub use personal::PeoplesSecrets;

use aws_kit::{SdkConfig, failure};
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::operation::RequestId as _;
use domain::failure::{Failure, FailureKind};
use domain::id::SystemId;
use domain::secret::Secret;
use serde_json::Value;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::LazyLock;

pub(crate) static SYSTEM: LazyLock<SystemId> = LazyLock::new(|| match "secrets-manager".parse() {
    Ok(system) => system,
    Err(_) => unreachable!("lower-case letters and '-' are a system's name"),
});

/// The account's secrets.
#[derive(Debug, Clone)]
pub struct SecretsManager {
    pub(crate) client: Client,
}

impl SecretsManager {
    /// The secrets that this configuration may read.
    pub fn new(config: &SdkConfig) -> Self {
        Self { client: Client::new(config) }
    }

    /// The variables of these secrets, by name or ARN, put together. A variable that two of them hold is an
    /// error: nobody could say which one counts.
    pub async fn load(&self, names: &[impl AsRef<str>]) -> Result<BTreeMap<String, Secret>, Failure> {
        let mut variables = BTreeMap::new();
        for name in names.iter().map(AsRef::as_ref) {
            for (variable, value) in self.read(name).await? {
                match variables.entry(variable) {
                    Entry::Vacant(free) => free.insert(value),
                    Entry::Occupied(taken) => {
                        let what = format!("another secret holds {} already: keep one", taken.key());
                        return Err(malformed(name, &what));
                    }
                };
            }
        }
        Ok(variables)
    }

    async fn read(&self, name: &str) -> Result<BTreeMap<String, Secret>, Failure> {
        let sent = self.client.get_secret_value().secret_id(name).send().await;
        let answer = sent.map_err(|error| {
            let what = format!("read secret {name}");
            failure::failure(&SYSTEM, &what, &error)
        })?;
        let read = answer
            .secret_string()
            .ok_or_else(|| malformed(name, "it is binary: store its JSON as text"))
            .and_then(|text| variables(name, text));
        read.map_err(|failure| Failure { request: answer.request_id().map(str::to_owned), ..failure })
    }
}

fn variables(name: &str, text: &str) -> Result<BTreeMap<String, Secret>, Failure> {
    let Ok(parsed) = serde_json::from_str(text) else {
        // The parser's own words could quote what it met.
        return Err(malformed(name, "it is no JSON: expected an object of variable and value"));
    };
    let Value::Object(fields) = parsed else {
        return Err(malformed(name, "it is no JSON object of variable and value"));
    };
    let mut variables = BTreeMap::new();
    for (variable, value) in fields {
        let Value::String(value) = value else {
            return Err(malformed(name, &format!("the value of {variable} is no text: put it in quotes")));
        };
        variables.insert(variable, Secret::new(value));
    }
    Ok(variables)
}

pub(crate) fn malformed(name: &str, what: &str) -> Failure {
    Failure::new(FailureKind::Malformed, &SYSTEM, format!("could not use secret {name}: {what}"))
}
