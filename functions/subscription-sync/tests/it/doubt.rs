//! Crashes and lost replies: nothing is done twice and nothing is lost.

use crate::world::{Ticking, World};
use domain::clock::Deadline;
use domain::plan::PlanHash;
use domain::ports::RunStore as _;
use domain::record::SyncState;
use domain::run::{RunMode, RunState};
use simulators::crayon::Status;
use simulators::{Decimal, Fault};
use subscription_sync::{Command, sync};
use testkit::{Moment, is_killed};

/// Longer than the lease and the quiet period together.
fn wait(world: &World) {
    world.clock.advance(jiff::SignedDuration::from_mins(40));
}

/// Kills a process at each of its steps in turn, before and after the step's effect, lets another finish the
/// work, and asks `check` how the world looks.
async fn kill_at_every_step(prepare: impl AsyncFn(&World), check: impl AsyncFn(&World, u64)) {
    let steps = {
        let world = World::new(3).await;
        prepare(&world).await;
        let process = world.process();
        world.try_run(&process, RunMode::Sync).await.unwrap();
        process.store.steps()
    };
    assert!(steps > 10, "only {steps} steps: the injection does not reach the work");
    for step in 1..=steps {
        for moment in Moment::BOTH {
            let world = World::new(3).await;
            prepare(&world).await;
            let process = world.process();
            process.store.kill_at(step, moment);
            let died = world.try_run(&process, RunMode::Sync).await;
            assert!(died.is_err() || process.store.is_dead(), "step {step} was not reached");
            if let Err(failure) = died {
                assert!(is_killed(&failure) || process.store.is_dead(), "step {step}: {failure}");
            }
            // Two more runs: one may find the first one's doubt too young, as it should.
            for _ in 0..2 {
                wait(&world);
                world.sync().await;
            }
            check(&world, step).await;
            world.assert_audit_holds().await;
            let runs = world.store.runs(&world.organisation.id, 10).await.unwrap();
            let open: Vec<_> = runs.iter().filter(|run| run.state == RunState::Running).collect();
            assert!(open.is_empty(), "after death at step {step} {moment:?}: {open:?}");
            world.forget_requests();
            let last = world.sync().await;
            assert_eq!(
                (last.counts.planned, world.hostbill_calls()),
                (0, 0),
                "after death at step {step} {moment:?}"
            );
        }
    }
}

#[tokio::test]
async fn killed_between_any_two_steps_of_creating_exactly_one_service_each_results() {
    kill_at_every_step(
        async |_| {},
        async |world, step| {
            world.assert_one_service_each();
            let all = world.hostbill.with(|m| (m.accounts.len(), m.orders.len()));
            assert_eq!(all, (3, 3), "after death at step {step}");
        },
    )
    .await;
}

#[tokio::test]
async fn killed_between_any_two_steps_of_changing_every_service_ends_up_right() {
    let prepare = async |world: &World| {
        world.sync().await;
        world.change(world.subscriptions[0], |s| s.quantity = 50);
        world.set_status(world.subscriptions[1], Status::SUSPENDED);
        world.set_status(world.subscriptions[2], Status::CANCELLED);
    };
    let check = async |world: &World, step: u64| {
        let services: Vec<_> = world.subscriptions.iter().map(|id| world.service(*id)).collect();
        assert_eq!(services[0].total, Decimal::new(16400, 2), "after death at step {step}");
        assert_eq!((services[1].status.as_str(), services[2].status.as_str()), ("Suspended", "Suspended"));
    };
    kill_at_every_step(prepare, check).await;
}

#[tokio::test]
async fn an_accepted_order_whose_reply_is_lost_is_found_and_not_repeated() {
    for call in ["addOrder", "getOrderDetails", "editAccountDetails", "setOrderActive"] {
        for fault in [Fault::DropAfter, Fault::LostStatus(504), Fault::LostHtml, Fault::LostEmpty] {
            let world = World::new(2).await;
            world.hostbill.with(|m| m.faults.add(fault.clone().on(call).times(3)));
            for _ in 0..3 {
                world.sync().await;
                wait(&world);
            }
            world.assert_one_service_each();
            assert_eq!(world.hostbill.with(|m| m.orders.len()), 2, "{call} {fault:?}");
        }
    }
}

