//! From an approval to a purchase that is known.

use crate::world::{World, held, last};
use domain::clock::{Clock as _, Deadline};
use domain::order::{ApprovalRule, HoldReason, Needs, OrderPolicy, OrderState};
use domain::ports::Notice;
use domain::price::{Basis, Method};
use lambda_kit::{Invocation, Outcome};
use simulators::Fault;
use testkit::builders::euro;

#[tokio::test]
async fn an_approved_order_is_bought_once_and_billed_at_the_sum_that_was_approved() {
    let world = World::new().await;
    let order = world.approved(world.new_order(12)).await;
    assert_eq!(order.quote.total, euro("39.36"));
    let outcome = world.told(&order).await;
    assert!(matches!(outcome, Outcome::Done(_)), "{outcome:?}");
    let order = world.order(&order.id).await;
    assert_eq!(order.state, OrderState::PlacedAtSupplier);
    let (id, quantity) = world.crayon.with(|model| {
        let row = model.subscriptions_of(world.tenants[0]).next().unwrap();
        (row.id, row.quantity)
    });
    assert_eq!((world.bought(), quantity), (1, 12));
    assert_eq!(order.subscription.as_ref().map(|id| id.as_str().to_owned()), Some(id.to_string()));
    let (billing, run) = world.asked(&order).unwrap();
    assert_eq!((billing.approved, Some(&billing.subscription)), (euro("39.36"), order.subscription.as_ref()));
    let kept = world.asked_for().await;
    assert_eq!(
        (&kept[0].id, kept[0].actor.as_str()),
        (&run, "Bo"),
        "its report is kept before it is asked for"
    );
    world.assert_audit_holds().await;
}

#[tokio::test]
async fn told_again_nothing_is_bought_again() {
    let world = World::new().await;
    let order = world.placed(3).await;
    for _ in 0..3 {
        world.told(&order).await;
        world.scheduled().await;
        world.sync_finished().await;
    }
    assert_eq!((world.bought(), world.asked_for().await.len()), (1, 1));
    assert_eq!(
        world.order(&order.id).await.version,
        order.version,
        "nothing is written that changes nothing"
    );
}

#[tokio::test]
async fn without_the_customers_agreement_nothing_is_sent_and_retry_goes_on_once_it_is_there() {
    let world = World::new().await;
    world.crayon.with(|model| model.tenants.get_mut(&world.tenants[0]).unwrap().mca_accepted = false);
    let order = world.approved(world.new_order(2)).await;
    world.told(&order).await;
    let order = world.order(&order.id).await;
    assert_eq!(held(&order).0, HoldReason::AgreementMissing);
    assert_eq!(world.bought(), 0);
    world.scheduled().await;
    assert_eq!(held(&world.order(&order.id).await).0, HoldReason::AgreementMissing, "a person decides");
    world.crayon.with(|model| model.tenants.get_mut(&world.tenants[0]).unwrap().mca_accepted = true);
    let desk = world.desk();
    desk.retry(&order.organisation, &order.id, &crate::world::anna(), false).await.unwrap();
    world.told(&order).await;
    assert_eq!((world.order(&order.id).await.state, world.bought()), (OrderState::PlacedAtSupplier, 1));
}

#[tokio::test]
async fn a_price_that_moved_since_the_approval_is_approved_anew_before_anything_is_sent() {
    let world = World::new().await;
    let order = world.approved(world.new_order(10)).await;
    world.set_price(Method::Markup { percent: 10.into(), basis: Basis::Resale });
    world.told(&order).await;
    let moved = world.order(&order.id).await;
    assert_eq!((moved.state, world.bought()), (OrderState::PendingApproval, 0));
    assert_eq!((moved.quote.total, moved.approval.is_none()), (euro("36.10"), true));
    assert!(last(&moved).1.contains("36.10 EUR each cycle now, not 32.80 EUR"), "{:?}", last(&moved));
    let stale =
        world.desk().approve(&order.organisation, &order.id, &crate::world::bo(), euro("32.80")).await;
    assert_eq!(stale.unwrap_err().code(), "another-total");
    let order = world.approve(&moved).await;
    world.told(&order).await;
    assert_eq!(world.asked(&order).unwrap().0.approved, euro("36.10"));
}

