//! The one process: a schedule and a bus in front of the functions' handlers.
//!
//! Each function has a lane, in which everything is handled one after the other, so that no run meets another
//! of its own process; those of other processes are kept apart by the lease, as everywhere.

use crate::bus::{Inbox, payload};
use crate::stop::Stop;
use async_trait::async_trait;
use domain::clock::{Clock, Deadline};
use domain::failure::Failure;
use domain::ports::{Notice, RunStore, SettingsStore};
use domain::run::RunState;
use jiff::SignedDuration;
use lambda_kit::{Invocation, Outcome};
use serde_json::{Value, json};
use std::time::Duration;
use store_dynamodb::DynamoStore;
use subscription_sync::Deps;
use tokio::time::{Instant, sleep_until};
use tracing::{Instrument as _, error, info, warn};

/// How long an invocation may take: what Lambda gives.
const INVOCATION: SignedDuration = SignedDuration::from_mins(15);
/// How many runs are looked at for one that stopped at a checkpoint.
const LATEST: u32 = 5;

/// How often, and how patiently with what fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rhythm {
    /// From one scheduled run to the next.
    pub every: Duration,
    /// From the start to the first scheduled run: drawn anew by each process, so that several do not meet.
    pub first: Duration,
    /// The waits before each further try of a delivery; then it is parked.
    pub tries: Vec<Duration>,
}

impl Rhythm {
    /// Every so many minutes, beginning within a tenth of that, and within a minute.
    pub fn every_minutes(minutes: u32, entropy: u64) -> Self {
        let every = Duration::from_secs(u64::from(minutes) * 60);
        let spread = (u64::from(minutes) * 6).clamp(1, 60);
        let first = Duration::from_secs(entropy % spread);
        let tries = [1, 5, 30].map(Duration::from_secs).to_vec();
        Self { every, first, tries }
    }

    /// Orders are looked after every five minutes, beginning at once.
    #[must_use]
    pub fn for_orders(usual: &Self) -> Self {
        Self { every: Duration::from_mins(5), first: Duration::ZERO, tries: usual.tries.clone() }
    }
}

/// What was delivered until it was time to stop.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Served {
    /// Invocations that were done.
    pub done: u64,
    /// What was given up on, with the reason.
    pub parked: Vec<Parked>,
}

/// A delivery that was given up on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parked {
    /// What was to be handled.
    pub payload: Value,
    /// Why it was not.
    pub why: String,
    /// How often it was tried.
    pub tries: usize,
}

/// A function as the process runs it, in the task of its lane.
#[async_trait(?Send)]
pub trait Function {
    /// Its name.
    fn name(&self) -> &'static str;

    /// Which notices it is handed.
    fn wants(&self) -> fn(&Notice) -> bool;

    /// Handles one invocation.
    async fn handle(&self, invocation: Invocation) -> Outcome;

    /// What an earlier process left behind, to be handled before anything else.
    async fn left_behind(&self) -> Result<Vec<Notice>, Failure> {
        Ok(Vec::new())
    }
}

#[async_trait(?Send)]
impl Function for Deps<DynamoStore> {
    fn name(&self) -> &'static str {
        "subscription-sync"
    }

    fn wants(&self) -> fn(&Notice) -> bool {
        |notice| matches!(notice, Notice::SyncRequested { .. } | Notice::SyncContinued { .. })
    }

    async fn handle(&self, invocation: Invocation) -> Outcome {
        Box::pin(subscription_sync::handle(self, invocation)).await
    }

    async fn left_behind(&self) -> Result<Vec<Notice>, Failure> {
        stopped_runs(self).await
    }
}

/// One function with its schedule and its notices, handled one after the other.
pub struct Lane<'a> {
    /// The function; what it publishes goes to the bus that `inbox` came from.
    pub function: &'a dyn Function,
    /// What it is handed.
    pub inbox: Inbox,
    /// The time, as the function is told it.
    pub clock: &'a dyn Clock,
    /// Closing time.
    pub stop: Stop,
    /// How often.
    pub rhythm: Rhythm,
}

