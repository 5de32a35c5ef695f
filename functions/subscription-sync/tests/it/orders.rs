//! Orders: what was ordered is billed, at the sum that was approved, once.

use crate::world::{World, euro, orders_run};
use domain::link::Link;
use domain::ports::PlanStore as _;
use domain::price::{Basis, Method, PriceRules};
use domain::record::{ParkReason, SyncState};
use domain::run::{RunMode, RunState};
use domain::settings::Approval;
use simulators::crayon::Status;
use simulators::{Decimal, Fault};
use testkit::{Moment, is_killed};

/// Longer than the lease and the quiet period together.
fn wait(world: &World) {
    world.clock.advance(jiff::SignedDuration::from_mins(40));
}

fn lists_read(world: &World) -> u64 {
    world.crayon.with(|m| m.requests.count("GET /subscriptions"))
}

fn details_read(world: &World) -> u64 {
    world.crayon.with(|m| m.requests.count("GET /subscriptions/{id}"))
}

async fn approver_of(world: &World, plan: &domain::plan::PlanHash) -> Option<String> {
    world.store.find_plan(plan).await.unwrap().unwrap().approved.map(|(by, _)| by)
}

#[tokio::test]
async fn an_orders_run_bills_exactly_the_ordered_subscription_at_the_approved_sum() {
    let world = World::new(4).await;
    let id = world.subscriptions[2];
    let run = world.run(orders_run(id, "13.12 EUR")).await;
    assert_eq!((run.state, run.problems, run.brake), (RunState::Finished, Vec::new(), Vec::new()));
    assert_eq!((run.counts.observed, run.counts.planned, run.counts.created), (1, 1, 1));
    assert_eq!((world.accounts().len(), world.service(id).total), (1, euro("13.12")));
    assert_eq!(world.service(id).status, "Active");
    assert_eq!(world.store.all_records(&world.organisation.id).len(), 1);
    assert_eq!(
        (lists_read(&world), details_read(&world)),
        (0, 1),
        "nothing but the ordered one is looked at"
    );
    let approver = approver_of(&world, &run.plan.unwrap()).await;
    assert_eq!(approver.as_deref(), Some("order ord_7"), "the approval of the order is the plan's");
    world.assert_audit_holds().await;
}

#[tokio::test]
async fn after_an_orders_run_the_next_sync_has_nothing_to_do() {
    for basis in [Basis::Resale, Basis::Cost, Basis::List] {
        let world = World::new(3).await;
        world.store.edit_settings(|settings| {
            let mut rules: Vec<_> = settings.price_rules.iter().cloned().collect();
            rules[0].method = Method::PassThrough(basis);
            settings.price_rules = PriceRules::new(rules);
        });
        let unit = if basis == Basis::List { euro("4.00") } else { euro("3.28") };
        for (at, id) in world.subscriptions.iter().enumerate() {
            let sum = format!("{} EUR", unit * Decimal::from(at + 2));
            let run = world.run(orders_run(*id, &sum)).await;
            assert_eq!(
                (run.state, run.counts.created, run.brake),
                (RunState::Finished, 1, Vec::new()),
                "{basis:?}"
            );
            assert_eq!(world.record(*id).price.unwrap().cost, Some("3.28 EUR".parse().unwrap()), "{basis:?}");
        }
        let records = world.store.all_records(&world.organisation.id);
        let entries = world.store.all_audit(&world.organisation.id).len();
        world.forget_requests();
        let run = world.sync().await;
        assert_eq!((run.counts.unchanged, run.counts.planned), (3, 0), "{basis:?}");
        assert_eq!(
            (world.hostbill_calls(), details_read(&world)),
            (0, 0),
            "{basis:?}: the digest says enough"
        );
        assert_eq!(world.store.all_records(&world.organisation.id), records, "{basis:?}");
        assert_eq!(world.store.all_audit(&world.organisation.id).len(), entries, "{basis:?}");
    }
}