#[tokio::test]
async fn a_price_that_moved_within_what_the_policy_approves_goes_on_and_says_so() {
    let world = World::new().await;
    let rule = ApprovalRule { customer: None, offer: None, up_to: Some(euro("50.00")), needs: Needs::Nobody };
    let mut settings = world.settings(Method::PassThrough(Basis::Resale));
    settings.orders = OrderPolicy { rules: vec![rule] };
    world.store.set_settings(settings.clone());
    let order = world.take(world.new_order(10)).await;
    assert_eq!(order.state, OrderState::Approved, "the policy asks nobody");
    let mut dearer = world.settings(Method::Markup { percent: 10.into(), basis: Basis::Resale });
    dearer.orders = settings.orders;
    world.store.set_settings(dearer);
    world.told(&order).await;
    let order = world.order(&order.id).await;
    assert_eq!((order.state, order.quote.total), (OrderState::PlacedAtSupplier, euro("36.10")));
    let states: Vec<_> = order.steps.iter().map(|step| step.to).collect();
    assert!(states.windows(2).any(|two| two == [OrderState::PendingApproval, OrderState::Approved]));
    let by: Vec<_> = order.steps.iter().filter(|s| s.to == OrderState::Approved).map(|s| &*s.by.id).collect();
    assert_eq!(by, ["policy", "policy"]);
}

#[tokio::test]
async fn the_suppliers_no_fails_the_order_with_its_reason_and_retry_places_it_anew() {
    let world = World::new().await;
    let order = world.approved(world.new_order(12)).await;
    // Sold out between the quote and the order.
    let fault = Fault::status(400).on("POST /subscriptions/new-commerce-orders");
    world.crayon.with(|model| model.faults.add(fault));
    world.told(&order).await;
    let failed = world.order(&order.id).await;
    assert_eq!((failed.state, world.bought()), (OrderState::Failed, 0), "{:?}", last(&failed));
    world.desk().retry(&order.organisation, &order.id, &crate::world::anna(), false).await.unwrap();
    world.told(&order).await;
    assert_eq!((world.order(&order.id).await.state, world.bought()), (OrderState::PlacedAtSupplier, 1));
    world.assert_audit_holds().await;
}

#[tokio::test]
async fn what_was_certainly_not_taken_stays_approved_and_is_tried_at_the_next_event() {
    let world = World::new().await;
    let order = world.approved(world.new_order(12)).await;
    let fault = Fault::too_many(Some(60)).on("POST /subscriptions/new-commerce-orders");
    world.crayon.with(|model| model.faults.add(fault.always()));
    world.told(&order).await;
    let waiting = world.order(&order.id).await;
    assert_eq!((waiting.state, world.bought()), (OrderState::Approved, 0), "{:?}", last(&waiting));
    world.crayon.with(|model| model.faults.clear());
    world.later(5);
    world.scheduled().await;
    assert_eq!((world.order(&order.id).await.state, world.bought()), (OrderState::PlacedAtSupplier, 1));
}

#[tokio::test]
async fn a_supplier_that_does_not_answer_questions_leaves_the_order_approved() {
    let world = World::new().await;
    let order = world.approved(world.new_order(12)).await;
    world.crayon.with(|model| model.faults.add(Fault::status(503).always()));
    world.told(&order).await;
    let waiting = world.order(&order.id).await;
    assert_eq!((waiting.state, waiting.version), (OrderState::Approved, order.version), "nothing is written");
    world.crayon.with(|model| model.faults.clear());
    world.scheduled().await;
    assert_eq!((world.order(&order.id).await.state, world.bought()), (OrderState::PlacedAtSupplier, 1));
}

#[tokio::test]
async fn an_order_that_can_no_longer_be_quoted_fails_with_its_cure_and_nothing_is_sent() {
    use domain::ports::LinkStore as _;
    let world = World::new().await;
    let order = world.approved(world.new_order(12)).await;
    let links = world.links();
    world.store.change_links(&[], &links).await.unwrap();
    world.told(&order).await;
    let failed = world.order(&order.id).await;
    assert_eq!((failed.state, world.bought()), (OrderState::Failed, 0));
    assert!(
        last(&failed).1.contains("link the customer to exactly one billing client"),
        "{:?}",
        last(&failed)
    );
}

