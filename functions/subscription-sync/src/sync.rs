//! The use case: lease → observe → plan → brake → (dry run | wait for approval | apply) → run report.

use crate::apply::{Applied, Apply};
use crate::begin::{Begun, begin, refuse, take_lease};
use crate::planning::Planned;
use crate::provide::Missing;
use crate::{Command, Deps, Store};
use connections::Connections;
use domain::brake::Reach;
use domain::clock::Deadline;
use domain::digest::SubscriptionKey;
use domain::failure::{Failure, FailureKind};
use domain::id::{OrganisationId, SystemId};
use domain::index::DigestIndex;
use domain::journal::{Held, Lease};
use domain::ports::{IndexChange, Notice};
use domain::run::{Coverage, OrderedBilling, Run, RunMode, RunState};
use domain::settings::{Approval, Organisation, Settings};
use jiff::civil::Date;
use std::collections::HashMap;
use std::sync::Arc;
use tracing::{Instrument as _, debug_span, info, warn};

/// A run in progress.
pub(crate) struct Work<'a, S> {
    pub(crate) deps: &'a Deps<S>,
    pub(crate) connections: Arc<Connections>,
    pub(crate) settings: &'a Settings,
    pub(crate) organisation: &'a Organisation,
    pub(crate) deadline: Deadline,
    pub(crate) lease: Lease,
    pub(crate) run: Run,
    /// Whether the plan is stored and changes are made.
    applying: bool,
}

/// How many runs are looked at for one that was at work meanwhile.
const LATEST: u32 = 100;

/// Runs one command to its end or to a checkpoint, and leaves a report. A run that was asked for by its number
/// leaves it under that number, whatever happens.
///
/// # Errors
/// When the run could not be carried out for a reason that may pass; the report, where one could be written,
/// says so too.
pub async fn sync<S: Store>(deps: &Deps<S>, command: &Command, deadline: Deadline) -> Result<Run, Failure> {
    let ready = match ready(deps, command.organisation()).await {
        // Somebody was told where the report will be: it has to say this.
        Err(failure) if command.is_asked_for() => Err(failure),
        ready => Ok(ready?),
    };
    let (run, awaited) = match begin(deps, command).await? {
        Begun::Here { run, awaited } => (run, awaited),
        Begun::Elsewhere(run) => return Ok(run),
    };
    let span = debug_span!(
        "run", run.id = %run.id, organisation.id = %run.organisation, run.mode = run.mode.word()
    );
    begun(deps, command, deadline, (run, awaited), ready).instrument(span).await
}

/// From the beginning to the end or a checkpoint.
async fn begun<S: Store>(
    deps: &Deps<S>,
    command: &Command,
    deadline: Deadline,
    (run, awaited): (Run, bool),
    ready: Result<Ready, Failure>,
) -> Result<Run, Failure> {
    let Ready { settings, organisation, connections } = match ready {
        Ok(ready) => ready,
        Err(failure) if awaited => return Err(failed(deps, run, failure).await),
        Err(failure) => return Err(failure),
    };
    let lease = match take_lease(deps, &organisation.id, &run.id).await {
        Ok(Ok(lease)) => lease,
        Ok(Err(Held(theirs))) => {
            let (by, until) = (&theirs.holder, theirs.until);
            let why = format!("run {by} is at work until {until} at most; try again then");
            return finish(deps, Run { state: RunState::Refused(why), ..run }).await;
        }
        Err(failure) => return Err(failed(deps, run, failure).await),
    };
    let mut work = Work {
        deps,
        connections,
        settings: &settings,
        organisation: &organisation,
        deadline,
        lease,
        run,
        applying: false,
    };
    let state = match work.carry_out(command).await {
        Ok(state) => state,
        Err(failure) => {
            let Work { lease, run, .. } = work;
            let failure = failed(deps, run, failure).await;
            if failure.kind != FailureKind::LeaseLost {
                release(deps, &lease).await;
            }
            return Err(failure);
        }
    };
    let reported = report(deps, Run { state, ..work.run }).await;
    // A run that goes on keeps its lease until its next invocation takes it anew.
    if !matches!(&reported, Ok(Run { state: RunState::Continued { .. }, .. })) {
        release(deps, &work.lease).await;
    }
    work.run = reported?;
    tell(deps, &work.run).await?;
    work.count_if_due().await;
    Ok(work.run)
}

