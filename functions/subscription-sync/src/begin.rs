//! Begin: which run a command is about, whether it is still to be done, and the right to do it.

use crate::{Command, Deps, Store};
use domain::failure::{Failure, FailureKind};
use domain::id::{OrganisationId, RunId, SystemId};
use domain::journal::{Held, Lease};
use domain::run::{Run, RunMode, RunState};
use tracing::{info, warn};

/// What became of a command.
pub(crate) enum Begun {
    /// The run is to be done here and now.
    Here {
        /// The run.
        run: Run,
        /// Whether somebody looks for its report under its number already.
        awaited: bool,
    },
    /// Somebody else has begun it already; the run as it stands.
    Elsewhere(Run),
}

/// The run of a command. At-least-once delivery ends here: of a run that was asked for by its number, and of
/// each checkpoint, there is one taker.
pub(crate) async fn begin<S: Store>(deps: &Deps<S>, command: &Command) -> Result<Begun, Failure> {
    match command {
        Command::Start { organisation, mode, actor, run } => {
            let id = run.clone().unwrap_or_else(|| RunId::new(deps.clock.now(), (deps.entropy)()));
            let fresh = new_run(deps, id, organisation, mode, actor);
            if run.is_some() {
                return asked_for(deps, fresh).await;
            }
            Ok(Begun::Here { run: fresh, awaited: false })
        }
        Command::Continue { organisation, run, checkpoint } => {
            take_over(deps, organisation, run, *checkpoint).await
        }
    }
}

fn new_run<S>(deps: &Deps<S>, id: RunId, organisation: &OrganisationId, mode: &RunMode, actor: &str) -> Run {
    let now = deps.clock.now();
    let run = Run::requested(id, organisation.clone(), mode.clone(), actor.to_owned(), now);
    Run { state: RunState::Running, ..run }
}

/// A run whose number somebody was told: it waits in the table, and only its first taker does it. One that is
/// not there was never promised to anybody and is done like any other.
async fn asked_for<S: Store>(deps: &Deps<S>, fresh: Run) -> Result<Begun, Failure> {
    let (organisation, id) = (&fresh.organisation, &fresh.id);
    let Some(stored) = deps.store.find_run(organisation, id).await? else {
        return Ok(Begun::Here { run: fresh, awaited: false });
    };
    let waits = stored.state == RunState::Requested;
    if waits && deps.store.claim_run(organisation, id, 0).await? {
        return Ok(Begun::Here { run: fresh, awaited: true });
    }
    info!(run.id = %id, "run {id} went on already");
    Ok(Begun::Elsewhere(if waits { as_it_stands(deps, stored).await? } else { stored }))
}

/// The run to go on with, or the run as it stands where someone else already did.
async fn take_over<S: Store>(
    deps: &Deps<S>,
    organisation: &OrganisationId,
    id: &RunId,
    checkpoint: u32,
) -> Result<Begun, Failure> {
    let run = deps.store.find_run(organisation, id).await?;
    let run = run.ok_or_else(|| refuse(format!("there is no run {id} to continue")))?;
    let here = run.state == RunState::Continued { checkpoint };
    if here && deps.store.claim_run(organisation, id, checkpoint).await? {
        return Ok(Begun::Here { run, awaited: true });
    }
    info!(run.id = %id, checkpoint, "run {id} went on from checkpoint {checkpoint} already");
    Ok(Begun::Elsewhere(run))
}

async fn as_it_stands<S: Store>(deps: &Deps<S>, before: Run) -> Result<Run, Failure> {
    Ok(deps.store.find_run(&before.organisation, &before.id).await?.unwrap_or(before))
}

/// Takes the right to write in an organisation, or takes it anew. A run that had it and never gave it back has ended;
/// one that has reported its end and did not come to giving it back needs it no more.
pub(crate) async fn take_lease<S: Store>(
    deps: &Deps<S>,
    organisation: &OrganisationId,
    run: &RunId,
) -> Result<Result<Lease, Held>, Failure> {
    let now = deps.clock.now();
    let until = now.checked_add(deps.limits.lease).unwrap_or(now);
    let name = format!("sync/{organisation}");
    let mut taken = deps.store.acquire(&name, run, now, until).await?;
    if let Err(Held(theirs)) = &taken
        && has_ended(deps, organisation, &theirs.holder).await?
    {
        deps.store.release(theirs).await?;
        taken = deps.store.acquire(&name, run, now, until).await?;
    }
    if let Ok(Lease { broken_off: Some(broken), .. }) = &taken {
        break_off(deps, organisation, broken, run).await;
    }
    Ok(taken)
}

async fn has_ended<S: Store>(
    deps: &Deps<S>,
    organisation: &OrganisationId,
    run: &RunId,
) -> Result<bool, Failure> {
    let known = deps.store.find_run(organisation, run).await?;
    Ok(known.is_some_and(|run| run.state.has_ended()))
}

/// Ends the report of a run that ended without one, so that nobody waits for it. What it left is found by the run
/// that comes after it, whether or not this can be written.
async fn break_off<S: Store>(deps: &Deps<S>, organisation: &OrganisationId, broken: &RunId, by: &RunId) {
    let ended = async {
        let Some(run) = deps.store.find_run(organisation, broken).await? else { return Ok(()) };
        let how = match run.state {
            RunState::Running => "its process ended before it did",
            RunState::Continued { .. } => "nobody went on from its checkpoint in time",
            RunState::Requested
            | RunState::AwaitingApproval
            | RunState::Finished
            | RunState::Refused(_)
            | RunState::Failed(_) => return Ok(()),
        };
        let why = format!("{how}; run {by} came after it, and what was left is planned anew");
        warn!(run.id = %broken, organisation.id = %organisation, "run {broken} was broken off, {why}");
        deps.store.put_run(&Run { state: RunState::Failed(why), updated: deps.clock.now(), ..run }).await
    };
    let ended: Result<(), Failure> = ended.await;
    if let Err(failure) = ended {
        warn!(run.id = %broken, error = %failure, "the report of run {broken} stays open: {failure}");
    }
}

pub(crate) fn refuse(what: impl Into<String>) -> Failure {
    Failure::new(FailureKind::Refused, &SystemId::billbridge(), what)
}
