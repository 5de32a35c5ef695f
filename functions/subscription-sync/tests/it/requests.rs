//! Runs that somebody asked for and was told the number of: the report is found there, whatever happens.

use crate::world::{World, connected, orders_run};
use domain::clock::{Clock as _, Deadline};
use domain::failure::FailureKind;
use domain::id::{OrganisationId, RunId};
use domain::ports::{Notice, RunStore as _};
use domain::run::{Run, RunMode, RunState};
use events::{Event, SOURCE};
use lambda_kit::{Invocation, Outcome};
use serde_json::{Value, json};
use subscription_sync::{Command, handle, sync};
use testkit::{Moment, is_killed};

const NUMBER: &str = "run_1793836800000a1b2c3";

fn number() -> RunId {
    NUMBER.parse().unwrap()
}

fn requested(world: &World, organisation: &OrganisationId, mode: RunMode) -> Run {
    Run::requested(number(), organisation.clone(), mode, "bea".into(), world.clock.now())
}

/// Leaves the request in the table, and says what is delivered for it.
async fn ask(world: &World, mode: RunMode) -> Command {
    let organisation = world.organisation.id.clone();
    world.store.put_run(&requested(world, &organisation, mode.clone())).await.unwrap();
    Command::Start { organisation, mode, actor: "bea".into(), run: Some(number()) }
}

async fn report(world: &World) -> Run {
    world.store.find_run(&world.organisation.id, &number()).await.unwrap().unwrap()
}

async fn deliver(world: &World, notice: &Notice) -> Outcome {
    let Event { detail_type, detail } = Event::of(notice);
    let payload = json!({"source": SOURCE, "detail-type": detail_type, "detail": detail});
    handle(&world.process(), Invocation { payload, deadline: Deadline::never(), request: "r-1".into() }).await
}

fn answer(outcome: Outcome) -> Value {
    match outcome {
        Outcome::Done(answer) => answer,
        other @ (Outcome::Terminal(_) | Outcome::Retry(_)) => json!({"not done": format!("{other:?}")}),
    }
}

#[tokio::test]
async fn a_run_asked_for_by_its_number_keeps_it_and_delivered_twice_it_runs_once() {
    let world = World::new(3).await;
    world.clock.advance(jiff::SignedDuration::from_secs(7));
    ask(&world, RunMode::Sync).await;
    let (organisation, actor) = (world.organisation.id.clone(), "bea".to_owned());
    let notice = Notice::SyncRequested { organisation, mode: RunMode::Sync, actor, run: Some(number()) };
    let first = answer(deliver(&world, &notice).await);
    assert_eq!(
        (&first["run"], &first["state"], &first["created"]),
        (&json!(NUMBER), &json!("finished"), &json!(3))
    );
    let done = report(&world).await;
    assert_eq!(
        (done.state.clone(), done.counts.created, done.actor.as_str()),
        (RunState::Finished, 3, "bea")
    );
    world.change(world.subscriptions[0], |s| s.quantity = 40);
    world.forget_requests();
    let second = answer(deliver(&world, &notice).await);
    assert_eq!(second, first, "the second delivery is told how the run stands");
    assert_eq!((world.hostbill_calls(), world.crayon.with(|m| m.requests.total())), (0, 0));
    assert_eq!(report(&world).await, done);
    let runs = world.store.runs(&world.organisation.id, 10).await.unwrap();
    assert_eq!(runs.len(), 1, "{runs:?}");
    let finished = |notice: &&Notice| matches!(notice, Notice::SyncFinished { run, .. } if *run == number());
    assert_eq!(world.bus.all().iter().filter(finished).count(), 1);
}

#[tokio::test]
async fn delivered_twice_at_the_same_moment_it_runs_once_and_undisturbed() {
    for mode in [RunMode::Sync, orders_run(0, "6.56 EUR")] {
        let world = World::new(3).await;
        let mode = if mode == RunMode::Sync { mode } else { orders_run(world.subscriptions[0], "6.56 EUR") };
        let command = ask(&world, mode).await;
        let (a, b, c) = (world.process(), world.process(), world.process());
        let (a, b, c) = tokio::join!(
            sync(&a, &command, Deadline::never()),
            sync(&b, &command, Deadline::never()),
            sync(&c, &command, Deadline::never()),
        );
        let states = [a.unwrap().state, b.unwrap().state, c.unwrap().state];
        let done = states.iter().filter(|state| **state == RunState::Finished).count();
        let elsewhere = states.iter().filter(|state| **state == RunState::Running).count();
        assert_eq!((done, elsewhere), (1, 2), "{states:?}");
        assert_eq!(report(&world).await.state, RunState::Finished);
        assert_eq!(world.accounts().len() as u64, report(&world).await.counts.created);
    }
}

