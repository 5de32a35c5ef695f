//! A run on an estate in which nothing has changed: what it reads, computes, remembers and consumes.

use crate::scene::{FIFTEEN_MINUTES, ORGANISATION, Scene, done, id, scheduled};
use async_trait::async_trait;
use connections::Keeper;
use domain::clock::Deadline;
use domain::failure::Failure;
use domain::ports::{Bus, Notice};
use domain::run::RunMode;
use e2e::{Trouble, Usage};
use lambda_kit::SystemClock;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use store_dynamodb::Capacity;
use subscription_sync::{Command, Deps, Limits};

/// What was measured of one estate.
pub(crate) struct Unchanged {
    pub(crate) subscriptions: u64,
    pub(crate) pages: u64,
    /// Requests to Crayon of a new process: the pages and a sign-in.
    pub(crate) cold_reads: u64,
    /// Requests to Crayon of a process that has a token.
    pub(crate) warm_reads: u64,
    /// Calls to HostBill, of all runs together.
    pub(crate) hostbill_calls: u64,
    /// Start and first run of a new process.
    pub(crate) cold: Usage,
    /// The median of later runs.
    pub(crate) warm_cpu: Duration,
    /// What the table was asked.
    pub(crate) capacity: Capacity,
}

pub(crate) async fn measure(scene: &Scene, repeat: usize) -> Result<Unchanged, Trouble> {
    let simulators = &scene.simulators;
    let mut function = scene.function(&scene.environment).await?;
    run(scene, &mut function).await?;
    let cold = function.usage()?;
    let cold_reads = total(&simulators.crayon_counts().await?);
    let mut hostbill_calls = total(&simulators.hostbill_counts().await?);
    simulators.reset().await?;
    let mut costs = Vec::new();
    for _ in 0..repeat.max(1) {
        let before = function.usage()?.cpu;
        run(scene, &mut function).await?;
        costs.push(function.usage()?.cpu.saturating_sub(before));
    }
    let runs = costs.len() as u64;
    let warm_reads = total(&simulators.crayon_counts().await?) / runs;
    hostbill_calls += total(&simulators.hostbill_counts().await?);
    function.kill().await?;
    simulators.reset().await?;
    Ok(Unchanged {
        subscriptions: scene.subscriptions,
        pages: scene.pages(),
        cold_reads,
        warm_reads,
        hostbill_calls,
        cold,
        warm_cpu: median(costs),
        capacity: Box::pin(capacity(scene)).await?,
    })
}

async fn run(scene: &Scene, function: &mut e2e::Function) -> Result<(), Trouble> {
    let answer = done(function.invoke(&scheduled()?, FIFTEEN_MINUTES).await?)?;
    expect_unchanged(scene, &answer)
}

/// A figure of anything else would be a figure of nothing.
pub(crate) fn expect_unchanged(scene: &Scene, answer: &Value) -> Result<(), Trouble> {
    let unchanged = answer["unchanged"].as_u64() == Some(scene.subscriptions);
    if answer["state"] == "finished" && unchanged {
        return Ok(());
    }
    Err(Trouble::new(format!("{} subscriptions were to be unchanged: {answer}", scene.subscriptions)))
}

/// What the run's calls to the table consumed, as the table says: the same library in this process, because only
/// the store that made the calls can add them up.
async fn capacity(scene: &Scene) -> Result<Capacity, Trouble> {
    let store = scene.store();
    let deps = Deps {
        connections: Arc::new(Keeper::fixed(scene.connections()?)),
        store: store.clone(),
        bus: Arc::new(Deaf),
        clock: Arc::new(SystemClock),
        entropy: || 1,
        limits: Limits::default(),
    };
    let organisation = id(ORGANISATION)?;
    let command = Command::Start { organisation, mode: RunMode::Sync, actor: "bench".into(), run: None };
    let run = Box::pin(subscription_sync::sync(&deps, &command, Deadline::never())).await?;
    if run.counts.unchanged != scene.subscriptions {
        return Err(Trouble::new(format!("only {} were unchanged", run.counts.unchanged)));
    }
    scene.simulators.reset().await?;
    Ok(store.capacity())
}

/// A bus that nobody listens to.
struct Deaf;

#[async_trait]
impl Bus for Deaf {
    async fn publish(&self, _: &Notice) -> Result<(), Failure> {
        Ok(())
    }
}

pub(crate) fn total(counts: &Value) -> u64 {
    counts["total"].as_u64().unwrap_or_default()
}

pub(crate) fn median(mut values: Vec<Duration>) -> Duration {
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or_default()
}
