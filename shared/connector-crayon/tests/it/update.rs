use crate::world::{ONE, PUT, TOKEN, World};
use connector_crayon::{StatusFlags, SubscriptionChange};
use domain::clock::Deadline;
use domain::failure::{Failure, FailureKind};
use simulators::Fault;
use simulators::crayon::{Status, Tags};
use std::time::Duration;

const ID: u32 = 120_045;

fn seats(quantity: u32) -> SubscriptionChange {
    SubscriptionChange { quantity: Some(quantity), ..SubscriptionChange::default() }
}

async fn update(world: &World, change: &SubscriptionChange) -> Result<(), Failure> {
    world.crayon.update_subscription(&ID.to_string().parse().unwrap(), change, Deadline::never()).await
}

fn quantity(world: &World) -> u32 {
    world.cloud.with(|model| model.subscription(ID).unwrap().quantity)
}

#[tokio::test]
async fn a_change_leaves_everything_else_as_it_was() {
    let world = World::with(1).await;
    let tags = Tags { cost_center: Some("Küche \"7\"".to_owned()), ..Tags::default() };
    world.cloud.with(|model| {
        let row = model.subscription_mut(ID).unwrap();
        row.name = Some("  Büro 🧾 ".into());
        row.extra_mut().tags = Some(tags.clone());
        row.extra_mut().accept_auto_suspension = Some(true);
    });
    let before = world.cloud.with(|model| format!("{:?}", model.subscription(ID)));
    update(&world, &seats(26)).await.unwrap();
    let after = world.cloud.with(|model| format!("{:?}", model.subscription(ID)));
    let profile =
        world.cloud.with(|model| model.subscription(ID).unwrap().extra.as_ref().unwrap().invoice_profile);
    let expected = before
        .replace("quantity: 25", "quantity: 26")
        .replace("invoice_profile: None", &format!("invoice_profile: {profile:?}"));
    assert_eq!(after, expected);
    assert_eq!((world.count(ONE), world.count(PUT)), (1, 1));
}

#[tokio::test]
async fn state_name_and_renewal_can_be_changed() {
    let world = World::with(1).await;
    let change = SubscriptionChange {
        status: Some(StatusFlags::SUSPENDED),
        auto_renew: Some(false),
        name: Some("Kök \"A\"".to_owned()),
        ..SubscriptionChange::default()
    };
    update(&world, &change).await.unwrap();
    world.cloud.with(|model| {
        let row = model.subscription(ID).unwrap();
        assert_eq!((row.status, row.auto_renew), (Status::SUSPENDED, Some(false)));
        assert_eq!(row.name.as_deref(), Some("Kök \"A\""));
        assert_eq!(row.quantity, 25);
    });
}

#[tokio::test]
async fn no_change_is_no_request() {
    let world = World::with(1).await;
    update(&world, &SubscriptionChange::default()).await.unwrap();
    assert_eq!(world.crayon.sent(), 0);
}

#[tokio::test]
async fn a_refused_change_is_certainly_not_done() {
    let world = World::with(1).await;
    let failure = update(&world, &seats(5_000)).await.unwrap_err();
    assert_eq!(failure.what, "PUT subscriptions/{id}: answered 400: Invalid quantity");
    assert!(failure.certainly_not_done());
    assert_eq!(quantity(&world), 25);
}

#[tokio::test]
async fn a_change_is_never_sent_twice() {
    let rows = [
        (Fault::DropAfter, FailureKind::Unavailable, 26),
        (Fault::LostStatus(500), FailureKind::Unavailable, 26),
        (Fault::LostStatus(503), FailureKind::Unavailable, 26),
        (Fault::LostHtml, FailureKind::Malformed, 26),
        (Fault::Truncated, FailureKind::Malformed, 26),
        (Fault::status(503), FailureKind::Unavailable, 25),
        (Fault::too_many(None), FailureKind::RateLimited(None), 25),
        (Fault::DropBefore, FailureKind::Unavailable, 25),
    ];
    for (fault, kind, now) in rows {
        let world = World::with(1).await;
        world.cloud.with(|model| model.faults.add(fault.clone().on(PUT)));
        let failure = update(&world, &seats(26)).await.unwrap_err();
        assert_eq!(failure.kind, kind, "{fault:?}");
        assert_eq!((world.count(PUT), quantity(&world)), (1, now), "{fault:?}");
    }
}

#[tokio::test]
async fn a_change_without_an_answer_in_time_is_in_doubt() {
    let world = World::of(
        {
            let mut model = simulators::crayon::Model::sample();
            model.faults.add(Fault::SlowReply(Duration::from_mins(1)).on(PUT));
            model
        },
        |config| config.mutation_timeout = Duration::from_millis(100),
    )
    .await;
    let failure = update(&world, &seats(26)).await.unwrap_err();
    assert_eq!(failure.what, "PUT subscriptions/{id}: no answer within 100 ms");
    assert!(!failure.certainly_not_done());
}

#[tokio::test]
async fn a_change_that_never_came_to_be_sent_is_certainly_not_done() {
    for fault in [Fault::status(503), Fault::Html, Fault::Truncated] {
        let world = World::with(1).await;
        world.cloud.with(|model| model.faults.add(fault.on(ONE).always()));
        let failure = update(&world, &seats(26)).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::NotSent);
        assert_eq!(world.count(PUT), 0);
    }
    let world = World::with(1).await;
    let deadline = world.deadline_in(4_500);
    let id = ID.to_string().parse().unwrap();
    let failure = world.crayon.update_subscription(&id, &seats(26), deadline).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::OutOfTime);
    assert_eq!(world.count(PUT), 0);
}

#[tokio::test]
async fn a_change_whose_token_was_refused_follows_a_new_sign_in() {
    let world = World::with(1).await;
    world.cloud.with(|model| model.faults.add(Fault::status(401).on(PUT)));
    update(&world, &seats(26)).await.unwrap();
    assert_eq!((world.count(TOKEN), world.count(PUT), quantity(&world)), (2, 2, 26));
}

#[tokio::test]
async fn a_subscription_that_is_not_there_is_not_found() {
    let world = World::with(1).await;
    for id in ["17", "seventeen"] {
        let found =
            world.crayon.update_subscription(&id.parse().unwrap(), &seats(1), Deadline::never()).await;
        assert_eq!(found.unwrap_err().kind, FailureKind::NotFound);
    }
}