#[tokio::test]
async fn a_run_that_another_run_keeps_from_working_says_so_under_its_number() {
    for at in 0..3 {
        let world = World::new(6).await;
        let mode = match at {
            0 => RunMode::Sync,
            1 => RunMode::DryRun,
            _ => orders_run(world.subscriptions[0], "6.56 EUR"),
        };
        let command = ask(&world, mode).await;
        let (a, b) = (world.process(), world.process());
        let other = world.command(RunMode::Sync);
        let (working, refused) =
            tokio::join!(sync(&a, &other, Deadline::never()), sync(&b, &command, Deadline::never()),);
        let working = working.unwrap();
        assert_eq!((working.state, working.counts.created), (RunState::Finished, 6));
        let RunState::Refused(why) = refused.unwrap().state else { panic!("not refused") };
        assert!(why.starts_with(&format!("run {} is at work until", working.id)), "{why}");
        assert_eq!(report(&world).await.state, RunState::Refused(why));
        let told = world.bus.all().into_iter().any(
            |notice| matches!(notice, Notice::SyncFinished { run, state, .. } if run == number() && state == "refused"),
        );
        assert!(told, "whoever waits for it hears of it");
        world.assert_one_service_each();
    }
}

#[tokio::test]
async fn a_number_that_nobody_stored_is_kept_all_the_same() {
    let world = World::new(1).await;
    let organisation = world.organisation.id.clone();
    let command =
        Command::Start { organisation, mode: RunMode::Sync, actor: "bea".into(), run: Some(number()) };
    let run = sync(&world.process(), &command, Deadline::never()).await.unwrap();
    assert_eq!((run.id, run.state), (number(), RunState::Finished));
    assert_eq!(report(&world).await.state, RunState::Finished);
}

#[tokio::test]
async fn whatever_is_missing_before_it_can_begin_is_said_under_its_number() {
    let world = World::new(1).await;
    let elsewhere: OrganisationId = "elsewhere".parse().unwrap();
    world.store.put_run(&requested(&world, &elsewhere, RunMode::Sync)).await.unwrap();
    let command = Command::Start {
        organisation: elsewhere.clone(),
        mode: RunMode::Sync,
        actor: "bea".into(),
        run: Some(number()),
    };
    let failure = sync(&world.process(), &command, Deadline::never()).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused);
    let said = RunState::Failed("billbridge: organisation elsewhere is not in the settings".into());
    let run = world.store.find_run(&elsewhere, &number()).await.unwrap().unwrap();
    assert_eq!((run.state, world.hostbill_calls()), (said, 0));
}

#[tokio::test]
async fn a_number_of_an_unknown_organisation_that_nobody_stored_leaves_nothing_behind() {
    let world = World::new(1).await;
    let organisation: OrganisationId = "elsewhere".parse().unwrap();
    let command = Command::Start {
        organisation: organisation.clone(),
        mode: RunMode::Sync,
        actor: "bea".into(),
        run: Some(number()),
    };
    sync(&world.process(), &command, Deadline::never()).await.unwrap_err();
    assert_eq!(world.store.runs(&organisation, 10).await.unwrap(), []);
}

#[tokio::test]
async fn a_connection_that_nobody_configured_is_said_under_the_runs_number() {
    let world = World::new(1).await;
    for mode in [RunMode::Sync, orders_run(world.subscriptions[0], "6.56 EUR")] {
        let command = ask(&world, mode).await;
        let mut process = world.process();
        process.connections = connected(Vec::new(), Vec::new());
        sync(&process, &command, Deadline::never()).await.unwrap_err();
        let RunState::Failed(why) = report(&world).await.state else { panic!("it did not fail") };
        assert!(why.contains("not configured"), "{why}");
    }
}

#[tokio::test]
async fn killed_at_any_step_the_request_is_never_left_waiting_once_it_is_delivered_again() {
    let steps = {
        let world = World::new(1).await;
        let command = ask(&world, RunMode::Sync).await;
        let process = world.process();
        sync(&process, &command, Deadline::never()).await.unwrap();
        process.store.steps()
    };
    for step in 1..=steps {
        for moment in Moment::BOTH {
            let world = World::new(1).await;
            let command = ask(&world, RunMode::Sync).await;
            let process = world.process();
            process.store.kill_at(step, moment);
            let died = sync(&process, &command, Deadline::never()).await;
            assert!(died.as_ref().err().is_none_or(is_killed), "step {step}: {died:?}");
            world.clock.advance(jiff::SignedDuration::from_mins(40));
            sync(&world.process(), &command, Deadline::never()).await.unwrap();
            assert_ne!(report(&world).await.state, RunState::Requested, "step {step} {moment:?}");
            // Whatever it had begun, the next scheduled run ends.
            for _ in 0..2 {
                world.clock.advance(jiff::SignedDuration::from_mins(40));
                world.sync().await;
            }
            world.assert_one_service_each();
        }
    }
}
