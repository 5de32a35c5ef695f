//! More seats of a subscription that runs.

use crate::world::{World, anna, held, last};
use domain::order::{HoldReason, Order, OrderState, Wanted};
use domain::record::SyncState;
use orders::{NewOrder, NewWanted};
use simulators::Fault;
use testkit::builders::{euro, parsed};

const SET: &str = "PUT /subscriptions/{id}";

/// A subscription of five seats that is in step and charged at 3.00 EUR, a price of last year.
pub(crate) async fn running(world: &World) -> u32 {
    let (term, cycle) = (simulators::crayon::Term::Year, simulators::crayon::Cycle::Monthly);
    let id = world
        .crayon
        .with(|model| model.add_subscription(world.tenants[0], crate::world::PART, 5, Some(term), cycle));
    world
        .record_of(&id.to_string(), 5, euro("15.00"), |record| {
            let price = record.price.as_mut().unwrap();
            price.unit = euro("3.00");
        })
        .await;
    id
}

pub(crate) fn seats(world: &World, subscription: u32, quantity: u32) -> NewOrder {
    let subscription = parsed(&subscription.to_string());
    NewOrder { what: NewWanted::Seats { subscription, quantity }, ..world.new_order(0) }
}

fn quantity(world: &World, id: u32) -> u32 {
    world.crayon.with(|model| model.subscription(id).unwrap().quantity)
}

async fn placed(world: &World, order: &Order) -> Order {
    world.told(order).await;
    world.order(&order.id).await
}

#[tokio::test]
async fn more_seats_are_set_at_the_price_that_is_held_and_billed_once_the_record_has_them() {
    let world = World::new().await;
    let id = running(&world).await;
    let order = world.approved(seats(&world, id, 8)).await;
    assert_eq!(order.quote.total, euro("24.00"), "the price of the term is held, the catalogue says another");
    assert!(matches!(order.wanted, Wanted::Seats { from: 5, to: 8, .. }));
    let order = placed(&world, &order).await;
    assert_eq!((order.state, quantity(&world, id)), (OrderState::PlacedAtSupplier, 8));
    assert!(world.asked(&order).is_some(), "the old record is not the ordered one");
    world.record_of(&id.to_string(), 8, euro("24.00"), |_| {}).await;
    world.sync_finished().await;
    assert_eq!(world.order(&order.id).await.state, OrderState::Active);
}

#[tokio::test]
async fn fewer_seats_are_refused_with_the_reason() {
    let world = World::new().await;
    let id = running(&world).await;
    let process = world.process();
    let connections = process.deps.connections.current().await.unwrap();
    let catalogue = connections.catalogue(&world.organisation.supplier).unwrap();
    let never = domain::clock::Deadline::never();
    let quoted = world.desk().quote(&seats(&world, id, 3), catalogue.as_ref(), &anna(), never).await;
    let problem = quoted.unwrap_err();
    assert_eq!((problem.code(), problem.field()), ("fewer-seats", Some("quantity")));
    assert!(problem.to_string().contains("within seven days"), "{problem}");
}

#[tokio::test]
async fn a_lost_answer_is_looked_up_and_the_number_is_right() {
    for fault in [Fault::DropAfter, Fault::DropBefore, Fault::LostStatus(502), Fault::LostHtml] {
        let world = World::new().await;
        let id = running(&world).await;
        world.crayon.with(|model| model.faults.add(fault.clone().on(SET)));
        let order = world.approved(seats(&world, id, 8)).await;
        let order = placed(&world, &order).await;
        assert_eq!(order.state, OrderState::PlacedAtSupplier, "{fault:?}: {:?}", last(&order));
        assert_eq!(quantity(&world, id), 8, "{fault:?}");
    }
}

#[tokio::test]
async fn a_subscription_that_moved_since_is_left_alone() {
    let world = World::new().await;
    let id = running(&world).await;
    let order = world.approved(seats(&world, id, 8)).await;
    world.crayon.with(|model| model.subscription_mut(id).unwrap().quantity = 6);
    let order = placed(&world, &order).await;
    let (reason, detail) = held(&order);
    assert_eq!(reason, HoldReason::SubscriptionMoved);
    assert!(detail.contains("has 6 seats now, not 5"), "{detail}");
    assert_eq!(quantity(&world, id), 6);
}

#[tokio::test]
async fn a_subscription_that_was_suspended_since_is_left_alone() {
    let world = World::new().await;
    let id = running(&world).await;
    let order = world.approved(seats(&world, id, 8)).await;
    world
        .crayon
        .with(|model| model.subscription_mut(id).unwrap().status = simulators::crayon::Status::SUSPENDED);
    let order = placed(&world, &order).await;
    assert_eq!((held(&order).0, quantity(&world, id)), (HoldReason::SubscriptionMoved, 5));
}

#[tokio::test]
async fn a_subscription_that_is_parked_takes_no_order() {
    let world = World::new().await;
    let id = running(&world).await;
    let reason = domain::record::ParkReason::CustomerMoved;
    let parked = SyncState::Parked { reason, detail: "moved".into() };
    world.record_of(&id.to_string(), 5, euro("15.00"), |record| record.state = parked).await;
    let process = world.process();
    let connections = process.deps.connections.current().await.unwrap();
    let catalogue = connections.catalogue(&world.organisation.supplier).unwrap();
    let never = domain::clock::Deadline::never();
    let quoted = world.desk().quote(&seats(&world, id, 9), catalogue.as_ref(), &anna(), never).await;
    assert_eq!(quoted.unwrap_err().code(), "subscription-not-ready");
}
