//! From a purchase that is known to a service that is billed and active.

use crate::world::{World, anna, held, last};
use domain::order::{HoldReason, Order, OrderState};
use domain::record::{ParkReason, SyncState, WaitReason};
use domain::run::RunState;
use domain::service::ServiceStatus;

async fn state(world: &World, order: &Order) -> OrderState {
    world.order(&order.id).await.state
}

#[tokio::test]
async fn once_the_sync_has_billed_it_the_order_is_active() {
    let world = World::new().await;
    let order = world.placed(12).await;
    world.record(&order, |_| {}).await;
    world.run_ends(|_| {}).await;
    world.sync_finished().await;
    let order = world.order(&order.id).await;
    assert_eq!(order.state, OrderState::Active, "{:?}", last(&order));
    assert_eq!(order.service.as_ref().map(domain::id::ServiceId::as_str), Some("7001"));
    let states: Vec<_> = order.steps.iter().rev().take(2).map(|step| step.to).collect();
    assert_eq!(states, [OrderState::Active, OrderState::Billed]);
    world.assert_audit_holds().await;
}

#[tokio::test]
async fn whoever_billed_it_first_the_order_takes_the_record_at_its_word() {
    let world = World::new().await;
    let order = world.placed(12).await;
    // The hourly sync was first; the order's own run has not begun.
    world.record(&order, |_| {}).await;
    world.sync_finished().await;
    assert_eq!(state(&world, &order).await, OrderState::Active);
}

#[tokio::test]
async fn a_service_that_is_suspended_is_billed_and_not_yet_active() {
    let world = World::new().await;
    let order = world.placed(12).await;
    let suspended = |record: &mut domain::record::SyncRecord| {
        record.applied.as_mut().unwrap().status = ServiceStatus::Suspended;
    };
    world.record(&order, suspended).await;
    world.sync_finished().await;
    assert_eq!(state(&world, &order).await, OrderState::Billed);
    world.record(&order, |_| {}).await;
    world.scheduled().await;
    assert_eq!(state(&world, &order).await, OrderState::Active);
}

#[tokio::test]
async fn what_is_parked_holds_the_order_with_its_cure_and_goes_on_by_itself_once_cured() {
    let world = World::new().await;
    let order = world.placed(12).await;
    let (reason, detail) = (ParkReason::OfferUnlinked, "no product".to_owned());
    world.record(&order, |record| record.state = SyncState::Parked { reason, detail }).await;
    world.run_ends(|_| {}).await;
    world.sync_finished().await;
    let waiting = world.order(&order.id).await;
    let (hold, detail) = held(&waiting);
    assert_eq!(hold, HoldReason::BillingParked);
    assert!(detail.contains("offer-unlinked") && detail.contains(reason.cure()), "{detail}");
    world.record(&order, |_| {}).await;
    world.sync_finished().await;
    assert_eq!(state(&world, &order).await, OrderState::Active);
    assert_eq!(world.bought(), 1);
}

#[tokio::test]
async fn what_billing_refused_after_the_supplier_took_it_is_held_with_what_to_do_and_never_bought_again() {
    let world = World::new().await;
    let order = world.placed(12).await;
    let since = domain::clock::Clock::now(&world.clock);
    let error = SyncState::Error { message: "hostbill: client is closed".into(), since };
    world.record(&order, |record| record.state = error).await;
    world.run_ends(|_| {}).await;
    world.sync_finished().await;
    let waiting = world.order(&order.id).await;
    let (hold, detail) = held(&waiting);
    assert_eq!((hold, detail), (HoldReason::BillingRefused, "hostbill: client is closed"));
    let desk = world.desk();
    assert_eq!(
        desk.cancel(&order.organisation, &order.id, &anna(), "no").await.unwrap_err().code(),
        "already-bought"
    );
    // Settled in billing, and tried again: another run is asked for, nothing is ordered.
    world.later(1);
    let retried = desk.retry(&order.organisation, &order.id, &anna(), false).await.unwrap();
    assert_eq!(retried.state, OrderState::PlacedAtSupplier);
    world.told(&order).await;
    assert_eq!((state(&world, &order).await, world.bought()), (OrderState::PlacedAtSupplier, 1));
    assert_eq!(world.asked_for().await.len(), 1, "the old run's word does not count any more");
    world.record(&order, |_| {}).await;
    world.run_ends(|_| {}).await;
    world.sync_finished().await;
    assert_eq!(state(&world, &order).await, OrderState::Active);
}