#[tokio::test]
async fn at_another_sum_than_approved_the_plan_waits_and_names_both() {
    for approved in ["6.55 EUR", "6.57 EUR", "6.56 USD", "0.00 EUR"] {
        let world = World::new(2).await;
        let id = world.subscriptions[0];
        for _ in 0..2 {
            let run = world.run(orders_run(id, approved)).await;
            let said =
                format!("order ord_7 was approved at {approved} each cycle, this plan charges 6.56 EUR");
            assert_eq!((run.state, run.brake), (RunState::AwaitingApproval, vec![said]));
            assert_eq!(approver_of(&world, &run.plan.unwrap()).await, None);
        }
        assert_eq!((world.hostbill_calls(), world.store.all_records(&world.organisation.id).len()), (0, 0));
    }
}

#[tokio::test]
async fn a_plan_at_another_sum_is_billed_once_a_person_approved_it() {
    let world = World::new(2).await;
    let id = world.subscriptions[0];
    let waiting = world.run(orders_run(id, "6.00 EUR")).await;
    let now = domain::clock::Clock::now(&world.clock);
    world.store.approve_plan(&waiting.plan.unwrap(), "bea", now).await.unwrap();
    let run = world.run(orders_run(id, "6.00 EUR")).await;
    assert_eq!((run.state, run.counts.created), (RunState::Finished, 1));
    assert_eq!((world.accounts().len(), world.service(id).total), (1, euro("6.56")));
}

#[tokio::test]
async fn applying_an_orders_plan_bills_that_order_whatever_else_has_changed_meanwhile() {
    let world = World::new(4).await;
    let id = world.subscriptions[0];
    let waiting = world.run(orders_run(id, "6.00 EUR")).await;
    world.change(world.subscriptions[1], |s| s.quantity = 77);
    let hash = waiting.plan.unwrap();
    let applied = world.run(RunMode::Apply(hash.clone())).await;
    assert_eq!((applied.state, applied.counts.created), (RunState::Finished, 1));
    assert_eq!((world.accounts().len(), world.service(id).total), (1, euro("6.56")));
    assert_eq!(approver_of(&world, &hash).await.as_deref(), Some("ada"));
}

#[tokio::test]
async fn applying_an_orders_plan_is_refused_when_the_ordered_subscription_moved() {
    let world = World::new(2).await;
    let id = world.subscriptions[0];
    let waiting = world.run(orders_run(id, "6.00 EUR")).await;
    world.change(id, |s| s.quantity = 77);
    let applied = world.run(RunMode::Apply(waiting.plan.unwrap())).await;
    assert!(matches!(applied.state, RunState::Refused(ref why) if why.contains("the world moved")));
    assert_eq!(world.hostbill_calls(), 0);
}

#[tokio::test]
async fn neither_the_brake_nor_a_policy_stops_what_was_approved_with_the_order() {
    let mut world = World::new(2).await;
    let policy = &mut world.organisation.policy;
    policy.approval = Approval::Always;
    policy.brake.max_changes = 0;
    policy.brake.max_amount = Some(euro("0.01"));
    world.save_settings();
    let run = world.run(orders_run(world.subscriptions[0], "6.56 EUR")).await;
    assert_eq!((run.state, run.counts.created), (RunState::Finished, 1));
    assert_eq!(run.brake.len(), 2, "the report says what would have held it");
    let other = world.run(orders_run(world.subscriptions[1], "9.83 EUR")).await;
    assert_eq!((other.state, world.accounts().len()), (RunState::AwaitingApproval, 1));
}

#[tokio::test]
async fn more_seats_are_one_call_for_one_service_and_no_other_change_is_made() {
    let world = World::new(4).await;
    world.sync().await;
    let id = world.subscriptions[1];
    for other in [0, 2] {
        world.change(world.subscriptions[other], |s| s.quantity = 50);
    }
    world.change(id, |s| s.quantity = 12);
    world.forget_requests();
    let run = world.run(orders_run(id, "39.36 EUR")).await;
    assert_eq!((run.state, run.counts.changed, run.counts.planned), (RunState::Finished, 1, 1));
    assert_eq!((world.hostbill_calls(), world.calls("editAccountDetails")), (1, 1));
    assert_eq!(world.service(id).total, euro("39.36"));
    assert_eq!(world.service(world.subscriptions[0]).total, euro("6.56"), "left to the next sync");
    world.sync().await;
    world.assert_one_service_each();
}

