//! Lambda entry point: read the configuration, wire the adapters, run.

use bus_eventbridge::EventBridgeBus;
use connections::Keeper;
use domain::ports::PersonalSecrets;
use lambda_kit::env::Env;
use lambda_kit::{Error, SystemClock};
use order_intake::{Config, Deps, Limits, OrderIntake};
use secrets_manager::{NamedSecrets, PeoplesSecrets, SecretsManager};
use std::sync::Arc;
use store_dynamodb::DynamoStore;

fn main() -> std::process::ExitCode {
    lambda_kit::start(serve)
}

async fn serve(env: Env) -> Result<(), Error> {
    let aws = aws_kit::function_config(|name| env.optional(name));
    let manager = SecretsManager::new(&aws);
    let names = env.list("BILLBRIDGE_SECRETS");
    let secrets = Arc::new(NamedSecrets { manager: manager.clone(), names });
    let clock = Arc::new(SystemClock);
    let (connections, config) = Keeper::begin(env, secrets, clock.clone(), Config::from_env).await?;
    let store = Arc::new(DynamoStore::connected(&aws, config.table.clone()).await);
    let people =
        |prefix: &String| -> Arc<dyn PersonalSecrets> { Arc::new(PeoplesSecrets::new(manager, prefix)) };

    let intake = OrderIntake::new(Deps {
        access: config.access(store.clone(), clock.clone()),
        personal: config.personal_secrets.as_ref().map(people),
        store,
        bus: Arc::new(EventBridgeBus::new(&aws, config.bus)),
        connections: Arc::new(connections),
        clock,
        entropy: || fastrand::u64(..),
        limits: Limits::default(),
    });

    lambda_kit::run(|invocation| Box::pin(intake.handle(invocation))).await
}
