//! Lambda entry point: read the configuration, wire the adapters, run.

use bus_eventbridge::EventBridgeBus;
use connections::Keeper;
use lambda_kit::env::Env;
use lambda_kit::{Error, SystemClock};
use secrets_manager::{NamedSecrets, SecretsManager};
use std::sync::Arc;
use store_dynamodb::DynamoStore;
use subscription_sync::{Config, Deps, handle};

fn main() -> std::process::ExitCode {
    lambda_kit::start(serve)
}

async fn serve(env: Env) -> Result<(), Error> {
    let aws = aws_kit::function_config(|name| env.optional(name));
    let names = env.list("BILLBRIDGE_SECRETS");
    let secrets = Arc::new(NamedSecrets { manager: SecretsManager::new(&aws), names });
    let clock = Arc::new(SystemClock);
    let (connections, config) = Keeper::begin(env, secrets, clock.clone(), Config::from_env).await?;

    let deps = Deps {
        connections: Arc::new(connections),
        store: DynamoStore::connected(&aws, config.table).await,
        bus: Arc::new(EventBridgeBus::new(&aws, config.bus)),
        clock,
        entropy: || fastrand::u64(..),
        limits: config.limits,
    };

    lambda_kit::run(|invocation| Box::pin(handle(&deps, invocation))).await
}