#[tokio::test]
async fn a_lost_suspension_or_termination_is_settled_by_looking() {
    let world = World::new(1).await;
    world.sync().await;
    let id = world.subscriptions[0];
    world.hostbill.with(|m| m.faults.add(Fault::DropAfter.on("accountSuspend")));
    world.set_status(id, Status::SUSPENDED);
    world.sync().await;
    assert_eq!((world.service(id).status.as_str(), world.calls("accountSuspend")), ("Suspended", 1));
    assert_eq!(world.record(id).state, SyncState::Synced);
    world.hostbill.with(|m| m.faults.add(Fault::DropAfter.on("accountTerminate")));
    world.set_status(id, Status::DELETED);
    world.sync().await;
    world.later(31);
    world.sync().await;
    assert_eq!((world.accounts().len(), world.calls("accountTerminate")), (0, 1));
}

#[tokio::test]
async fn an_order_that_never_arrived_is_placed_again_only_after_the_quiet_period() {
    let world = World::new(1).await;
    world.hostbill.with(|m| m.faults.add(Fault::DropBefore.on("addOrder")));
    let first = world.sync().await;
    assert_eq!((first.counts.in_doubt, world.accounts().len()), (1, 0));
    assert!(matches!(world.record(world.subscriptions[0]).state, SyncState::Error { .. }));
    let soon = world.sync().await;
    assert_eq!((soon.counts.in_doubt, world.accounts().len()), (1, 0), "the first call may still arrive");
    wait(&world);
    world.sync().await;
    world.assert_one_service_each();
    assert_eq!(world.record(world.subscriptions[0]).state, SyncState::Synced, "the error cleared itself");
}

#[tokio::test]
async fn an_order_made_by_a_person_meanwhile_is_not_taken_for_ours() {
    let world = World::new(1).await;
    let (client, product) = (world.clients[0], world.product);
    // Before our order: it was there when we looked.
    let theirs = world.hostbill.with(|m| m.add_account(client, product, "m", ""));
    world.hostbill.with(|m| m.account_mut(theirs).unwrap().status = "Pending".into());
    world.hostbill.with(|m| m.faults.add(Fault::DropAfter.on("addOrder")));
    world.sync().await;
    assert_eq!(world.hostbill.with(|m| m.account_mut(theirs).unwrap().domain.clone()), "");
    assert_eq!(world.service(world.subscriptions[0]).status, "Active");
}

#[tokio::test]
async fn an_order_whose_marking_was_refused_is_not_taken_for_the_next_one() {
    let world = World::new(3).await;
    // The first creation of the first client gets its order and then a no; the second one's reply is lost.
    world.hostbill.with(|m| {
        m.faults.add(Fault::Refused(vec!["locked".into()]).on("editAccountDetails"));
        m.faults.add(Fault::DropAfter.on("addOrder").skip(1).times(2));
    });
    for _ in 0..3 {
        world.sync().await;
        wait(&world);
    }
    world.assert_one_service_each();
    assert_eq!(world.hostbill.with(|m| m.orders.len()), 3);
}

#[tokio::test]
async fn two_services_that_could_each_be_ours_are_parked_for_a_person() {
    let world = World::new(1).await;
    let (client, product) = (world.clients[0], world.product);
    let process = world.process();
    // Dies after the order was accepted, then a person orders the same by hand.
    world.hostbill.with(|m| m.faults.add(Fault::DropAfter.on("addOrder")));
    world.hostbill.with(|m| m.faults.add(Fault::status(500).on("getClientAccounts").skip(1).times(20)));
    world.try_run(&process, RunMode::Sync).await.unwrap();
    let theirs = world.hostbill.with(|m| m.add_account(client, product, "m", ""));
    world.hostbill.with(|m| {
        m.account_mut(theirs).unwrap().status = "Pending".into();
        m.faults.clear();
    });
    wait(&world);
    let run = world.sync().await;
    assert_eq!((run.counts.in_doubt, world.hostbill.with(|m| m.orders.len())), (1, 1));
    assert!(matches!(world.record(world.subscriptions[0]).state, SyncState::Parked { .. }));
    // The cure: the person marks the right one.
    let ours = world.accounts().iter().map(|a| a.id).find(|id| *id != theirs).unwrap();
    let mark = format!("bb-nordic-{}", world.subscriptions[0]);
    world.hostbill.with(|m| m.account_mut(ours).unwrap().domain = mark);
    world.sync().await;
    assert_eq!(world.service(world.subscriptions[0]).status, "Active");
}

