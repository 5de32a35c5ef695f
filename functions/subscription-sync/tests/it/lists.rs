//! Lists that lie: nothing is removed on their word.

use crate::world::World;
use domain::run::{RunMode, RunState};
use simulators::crayon::{Profile, Status};
use simulators::{Fault, ListFault};

#[tokio::test]
async fn a_page_dropped_repeated_reordered_or_shifted_removes_nothing() {
    let faults = [
        ListFault::DropRow { page: 2, row: 1 },
        ListFault::RepeatRow { page: 2 },
        ListFault::RepeatPage { page: 2 },
        ListFault::Shuffle,
        ListFault::TotalHits(-1),
        ListFault::TotalHits(2),
        ListFault::IgnorePage,
        ListFault::RowDeleted { after: 1 },
        ListFault::RowInserted { after: 1 },
        ListFault::PageCap(2),
    ];
    for fault in faults {
        let world = World::new(9).await;
        world.sync().await;
        let active = |world: &World| world.accounts().iter().filter(|a| a.status == "Active").count();
        world.crayon.with(|m| m.faults.add(Fault::List(fault).on("GET /subscriptions").always()));
        for _ in 0..2 {
            let run = world.sync().await;
            assert!(matches!(run.state, RunState::Finished), "{fault:?}: {:?}", run.state);
        }
        // Only a row that really was deleted while listing may be missed by two whole looks.
        if !matches!(fault, ListFault::RowDeleted { .. }) {
            assert_eq!(active(&world), 9, "{fault:?}");
        }
        assert_eq!(
            world.hostbill.with(|m| m.module_calls.iter().filter(|c| c.action == "Terminate").count()),
            0
        );
    }
}

#[tokio::test]
async fn an_unproven_list_still_adds_and_changes() {
    let world = World::new(4).await;
    world.sync().await;
    world.change(world.subscriptions[0], |s| s.quantity = 40);
    world
        .crayon
        .with(|m| m.faults.add(Fault::List(ListFault::TotalHits(3)).on("GET /subscriptions").always()));
    let run = world.sync().await;
    assert!(run.unproven.is_some());
    assert_eq!(run.counts.changed, 1);
    world.assert_one_service_each();
}

#[tokio::test]
async fn a_row_missing_from_one_look_only_ends_nothing() {
    let world = World::new(9).await;
    world.sync().await;
    // The first look is whole and lies; the second look shows the row again.
    let id = world.subscriptions[4];
    world.crayon.with(|m| {
        m.faults.add(
            Fault::List(ListFault::DropRow { page: 2, row: 1 }).on("GET /subscriptions").skip(1).times(1),
        );
        m.faults.add(Fault::List(ListFault::TotalHits(-1)).on("GET /subscriptions").times(3));
    });
    let run = world.sync().await;
    assert_eq!((run.counts.planned, world.service(id).status.as_str()), (0, "Active"), "{run:?}");
}

#[tokio::test]
async fn the_brake_trips_on_a_forty_percent_drop_until_a_person_approves() {
    let world = World::new(20).await;
    world.sync().await;
    world.crayon.with(|m| world.subscriptions[..8].iter().for_each(|id| drop(m.subscriptions.remove(*id))));
    let run = world.sync().await;
    assert_eq!(run.state, RunState::AwaitingApproval);
    assert_eq!(
        run.brake,
        ["8 of 20 known subscriptions would be reduced, suspended or ended, more than 10 %"]
    );
    assert!(world.accounts().iter().all(|a| a.status == "Active"));
    world.later(1);
    let applied = world.run(RunMode::Apply(run.plan.unwrap())).await;
    assert_eq!((applied.state, applied.counts.changed), (RunState::Finished, 8), "approval holds overnight");
    assert_eq!(world.accounts().iter().filter(|a| a.status == "Suspended").count(), 8);
}

#[tokio::test]
async fn both_casings_and_list_shapes_are_the_same_estate() {
    let world = World::new(5).await;
    world.sync().await;
    world.crayon.with(|m| m.profile = Profile::OpenApi);
    let run = world.sync().await;
    assert_eq!(run.counts.planned, 0, "{run:?}");
    world.assert_one_service_each();
}

#[tokio::test]
async fn a_row_in_a_state_nobody_knows_is_parked_and_the_rest_goes_on() {
    let world = World::new(3).await;
    world.change(world.subscriptions[0], |s| s.status = Status(3));
    let run = world.sync().await;
    assert_eq!((run.counts.created, run.counts.parked), (2, 1));
}

#[tokio::test]
async fn an_empty_supplier_is_a_proven_list_and_the_brake_holds_it() {
    let world = World::new(6).await;
    world.sync().await;
    world.crayon.with(|m| world.subscriptions.iter().for_each(|id| drop(m.subscriptions.remove(*id))));
    assert_eq!(world.sync().await.state, RunState::AwaitingApproval);
    assert!(world.accounts().iter().all(|a| a.status == "Active"));
}

#[tokio::test]
async fn a_list_that_does_not_fit_into_the_time_says_what_helps_and_changes_nothing() {
    let world = World::new(9).await;
    let deadline = domain::clock::Deadline(world.clock_after(0));
    let failure =
        subscription_sync::sync(&world.process(), &world.command(RunMode::Sync), deadline).await.unwrap_err();
    assert!(failure.to_string().contains("raise CRAYON_PAGE_SIZE"), "{failure}");
    assert_eq!(world.hostbill_calls(), 0);
}
