//! Lambda entry point: read the configuration, wire the adapters, run.

use bus_eventbridge::EventBridgeBus;
use connections::Keeper;
use connector_oidc::Oidc;
use lambda_kit::env::Env;
use lambda_kit::{Error, SystemClock};
use secrets_manager::{NamedSecrets, PeoplesSecrets, SecretsManager};
use std::sync::Arc;
use store_dynamodb::DynamoStore;
use web::{Adapters, Config, Document, Web, handle, router};

fn main() -> std::process::ExitCode {
    lambda_kit::start(serve)
}

async fn serve(env: Env) -> Result<(), Error> {
    let aws = aws_kit::function_config(|name| env.optional(name));
    let (manager, names) = (SecretsManager::new(&aws), env.list("BILLBRIDGE_SECRETS"));
    let config = Config::from_env(&env.clone().with_layer(manager.load(&names).await?))?;
    let clock = Arc::new(SystemClock);

    let identity = config.identity.map(|oidc| -> Result<_, Error> {
        Ok(Arc::new(Oidc::new(connector_kit::http_client()?, clock.clone(), oidc)?) as _)
    });
    let secrets = Arc::new(NamedSecrets { manager: manager.clone(), names });
    let adapters = Adapters {
        store: Arc::new(DynamoStore::connected(&aws, config.table).await),
        bus: Arc::new(EventBridgeBus::new(&aws, config.bus)),
        connections: Arc::new(Keeper::new(env, secrets, clock.clone())),
        identity: identity.transpose()?,
        personal: config.personal.map(|prefix| Arc::new(PeoplesSecrets::new(manager, prefix)) as _),
        clock,
        entropy: || fastrand::u64(..),
    };
    let document = Document::from_json(include_str!("../../../infra/openapi.json"));
    let router = router(&Arc::new(Web::new(adapters, config.front, document)));

    lambda_kit::run(|invocation| Box::pin(handle(&router, invocation))).await
}
