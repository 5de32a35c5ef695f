//! Loads the AWS configuration, once, with limits that suit a function that must stop in time.

pub mod failure;
mod function;
mod trust;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, ConfigLoader};
use aws_credential_types::Credentials;
use std::time::Duration;

pub use aws_config::SdkConfig;
pub use function::function_config;

/// How long making a connection may take.
pub const CONNECT: Duration = Duration::from_secs(2);
/// How long one attempt of a call may take.
pub const ATTEMPT: Duration = Duration::from_secs(5);
/// How long a call may take with all its attempts.
pub const CALL: Duration = Duration::from_secs(20);
/// How often a call is attempted, where AWS says that attempting again is safe.
pub const ATTEMPTS: u32 = 3;

/// The configuration of a person's machine: environment, profile, single sign-on. A function uses
/// [`function_config`].
pub async fn load() -> SdkConfig {
    loader().load().await
}

/// The configuration for a service that runs beside us, at this address: the same limits, a region of no
/// consequence, and credentials that open nothing.
pub async fn load_at(endpoint: &str) -> SdkConfig {
    let credentials = Credentials::new("embedded", "embedded", None, None, "embedded");
    loader().endpoint_url(endpoint).region("eu-west-1").credentials_provider(credentials).load().await
}

/// What [`load`] loads, before it is loaded: for a local edition that names its own endpoint.
pub fn loader() -> ConfigLoader {
    aws_config::defaults(BehaviorVersion::latest())
        .timeout_config(timeouts())
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
}

fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(CALL)
        .build()
}