#[tokio::test]
async fn a_change_in_doubt_is_settled_even_when_the_supplier_went_back() {
    let world = World::new(1).await;
    world.sync().await;
    let id = world.subscriptions[0];
    world.change(id, |s| s.quantity = 9);
    // The edit is accepted; the process dies before it can write that down.
    let process = world.process();
    world.hostbill.with(|m| m.faults.add(Fault::DropAfter.on("editAccountDetails").always()));
    world.hostbill.with(|m| m.faults.add(Fault::status(500).on("getAccountDetailsBasic").always()));
    let run = world.try_run(&process, RunMode::Sync).await.unwrap();
    assert_eq!((run.counts.in_doubt, world.service(id).total), (1, Decimal::new(2952, 2)));
    world.hostbill.with(|m| m.faults.clear());
    world.change(id, |s| s.quantity = 2);
    wait(&world);
    world.sync().await;
    assert_eq!(world.service(id).total, Decimal::new(656, 2));
    assert_eq!(world.record(id).state, SyncState::Synced);
}

#[tokio::test]
async fn stopping_at_the_deadline_checkpoints_and_going_on_loses_and_repeats_nothing() {
    let world = World::new(9).await;
    let mut process = world.process();
    process.limits.in_flight = 1;
    // Time runs out a little with every look at the clock.
    process.clock = std::sync::Arc::new(Ticking(world.clock.clone()));
    let deadline = Deadline(world.clock_after(60));
    let first = sync(&process, &world.command(RunMode::Sync), deadline).await.unwrap();
    assert_eq!(first.state, RunState::Continued { checkpoint: 1 });
    assert!(first.counts.created > 0 && first.counts.left > 0, "{:?}", first.counts);
    let mut run = first;
    let mut rounds = 0;
    while let RunState::Continued { checkpoint } = run.state {
        let go_on = Command::Continue {
            organisation: world.organisation.id.clone(),
            run: run.id.clone(),
            checkpoint,
        };
        let deadline = Deadline(world.clock_after(60));
        let (a, b) = (
            sync(&process, &go_on, deadline).await.unwrap(),
            sync(&world.process(), &go_on, deadline).await.unwrap(),
        );
        assert!(
            b.state == a.state || b.state == RunState::Continued { checkpoint },
            "a second delivery does nothing"
        );
        run = a;
        rounds += 1;
        assert!(rounds < 20, "it never ends");
    }
    assert_eq!((run.state.clone(), run.counts.created), (RunState::Finished, 9));
    world.assert_one_service_each();
    assert_eq!(world.hostbill.with(|m| m.orders.len()), 9);
    let published = world.bus.all();
    assert!(matches!(published[0], domain::ports::Notice::SyncContinued { checkpoint: 1, .. }));
}

#[tokio::test]
async fn a_run_without_time_limit_stops_changing_before_its_lease_ends() {
    let world = World::new(9).await;
    let mut process = world.process();
    process.limits.in_flight = 1;
    process.limits.lease = jiff::SignedDuration::from_secs(60);
    process.clock = std::sync::Arc::new(Ticking(world.clock.clone()));
    let run = world.try_run(&process, RunMode::Sync).await.unwrap();
    assert_eq!(run.state, RunState::Continued { checkpoint: 1 });
    assert!(run.counts.created > 0 && run.counts.left > 0, "{:?}", run.counts);
}

#[tokio::test]
async fn applying_a_plan_after_the_world_moved_is_refused() {
    let world = World::new(2).await;
    let plan = world.run(RunMode::DryRun).await.plan.unwrap();
    world.change(world.subscriptions[0], |s| s.quantity = 77);
    let run = world.run(RunMode::Apply(plan)).await;
    assert!(
        matches!(run.state, RunState::Refused(ref why) if why.contains("the world moved")),
        "{:?}",
        run.state
    );
    assert_eq!(world.accounts().len(), 0);
    let nonsense: PlanHash = "0".repeat(64).parse().unwrap();
    assert!(matches!(world.run(RunMode::Apply(nonsense)).await.state, RunState::Refused(_)));
}