#[tokio::test]
async fn a_supplier_that_takes_its_time_is_looked_at_again_and_a_person_asked_after_half_an_hour() {
    let world = World::new().await;
    world.crayon.with(|model| model.choices.order_polls = 1_000);
    let order = world.approved(world.new_order(4)).await;
    world.told(&order).await;
    let waiting = world.order(&order.id).await;
    assert_eq!((waiting.state, waiting.subscription.is_none()), (OrderState::PlacedAtSupplier, true));
    assert!(waiting.accepted.is_some_and(|accepted| accepted.reference.is_some()));
    world.later(29);
    world.scheduled().await;
    assert_eq!(world.order(&order.id).await.state, OrderState::PlacedAtSupplier);
    world.later(2);
    world.scheduled().await;
    assert_eq!(held(&world.order(&order.id).await).0, HoldReason::SupplierSlow);
    // Delivered after all: it goes on by itself.
    world.crayon.with(simulators::crayon::Model::tick);
    world.scheduled().await;
    let order = world.order(&order.id).await;
    assert_eq!((order.state, order.subscription.is_some()), (OrderState::PlacedAtSupplier, true));
    assert_eq!((world.bought(), world.asked_for().await.len()), (1, 1));
}

#[tokio::test]
async fn two_orders_approved_at_the_same_moment_are_both_bought() {
    let world = World::new().await;
    let first = world.approved(world.new_order(3)).await;
    let second = world.approved(world.new_order(5)).await;
    let (a, b) = (world.process(), world.process());
    let (one, two) =
        tokio::join!(world.handled(&a, world.event(&first)), world.handled(&b, world.event(&second)));
    assert!(matches!((&one, &two), (Outcome::Done(_), Outcome::Done(_))), "{one:?} {two:?}");
    world.scheduled().await;
    for order in [&first, &second] {
        assert_eq!(world.order(&order.id).await.state, OrderState::PlacedAtSupplier);
    }
    let quantities: Vec<_> =
        world.crayon.with(|m| m.subscriptions_of(world.tenants[0]).map(|row| row.quantity).collect());
    assert_eq!(quantities.len(), 2);
    assert!(quantities.contains(&3) && quantities.contains(&5), "{quantities:?}");
}

#[tokio::test]
async fn who_is_handed_an_order_while_another_is_at_work_does_nothing() {
    use domain::ports::LeaseStore as _;
    let world = World::new().await;
    let order = world.approved(world.new_order(3)).await;
    let now = domain::clock::Clock::now(&world.clock);
    let until = now + jiff::SignedDuration::from_mins(3);
    let other = testkit::builders::run_id(9);
    world.store.acquire("orders/nordic", &other, now, until).await.unwrap().unwrap();
    let Outcome::Done(answer) = world.told(&order).await else { panic!("answered as done") };
    assert_eq!((answer["busy"].as_u64(), world.bought()), (Some(1), 0));
    world.later(4);
    world.scheduled().await;
    assert_eq!(world.bought(), 1, "the lease has run out");
}

#[tokio::test]
async fn what_no_time_is_left_for_is_handed_on_and_bought_in_the_next_invocation() {
    let world = World::new().await;
    let mut orders = Vec::new();
    for quantity in [3, 4, 5] {
        orders.push(world.approved(world.new_order(quantity)).await);
    }
    world.bus.forget();
    let process = world.process();
    let deadline = Deadline(world.clock.now() + jiff::SignedDuration::from_secs(90));
    let (payload, request) = (world.event(&orders[0]), "request-1".to_owned());
    order_intake::handle(&process.deps, Invocation { payload, deadline, request }).await;
    assert_eq!(world.bought(), 1);
    let (organisation, order) = (orders[1].organisation.clone(), orders[1].id.clone());
    assert!(world.bus.all().contains(&Notice::OrderApproved { organisation, order }));
    world.told(&orders[1]).await;
    assert_eq!(world.bought(), 3, "with time enough the others are swept up too");
}