#[tokio::test]
async fn a_plan_that_charges_another_sum_holds_the_order_with_the_plans_hash() {
    let world = World::new().await;
    let order = world.placed(12).await;
    let hash = testkit::builders::parsed::<domain::plan::PlanHash>(&"ab".repeat(32));
    let plan = hash.clone();
    world
        .run_ends(move |run| {
            run.state = RunState::AwaitingApproval;
            run.plan = Some(plan);
            run.brake = vec!["this plan charges 40.00 EUR".into()];
        })
        .await;
    world.sync_finished().await;
    let waiting = world.order(&order.id).await;
    let (hold, detail) = held(&waiting);
    assert_eq!(hold, HoldReason::PlanWaits);
    assert!(detail.contains(&hash.to_string()) && detail.contains("40.00 EUR"), "{detail}");
    // The plan is approved and applied on the sync page.
    world.record(&order, |_| {}).await;
    world.sync_finished().await;
    assert_eq!(state(&world, &order).await, OrderState::Active);
}

#[tokio::test]
async fn a_run_that_was_in_anothers_way_is_asked_for_again_and_not_in_a_circle() {
    let world = World::new().await;
    let order = world.placed(12).await;
    world.run_ends(|run| run.state = RunState::Refused("run run_9 is at work".into())).await;
    // The refusal's own event comes at once.
    world.sync_finished().await;
    assert_eq!(world.asked_for().await.len(), 0);
    world.later(2);
    world.sync_finished().await;
    assert_eq!(world.asked_for().await.len(), 1);
    assert_eq!(state(&world, &order).await, OrderState::PlacedAtSupplier);
}

#[tokio::test]
async fn a_run_that_nobody_heard_of_is_asked_for_again_under_its_id() {
    let world = World::new().await;
    world.bus.break_down(true);
    let order = world.placed(12).await;
    assert_eq!((world.asked(&order), world.asked_for().await.len()), (None, 1));
    world.bus.break_down(false);
    world.later(5);
    world.scheduled().await;
    let kept = world.asked_for().await;
    assert_eq!(kept.len(), 1, "no second run is kept");
    assert_eq!(world.asked(&order).unwrap().1, kept[0].id);
}

#[tokio::test]
async fn a_run_that_was_killed_at_work_is_replaced() {
    let world = World::new().await;
    world.placed(12).await;
    world.run_ends(|run| run.state = RunState::Running).await;
    world.later(10);
    world.scheduled().await;
    assert_eq!(world.asked_for().await.len(), 0, "it may be at work");
    world.later(25);
    world.scheduled().await;
    assert_eq!(world.asked_for().await.len(), 1);
}

#[tokio::test]
async fn a_subscription_that_the_supplier_never_starts_is_for_a_person_in_the_end() {
    let world = World::new().await;
    let order = world.placed(12).await;
    let pending = |record: &mut domain::record::SyncRecord| {
        record.state = SyncState::Pending(WaitReason::SupplierPending);
        (record.service, record.applied) = (None, None);
    };
    world.record(&order, pending).await;
    world.run_ends(|_| {}).await;
    world.later(10);
    world.scheduled().await;
    assert_eq!(state(&world, &order).await, OrderState::PlacedAtSupplier);
    world.run_ends(|_| {}).await;
    world.later(25);
    world.scheduled().await;
    assert_eq!(held(&world.order(&order.id).await).0, HoldReason::SupplierSlow);
    world.record(&order, |_| {}).await;
    world.scheduled().await;
    assert_eq!(state(&world, &order).await, OrderState::Active);
}
