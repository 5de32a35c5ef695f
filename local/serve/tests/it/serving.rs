use crate::world::{StillClock, World, surroundings};
use domain::clock::Clock;
use domain::id::RunId;
use domain::ports::RunStore;
use domain::run::{Run, RunMode, RunState};
use jiff::Timestamp;
use lambda_kit::env::Env;
use serve::bus::InProcessBus;
use serve::house::House;
use serve::serving::{Function as _, Lane, Rhythm, Served};
use serve::stop::Stop;
use serve::surroundings::Surroundings;
use simulators::Fault;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

fn rhythm() -> Rhythm {
    Rhythm { every: Duration::from_hours(1), first: Duration::ZERO, tries: vec![Duration::ZERO; 2] }
}

async fn once(around: Surroundings) -> (Served, Vec<Run>) {
    let house = House::open(around).await.unwrap();
    let bus = InProcessBus::default();
    let deps = house.deps(house.connections().unwrap(), Arc::new(bus.clone())).unwrap();
    let (stop, clock) = (house.around.stop.clone(), house.clock.as_ref());
    let inbox = bus.subscribe(deps.wants());
    let mut lane = Lane { function: &deps, inbox, clock, stop, rhythm: rhythm() };
    let served = lane.once().await.unwrap();
    let runs = house.store.runs(&"nordic".parse().unwrap(), 10).await.unwrap();
    (served, runs)
}

/// Asks for the end when it has been looked at so many times: in the middle of whatever is being done then.
struct FatefulClock {
    looks: AtomicU64,
    last: u64,
    stop: Stop,
}

impl Clock for FatefulClock {
    fn now(&self) -> Timestamp {
        if self.looks.fetch_add(1, Ordering::Relaxed) == self.last {
            self.stop.ask();
        }
        StillClock.now()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_serve_that_is_stopped_in_its_work_leaves_a_checkpoint_and_the_next_one_goes_on() {
    let world = World::ready().await;
    let mut parts = 0;
    for last in (1..).map(|n| n * 40) {
        let stop = Stop::default();
        let clock = FatefulClock { looks: AtomicU64::new(0), last, stop: stop.clone() };
        let env = Env::from_pairs(world.pairs());
        let (_, runs) = once(Surroundings { stop, ..surroundings(env, Arc::new(clock)) }).await;
        parts += usize::from(world.services() > 0 && world.services() < 9);
        let ended = matches!(runs[0].state, RunState::Finished);
        assert!(ended || matches!(runs[0].state, RunState::Continued { .. }), "{:?}", runs[0].state);
        assert_eq!(ended, world.services() == 9);
        if ended {
            break;
        }
    }
    assert!(parts > 0, "it was stopped with some of the work done");
    assert_eq!(world.services(), 9);
    assert_eq!(world.hostbill.with(|model| model.requests.count("addOrder")), 9, "no order was sent twice");
    let (served, runs) = once(world.around()).await;
    assert_eq!((served.done, served.parked.len()), (1, 0));
    assert_eq!(runs[0].counts.planned, 0);
}

/// A run of somebody who was promised its report, and was killed before anybody heard of it.
fn asked_for() -> Run {
    let (now, nordic) = (StillClock.now(), "nordic".parse().unwrap());
    Run::requested(RunId::new(now, 7), nordic, RunMode::Sync, "usr_anna".to_owned(), now)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_was_asked_for_and_never_begun_is_done_at_the_next_start_under_its_number() {
    let world = World::ready().await;
    let house = House::open(world.around()).await.unwrap();
    house.store.put_run(&asked_for()).await.unwrap();
    drop(house);
    let (served, runs) = once(world.around()).await;
    assert_eq!((served.parked.len(), world.services()), (0, 9));
    let run = runs.iter().find(|run| run.id == asked_for().id).unwrap();
    assert_eq!((&run.state, run.counts.created, run.actor.as_str()), (&RunState::Finished, 9, "usr_anna"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_line_that_finds_a_stopped_run_goes_on_with_it_first() {
    let world = World::ready().await;
    let around = world.around();
    around.stop.ask();
    let (_, runs) = once(around).await;
    assert_eq!(runs[0].state, RunState::Continued { checkpoint: 1 });
    assert_eq!(world.services(), 0);
    let captured = world.done(&["sync"]).await;
    assert!(captured.notes().contains("going on with"), "{}", captured.notes());
    assert_eq!(world.services(), 9);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_in_passing_is_delivered_again_and_what_stays_is_parked_and_counted() {
    let world = World::ready().await;
    world.crayon.with(|model| model.faults.add(Fault::status(400).on("GET /subscriptions").times(1)));
    let (served, _) = once(world.around()).await;
    assert_eq!(served.parked.len(), 1, "a refusal is not tried again");
    assert_eq!(served.parked[0].tries, 1);
    world.crayon.with(|model| model.faults.add(Fault::too_many(Some(100)).on("GET /subscriptions").times(2)));
    let (served, _) = once(world.around()).await;
    assert_eq!((served.done, served.parked.len()), (1, 0), "the third try was done");
    world.crayon.with(|model| model.faults.add(Fault::too_many(Some(100)).always()));
    let (served, _) = once(world.around()).await;
    assert_eq!(served.parked.len(), 1);
    assert_eq!(served.parked[0].tries, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn serve_runs_on_its_schedule_until_it_is_asked_to_stop() {
    let world = World::ready().await;
    let around = world.around();
    let stop = around.stop.clone();
    let house = House::open(around).await.unwrap();
    let bus = InProcessBus::default();
    let deps = house.deps(house.connections().unwrap(), Arc::new(bus.clone())).unwrap();
    let (inbox, clock) = (bus.subscribe(deps.wants()), house.clock.as_ref());
    let every = Rhythm { every: Duration::from_millis(1), ..rhythm() };
    let mut lane = Lane { function: &deps, inbox, clock, stop: stop.clone(), rhythm: every };
    let runs = async {
        while house.store.runs(&"nordic".parse().unwrap(), 10).await.unwrap().len() < 3 {
            tokio::task::yield_now().await;
        }
        stop.ask();
    };
    let both = Box::pin(async { tokio::join!(lane.serve(), runs) });
    let (served, ()) = tokio::time::timeout(Duration::from_mins(1), both).await.unwrap();
    assert!(served.unwrap().done >= 3);
    assert_eq!(world.services(), 9);
}