impl Lane<'_> {
    /// Serves until it is asked to stop. A change in flight is finished, and the run leaves a checkpoint.
    ///
    /// # Errors
    /// When the table cannot be read at the start.
    pub async fn serve(&mut self) -> Result<Served, Failure> {
        let mut served = Served::default();
        self.catch_up(&mut served).await?;
        let name = self.function.name();
        let mut next = Instant::now() + self.rhythm.first;
        let first_s = self.rhythm.first.as_secs();
        info!(
            function = name,
            first_s,
            every_s = self.rhythm.every.as_secs(),
            "{name} is served; its first run begins in {first_s} s"
        );
        while !self.stop.is_asked() {
            tokio::select! {
                biased;
                () = self.stop.asked() => {}
                Some(notice) = self.inbox.next() => self.deliver(payload(&notice), &mut served).await,
                () = sleep_until(next) => {
                    self.deliver(scheduled(), &mut served).await;
                    // From the end of a run: one that takes longer than the interval is not followed at once.
                    next = (next + self.rhythm.every).max(Instant::now() + self.rhythm.every / 10);
                }
            }
        }
        let parked = served.parked.len();
        info!(function = name, done = served.done, parked, "{name} stopped, {parked} parked");
        Ok(served)
    }

    /// One scheduled pass and everything that follows from it, then the end.
    ///
    /// # Errors
    /// When the table cannot be read at the start.
    pub async fn once(&mut self) -> Result<Served, Failure> {
        let mut served = Served::default();
        self.catch_up(&mut served).await?;
        self.deliver(scheduled(), &mut served).await;
        while !self.stop.is_asked()
            && let Some(notice) = self.inbox.find_next()
        {
            self.deliver(payload(&notice), &mut served).await;
        }
        Ok(served)
    }

    async fn catch_up(&self, served: &mut Served) -> Result<(), Failure> {
        for notice in self.function.left_behind().await? {
            self.deliver(payload(&notice), served).await;
        }
        Ok(())
    }

    async fn deliver(&self, payload: Value, served: &mut Served) {
        let mut waits = self.rhythm.tries.iter();
        let mut tries = 1;
        let why = loop {
            let deadline =
                self.clock.now().checked_add(INVOCATION).map_or_else(|_| Deadline::never(), Deadline);
            let request = format!("local-{:012x}", fastrand::u64(..) & 0xffff_ffff_ffff);
            let invocation = Invocation { payload: payload.clone(), deadline, request };
            let span = invocation.span();
            match self.function.handle(invocation).instrument(span).await {
                Outcome::Done(_) => {
                    served.done += 1;
                    return;
                }
                Outcome::Terminal(why) => break why,
                Outcome::Retry(why) => {
                    let Some(wait) = waits.next() else { break why };
                    warn!(why, tries, "not done at try {tries}, tried again in {} s: {why}", wait.as_secs());
                    tokio::select! {
                        biased;
                        () = self.stop.asked() => break why,
                        () = tokio::time::sleep(*wait) => tries += 1,
                    }
                }
            }
        };
        error!(why, tries, payload = %payload, "parked after {tries} tries: {why}");
        served.parked.push(Parked { payload, why, tries });
    }
}

/// What EventBridge Scheduler sends.
fn scheduled() -> Value {
    json!({"source": "aws.scheduler", "detail-type": "Scheduled Event", "detail": {}})
}

/// Runs that were asked for and nobody has begun, and runs that stopped at a checkpoint and nobody has gone on
/// with, out of the table: the word of it may have been lost with an earlier process.
///
/// # Errors
/// When the table cannot be read.
pub async fn stopped_runs(deps: &Deps<DynamoStore>) -> Result<Vec<Notice>, Failure> {
    let settings = deps.store.find_settings().await?.unwrap_or_default();
    let mut found = Vec::new();
    for organisation in &settings.organisations {
        for run in deps.store.runs(&organisation.id, LATEST).await? {
            let (id, organisation) = (run.id, run.organisation);
            match run.state {
                RunState::Continued { checkpoint } => {
                    info!(run.id = %id, checkpoint, "run {id} stopped at checkpoint {checkpoint}: going on");
                    found.push(Notice::SyncContinued { organisation, run: id, checkpoint });
                }
                RunState::Requested => {
                    info!(run.id = %id, "run {id} was asked for and never begun: beginning");
                    let (mode, actor) = (run.mode, run.actor);
                    found.push(Notice::SyncRequested { organisation, mode, actor, run: Some(id) });
                }
                RunState::Running
                | RunState::AwaitingApproval
                | RunState::Finished
                | RunState::Refused(_)
                | RunState::Failed(_) => {}
            }
        }
    }
    Ok(found)
}
