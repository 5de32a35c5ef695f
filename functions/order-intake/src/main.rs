//! Lambda entry point: read the configuration, wire the adapters, run.

use bus_eventbridge::EventBridgeBus;
use connections::{Connections, Keeper};
use domain::ports::{PersonalSecrets, VariableSource};
use lambda_kit::env::{ConfigProblems, Env};
use lambda_kit::{Error, SystemClock};
use order_intake::{Config, Deps, Limits, OrderIntake};
use secrets_manager::{NamedSecrets, PeoplesSecrets, SecretsManager};
use std::sync::Arc;
use store_dynamodb::DynamoStore;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_kit::init_tracing();
    let env = Env::from_process();
    let aws = aws_kit::function_config(|name| env.optional(name));
    let manager = SecretsManager::new(&aws);
    let secrets = NamedSecrets { manager: manager.clone(), names: env.list("BILLBRIDGE_SECRETS") };
    let (clock, whole) = (Arc::new(SystemClock), env.clone().with_layer(secrets.variables().await?));
    let connections = Connections::from_env(&whole, clock.clone());
    let (config, _) = ConfigProblems::both(Config::from_env(&whole), connections)?;
    let store = Arc::new(DynamoStore::connected(&aws, config.table.clone()).await);
    let people =
        |prefix: &String| -> Arc<dyn PersonalSecrets> { Arc::new(PeoplesSecrets::new(manager, prefix)) };

    let intake = OrderIntake::new(Deps {
        access: config.access(store.clone(), clock.clone()),
        personal: config.personal_secrets.as_ref().map(people),
        store,
        bus: Arc::new(EventBridgeBus::new(&aws, config.bus)),
        connections: Arc::new(Keeper::new(env, Arc::new(secrets), clock.clone())),
        clock,
        entropy: || fastrand::u64(..),
        limits: Limits::default(),
    });

    lambda_kit::run(|invocation| Box::pin(intake.handle(invocation))).await
}
