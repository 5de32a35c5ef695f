//! How long an unchanged run takes when the supplier is far away, and when it wants few calls.

use crate::scene::{FIFTEEN_MINUTES, Scene, done, scheduled};
use crate::unchanged::{expect_unchanged, median};
use e2e::Trouble;
use std::time::Duration;

/// Of every answer of Crayon.
pub(crate) const LATENCY: Duration = Duration::from_millis(50);
/// Calls that may be unanswered at the same time.
pub(crate) const IN_FLIGHT: u64 = 4;
/// Calls a second where the supplier wants few.
pub(crate) const CALLS_PER_SECOND: u64 = 5;

/// A time and the least that is possible.
pub(crate) struct Wall {
    pub(crate) subscriptions: u64,
    pub(crate) measured: Duration,
    pub(crate) bound: Duration,
}

/// With 50 ms latency and 4 calls in flight. The sign-in and the first page go alone: nobody knows how many
/// pages there are before; the others go four at a time.
pub(crate) async fn with_latency(scene: &Scene, repeat: usize) -> Result<Wall, Trouble> {
    scene.simulators.latency(u64::try_from(LATENCY.as_millis()).unwrap_or(0)).await?;
    let environment = scene
        .environment
        .clone()
        .with("CRAYON_IN_FLIGHT", IN_FLIGHT.to_string())
        .with("SYNC_IN_FLIGHT", IN_FLIGHT.to_string());
    let mut measured = Vec::new();
    for _ in 0..repeat {
        measured.push(once(scene, &environment).await?);
    }
    scene.simulators.latency(0).await?;
    let rounds = 2 + (scene.pages() - 1).div_ceil(IN_FLIGHT);
    let bound = LATENCY * u32::try_from(rounds).unwrap_or(u32::MAX);
    Ok(Wall { subscriptions: scene.subscriptions, measured: median(measured), bound })
}

/// At 5 calls a second. As many calls as a second allows may go at once after a pause, and before the first run
/// there was one.
pub(crate) async fn with_few_calls(scene: &Scene) -> Result<Wall, Trouble> {
    let environment =
        scene.environment.clone().with("CRAYON_REQUESTS_PER_SECOND", CALLS_PER_SECOND.to_string());
    let measured = once(scene, &environment).await?;
    let waiting = (scene.pages() + 1).saturating_sub(CALLS_PER_SECOND);
    let bound = Duration::from_secs(waiting) / u32::try_from(CALLS_PER_SECOND).unwrap_or(1);
    Ok(Wall { subscriptions: scene.subscriptions, measured, bound })
}

/// The first run of a new process, without its start.
async fn once(scene: &Scene, environment: &e2e::Environment) -> Result<Duration, Trouble> {
    let mut function = scene.function(environment).await?;
    function.ready().await?;
    let invoked = function.invoke(&scheduled()?, FIFTEEN_MINUTES).await?;
    let wall = invoked.wall;
    expect_unchanged(scene, &done(invoked)?)?;
    function.kill().await?;
    scene.simulators.reset().await?;
    Ok(wall)
}
