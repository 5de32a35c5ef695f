//! Open orders and the full sync: what an order bought is charged as approved, whoever comes first.

use crate::world::{World, euro, offer_key, orders_run};
use domain::order::{Needs, Order, OrderState, Wanted};
use domain::ports::{OrderStore as _, PlanStore as _};
use domain::record::{ParkReason, SyncState};
use domain::run::RunState;
use simulators::crayon::Status;
use testkit::builders;

/// An order of this on its way, approved at this sum.
fn on_its_way(world: &World, wanted: Wanted, approved: &str) -> Order {
    let mut order = Order {
        organisation: world.organisation.id.clone(),
        tenant: world.tenants[0].to_string().parse().unwrap(),
        offer: offer_key(),
        wanted,
        ..builders::order(7)
    };
    order.quote.total = approved.parse().unwrap();
    let (ada, bea, now) = (builders::actor("ada"), builders::actor("bea"), builders::moment(9));
    order.step(OrderState::PendingApproval, &ada, "", now).unwrap();
    order.approve(&bea, order.quote.total, Needs::SomeoneElse, "fine", now).unwrap();
    order.step(OrderState::Placing, &bea, "", now).unwrap();
    order
}

async fn keep(world: &World, order: &Order) {
    world.store.put_order(order, builders::order_audit(order)).await.unwrap();
}

async fn keep_next(world: &World, order: &mut Order, steps: &[OrderState]) {
    order.version += 1;
    for to in steps {
        order.step(*to, &builders::actor("bea"), "", builders::moment(10)).unwrap();
    }
    keep(world, order).await;
}

fn reason(world: &World, subscription: u32) -> Option<(ParkReason, String)> {
    match world.record(subscription).state {
        SyncState::Parked { reason, detail } => Some((reason, detail)),
        SyncState::Pending(_) | SyncState::Synced | SyncState::Error { .. } | SyncState::Ended => None,
    }
}

#[tokio::test]
async fn a_sync_leaves_what_an_open_order_bought_at_another_sum_to_the_order() {
    let world = World::new(3).await;
    let bought = world.subscriptions[0];
    let mut order = on_its_way(&world, Wanted::Subscription { quantity: 2 }, "6.00 EUR");
    keep(&world, &order).await;
    let run = world.sync().await;
    assert_eq!((run.state, run.counts.created, run.counts.parked), (RunState::Finished, 2, 1));
    let said =
        format!("order {} was approved at 6.00 EUR each cycle, the price rules make it 6.56 EUR", order.id);
    assert_eq!(reason(&world, bought), Some((ParkReason::OrderOpen, said)));
    let before = world.record(bought);
    assert_eq!((before.revision, before.price, world.accounts().len()), (0, None, 2));

    // The order learns what it bought; its run asks a person, and no sync in between disturbs that.
    order.subscription = Some(bought.to_string().parse().unwrap());
    keep_next(&world, &mut order, &[OrderState::PlacedAtSupplier]).await;
    let waiting = world.run(orders_run(bought, "6.00 EUR")).await;
    assert_eq!((waiting.state, world.accounts().len()), (RunState::AwaitingApproval, 2));
    let now = domain::clock::Clock::now(&world.clock);
    world.store.approve_plan(&waiting.plan.unwrap(), "bea", now).await.unwrap();
    assert_eq!(world.sync().await.counts.created, 0);
    let billed = world.run(orders_run(bought, "6.00 EUR")).await;
    assert_eq!((billed.state, billed.counts.created), (RunState::Finished, 1));

    keep_next(&world, &mut order, &[OrderState::Billed]).await;
    let after = world.sync().await;
    assert_eq!((after.state, after.counts.planned, after.counts.parked), (RunState::Finished, 0, 0));
    world.assert_one_service_each();
    world.assert_audit_holds().await;
}

#[tokio::test]
async fn what_waits_for_its_order_is_written_once_and_looked_at_by_every_sync() {
    let world = World::new(1).await;
    let order = on_its_way(&world, Wanted::Subscription { quantity: 2 }, "6.00 EUR");
    keep(&world, &order).await;
    world.sync().await;
    let parked = world.record(world.subscriptions[0]);
    for _ in 0..2 {
        let run = world.sync().await;
        assert_eq!((run.counts.unchanged, run.counts.planned), (0, 0), "it is looked at");
    }
    assert_eq!((world.record(world.subscriptions[0]), world.hostbill_calls()), (parked, 0));
}

#[tokio::test]
async fn at_the_approved_sum_a_sync_bills_what_an_order_bought() {
    let world = World::new(2).await;
    keep(&world, &on_its_way(&world, Wanted::Subscription { quantity: 2 }, "6.56 EUR")).await;
    assert_eq!(world.sync().await.counts.created, 2);
    world.assert_one_service_each();
}

#[tokio::test]
async fn an_order_claims_nothing_of_other_offers_customers_numbers_or_subscriptions() {
    let other = |order: &mut Order, at: usize, world: &World| match at {
        0 => order.offer = "CFQ7TTC0LH16:0002/P1Y/monthly".parse().unwrap(),
        1 => order.tenant = world.tenants[1].to_string().parse().unwrap(),
        2 => order.wanted = Wanted::Subscription { quantity: 5 },
        _ => order.subscription = Some("1".parse().unwrap()),
    };
    for at in 0..4 {
        let world = World::new(1).await;
        let mut order = on_its_way(&world, Wanted::Subscription { quantity: 2 }, "6.00 EUR");
        other(&mut order, at, &world);
        keep(&world, &order).await;
        assert_eq!(world.sync().await.counts.created, 1, "{at}");
    }
}

#[tokio::test]
async fn once_its_order_rests_a_subscription_is_billed_by_the_rules() {
    let world = World::new(1).await;
    let mut order = on_its_way(&world, Wanted::Subscription { quantity: 2 }, "6.00 EUR");
    keep(&world, &order).await;
    assert_eq!(world.sync().await.counts.created, 0);
    keep_next(&world, &mut order, &[OrderState::Held, OrderState::Cancelled]).await;
    assert_eq!(world.sync().await.counts.created, 1);
    world.assert_one_service_each();
}

#[tokio::test]
async fn ordered_seats_wait_for_their_order_and_a_suspension_does_not() {
    let world = World::new(1).await;
    let id = world.subscriptions[0];
    world.sync().await;
    let wanted = Wanted::Seats { subscription: id.to_string().parse().unwrap(), from: 2, to: 6 };
    keep(&world, &on_its_way(&world, wanted, "19.00 EUR")).await;
    world.change(id, |s| s.quantity = 6);
    let run = world.sync().await;
    assert_eq!((run.counts.changed, run.counts.parked), (0, 1));
    assert_eq!(reason(&world, id).unwrap().0, ParkReason::OrderOpen);
    assert_eq!(world.service(id).total, euro("6.56"), "the service is as it was");
    world.change(id, |s| {
        s.quantity = 2;
        s.status = Status::SUSPENDED;
    });
    assert_eq!((world.sync().await.counts.changed, world.service(id).status.as_str()), (1, "Suspended"));
}
