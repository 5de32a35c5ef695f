//! Event → orders to look at, request → router. No rules.

use crate::follow::{Followed, Which, follow};
use crate::{Deps, routes};
use axum::Router;
use domain::clock::Deadline;
use domain::failure::{Failure, FailureKind};
use domain::id::{OrganisationId, SystemId};
use domain::ports::Notice;
use domain::settings::Settings;
use events::Incoming;
use lambda_kit::{Invocation, Outcome};
use serde_json::{Value, json};
use std::sync::Arc;

/// The whole function: what comes over HTTP and what comes as an event.
#[derive(Clone)]
pub struct OrderIntake {
    deps: Arc<Deps>,
    router: Router,
}

impl OrderIntake {
    /// Builds the router, once.
    pub fn new(deps: Deps) -> Self {
        Self::from(Arc::new(deps))
    }

    /// Handles one invocation.
    pub async fn handle(&self, invocation: Invocation) -> Outcome {
        if !http_kit::gateway::is_http(&invocation.payload) {
            return handle(&self.deps, invocation).await;
        }
        match http_kit::gateway::answer(&self.router, invocation.payload).await {
            Ok(answer) => Outcome::Done(answer),
            Err(problem) => Outcome::terminal(&problem),
        }
    }
}

impl From<Arc<Deps>> for OrderIntake {
    fn from(deps: Arc<Deps>) -> Self {
        let router = routes::router(&deps);
        Self { deps, router }
    }
}

/// Handles one event.
pub async fn handle(deps: &Deps, invocation: Invocation) -> Outcome {
    let incoming = match Incoming::parse(&invocation.payload) {
        Ok(incoming) => incoming,
        Err(error) => return Outcome::terminal(&error),
    };
    let deadline = invocation.deadline;
    let followed = match incoming {
        Incoming::Scheduled => everywhere(deps, deadline).await,
        Incoming::Notice(Notice::OrderApproved { organisation, order }) => {
            somewhere(deps, &organisation, &Which::This(order), deadline).await
        }
        Incoming::Notice(Notice::SyncFinished { organisation, .. }) => {
            somewhere(deps, &organisation, &Which::Billing, deadline).await
        }
        Incoming::Notice(Notice::SyncRequested { .. } | Notice::SyncContinued { .. }) => {
            Ok(Followed::default())
        }
    };
    match followed {
        Ok(followed) => Outcome::Done(report(followed)),
        // The next holder of the lease does what is left.
        Err(failure) if failure.kind == FailureKind::LeaseLost => {
            Outcome::Done(json!({"outcome": "taken over"}))
        }
        Err(failure) => failure.into(),
    }
}

async fn everywhere(deps: &Deps, deadline: Deadline) -> Result<Followed, Failure> {
    let settings = settings(deps).await?;
    let (mut all, mut broken) = (Followed::default(), None);
    for organisation in &settings.organisations {
        match follow(deps, organisation, &Which::Every, deadline).await {
            Ok(followed) => all.add(followed),
            Err(failure) => {
                tracing::warn!(
                    organisation.id = %organisation.id, error = %failure,
                    "orders of {} are looked at again: {failure}", organisation.id
                );
                broken.get_or_insert(failure);
            }
        }
    }
    broken.map_or(Ok(all), Err)
}

async fn somewhere(
    deps: &Deps,
    organisation: &OrganisationId,
    which: &Which,
    deadline: Deadline,
) -> Result<Followed, Failure> {
    let settings = settings(deps).await?;
    let found = settings.find(organisation).ok_or_else(|| {
        let what = format!("organisation {organisation} is not in the settings");
        Failure::new(FailureKind::Refused, &SystemId::billbridge(), what)
    })?;
    follow(deps, found, which, deadline).await
}

async fn settings(deps: &Deps) -> Result<Settings, Failure> {
    Ok(deps.store.find_settings().await?.unwrap_or_default())
}

fn report(followed: Followed) -> Value {
    json!({
        "looked_at": followed.looked_at,
        "moved": followed.moved,
        "failed": followed.failed,
        "busy": followed.busy,
    })
}
