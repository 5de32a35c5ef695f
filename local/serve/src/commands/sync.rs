//! `billbridge sync`: one run of each organisation, here and now.

use crate::bus::InProcessBus;
use crate::commands::plan::find_hash;
use crate::exit::{Exit, Problem};
use crate::house::House;
use crate::out::Out;
use crate::progress::Progress;
use crate::{json, show};
use domain::clock::Deadline;
use domain::failure::Failure;
use domain::ports::{Bus, PlanStore, RunStore};
use domain::run::{Run, RunMode, RunState};
use domain::settings::Organisation;
use jiff::SignedDuration;
use serde_json::json;
use std::sync::Arc;
use store_dynamodb::DynamoStore;
use subscription_sync::{Command, Deps, sync};

/// An invocation's time, well within what a lease lasts; a longer run goes on by checkpoints.
const INVOCATION: SignedDuration = SignedDuration::from_mins(15);

/// Bring subscriptions into billing, or show what that would do
///
/// Without an option it plans, and applies what neither the brake nor the policy holds back. At a terminal it
/// shows the plan and asks first.
#[derive(Debug, Default, clap::Args)]
#[command(after_help = "\
Examples:
  billbridge sync --dry-run              what would be done, and what it would cost
  billbridge sync --apply 3f9c2a1b77d0   exactly that plan; refused if the world moved
  billbridge sync --org nordic --yes     one organisation, without a question")]
pub struct Args {
    /// Plan and keep the plan; change nothing
    #[arg(long, conflicts_with = "apply")]
    pub dry_run: bool,
    /// Approve and apply exactly the plan of this hash (at least its first 8 digits)
    #[arg(long, value_name = "HASH")]
    pub apply: Option<String>,
    /// Only this organisation; may be given several times [default: all of them]
    #[arg(long = "org", value_name = "ID")]
    pub organisations: Vec<String>,
    /// Do not ask
    #[arg(long, short)]
    pub yes: bool,
}

/// Syncs.
pub async fn run(args: &Args, house: &House, out: &mut Out) -> Result<Exit, Problem> {
    let connections = house.connections()?;
    let (mut organisations, mut mode) = (house.organisations(&args.organisations).await?.1, RunMode::Sync);
    let mut total = None;
    if args.dry_run {
        mode = RunMode::DryRun;
    }
    if let Some(text) = &args.apply {
        let hash = find_hash(&house.store, text).await?;
        let plan = house.store.find_plan(&hash).await?.map(|stored| stored.plan);
        let plan =
            plan.ok_or_else(|| Problem::failed(format!("plan {hash} is not whole"), "make a new one"))?;
        organisations.retain(|organisation| organisation.id == plan.organisation);
        if organisations.is_empty() {
            let what = format!("plan {} is of {}, which is not among these", hash.short(), plan.organisation);
            return Err(Problem::usage(what, "leave --org out, or name that organisation"));
        }
        total = Some(plan.changes().count() as u64);
        if out.interactive && !args.yes {
            for line in show::plan::totals(out.look, &plan) {
                out.note(line);
            }
            if !out.ask("Approve this plan and apply it?") {
                out.note("nothing was changed");
                return Ok(Exit::Waits);
            }
        }
        mode = RunMode::Apply(hash);
    }
    let bus: Arc<dyn Bus> = match house.aws_bus() {
        Some(bus) => Arc::new(bus),
        // Nobody listens: what a notice stands for is done here, or found in the table.
        None => Arc::new(InProcessBus::default()),
    };
    let deps = house.deps(connections, bus)?;
    let work = Work { house, deps: &deps, actor: house.actor() };
    let mut ended = Vec::new();
    for organisation in &organisations {
        if house.around.stop.is_asked() {
            break;
        }
        let asks = mode == RunMode::Sync && out.interactive && !args.yes;
        let run = if asks {
            work.asked(organisation, out).await
        } else {
            work.one(organisation, &mode, total, out).await
        };
        ended.push(run);
    }
    Ok(report(ended, out))
}

struct Work<'a> {
    house: &'a House,
    deps: &'a Deps<DynamoStore>,
    actor: String,
}