#[tokio::test]
async fn an_orders_run_ends_nothing_however_much_is_gone_at_the_supplier() {
    let world = World::new(6).await;
    world.sync().await;
    let id = world.subscriptions[5];
    world.change(id, |s| s.quantity = 1);
    world
        .crayon
        .with(|m| world.subscriptions[..5].iter().for_each(|gone| drop(m.subscriptions.remove(*gone))));
    let run = world.run(orders_run(id, "3.28 EUR")).await;
    assert_eq!((run.state, run.counts.planned), (RunState::Finished, 1));
    assert_eq!(world.accounts().iter().filter(|a| a.status == "Active").count(), 6);
}

#[tokio::test]
async fn a_subscription_that_the_supplier_does_not_know_is_said_and_nothing_is_billed() {
    let world = World::new(1).await;
    world.sync().await;
    world.forget_requests();
    for unknown in [999_999, world.subscriptions[0]] {
        world.crayon.with(|m| drop(m.subscriptions.remove(unknown)));
        let run = world.run(orders_run(unknown, "6.56 EUR")).await;
        let said =
            format!("subscription {unknown} of order ord_7 is not known to crayon: nothing was billed");
        assert_eq!((run.state, run.counts.planned, run.problems), (RunState::Finished, 0, vec![said]));
    }
    assert_eq!((world.hostbill_calls(), world.accounts().len()), (0, 1));
    assert_eq!(world.record(world.subscriptions[0]).state, SyncState::Synced, "only a proven list ends it");
}

#[tokio::test]
async fn an_ordered_subscription_of_an_unlinked_customer_is_parked_and_no_client_is_created_for_it() {
    let mut world = World::new(2).await;
    world.links.retain(|link| !matches!(link, Link::Client { .. }));
    world.organisation.policy.create_clients = true;
    world.organisation.policy.create_products = true;
    world.save().await;
    let id = world.subscriptions[0];
    let run = world.run(orders_run(id, "6.56 EUR")).await;
    assert_eq!((run.state, run.counts.parked, world.hostbill_calls()), (RunState::Finished, 1, 0));
    let state = world.record(id).state;
    assert!(matches!(state, SyncState::Parked { reason: ParkReason::CustomerUnlinked, .. }), "{state:?}");
    world.link(0);
    world.save().await;
    let run = world.run(orders_run(id, "6.56 EUR")).await;
    assert_eq!((run.counts.created, world.service(id).total), (1, euro("6.56")));
}

#[tokio::test]
async fn an_ordered_subscription_that_is_suspended_already_waits_for_a_person() {
    let world = World::new(1).await;
    let id = world.subscriptions[0];
    world.set_status(id, Status::SUSPENDED);
    let run = world.run(orders_run(id, "6.56 EUR")).await;
    assert_eq!((run.state, world.hostbill_calls()), (RunState::AwaitingApproval, 0));
    assert!(run.brake[0].ends_with("this plan leaves a service of 6.56 EUR suspended"), "{:?}", run.brake);
}

#[tokio::test]
async fn what_an_earlier_run_billed_at_another_sum_is_named() {
    let world = World::new(1).await;
    world.sync().await;
    let id = world.subscriptions[0];
    let right = world.run(orders_run(id, "6.56 EUR")).await;
    assert_eq!((right.state, right.counts.unchanged, right.problems), (RunState::Finished, 1, Vec::new()));
    world.forget_requests();
    let wrong = world.run(orders_run(id, "6.50 EUR")).await;
    let said = format!(
        "subscription {id}: its service is charged 6.56 EUR each cycle, order ord_7 was approved at 6.50 EUR"
    );
    assert_eq!((wrong.state, wrong.problems), (RunState::Finished, vec![said]));
    assert_eq!(world.hostbill_calls(), 0);
}

