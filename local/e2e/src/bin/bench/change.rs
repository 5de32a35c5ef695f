//! A run on an estate of which one in a hundred has changed.

use crate::scene::{FIFTEEN_MINUTES, Scene, done, scheduled};
use crate::unchanged::total;
use e2e::Trouble;
use serde_json::Value;
use std::time::Duration;

/// What was measured.
pub(crate) struct Changed {
    pub(crate) subscriptions: u64,
    /// How many subscriptions had another number of seats.
    pub(crate) reseated: u64,
    pub(crate) pages: u64,
    /// Requests to Crayon of a new process: the pages and a sign-in.
    pub(crate) reads: u64,
    /// Calls to HostBill.
    pub(crate) hostbill_calls: u64,
    /// Which, where they are not what was expected.
    pub(crate) surprises: String,
    /// How long the first sync took, which created all services through HostBill.
    pub(crate) first: Duration,
}

/// The estate is synced for the first time through the function, then one seat is added to every hundredth
/// subscription, then a new process runs.
pub(crate) async fn measure(scene: &Scene) -> Result<Changed, Trouble> {
    let begun = std::time::Instant::now();
    scene.sync_for_the_first_time().await?;
    let first = begun.elapsed();
    scene.simulators.change_percent(1).await?;
    let mut function = scene.function(&scene.environment).await?;
    let answer = done(function.invoke(&scheduled()?, FIFTEEN_MINUTES).await?)?;
    let reseated = scene.subscriptions.div_ceil(100);
    if answer["state"] != "finished" || answer["changed"].as_u64() != Some(reseated) {
        return Err(Trouble::new(format!("{reseated} subscriptions were to be changed: {answer}")));
    }
    let (crayon, hostbill) =
        (scene.simulators.crayon_counts().await?, scene.simulators.hostbill_counts().await?);
    function.kill().await?;
    Ok(Changed {
        subscriptions: scene.subscriptions,
        reseated,
        pages: scene.pages(),
        reads: total(&crayon),
        hostbill_calls: total(&hostbill),
        surprises: surprises(&hostbill),
        first,
    })
}

fn surprises(counts: &Value) -> String {
    let calls = counts["counts"].as_object();
    let others = calls.into_iter().flatten().filter(|(call, _)| *call != "editAccountDetails");
    others.map(|(call, times)| format!("{call}: {times}")).collect::<Vec<_>>().join(", ")
}
