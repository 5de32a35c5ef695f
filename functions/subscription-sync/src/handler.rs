//! Event → command, run → answer. No rules.

use crate::{Command, Deps, Store, sync};
use domain::clock::Deadline;
use domain::failure::Failure;
use domain::ports::Notice;
use domain::run::{Run, RunMode, RunState};
use events::Incoming;
use lambda_kit::{Invocation, Outcome};
use serde_json::{Value, json};

/// Who asks when nobody in particular does.
const SCHEDULE: &str = "schedule";

/// Handles one invocation.
pub async fn handle<S: Store>(deps: &Deps<S>, invocation: Invocation) -> Outcome {
    let incoming = match Incoming::parse(&invocation.payload) {
        Ok(incoming) => incoming,
        Err(error) => return Outcome::terminal(&error),
    };
    let answered = match incoming {
        Incoming::Scheduled => scheduled(deps, invocation.deadline).await,
        Incoming::Notice(notice) => match command(notice) {
            Some(command) => sync(deps, &command, invocation.deadline).await.map(|run| report(&run)),
            None => Ok(json!({"outcome": "nothing to do"})),
        },
    };
    answered.into()
}

/// One organisation is synced here and now; several side by side, one message each.
async fn scheduled<S: Store>(deps: &Deps<S>, deadline: Deadline) -> Result<Value, Failure> {
    let settings = deps.store.find_settings().await?.unwrap_or_default();
    let start = |organisation| Command::Start {
        organisation,
        mode: RunMode::Sync,
        actor: SCHEDULE.to_owned(),
        run: None,
    };
    let ids: Vec<_> = settings.organisations.iter().map(|organisation| organisation.id.clone()).collect();
    if let [only] = ids.as_slice() {
        return sync(deps, &start(only.clone()), deadline).await.map(|run| report(&run));
    }
    for organisation in &ids {
        let (organisation, mode, actor) = (organisation.clone(), RunMode::Sync, SCHEDULE.to_owned());
        deps.bus.publish(&Notice::SyncRequested { organisation, mode, actor, run: None }).await?;
    }
    Ok(json!({"outcome": "requested", "organisations": ids.len()}))
}

fn command(notice: Notice) -> Option<Command> {
    match notice {
        Notice::SyncRequested { organisation, mode, actor, run } => {
            Some(Command::Start { organisation, mode, actor, run })
        }
        Notice::SyncContinued { organisation, run, checkpoint } => {
            Some(Command::Continue { organisation, run, checkpoint })
        }
        Notice::SyncFinished { .. } | Notice::OrderApproved { .. } => None,
    }
}

/// The answer: enough to find the run's report.
fn report(run: &Run) -> Value {
    let why = match &run.state {
        RunState::Refused(why) | RunState::Failed(why) => Some(why.as_str()),
        RunState::Requested
        | RunState::Running
        | RunState::Continued { .. }
        | RunState::AwaitingApproval
        | RunState::Finished => None,
    };
    json!({
        "run": run.id.as_str(),
        "organisation": run.organisation.as_str(),
        "state": run.state.word(),
        "why": why,
        "plan": run.plan.as_ref().map(domain::plan::PlanHash::as_str),
        "observed": run.counts.observed,
        "unchanged": run.counts.unchanged,
        "created": run.counts.created + run.counts.adopted,
        "changed": run.counts.changed,
        "left": run.counts.left,
    })
}
