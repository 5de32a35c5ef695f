//! `billbridge serve`: the schedule and the bus, until it is asked to stop.

use crate::bus::InProcessBus;
use crate::exit::{Exit, Problem};
use crate::house::House;
use crate::out::Out;
use crate::serving::{Function as _, Lane, Rhythm, Served};
use crate::show::of;
use serde_json::json;
use std::sync::Arc;

/// Run the schedule and everything that follows from it, in this one process
///
/// Runs every `SYNC_INTERVAL_MINUTES` (60), beginning within a minute. On Ctrl-C or SIGTERM the change in
/// flight is finished and the run leaves a checkpoint, from which the next `serve` goes on; a second Ctrl-C
/// ends at once, which is safe too. Logs are JSON lines on standard output.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  billbridge serve
  billbridge serve --once      one run of every organisation, for a cron job")]
pub struct Args {
    /// One scheduled run of every organisation and what follows from it, then the end
    #[arg(long)]
    pub once: bool,
}

/// Serves.
pub async fn run(args: &Args, house: &House, out: &mut Out) -> Result<Exit, Problem> {
    let connections = house.connections()?;
    house.settings().await?;
    let rhythm = Rhythm::every_minutes(house.minutes()?, (house.around.entropy)());
    let bus = InProcessBus::default();
    let deps = house.deps(connections, Arc::new(bus.clone()))?;
    let (stop, clock) = (house.around.stop.clone(), house.clock.as_ref());
    let inbox = bus.subscribe(deps.wants());
    let mut lane = Lane { function: &deps, inbox, clock, stop, rhythm };
    let served = if args.once { lane.once().await? } else { lane.serve().await? };
    told(&served, out);
    Ok(if served.parked.is_empty() { Exit::Done } else { Exit::Failed })
}

fn told(served: &Served, out: &mut Out) {
    if out.json {
        let parked = served
            .parked
            .iter()
            .map(|parked| json!({"payload": parked.payload, "why": parked.why, "tries": parked.tries}));
        out.value(&json!({"done": served.done, "parked": parked.collect::<Vec<_>>()}));
        return;
    }
    let done = of(served.done, "invocation", "invocations");
    out.note(format_args!("{done} done, {} parked", served.parked.len()));
    for parked in &served.parked {
        out.note(format_args!("  parked after {} tries: {}", parked.tries, parked.why));
    }
}
