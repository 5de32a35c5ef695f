//! `billbridge serve`: the schedule, the bus, pages and API, until it is asked to stop.

use crate::bus::InProcessBus;
use crate::commands::users;
use crate::door::Door;
use crate::exit::{Exit, Problem};
use crate::front::Front;
use crate::house::House;
use crate::out::Out;
use crate::serving::{Function, Lane, Rhythm, Served};
use crate::show::of;
use domain::access::CodeUse;
use domain::ports::AccessStore;
use serde_json::json;
use std::sync::Arc;
use store_dynamodb::DynamoStore;
use subscription_sync::Deps;

/// Run everything in this one process: schedules, what follows from them, pages and API
///
/// Runs every `SYNC_INTERVAL_MINUTES` (60), beginning within a minute, looks after orders every five, and answers
/// HTTP on 127.0.0.1:8080 (`--listen`, `BILLBRIDGE_LISTEN`). The first start prints a link that makes the first
/// administrator. On Ctrl-C or SIGTERM the change in flight is finished and the run leaves a checkpoint, from
/// which a `serve` within twenty minutes goes on; a second Ctrl-C ends at once, which is safe too. Logs are JSON lines on
/// standard output.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  billbridge serve
  billbridge serve --listen 127.0.0.1:9000
  billbridge serve --once      one run of every organisation, for a cron job; no pages, no API

Credentials in .env are read again every five minutes: a rotated one is used without a restart.")]
pub struct Args {
    /// One scheduled run of every organisation and what follows from it, then the end
    #[arg(long)]
    pub once: bool,
    /// Where to answer HTTP; port 0 is any free one
    #[arg(
        long,
        help = "Where to answer HTTP [default: BILLBRIDGE_LISTEN, or 127.0.0.1:8080]; port 0 is any free one",
        value_name = "ADDRESS",
        conflicts_with = "once"
    )]
    pub listen: Option<String>,
}

/// Serves.
pub async fn run(args: &Args, house: &House, out: &mut Out) -> Result<Exit, Problem> {
    let connections = house.keeper()?;
    house.settings().await?;
    let rhythm = Rhythm::every_minutes(house.minutes()?, (house.around.entropy)());
    let bus = InProcessBus::default();
    let deps = house.deps_with(connections.clone(), Arc::new(bus.clone()))?;
    let served = if args.once {
        lane(&deps, house, &bus, rhythm).once().await?
    } else {
        let door = Door::open(house.env(), args.listen.as_deref()).await?;
        let front = Front::open(house, &connections, &bus, door.address)?;
        out.note(format_args!("pages and API on {}", front.url));
        if house.store.users().await?.is_empty() {
            let link = users::link_for(house, &front.url, CodeUse::SetUp).await?;
            out.note(format_args!("nobody can sign in yet: this link makes the first administrator, once,"));
            out.note(format_args!("within {} hours: {link}", users::LINK_LASTS.as_hours()));
        }
        open(house, &deps, (front, door), &bus, rhythm).await?
    };
    told(&served, out);
    Ok(if served.parked.is_empty() { Exit::Done } else { Exit::Failed })
}

/// Serves everything side by side until closing time. What cannot go on closes the rest too.
///
/// # Errors
/// When the table cannot be read at the start, or the port is lost.
pub async fn open(
    house: &House,
    deps: &Deps<DynamoStore>,
    (front, door): (Front, Door),
    bus: &InProcessBus,
    rhythm: Rhythm,
) -> Result<Served, Problem> {
    let stop = &house.around.stop;
    let often = Rhythm::for_orders(&rhythm);
    let (mut syncs, mut orders) = (lane(deps, house, bus, rhythm), lane(&front.orders, house, bus, often));
    let (synced, ordered, answered) = futures::join!(
        closing(stop, async { syncs.serve().await.map_err(Problem::from) }),
        closing(stop, async { orders.serve().await.map_err(Problem::from) }),
        closing(stop, door.serve(front.router, stop.clone())),
    );
    answered?;
    let (mut served, ordered) = (synced?, ordered?);
    served.done += ordered.done;
    served.parked.extend(ordered.parked);
    Ok(served)
}

/// If one part fails the others are told to close.
async fn closing<T>(
    stop: &crate::stop::Stop,
    part: impl Future<Output = Result<T, Problem>>,
) -> Result<T, Problem> {
    let ended = part.await;
    if ended.is_err() {
        stop.ask();
    }
    ended
}

fn lane<'a>(function: &'a dyn Function, house: &'a House, bus: &InProcessBus, rhythm: Rhythm) -> Lane<'a> {
    let inbox = bus.subscribe(function.wants());
    Lane { function, inbox, clock: house.clock.as_ref(), stop: house.around.stop.clone(), rhythm }
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
