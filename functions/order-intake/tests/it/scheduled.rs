//! Purchases that wait for their day, and calling them off.

use crate::world::{World, anna, held, last};
use domain::order::{HoldReason, Order, OrderState};
use orders::NewOrder;
use simulators::crayon::OrderState as AtCrayon;
use simulators::{Fault, Moment};

const PLACE: &str = "POST /subscriptions/new-commerce-orders";
const CALL_OFF: &str = "PUT /scheduledpurchaserequest/cancel-order/{ref}/{number}";

fn for_april(world: &World, quantity: u32) -> NewOrder {
    NewOrder { scheduled: Some(testkit::builders::parsed("2026-04-01")), ..world.new_order(quantity) }
}

pub(crate) async fn waiting(world: &World, quantity: u32) -> Order {
    let order = world.approved(for_april(world, quantity)).await;
    world.told(&order).await;
    let order = world.order(&order.id).await;
    assert_eq!(order.state, OrderState::PlacedAtSupplier, "{:?}", last(&order));
    assert_eq!(order.subscription, None);
    order
}

pub(crate) fn at_crayon(world: &World) -> Vec<AtCrayon> {
    world.crayon.with(|model| model.orders.iter().map(|order| order.state).collect())
}

/// Both of us are at noon of the first of April.
fn the_day_comes(world: &World) {
    world.clock.set("2026-04-01T12:00:00Z".parse().unwrap());
    world.crayon.with(|model| model.advance_to(Moment::parse("2026-04-01T12:00:00Z").unwrap()));
}

#[tokio::test]
async fn a_purchase_waits_for_its_day_and_goes_on_when_it_has_come() {
    let world = World::new().await;
    let order = waiting(&world, 6).await;
    world.later(60 * 24 * 7);
    world.scheduled().await;
    assert_eq!(world.order(&order.id).await.version, order.version, "it waits without being written");
    the_day_comes(&world);
    world.crayon.with(simulators::crayon::Model::tick);
    world.scheduled().await;
    let order = world.order(&order.id).await;
    assert_eq!((order.state, world.bought()), (OrderState::PlacedAtSupplier, 1), "{:?}", last(&order));
    assert!(order.subscription.is_some());
    assert_eq!(world.asked_for().await.len(), 1);
}

#[tokio::test]
async fn a_purchase_that_never_comes_is_for_a_person_two_days_after_its_day() {
    let world = World::new().await;
    let order = waiting(&world, 6).await;
    world.clock.set("2026-04-02T12:00:00Z".parse().unwrap());
    world.scheduled().await;
    assert_eq!(world.order(&order.id).await.state, OrderState::PlacedAtSupplier);
    world.clock.set("2026-04-03T12:00:00Z".parse().unwrap());
    world.scheduled().await;
    assert_eq!(held(&world.order(&order.id).await).0, HoldReason::SupplierSlow);
}

#[tokio::test]
async fn a_purchase_that_is_called_off_in_time_is_cancelled_and_never_bought() {
    let world = World::new().await;
    let order = waiting(&world, 6).await;
    let desk = world.desk();
    let asked = desk.cancel(&order.organisation, &order.id, &anna(), "not needed").await.unwrap();
    assert_eq!(held(&asked).0, HoldReason::CallOff);
    world.told(&order).await;
    let order = world.order(&order.id).await;
    assert_eq!((order.state, last(&order).1), (OrderState::Cancelled, "not needed"));
    assert_eq!(&*order.steps.last().unwrap().by.id, "usr_anna");
    assert_eq!(at_crayon(&world), [AtCrayon::Cancelled]);
    world.assert_audit_holds().await;
}

#[tokio::test]
async fn a_lost_answer_of_calling_off_is_looked_up() {
    for fault in [Fault::DropAfter, Fault::DropBefore, Fault::LostStatus(504)] {
        let world = World::new().await;
        let order = waiting(&world, 6).await;
        world.crayon.with(|model| model.faults.add(fault.clone().on(CALL_OFF)));
        world.desk().cancel(&order.organisation, &order.id, &anna(), "not needed").await.unwrap();
        world.told(&order).await;
        world.scheduled().await;
        assert_eq!(world.order(&order.id).await.state, OrderState::Cancelled, "{fault:?}");
        assert_eq!(at_crayon(&world), [AtCrayon::Cancelled], "{fault:?}");
    }
}

#[tokio::test]
async fn of_two_purchases_only_the_one_that_is_meant_is_called_off() {
    let world = World::new().await;
    let first = waiting(&world, 6).await;
    let second = waiting(&world, 6).await;
    world.desk().cancel(&second.organisation, &second.id, &anna(), "one is enough").await.unwrap();
    world.told(&second).await;
    assert_eq!(world.order(&second.id).await.state, OrderState::Cancelled);
    assert_eq!(world.order(&first.id).await.state, OrderState::PlacedAtSupplier);
    assert_eq!(at_crayon(&world), [AtCrayon::Scheduled, AtCrayon::Cancelled]);
}

#[tokio::test]
async fn what_the_supplier_does_not_call_off_any_more_stands_and_says_so() {
    let world = World::new().await;
    let order = waiting(&world, 6).await;
    let desk = world.desk();
    desk.cancel(&order.organisation, &order.id, &anna(), "too late").await.unwrap();
    the_day_comes(&world);
    world.crayon.with(simulators::crayon::Model::tick);
    world.told(&order).await;
    let order = world.order(&order.id).await;
    assert_eq!(order.state, OrderState::PlacedAtSupplier);
    let told = order.steps.iter().any(|step| step.why.starts_with("could not be called off"));
    assert!(told && order.subscription.is_some(), "{:?}", order.steps);
}

#[tokio::test]
async fn a_wish_to_call_off_can_be_taken_back() {
    let world = World::new().await;
    let order = waiting(&world, 6).await;
    let desk = world.desk();
    desk.cancel(&order.organisation, &order.id, &anna(), "not needed").await.unwrap();
    desk.retry(&order.organisation, &order.id, &anna(), false).await.unwrap();
    world.told(&order).await;
    assert_eq!(world.order(&order.id).await.state, OrderState::PlacedAtSupplier);
    assert_eq!(at_crayon(&world), [AtCrayon::Scheduled]);
}

#[tokio::test]
async fn a_scheduled_purchase_whose_answer_was_lost_is_found_among_those_that_wait() {
    let world = World::new().await;
    world.crayon.with(|model| model.faults.add(Fault::DropAfter.on(PLACE)));
    let order = waiting(&world, 6).await;
    assert_eq!((world.bought(), at_crayon(&world)), (1, vec![AtCrayon::Scheduled]));
    world.desk().cancel(&order.organisation, &order.id, &anna(), "not needed").await.unwrap();
    world.told(&order).await;
    assert_eq!(at_crayon(&world), [AtCrayon::Cancelled]);
}
