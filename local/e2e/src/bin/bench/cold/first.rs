//! The first invocation of a new process: the memory it leaves, and the first call to the table.

use super::SUBSCRIPTIONS;
use super::starts::Kind;
use crate::scene::FIFTEEN_MINUTES;
use crate::unchanged::median;
use e2e::{Surroundings, Tap, Trouble};
use std::time::{Duration, Instant};

/// How often the first call is timed for each sample.
const TIMES: usize = 5;

/// What was seen of a function's first invocations.
#[derive(Debug, Default)]
pub(crate) struct First {
    /// The most memory that any sample left, in bytes, and which sample.
    pub(crate) memory: (u64, String),
    /// From the event to the end of the first call to the table, the longest of the samples' medians, and which.
    pub(crate) call: (Duration, String),
    /// First calls that had to open a connection of their own.
    pub(crate) unconnected: usize,
}

/// Every sample of the function, each in surroundings of its own.
pub(crate) async fn measure(kind: &Kind) -> Result<First, Trouble> {
    let mut first = First::default();
    for sample in e2e::samples(&kind.name)? {
        let mut calls = Vec::new();
        for _ in 0..TIMES {
            let surroundings = Surroundings::open(SUBSCRIPTIONS).await?;
            let payload = surroundings.filled(&sample.payload)?;
            let tap = Tap::before(surroundings.table.endpoint()).await?;
            let environment =
                surroundings.environment.clone().with("AWS_ENDPOINT_URL_DYNAMODB", tap.endpoint());
            let mut function = kind.start(&environment).await?;
            function.ready().await?;
            let known = tap.turns().len();
            let begun = Instant::now();
            function.invoke(&payload, FIFTEEN_MINUTES).await?;
            if let Some(turn) = tap.turns().get(known) {
                calls.push(turn.answered.saturating_duration_since(begun));
                first.unconnected += usize::from(turn.connection > 1 || known == 0);
            }
            let memory = function.usage()?.peak_bytes;
            if memory > first.memory.0 {
                first.memory = (memory, sample.file.clone());
            }
            function.kill().await?;
            surroundings.close().await;
        }
        let call = median(calls);
        if call > first.call.0 {
            first.call = (call, sample.file);
        }
    }
    Ok(first)
}
