//! Odd replies: each is a clear error, changes nothing wrongly, and clears itself.

use crate::world::World;
use domain::record::SyncState;
use domain::run::RunState;
use simulators::{Decimal, Fault};
use std::time::Duration;

#[tokio::test]
async fn whatever_billing_answers_the_change_is_made_once_and_the_error_clears_itself() {
    let faults = [
        Fault::Refused(vec!["Account is locked".into()]),
        Fault::RefusedAsObject(vec![("1".into(), "Account is locked".into())]),
        Fault::Html,
        Fault::Empty,
        Fault::status(500),
        Fault::status(503),
        Fault::too_many(None),
        Fault::Slow(Duration::from_millis(900)),
        Fault::SlowReply(Duration::from_millis(900)),
        Fault::Truncated,
        Fault::SuccessWithError("half of it".into()),
        Fault::LostNull,
        Fault::DropBefore,
    ];
    for fault in faults {
        let world = World::new(2).await;
        world.sync().await;
        let id = world.subscriptions[0];
        world.change(id, |s| s.quantity = 11);
        world.hostbill.with(|m| m.faults.add(fault.clone().on("editAccountDetails")));
        let run = world.sync().await;
        assert_eq!(run.state, RunState::Finished, "{fault:?}");
        world.clock.advance(jiff::SignedDuration::from_mins(40));
        world.sync().await;
        assert_eq!(world.service(id).total, Decimal::new(3608, 2), "{fault:?}");
        assert_eq!(world.record(id).state, SyncState::Synced, "{fault:?}");
        world.assert_one_service_each();
    }
}

#[tokio::test]
async fn a_refusal_is_shown_with_its_reason_on_the_record_and_the_report() {
    let world = World::new(2).await;
    world.sync().await;
    let id = world.subscriptions[0];
    world.change(id, |s| s.quantity = 11);
    world.hostbill.with(|m| {
        m.faults.add(Fault::Refused(vec!["Account is locked".into()]).on("editAccountDetails").always());
    });
    let run = world.sync().await;
    assert_eq!((run.counts.refused, run.counts.changed), (1, 0));
    assert!(run.problems[0].contains("Account is locked"), "{:?}", run.problems);
    let record = world.record(id);
    assert!(
        matches!(record.state, SyncState::Error { ref message, .. } if message.contains("Account is locked"))
    );
    assert_eq!(record.applied.unwrap().quantity, 2, "the record says what was really applied");
}

#[tokio::test]
async fn a_module_that_refuses_to_suspend_leaves_the_service_active_and_says_so() {
    let world = World::new(1).await;
    world.sync().await;
    let id = world.subscriptions[0];
    let account = world.service(id).id;
    world.hostbill.with(|m| {
        m.plug.script(account, simulators::hostbill::ModuleResult::Fail("subscription is locked".into()));
    });
    world.set_status(id, simulators::crayon::Status::SUSPENDED);
    let run = world.sync().await;
    assert_eq!((run.counts.refused, world.service(id).status.as_str()), (1, "Active"));
    world.sync().await;
    assert_eq!(world.service(id).status, "Suspended", "the cause is gone, the error clears itself");
}

#[tokio::test]
async fn a_token_that_expires_mid_run_costs_one_more_sign_in_and_nothing_else() {
    let world = World::new(9).await;
    world.crayon.with(|m| m.tokens.requests_per_token = Some(2));
    let run = world.sync().await;
    assert_eq!((run.state, run.counts.created), (RunState::Finished, 9));
    world.assert_one_service_each();
}

#[tokio::test]
async fn a_supplier_that_fails_while_listing_fails_the_run_and_changes_nothing() {
    for fault in [Fault::status(500), Fault::Html, Fault::Empty, Fault::Truncated, Fault::status(404)] {
        let world = World::new(9).await;
        world.sync().await;
        world.change(world.subscriptions[0], |s| s.quantity = 11);
        world.crayon.with(|m| m.faults.add(fault.clone().on("GET /subscriptions").skip(1).always()));
        world.forget_requests();
        let failure = world.try_run(&world.process(), domain::run::RunMode::Sync).await.unwrap_err();
        assert_eq!(failure.system.as_str(), "crayon", "{fault:?}");
        assert_eq!(world.hostbill_calls(), 0);
        world.crayon.with(|m| m.faults.clear());
        world.sync().await;
        world.assert_one_service_each();
    }
}

#[tokio::test]
async fn wrong_credentials_are_said_and_tried_once() {
    let world = World::new(1).await;
    world.crayon.with(|m| m.users[0].password = "changed".into());
    let process = {
        world.crayon.with(|m| m.users[0].password = "old".into());
        let process = world.process();
        world.crayon.with(|m| m.users[0].password = "changed".into());
        process
    };
    world.forget_requests();
    let failure = world.try_run(&process, domain::run::RunMode::Sync).await.unwrap_err();
    assert_eq!(failure.kind, domain::failure::FailureKind::Unauthorised);
    assert_eq!(world.crayon.with(|m| m.requests.total()), 1);
}
