//! The configuration of a function: everything Lambda tells it stands in its environment, so the rest of the
//! SDK's search (profiles, single sign-on, instance metadata) is neither linked nor waited for.

use crate::{ATTEMPTS, SdkConfig, timeouts, trust};
use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};
use std::collections::BTreeMap;

/// Variables that name a service's address, such as `AWS_ENDPOINT_URL_DYNAMODB`; set where AWS is emulated.
#[derive(Debug)]
struct Endpoints(BTreeMap<String, String>);

impl LoadServiceConfig for Endpoints {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let service = key.service_id().to_uppercase().replace(' ', "_");
        self.0.get(&format!("{}_{service}", key.env())).or_else(|| self.0.get(key.env())).cloned()
    }
}

/// The configuration that the environment gives a function. `variable` reads one variable; region, credentials
/// and addresses are taken from the names that AWS documents (`AWS_REGION`, `AWS_ENDPOINT_URL…`).
pub fn function_config(variable: impl Fn(&str) -> Option<String>) -> SdkConfig {
    let names = ["", "_DYNAMODB", "_EVENTBRIDGE", "_SECRETS_MANAGER"];
    let endpoints = names.iter().filter_map(|service| {
        let name = format!("AWS_ENDPOINT_URL{service}");
        let address = variable(&name)?;
        Some((name, address))
    });
    let region = variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION"));
    let credentials = SharedCredentialsProvider::new(EnvironmentVariableCredentialsProvider::new());
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(region.map(Region::new))
        .credentials_provider(credentials)
        .http_client(trust::http_client())
        .service_config(Endpoints(endpoints.collect()))
        .timeout_config(timeouts())
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
        .build()
}