/// What every run needs before it begins.
struct Ready {
    settings: Settings,
    organisation: Organisation,
    connections: Arc<Connections>,
}

async fn ready<S: Store>(deps: &Deps<S>, id: &OrganisationId) -> Result<Ready, Failure> {
    let settings = deps.store.find_settings().await?.ok_or_else(|| {
        refuse("no settings are stored yet: write them with `billbridge settings apply FILE`")
    })?;
    let organisation = settings.find(id).cloned();
    let organisation =
        organisation.ok_or_else(|| refuse(format!("organisation {id} is not in the settings")))?;
    Ok(Ready { settings, organisation, connections: deps.connections.current().await? })
}

/// Writes the report of a run that ended early, and gives the reason back.
async fn failed<S: Store>(deps: &Deps<S>, run: Run, failure: Failure) -> Failure {
    let report = Run { state: RunState::Failed(failure.to_string()), ..run };
    if let Err(second) = finish(deps, report).await {
        warn!(error = %second, "the failed run's report could not be written: {second}");
    }
    failure
}

async fn release<S: Store>(deps: &Deps<S>, lease: &Lease) {
    if let Err(failure) = deps.store.release(lease).await {
        warn!(error = %failure, "the lease could not be given back and runs out by itself: {failure}");
    }
}

async fn finish<S: Store>(deps: &Deps<S>, run: Run) -> Result<Run, Failure> {
    let run = report(deps, run).await?;
    tell(deps, &run).await?;
    Ok(run)
}

/// Writes how a run ended. Before its lease is given back: whose process is killed in between has said it.
async fn report<S: Store>(deps: &Deps<S>, mut run: Run) -> Result<Run, Failure> {
    run.updated = deps.clock.now();
    deps.store.put_run(&run).await?;
    Ok(run)
}

/// Says how a run ended, in the log and to whoever waits for it.
async fn tell<S: Store>(deps: &Deps<S>, run: &Run) -> Result<(), Failure> {
    let (id, organisation, state) = (&run.id, &run.organisation, run.state.word());
    let duration_ms = run.updated.duration_since(run.started).as_millis();
    let counts = &run.counts;
    info!(
        run.id = %id, organisation.id = %organisation, run.state = state, run.mode = run.mode.word(),
        pages = counts.pages, observed = counts.observed, unchanged = counts.unchanged,
        planned = counts.planned, parked = counts.parked, created = counts.created, adopted = counts.adopted,
        changed = counts.changed, refused = counts.refused, in_doubt = counts.in_doubt, left = counts.left,
        duration_ms,
        "run {id} of {organisation} is {state}: {} observed, {} unchanged, {} created, {} changed",
        counts.observed, counts.unchanged, counts.created + counts.adopted, counts.changed
    );
    let notice = match run.state {
        RunState::Continued { checkpoint } => {
            Notice::SyncContinued { organisation: organisation.clone(), run: id.clone(), checkpoint }
        }
        RunState::Requested
        | RunState::Running
        | RunState::AwaitingApproval
        | RunState::Finished
        | RunState::Refused(_)
        | RunState::Failed(_) => Notice::SyncFinished {
            organisation: organisation.clone(),
            run: id.clone(),
            state: state.to_owned(),
        },
    };
    deps.bus.publish(&notice).await
}