#[tokio::test]
async fn an_orders_run_and_a_full_sync_at_the_same_time_bill_once() {
    for order_first in [true, false] {
        let world = World::new(4).await;
        let (a, b) = (world.process(), world.process());
        let order = world.try_run(&a, orders_run(world.subscriptions[0], "6.56 EUR"));
        let full = world.try_run(&b, RunMode::Sync);
        let (first, second) = if order_first {
            tokio::join!(order, full)
        } else {
            let (b, a) = tokio::join!(full, order);
            (a, b)
        };
        let states = [first.unwrap().state, second.unwrap().state];
        assert_eq!(states.iter().filter(|s| **s == RunState::Finished).count(), 1, "{states:?}");
        assert!(states.iter().any(|s| matches!(s, RunState::Refused(why) if why.contains("is at work"))));
        world.run(orders_run(world.subscriptions[0], "6.56 EUR")).await;
        world.sync().await;
        world.assert_one_service_each();
        assert_eq!(world.hostbill.with(|m| m.orders.len()), 4);
    }
}

#[tokio::test]
async fn killed_at_any_step_an_order_is_billed_once_by_whoever_comes_next() {
    let mode = |world: &World| orders_run(world.subscriptions[0], "6.56 EUR");
    let steps = {
        let world = World::new(2).await;
        let process = world.process();
        world.try_run(&process, mode(&world)).await.unwrap();
        process.store.steps()
    };
    assert!(steps > 15, "only {steps} steps: the injection does not reach the work");
    for step in 1..=steps {
        for moment in Moment::BOTH {
            let world = World::new(2).await;
            let process = world.process();
            process.store.kill_at(step, moment);
            let died = world.try_run(&process, mode(&world)).await;
            assert!(process.store.is_dead(), "step {step} was not reached");
            assert!(died.as_ref().err().is_none_or(is_killed), "step {step}: {died:?}");
            // The order's own run again, or the hourly one: whichever comes next.
            wait(&world);
            if step % 2 == 0 {
                world.run(mode(&world)).await;
                wait(&world);
            }
            for _ in 0..2 {
                world.sync().await;
                wait(&world);
            }
            world.assert_one_service_each();
            let billed = world.hostbill.with(|m| (m.accounts.len(), m.orders.len()));
            assert_eq!(billed, (2, 2), "after death at step {step} {moment:?}");
            world.assert_audit_holds().await;
            world.forget_requests();
            let last = world.sync().await;
            assert_eq!((last.counts.planned, world.hostbill_calls()), (0, 0), "step {step} {moment:?}");
        }
    }
}

#[tokio::test]
async fn a_lost_reply_of_an_orders_run_is_settled_by_the_next_sync_under_the_same_key() {
    let world = World::new(1).await;
    let id = world.subscriptions[0];
    world.hostbill.with(|m| {
        m.faults.add(Fault::DropAfter.on("addOrder"));
        m.faults.add(Fault::status(500).on("getClientAccounts").skip(1).times(20));
    });
    let run = world.run(orders_run(id, "6.56 EUR")).await;
    assert_eq!((run.counts.in_doubt, run.counts.created), (1, 0));
    world.hostbill.with(|m| m.faults.clear());
    wait(&world);
    world.sync().await;
    world.assert_one_service_each();
    assert_eq!(world.hostbill.with(|m| m.orders.len()), 1);
    let keys: Vec<_> =
        world.store.all_effects(&world.organisation.id).iter().map(|e| e.key.to_string()).collect();
    assert_eq!(keys, [format!("sub/nordic/{id}/000001")]);
}

#[tokio::test]
async fn a_change_of_an_order_in_doubt_is_settled_by_the_orders_next_run() {
    let world = World::new(1).await;
    world.sync().await;
    let id = world.subscriptions[0];
    world.change(id, |s| s.quantity = 9);
    world.hostbill.with(|m| {
        m.faults.add(Fault::DropAfter.on("editAccountDetails").always());
        m.faults.add(Fault::status(500).on("getAccountDetailsBasic").always());
    });
    let run = world.run(orders_run(id, "29.52 EUR")).await;
    assert_eq!((run.counts.in_doubt, run.counts.changed), (1, 0));
    world.hostbill.with(|m| m.faults.clear());
    wait(&world);
    let run = world.run(orders_run(id, "29.52 EUR")).await;
    assert_eq!((run.state, run.counts.changed), (RunState::Finished, 1));
    assert_eq!((world.service(id).total, world.record(id).state), (euro("29.52"), SyncState::Synced));
}

