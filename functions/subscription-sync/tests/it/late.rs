//! Events that were delivered, or handed over again, long after they were sent.

use crate::world::{Ticking, World};
use domain::clock::Deadline;
use domain::failure::FailureKind;
use domain::journal::Held;
use domain::ports::{LeaseStore as _, RunStore as _};
use domain::run::{Run, RunMode, RunState};
use jiff::SignedDuration;
use std::sync::Arc;
use subscription_sync::{Command, sync};
use testkit::Moment;

const BEFORE: u32 = 5;
const PLANNED: u32 = 60;

/// Everything is billed, then every seat count changes, and the run stops at a checkpoint in the middle.
async fn stopped_in_the_middle(world: &World) -> Run {
    for id in &world.subscriptions {
        world.change(*id, |s| s.quantity = BEFORE);
    }
    assert_eq!(world.sync().await.state, RunState::Finished);
    for id in &world.subscriptions {
        world.change(*id, |s| s.quantity = PLANNED);
    }
    let mut process = world.process();
    process.limits.in_flight = 1;
    process.clock = Arc::new(Ticking(world.clock.clone()));
    let deadline = Deadline(world.clock_after(60));
    let run = sync(&process, &world.command(RunMode::Sync), deadline).await.unwrap();
    assert_eq!(run.state, RunState::Continued { checkpoint: 1 });
    assert!(run.counts.changed > 0 && run.counts.left > 0, "{:?}", run.counts);
    run
}

async fn go_on(world: &World, run: &Run) -> Run {
    let (organisation, run) = (world.organisation.id.clone(), run.id.clone());
    let command = Command::Continue { organisation, run, checkpoint: 1 };
    sync(&world.process(), &command, Deadline::never()).await.unwrap()
}

#[tokio::test]
async fn a_checkpoint_that_comes_after_another_run_changes_nothing_even_where_the_records_are_the_same() {
    let world = World::new(9).await;
    let stopped = stopped_in_the_middle(&world).await;
    // Whoever was to get more seats has them no longer: for what was left, billing and record are as they were.
    for id in &world.subscriptions {
        world.change(*id, |s| s.quantity = BEFORE);
    }
    world.clock.advance(SignedDuration::from_mins(21));
    let other = world.sync().await;
    assert_eq!(other.state, RunState::Finished);
    world.assert_one_service_each();
    world.forget_requests();

    let late = go_on(&world, &stopped).await;

    let RunState::Failed(why) = &late.state else { panic!("{:?}", late.state) };
    let said = format!(
        "nobody went on from its checkpoint in time; run {} came after it, and what was left is planned anew",
        other.id
    );
    assert_eq!(*why, said);
    assert_eq!(world.hostbill_calls(), 0);
    world.assert_one_service_each();
    assert_eq!(world.sync().await.counts.unchanged, 9);
    world.assert_audit_holds().await;
}

#[tokio::test]
async fn a_checkpoint_that_outlived_its_lease_is_left_to_the_next_run() {
    let world = World::new(9).await;
    let stopped = stopped_in_the_middle(&world).await;
    let gone = *world.subscriptions.last().unwrap();
    world.change(gone, |s| s.quantity = BEFORE);
    world.clock.advance(SignedDuration::from_hours(6));
    world.forget_requests();

    let late = go_on(&world, &stopped).await;

    let RunState::Refused(why) = &late.state else { panic!("{:?}", late.state) };
    assert!(why.contains("the next run plans anew what was left"), "{why}");
    assert_eq!(world.hostbill_calls(), 0);
    assert_eq!(go_on(&world, &stopped).await.state, late.state, "delivered once more it stays so");
    assert_eq!(world.sync().await.state, RunState::Finished);
    world.assert_one_service_each();
}

#[tokio::test]
async fn a_run_that_was_refused_meanwhile_does_not_keep_a_checkpoint_from_going_on() {
    let world = World::new(9).await;
    let stopped = stopped_in_the_middle(&world).await;
    world.clock.advance(SignedDuration::from_mins(1));
    assert!(matches!(world.sync().await.state, RunState::Refused(_)), "the lease is kept for the checkpoint");

    let run = go_on(&world, &stopped).await;

    assert_eq!((run.state, run.counts.changed), (RunState::Finished, 9));
    world.assert_one_service_each();
}

#[tokio::test]
async fn a_checkpoint_of_a_run_that_nobody_knows_any_more_is_refused_for_good() {
    let world = World::new(1).await;
    let command = Command::Continue {
        organisation: world.organisation.id.clone(),
        run: "run_1793836800000a1b2c3".parse().unwrap(),
        checkpoint: 3,
    };
    let failure = sync(&world.process(), &command, Deadline::never()).await.unwrap_err();
    assert_eq!((failure.kind, failure.is_transient()), (FailureKind::Refused, false));
    assert_eq!(world.hostbill_calls(), 0);
}

async fn reports(world: &World) -> Vec<Run> {
    world.store.runs(&world.organisation.id, 10).await.unwrap()
}

/// Its process was killed at the first step after which there is one report, of a run in this state.
async fn killed_when(state: RunState) -> Option<(World, Run)> {
    for step in 1..100 {
        let world = World::new(3).await;
        let process = world.process();
        process.store.kill_at(step, Moment::After);
        world.try_run(&process, RunMode::Sync).await.unwrap_err();
        if let Ok([run]) = <[Run; 1]>::try_from(reports(&world).await)
            && run.state == state
        {
            return Some((world, run));
        }
    }
    None
}

#[tokio::test]
async fn a_run_that_was_killed_is_said_to_have_failed_by_the_one_that_takes_its_lease() {
    let (world, killed) = killed_when(RunState::Running).await.unwrap();
    world.clock.advance(SignedDuration::from_mins(40));

    let next = world.sync().await;

    let [_, after] = reports(&world).await.try_into().unwrap();
    let why = format!(
        "its process ended before it did; run {} came after it, and what was left is planned anew",
        next.id
    );
    assert_eq!((after.id, after.state), (killed.id, RunState::Failed(why)));
    world.assert_one_service_each();
}

#[tokio::test]
async fn a_run_that_was_killed_after_it_reported_its_end_holds_nobody_up() {
    let (world, killed) = killed_when(RunState::Finished).await.unwrap();
    let name = format!("sync/{}", world.organisation.id);
    let (now, other) = (domain::clock::Clock::now(&world.clock), testkit::builders::run_id(7));
    let Held(lease) = world.store.acquire(&name, &other, now, now).await.unwrap().unwrap_err();
    assert_eq!(lease.holder, killed.id, "it did not come to giving its lease back");

    let next = world.sync().await;

    assert_eq!((next.state, next.counts.unchanged), (RunState::Finished, 3));
    let after = world.store.find_run(&killed.organisation, &killed.id).await.unwrap();
    assert_eq!(after, Some(killed), "its report stays as it was");
    world.assert_one_service_each();
}