impl<S: Store> Work<'_, S> {
    /// To the end, a checkpoint or a failure. Credentials that were rotated meanwhile cost a second look at what is
    /// left, and nothing else.
    async fn carry_out(&mut self, command: &Command) -> Result<RunState, Failure> {
        let begun = match command {
            Command::Start { .. } => self.start().await,
            Command::Continue { .. } => self.resume().await,
        };
        let refused = matches!(&begun, Err(failure) if failure.kind == FailureKind::Unauthorised);
        if !refused || !self.are_rotated().await? {
            return begun;
        }
        info!(run.id = %self.run.id, "run {} goes on with the credentials that were rotated", self.run.id);
        if self.applying { self.go_on().await } else { self.start().await }
    }

    /// Whether there are other credentials by now than those that were refused; then they are used.
    async fn are_rotated(&mut self) -> Result<bool, Failure> {
        self.deps.connections.doubt();
        let now = self.deps.connections.current().await?;
        let before = std::mem::replace(&mut self.connections, now);
        Ok(!Arc::ptr_eq(&before, &self.connections))
    }

    async fn start(&mut self) -> Result<RunState, Failure> {
        let ordered = self.find_ordered().await?;
        let mut planned = match &ordered {
            Some(ordered) => self.plan_ordered(ordered).await?,
            None => self.plan().await?,
        };
        if self.run.mode == RunMode::Sync && self.provide(&planned.missing).await? {
            planned = self.plan().await?;
        }
        self.run.plan = Some(planned.hash.clone()).filter(|_| !planned.plan.is_empty());
        if let RunMode::Apply(wanted) = &self.run.mode
            && *wanted != planned.hash
        {
            let now = if planned.plan.is_empty() { "empty".into() } else { planned.hash.to_string() };
            return Ok(RunState::Refused(format!(
                "the world moved since plan {wanted} was made: it is {now} now"
            )));
        }
        if planned.plan.is_empty() {
            if self.run.mode != RunMode::DryRun {
                self.change_index(&planned.index, &planned.heal).await?;
            }
            return Ok(RunState::Finished);
        }
        self.deps.store.put_plan(&planned.hash, &planned.plan, &self.run.id, self.deps.clock.now()).await?;
        if !self.may_apply(&planned).await? {
            return Ok(RunState::AwaitingApproval);
        }
        if self.run.mode == RunMode::DryRun {
            return Ok(RunState::Finished);
        }
        self.apply(planned).await
    }

    async fn change_index(&self, index: &DigestIndex, changes: &[IndexChange]) -> Result<(), Failure> {
        if changes.is_empty() {
            return Ok(());
        }
        self.deps.store.change_index(&self.lease, &self.organisation.id, index, changes).await
    }

    /// The brake and the approval policy. A plan that a person approved passes as long as it is the same plan.
    async fn may_apply(&mut self, planned: &Planned) -> Result<bool, Failure> {
        let reach = Reach::of(&planned.plan);
        self.run.amounts.clone_from(&reach.amounts);
        let policy = &self.organisation.policy;
        let tripped = policy.brake.check(&reach, planned.index.len() as u64);
        self.run.brake = tripped.iter().map(ToString::to_string).collect();
        let by = match &self.run.mode {
            RunMode::Apply(_) => Some(self.run.actor.clone()),
            RunMode::Order(ordered) => self.approved_with(&ordered.clone(), planned),
            RunMode::Sync | RunMode::DryRun => None,
        };
        if let Some(by) = by {
            self.deps.store.approve_plan(&planned.hash, &by, self.deps.clock.now()).await?;
            return Ok(true);
        }
        let wants = !self.run.brake.is_empty() || (policy.approval == Approval::Always && reach.changes > 0);
        if !wants || self.run.mode == RunMode::DryRun {
            return Ok(true);
        }
        let stored = self.deps.store.find_plan(&planned.hash).await?;
        Ok(stored.is_some_and(|stored| stored.approved.is_some()))
    }

    /// Who approved the plan by approving the order, if that is what was approved. A plan that goes beyond it
    /// waits for a person, and says why.
    fn approved_with(&mut self, ordered: &OrderedBilling, planned: &Planned) -> Option<String> {
        match ordered.covers(&planned.plan) {
            Coverage::Covered => Some(format!("order {}", ordered.order)),
            Coverage::Unneeded => None,
            Coverage::Beyond(why) => {
                self.run.brake.push(why);
                None
            }
        }
    }

    /// Today, UTC.
    pub(crate) fn today(&self) -> Date {
        self.deps.clock.now().to_zoned(jiff::tz::TimeZone::UTC).date()
    }

    /// Planning may have outlasted the lease. Nobody may have held it since, or the plan is not about this world.
    async fn renew_lease(&mut self) -> Result<(), Failure> {
        let what = "planning took longer than the lease and another run was at work meanwhile: run again";
        let stop = |kind| Failure::new(kind, &SystemId::billbridge(), what);
        let renewed = take_lease(self.deps, &self.organisation.id, &self.run.id).await?;
        let renewed = renewed.map_err(|_| stop(FailureKind::LeaseLost))?;
        let before = std::mem::replace(&mut self.lease, renewed);
        if self.lease.token == before.token + 1 { Ok(()) } else { Err(stop(FailureKind::Conflict)) }
    }

    async fn apply(&mut self, planned: Planned) -> Result<RunState, Failure> {
        let Planned { plan, hash, index, records, heal, .. } = planned;
        self.renew_lease().await?;
        // From here on a killed run can be seen to have been at work.
        self.deps.store.put_run(&self.run).await?;
        self.applying = true;
        let billing = self.connections.billing(&self.organisation.billing)?.as_ref();
        let apply = Apply {
            deps: self.deps,
            organisation: self.organisation,
            lease: &self.lease,
            billing,
            run: &self.run,
            plan: hash.as_str(),
            records: &records,
            // Past the lease somebody else may be at work: what is left then is left to the next checkpoint.
            deadline: self.deadline.min(Deadline(self.lease.until)),
        };
        let mut applied = apply.apply(&plan).await?;
        if let Some(failure) = applied.broken.take() {
            if failure.kind == FailureKind::Unauthorised {
                // Billing does not let us in; the table does.
                self.change_index(&index, &applied.index).await?;
            }
            self.conclude(applied);
            return Err(failure);
        }
        applied.index.extend(heal);
        self.change_index(&index, &applied.index).await?;
        Ok(self.conclude(applied))
    }

    fn conclude(&mut self, applied: Applied) -> RunState {
        let counts = &mut self.run.counts;
        counts.created += applied.created;
        counts.adopted += applied.adopted;
        counts.changed += applied.changed;
        counts.refused += applied.refused;
        counts.in_doubt += applied.in_doubt;
        counts.left = applied.left;
        for problem in applied.problems {
            self.run.problem(problem);
        }
        if !applied.out_of_time {
            return RunState::Finished;
        }
        let before = match &self.run.state {
            RunState::Continued { checkpoint } => *checkpoint,
            RunState::Requested
            | RunState::Running
            | RunState::AwaitingApproval
            | RunState::Finished
            | RunState::Refused(_)
            | RunState::Failed(_) => 0,
        };
        RunState::Continued { checkpoint: before + 1 }
    }

    /// Goes on from a checkpoint, if the plan can still be about this world.
    async fn resume(&mut self) -> Result<RunState, Failure> {
        match self.overtaken().await? {
            Some(why) => Ok(RunState::Refused(why)),
            None => self.go_on().await,
        }
    }

    /// Why nobody may go on with the stored plan: the checkpoint came too late. What another run found as it was
    /// before leaves no trace in a record, so that the plan alone does not show it.
    async fn overtaken(&self) -> Result<Option<String>, Failure> {
        let stopped = self.run.updated;
        let runs = self.deps.store.runs(&self.organisation.id, LATEST).await?;
        let other =
            runs.iter().find(|run| run.id != self.run.id && run.updated > stopped && was_at_work(run));
        Ok(match other {
            Some(other) => Some(format!("run {} was at work since it stopped", other.id)),
            None if self.deps.clock.now().duration_since(stopped) < self.deps.limits.lease => None,
            None => Some(format!("it stopped at {stopped}, and the world has moved since")),
        }
        .map(|why| format!("{why}: the next run plans anew what was left")))
    }

    /// Goes on with the stored plan: lines whose record has moved on are done.
    async fn go_on(&mut self) -> Result<RunState, Failure> {
        let hash = self.run.plan.clone().ok_or_else(|| refuse("the run to continue has no plan"))?;
        let stored = self.deps.store.find_plan(&hash).await?;
        let plan = stored.ok_or_else(|| refuse(format!("plan {hash} is not stored")))?.plan;
        let index = self.deps.store.index(&self.organisation.id).await?;
        let keys: Vec<_> =
            plan.lines().iter().map(|l| SubscriptionKey::of(l.subscription.as_str())).collect();
        let mut records = HashMap::new();
        self.load(&keys, &mut records).await?;
        self.apply(Planned { plan, hash, index, records, missing: Missing::default(), heal: Vec::new() })
            .await
    }
}

/// Whether a run may have changed something; one that is refused has not.
fn was_at_work(run: &Run) -> bool {
    match run.state {
        RunState::Requested | RunState::Refused(_) => false,
        RunState::Running
        | RunState::Continued { .. }
        | RunState::AwaitingApproval
        | RunState::Finished
        | RunState::Failed(_) => true,
    }
}