impl Work<'_> {
    /// Shows the plan first, and applies it if somebody says yes.
    async fn asked(&self, organisation: &Organisation, out: &mut Out) -> Result<Run, Failure> {
        let dry = self.one(organisation, &RunMode::DryRun, None, out).await?;
        let (RunState::Finished, Some(hash)) = (&dry.state, &dry.plan) else { return Ok(dry) };
        if dry.counts.planned == 0 {
            // Records without a change behind them need nobody's word.
            return self.one(organisation, &RunMode::Sync, None, out).await;
        }
        out.note(show::run::sheet(out.look, std::slice::from_ref(&dry)));
        for line in show::run::remarks(out.look, &dry) {
            out.note(line);
        }
        let what = show::of(dry.counts.planned, "change", "changes");
        if !out.ask(&format!("Apply {what} in billing for {}?", organisation.id)) {
            return Ok(Run { state: RunState::AwaitingApproval, ..dry });
        }
        let creates = organisation.policy.create_clients || organisation.policy.create_products;
        let mode = if creates && dry.brake.is_empty() { RunMode::Sync } else { RunMode::Apply(hash.clone()) };
        self.one(organisation, &mode, Some(dry.counts.planned), out).await
    }

    /// Goes on with a run that stopped at a checkpoint, then does what is asked.
    async fn one(
        &self,
        organisation: &Organisation,
        mode: &RunMode,
        total: Option<u64>,
        out: &mut Out,
    ) -> Result<Run, Failure> {
        let id = &organisation.id;
        let _progress = Progress::begin(out.look.progress, &format!("{id} {}", mode.word()), total);
        if let Some(stopped) = self.deps.store.runs(id, 1).await?.pop()
            && let RunState::Continued { checkpoint } = stopped.state
        {
            out.note(format_args!(
                "{id}: going on with {}, which stopped at checkpoint {checkpoint}",
                stopped.id
            ));
            let run = self.to_its_end(continued(&stopped, checkpoint)).await?;
            if matches!(run.state, RunState::Continued { .. }) {
                return Ok(run);
            }
        }
        let (organisation, mode, actor) = (id.clone(), mode.clone(), self.actor.clone());
        self.to_its_end(Command::Start { organisation, mode, actor, run: None }).await
    }

    /// From checkpoint to checkpoint, until it ends or it is closing time.
    async fn to_its_end(&self, first: Command) -> Result<Run, Failure> {
        let mut command = first;
        loop {
            let deadline = self.house.now().checked_add(INVOCATION);
            let deadline = deadline.map_or_else(|_| Deadline::never(), Deadline);
            let run = sync(self.deps, &command, deadline).await?;
            let RunState::Continued { checkpoint } = run.state else { return Ok(run) };
            if self.house.around.stop.is_asked() {
                return Ok(run);
            }
            command = continued(&run, checkpoint);
        }
    }
}

fn continued(run: &Run, checkpoint: u32) -> Command {
    Command::Continue { organisation: run.organisation.clone(), run: run.id.clone(), checkpoint }
}

fn report(ended: Vec<Result<Run, Failure>>, out: &mut Out) -> Exit {
    let exit = ended.iter().fold(Exit::Done, |exit, run| exit.and(exit_of(run)));
    let mut runs = Vec::new();
    let mut problems = Vec::new();
    for run in ended {
        match run {
            Ok(run) => runs.push(run),
            Err(failure) => problems.push(Problem::from(failure)),
        }
    }
    if out.json {
        let failed: Vec<_> =
            problems.iter().map(|problem| json!({"problem": problem.what, "cure": problem.cure})).collect();
        let runs: Vec<_> = runs.iter().map(json::run).collect();
        out.value(&json!({"runs": runs, "failed": failed, "exit": exit.code()}));
        return exit;
    }
    if !runs.is_empty() {
        out.line(show::run::sheet(out.look, &runs));
    }
    for run in &runs {
        for line in show::run::remarks(out.look, run) {
            out.line(line);
        }
    }
    for problem in &problems {
        out.problem(problem);
    }
    exit
}

/// How a run ended, as an exit code.
fn exit_of(run: &Result<Run, Failure>) -> Exit {
    let Ok(run) = run else { return Exit::Failed };
    let counts = &run.counts;
    match run.state {
        RunState::Finished if counts.refused + counts.in_doubt + counts.left == 0 => Exit::Done,
        RunState::Finished | RunState::Continued { .. } => Exit::Partly,
        RunState::AwaitingApproval | RunState::Refused(_) => Exit::Waits,
        RunState::Failed(_) | RunState::Requested | RunState::Running => Exit::Failed,
    }
}