#[tokio::test]
async fn killed_while_it_changed_seats_an_orders_next_run_settles_them_even_when_they_went_back() {
    let steps = {
        let world = World::new(1).await;
        world.sync().await;
        world.change(world.subscriptions[0], |s| s.quantity = 9);
        let process = world.process();
        world.try_run(&process, orders_run(world.subscriptions[0], "29.52 EUR")).await.unwrap();
        process.store.steps()
    };
    for step in 1..=steps {
        let world = World::new(1).await;
        world.sync().await;
        let id = world.subscriptions[0];
        world.change(id, |s| s.quantity = 9);
        let process = world.process();
        process.store.kill_at(step, Moment::After);
        let died = world.try_run(&process, orders_run(id, "29.52 EUR")).await;
        assert!(died.as_ref().err().is_none_or(is_killed), "step {step}: {died:?}");
        world.change(id, |s| s.quantity = 2);
        wait(&world);
        let run = world.run(orders_run(id, "6.56 EUR")).await;
        assert_eq!((run.state, run.counts.in_doubt), (RunState::Finished, 0), "step {step}");
        assert_eq!(world.service(id).total, euro("6.56"), "after death at step {step}");
        assert_eq!(world.record(id).state, SyncState::Synced, "after death at step {step}");
    }
}

#[tokio::test]
async fn an_orders_run_of_what_is_over_forgets_nothing_about_it() {
    let world = World::new(2).await;
    world.sync().await;
    let id = world.subscriptions[0];
    world.set_status(id, Status::CANCELLED);
    world.sync().await;
    world.later(31);
    world.sync().await;
    assert_eq!(world.record(id).state, SyncState::Ended);
    let writes_of_a_sync = async || {
        let before = world.store.writes();
        assert_eq!(world.sync().await.counts.unchanged, 2);
        world.store.writes() - before
    };
    let unchanged = writes_of_a_sync().await;
    let run = world.run(orders_run(id, "6.56 EUR")).await;
    assert_eq!((run.state, run.counts.planned, run.problems), (RunState::Finished, 0, Vec::new()));
    assert_eq!(writes_of_a_sync().await, unchanged, "the next sync has nothing to mend");
    assert_eq!(world.accounts().len(), 1);
}

#[tokio::test]
async fn what_is_in_doubt_elsewhere_is_left_to_the_sync() {
    let world = World::new(2).await;
    world.hostbill.with(|m| m.faults.add(Fault::DropBefore.on("addOrder")));
    let first = world.run(orders_run(world.subscriptions[0], "6.56 EUR")).await;
    assert_eq!(first.counts.in_doubt, 1);
    let second = world.run(orders_run(world.subscriptions[1], "9.84 EUR")).await;
    assert_eq!((second.counts.created, second.counts.in_doubt, second.problems), (1, 0, Vec::new()));
    wait(&world);
    world.sync().await;
    world.assert_one_service_each();
}

#[tokio::test]
async fn a_supplier_that_does_not_answer_fails_the_orders_run_and_bills_nothing() {
    let world = World::new(1).await;
    let id = world.subscriptions[0];
    world.crayon.with(|m| m.faults.add(Fault::status(500).on("GET /subscriptions/{id}").always()));
    let failure = world.try_run(&world.process(), orders_run(id, "6.56 EUR")).await.unwrap_err();
    assert_eq!((failure.system.as_str(), world.hostbill_calls()), ("crayon", 0));
    world.crayon.with(|m| m.faults.clear());
    assert_eq!(world.run(orders_run(id, "6.56 EUR")).await.counts.created, 1);
}
