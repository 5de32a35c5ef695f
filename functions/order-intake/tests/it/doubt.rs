//! Lost answers: nothing is bought twice, and nobody but a person sends a second time.

use crate::world::{World, anna, held, last};
use domain::order::{HoldReason, Order, OrderState};
use orders::OrderProblem;
use simulators::Fault;

const PLACE: &str = "POST /subscriptions/new-commerce-orders";

fn sent(world: &World) -> u64 {
    world.crayon.with(|model| model.requests.count(PLACE))
}

async fn retried(world: &World, order: &Order, send_again: bool) -> Result<Order, OrderProblem> {
    world.desk().retry(&order.organisation, &order.id, &anna(), send_again).await
}

/// An order whose sending had no answer and left no trace for longer than the quiet period.
async fn unclear(world: &World) -> Order {
    world.crayon.with(|model| model.faults.add(Fault::DropBefore.on(PLACE)));
    let order = world.approved(world.new_order(7)).await;
    world.told(&order).await;
    let waiting = world.order(&order.id).await;
    assert_eq!(waiting.state, OrderState::Placing, "{:?}", last(&waiting));
    world.later(16);
    world.scheduled().await;
    let order = world.order(&order.id).await;
    assert_eq!(held(&order).0, HoldReason::SupplierUnclear);
    order
}

#[tokio::test]
async fn an_order_that_was_taken_and_whose_answer_was_lost_is_found_and_not_sent_again() {
    let lost = [
        Fault::DropAfter,
        Fault::LostStatus(504),
        Fault::LostHtml,
        Fault::LostEmpty,
        Fault::LostNull,
        Fault::LostGarbage,
        Fault::Truncated,
    ];
    for fault in lost {
        let world = World::new().await;
        world.crayon.with(|model| model.faults.add(fault.clone().on(PLACE)));
        let order = world.approved(world.new_order(7)).await;
        world.told(&order).await;
        let order = world.order(&order.id).await;
        assert_eq!(order.state, OrderState::PlacedAtSupplier, "{fault:?}: {:?}", last(&order));
        assert_eq!((world.bought(), sent(&world)), (1, 1), "{fault:?}");
        let bought = world.crayon.with(|m| m.subscriptions_of(world.tenants[0]).next().unwrap().id);
        assert_eq!(order.subscription.unwrap().as_str(), bought.to_string(), "{fault:?}");
        world.assert_audit_holds().await;
    }
}

#[tokio::test]
async fn an_order_in_doubt_is_found_when_the_supplier_shows_it_later() {
    let world = World::new().await;
    world.crayon.with(|model| {
        model.choices.order_polls = 1_000;
        model.faults.add(Fault::DropAfter.on(PLACE));
    });
    let order = world.approved(world.new_order(7)).await;
    world.told(&order).await;
    assert_eq!(world.order(&order.id).await.state, OrderState::Placing);
    world.later(5);
    world.crayon.with(simulators::crayon::Model::tick);
    world.scheduled().await;
    let order = world.order(&order.id).await;
    assert_eq!((order.state, world.bought(), sent(&world)), (OrderState::PlacedAtSupplier, 1, 1));
    assert!(order.subscription.is_some());
}

#[tokio::test]
async fn an_order_without_trace_is_never_sent_again_by_itself() {
    let world = World::new().await;
    let order = unclear(&world).await;
    for _ in 0..5 {
        world.later(30);
        world.scheduled().await;
        world.told(&order).await;
    }
    assert_eq!((world.bought(), sent(&world)), (0, 1));
    assert_eq!(held(&world.order(&order.id).await).0, HoldReason::SupplierUnclear);
}

#[tokio::test]
async fn only_somebody_who_has_looked_sends_it_again_and_once() {
    let world = World::new().await;
    let order = unclear(&world).await;
    assert_eq!(retried(&world, &order, false).await.unwrap_err().code(), "look-first");
    assert_eq!(world.order(&order.id).await, order, "nothing is changed");
    retried(&world, &order, true).await.unwrap();
    world.told(&order).await;
    let order = world.order(&order.id).await;
    assert_eq!((order.state, world.bought(), sent(&world)), (OrderState::PlacedAtSupplier, 1, 2));
    assert!(!order.send_again, "the word was for one sending");
}

#[tokio::test]
async fn one_word_is_for_one_sending_even_if_that_is_lost_too() {
    let world = World::new().await;
    let order = unclear(&world).await;
    world.crayon.with(|model| model.faults.add(Fault::DropBefore.on(PLACE)));
    retried(&world, &order, true).await.unwrap();
    for _ in 0..4 {
        world.told(&order).await;
        world.later(10);
        world.scheduled().await;
    }
    assert_eq!((world.bought(), sent(&world)), (0, 2));
    assert_eq!(held(&world.order(&order.id).await).0, HoldReason::SupplierUnclear);
}

