//! Lambda entry point: read the configuration, wire the adapters, run.

use bus_eventbridge::EventBridgeBus;
use connections::Connections;
use lambda_kit::env::{ConfigProblems, Env};
use lambda_kit::{Error, SystemClock};
use secrets_manager::SecretsManager;
use std::sync::Arc;
use store_dynamodb::DynamoStore;
use subscription_sync::{Config, Deps, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_kit::init_tracing();
    let env = Env::from_process();
    let aws = aws_kit::function_config(|name| env.optional(name));
    let secrets = SecretsManager::new(&aws).load(&env.list("BILLBRIDGE_SECRETS")).await?;
    let env = env.with_layer(secrets);
    let clock = Arc::new(SystemClock);
    let connections = Connections::from_env(&env, clock.clone());
    let (config, Connections { sources, billing, .. }) =
        ConfigProblems::both(Config::from_env(&env), connections)?;

    let deps = Deps {
        sources,
        billing,
        store: DynamoStore::new(&aws, config.table),
        bus: Arc::new(EventBridgeBus::new(&aws, config.bus)),
        clock,
        entropy: || fastrand::u64(..),
        limits: config.limits,
    };

    lambda_kit::run(|invocation| Box::pin(handle(&deps, invocation))).await
}
