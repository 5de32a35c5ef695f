use crate::world::{LIST, ONE, TOKEN, World};
use domain::clock::Clock;
use domain::failure::FailureKind;
use domain::ports::SubscriptionSource;
use jiff::SignedDuration;
use simulators::Fault;
use std::time::{Duration, Instant};

#[tokio::test]
async fn a_read_survives_passing_trouble() {
    for fault in
        [Fault::status(502), Fault::status(503), Fault::status(504), Fault::DropBefore, Fault::CutAfter(300)]
    {
        let world = World::with(3).await;
        world.cloud.with(|model| model.faults.add(fault.clone().on(LIST).times(3)));
        assert_eq!(world.page(1).await.unwrap().rows.len(), 3, "{fault:?}");
        assert_eq!((world.count(LIST), world.count(TOKEN)), (4, 1));
    }
}

#[tokio::test]
async fn a_read_is_tried_four_times_at_most() {
    let world = World::with(3).await;
    world.cloud.with(|model| model.faults.add(Fault::status(503).on(LIST).always()));
    let failure = world.page(1).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unavailable);
    assert_eq!(failure.to_string(), "crayon: GET subscriptions: answered 503: ServiceUnavailable");
    assert_eq!(world.count(LIST), 4);
}

#[tokio::test]
async fn an_inner_error_is_asked_about_once_more() {
    let world = World::with(3).await;
    world.cloud.with(|model| model.faults.add(Fault::status(500).on(LIST).always()));
    let failure = world.page(1).await.unwrap_err();
    assert_eq!(failure.what, "GET subscriptions: answered 500: Ops. Something broke");
    assert_eq!(world.count(LIST), 2);
}

#[tokio::test]
async fn too_many_requests_are_waited_out_as_asked() {
    let world = World::with(3).await;
    world.cloud.with(|model| model.faults.add(Fault::too_many(Some(1)).on(LIST)));
    let begun = Instant::now();
    world.page(1).await.unwrap();
    assert!(begun.elapsed() >= Duration::from_secs(1));
    assert_eq!(world.count(LIST), 2);
}

#[tokio::test]
async fn too_long_a_wait_is_told_instead_of_taken() {
    let world = World::with(3).await;
    world.cloud.with(|model| model.faults.add(Fault::too_many(Some(120)).on(LIST).always()));
    let until = world.clock.now() + SignedDuration::from_secs(120);
    assert_eq!(world.page(1).await.unwrap_err().kind, FailureKind::RateLimited(Some(until)));
    assert_eq!(world.count(LIST), 1);
}

#[tokio::test]
async fn a_no_is_not_asked_again() {
    let world = World::with(3).await;
    world
        .cloud
        .with(|model| model.faults.add(Fault::Refused(vec!["Invalid organization id".to_owned()]).on(LIST)));
    let failure = world.page(1).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused);
    assert_eq!(failure.what, "GET subscriptions: answered 400: Invalid organization id");
    assert_eq!(world.count(LIST), 1);
}

#[tokio::test]
async fn a_deadline_that_is_near_begins_nothing() {
    let world = World::with(3).await;
    let deadline = world.deadline_in(900);
    let failure = world.crayon.page(&world.organisation, 1, deadline).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::OutOfTime);
    assert_eq!((world.crayon.sent(), world.count(TOKEN)), (0, 0));
    let id = "120045".parse().unwrap();
    let failure = world.crayon.find_details(&world.organisation, &id, deadline).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::OutOfTime);
    assert_eq!(world.count(ONE), 0);
}