#[tokio::test]
async fn what_appears_although_somebody_said_it_is_not_there_is_taken_and_not_bought_again() {
    let world = World::new().await;
    world.crayon.with(|model| {
        model.choices.order_polls = 1_000;
        model.faults.add(Fault::DropAfter.on(PLACE));
    });
    let order = world.approved(world.new_order(7)).await;
    world.told(&order).await;
    world.later(16);
    world.scheduled().await;
    assert_eq!(held(&world.order(&order.id).await).0, HoldReason::SupplierUnclear);
    retried(&world, &order, true).await.unwrap();
    world.crayon.with(simulators::crayon::Model::tick);
    world.told(&order).await;
    let order = world.order(&order.id).await;
    assert_eq!((order.state, world.bought(), sent(&world)), (OrderState::PlacedAtSupplier, 1, 1));
}

#[tokio::test]
async fn what_is_held_as_unclear_goes_on_by_itself_once_it_shows() {
    let world = World::new().await;
    world.crayon.with(|model| {
        model.choices.order_polls = 1_000;
        model.faults.add(Fault::DropAfter.on(PLACE));
    });
    let order = world.approved(world.new_order(7)).await;
    world.told(&order).await;
    world.later(16);
    world.scheduled().await;
    assert_eq!(held(&world.order(&order.id).await).0, HoldReason::SupplierUnclear);
    world.crayon.with(simulators::crayon::Model::tick);
    world.scheduled().await;
    let order = world.order(&order.id).await;
    assert_eq!((order.state, world.bought(), sent(&world)), (OrderState::PlacedAtSupplier, 1, 1));
    assert!(order.subscription.is_some());
}

#[tokio::test]
async fn what_the_customer_had_before_is_not_taken_for_what_was_ordered() {
    let world = World::new().await;
    let (term, cycle) = (simulators::crayon::Term::Year, simulators::crayon::Cycle::Monthly);
    let theirs = world
        .crayon
        .with(|model| model.add_subscription(world.tenants[0], crate::world::PART, 7, Some(term), cycle));
    world.crayon.with(|model| model.faults.add(Fault::DropAfter.on(PLACE)));
    let order = world.approved(world.new_order(7)).await;
    world.told(&order).await;
    let order = world.order(&order.id).await;
    assert_eq!(world.bought(), 1);
    assert_ne!(order.subscription.unwrap().as_str(), theirs.to_string());
}

#[tokio::test]
async fn two_that_could_each_be_the_one_are_for_a_person() {
    let world = World::new().await;
    world.crayon.with(|model| {
        model.choices.order_polls = 1_000;
        model.faults.add(Fault::DropAfter.on(PLACE));
    });
    let order = world.approved(world.new_order(7)).await;
    world.told(&order).await;
    let (term, cycle) = (simulators::crayon::Term::Year, simulators::crayon::Cycle::Monthly);
    world.crayon.with(|model| {
        model.tick();
        model.add_subscription(world.tenants[0], crate::world::PART, 7, Some(term), cycle);
    });
    world.scheduled().await;
    let order = world.order(&order.id).await;
    let (reason, detail) = held(&order);
    assert_eq!(reason, HoldReason::SupplierUnclear);
    assert!(detail.contains("could each be the one"), "{detail}");
    assert_eq!(sent(&world), 1);
}

#[tokio::test]
async fn another_order_for_the_same_customer_and_product_waits_until_the_doubt_is_settled() {
    let world = World::new().await;
    let first = unclear(&world).await;
    let second = world.approved(world.new_order(7)).await;
    let mut elsewhere = world.new_order(7);
    elsewhere.tenant = testkit::builders::parsed(&world.tenants[1].to_string());
    let elsewhere = world.approved(elsewhere).await;
    world.scheduled().await;
    world.told(&second).await;
    let waiting = world.order(&second.id).await;
    assert_eq!(waiting.state, OrderState::Approved);
    let remarks = waiting.steps.iter().filter(|step| step.why.contains(first.id.as_str())).count();
    assert_eq!(remarks, 1, "it says once for what it waits");
    assert_eq!(world.order(&elsewhere.id).await.state, OrderState::PlacedAtSupplier, "nobody else waits");
    retried(&world, &first, true).await.unwrap();
    world.told(&first).await;
    world.scheduled().await;
    let (first, second) = (world.order(&first.id).await, world.order(&second.id).await);
    assert_eq!((first.state, second.state), (OrderState::PlacedAtSupplier, OrderState::PlacedAtSupplier));
    assert_ne!(first.subscription, second.subscription);
    assert_eq!(world.bought(), 3);
}

#[tokio::test]
async fn an_order_in_doubt_that_is_given_up_is_cancelled_and_never_sent() {
    let world = World::new().await;
    let order = unclear(&world).await;
    let desk = world.desk();
    desk.cancel(&order.organisation, &order.id, &anna(), "bought elsewhere").await.unwrap();
    world.scheduled().await;
    world.told(&order).await;
    assert_eq!((world.order(&order.id).await.state, sent(&world)), (OrderState::Cancelled, 1));
}
