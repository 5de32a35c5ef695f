//! The promises of `OrderTarget`, kept by the connector against the simulated Cloud-iQ.

use crate::shop::{PART, PLACE, shop, shop_with};
use crate::world::{LIST, ONE, PUT, TOKEN, World};
use domain::clock::Deadline;
use domain::failure::{Failure, FailureKind};
use domain::id::SubscriptionId;
use domain::ports::{CustomerAgreement, OrderTarget, Purchase, ScheduledPurchase, SubscriptionSource};
use domain::subscription::{BillingCycle, Quantity, SupplierStatus, Term};
use jiff::civil::{Date, date};
use simulators::crayon::{Cycle, Model, OrderState, Profile};
use simulators::{Fault, Moment};
use std::time::Duration;

const AGREEMENTS: &str = "GET /customertenants/{id}/agreements";
const FOLLOW: &str = "GET /subscriptions/new-commerce-orders/{orderId}";
const DAY: Date = date(2026, 3, 20);

async fn agreement(world: &World) -> Result<CustomerAgreement, Failure> {
    world.crayon.customer_agreement(&world.tenant(), Deadline::never()).await
}

async fn waiting(world: &World) -> Result<Vec<ScheduledPurchase>, Failure> {
    world.crayon.scheduled(&world.tenant(), Deadline::never()).await
}

async fn owned(world: &World) -> Result<Vec<SubscriptionId>, Failure> {
    let owned =
        world.crayon.subscriptions_of(&world.organisation, &world.tenant(), Deadline::never()).await?;
    Ok(owned.into_iter().map(|row| row.id).collect())
}

#[tokio::test]
async fn a_customer_has_accepted_the_customer_agreement_or_has_not() {
    for profile in [Profile::Documented, Profile::OpenApi] {
        let world = shop_with(|model| model.profile = profile, |_| ()).await;
        assert_eq!(agreement(&world).await, Ok(CustomerAgreement::Accepted));
        world.cloud.with(|model| model.tenants.values_mut().for_each(|tenant| tenant.mca_accepted = false));
        assert_eq!(agreement(&world).await, Ok(CustomerAgreement::Missing));
    }
    let world = shop().await;
    for id in ["17", "seventeen", "0"] {
        let failure =
            world.crayon.customer_agreement(&id.parse().unwrap(), Deadline::never()).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::NotFound, "{id}");
    }
}

#[tokio::test]
async fn an_odd_list_of_agreements_is_no_acceptance() {
    for fault in [Fault::Html, Fault::Truncated, Fault::Null, Fault::Empty] {
        let world = shop().await;
        world.cloud.with(|model| model.faults.add(fault.clone().on(AGREEMENTS).always()));
        assert_eq!(agreement(&world).await.unwrap_err().kind, FailureKind::Malformed, "{fault:?}");
    }
}

#[tokio::test]
async fn an_order_is_taken_then_followed_until_its_subscription_is_there() {
    let world = shop().await;
    world.cloud.with(|model| model.choices.order_polls = 2);
    let purchased = world.buy(&world.purchase("P1Y/monthly", 12)).await.unwrap();
    let reference = purchased.reference.clone().unwrap();
    for _ in 0..2 {
        assert_eq!(world.crayon.purchased(&reference, Deadline::never()).await, Ok(vec![]));
    }
    let ids = world.delivered(&purchased).await;
    assert_eq!(owned(&world).await.unwrap(), ids);
    let bought = world.crayon.find_details(&world.organisation, &ids[0], Deadline::never()).await;
    let bought = bought.unwrap().unwrap();
    assert_eq!(bought.offer.to_string(), format!("{PART}/P1Y/monthly"));
    assert_eq!((bought.quantity, bought.status), (12, SupplierStatus::Active));
    assert_eq!(bought.tenant, world.tenant());
    assert_eq!((world.orders(), world.count(PLACE)), (1, 1));
}

#[tokio::test]
async fn every_cycle_that_can_be_ordered_arrives_as_it_was_ordered() {
    for offer in ["P1M/monthly", "P1Y/annual", "P3Y/monthly", "P3Y/annual", "P3Y/three-years"] {
        let world = shop().await;
        let purchased = world.buy(&world.purchase(offer, 1)).await.unwrap();
        let id = world.delivered(&purchased).await.remove(0);
        let bought = world.crayon.find_details(&world.organisation, &id, Deadline::never()).await;
        assert_eq!(bought.unwrap().unwrap().offer.to_string(), format!("{PART}/{offer}"));
    }
}

#[tokio::test]
async fn a_refused_order_says_why_and_nothing_was_bought() {
    let world =
        shop_with(|model| model.tenants.values_mut().for_each(|tenant| tenant.mca_accepted = false), |_| ())
            .await;
    let failure = world.buy(&world.purchase("P1Y/monthly", 12)).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused);
    assert_eq!(
        failure.what,
        "POST subscriptions/new-commerce-orders: refused: MCA_NOT_ACCEPTED: Customer agreement missing."
    );
    assert!(failure.certainly_not_done());
    world.cloud.with(|model| model.tenants.values_mut().for_each(|tenant| tenant.mca_accepted = true));
    for (purchase, code) in [
        (world.purchase("P1M/annual", 1), "INVALID_BILLING_CYCLE"),
        (world.purchase("P1Y/monthly", 301), "INVALID_QUANTITY"),
        (Purchase { tenant: "17".parse().unwrap(), ..world.purchase("P1Y/monthly", 1) }, "TENANT_NOT_FOUND"),
    ] {
        let failure = world.buy(&purchase).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Refused);
        assert!(failure.what.contains(code), "{failure}");
    }
    assert_eq!(world.orders(), 0);
}

#[tokio::test]
async fn what_cloud_iq_has_no_word_for_is_not_sent() {
    let world = shop().await;
    let good = world.purchase("P1Y/monthly", 1);
    let with = |change: &dyn Fn(&mut Purchase)| {
        let mut purchase = good.clone();
        change(&mut purchase);
        purchase
    };
    let rows = [
        (with(&|p| p.quantity = 0), "0 seats"),
        (with(&|p| p.offer.term = Term::None), "without a term"),
        (with(&|p| p.offer.cycle = BillingCycle::Quarterly), "quarterly"),
        (with(&|p| p.offer.cycle = BillingCycle::TwoYears), "two-years"),
        (with(&|p| p.offer.cycle = BillingCycle::Other("cycle-6".into())), "cycle-6"),
        (with(&|p| p.tenant = "0".parse().unwrap()), "customer tenant 0"),
        (with(&|p| p.tenant = "x-1".parse().unwrap()), "customer tenant x-1"),
    ];
    for (purchase, said) in rows {
        let failure = world.buy(&purchase).await.unwrap_err();
        assert!(failure.certainly_not_done() && failure.what.contains(said), "{failure}");
    }
    assert_eq!((world.crayon.sent(), world.orders()), (0, 0));
}

#[tokio::test]
async fn an_order_whose_reply_is_lost_is_in_doubt_and_there_once() {
    let rows = [
        (Fault::DropAfter, FailureKind::Unavailable, 1),
        (Fault::LostStatus(500), FailureKind::Unavailable, 1),
        (Fault::LostStatus(503), FailureKind::Unavailable, 1),
        (Fault::LostHtml, FailureKind::Malformed, 1),
        (Fault::LostEmpty, FailureKind::Malformed, 1),
        (Fault::LostNull, FailureKind::Malformed, 1),
        (Fault::LostGarbage, FailureKind::Malformed, 1),
        (Fault::Truncated, FailureKind::Malformed, 1),
        (Fault::DropBefore, FailureKind::Unavailable, 0),
        (Fault::status(503), FailureKind::Unavailable, 0),
    ];
    for (fault, kind, orders) in rows {
        let world = shop().await;
        world.cloud.with(|model| model.faults.add(fault.clone().on(PLACE)));
        let failure = world.buy(&world.purchase("P1Y/monthly", 12)).await.unwrap_err();
        assert_eq!(failure.kind, kind, "{fault:?}");
        assert!(!failure.certainly_not_done(), "{fault:?}");
        assert_eq!((world.count(PLACE), world.orders()), (1, orders), "{fault:?}");
    }
}

#[tokio::test]
async fn an_order_without_an_answer_in_time_is_in_doubt_and_there_once() {
    let slow = Fault::SlowReply(Duration::from_mins(1)).on(PLACE);
    let world = shop_with(
        |model| model.faults.add(slow),
        |config| config.mutation_timeout = Duration::from_millis(200),
    )
    .await;
    let failure = world.buy(&world.purchase("P1Y/monthly", 12)).await.unwrap_err();
    assert_eq!(failure.what, "POST subscriptions/new-commerce-orders: no answer within 200 ms");
    assert!(!failure.certainly_not_done());
    assert_eq!((world.count(PLACE), world.orders()), (1, 1));
}

#[tokio::test]
async fn an_order_that_was_certainly_not_begun_may_be_sent_again() {
    for (fault, kind) in [
        (Fault::too_many(None), FailureKind::RateLimited(None)),
        (Fault::status(400), FailureKind::Refused),
        (Fault::status(403), FailureKind::Unauthorised),
    ] {
        let world = shop().await;
        world.cloud.with(|model| model.faults.add(fault.on(PLACE)));
        let failure = world.buy(&world.purchase("P1Y/monthly", 12)).await.unwrap_err();
        assert_eq!((failure.kind, failure.certainly_not_done()), (kind, true));
        assert_eq!((world.count(PLACE), world.orders()), (1, 0));
    }
    let world = shop().await;
    let purchase = world.purchase("P1Y/monthly", 12);
    let failure = world.crayon.purchase(&purchase, world.deadline_in(4_500)).await.unwrap_err();
    assert_eq!((failure.kind, world.count(PLACE)), (FailureKind::OutOfTime, 0));
}

#[tokio::test]
async fn an_order_whose_token_was_refused_follows_a_new_sign_in_and_is_there_once() {
    let world = shop().await;
    world.cloud.with(|model| model.faults.add(Fault::status(401).on(PLACE)));
    world.buy(&world.purchase("P1Y/monthly", 12)).await.unwrap();
    assert_eq!((world.count(TOKEN), world.count(PLACE), world.orders()), (2, 2, 1));
}

#[tokio::test]
async fn an_order_that_is_not_known_is_told_apart_from_one_that_is_not_ready() {
    let world = shop().await;
    for reference in ["3d0a5a52-0000-0000-0000-000000000000", "../me", "", "a/b", "%2e"] {
        let failure = world.crayon.purchased(reference, Deadline::never()).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::NotFound, "{reference:?}");
    }
    // Only the first one is a reference at all.
    assert_eq!(world.count(FOLLOW), 1);
}

#[tokio::test]
async fn odd_words_about_an_order_are_no_subscription() {
    for fault in [Fault::Html, Fault::Truncated, Fault::Null, Fault::Empty] {
        let world = shop().await;
        let purchased = world.buy(&world.purchase("P1Y/monthly", 12)).await.unwrap();
        world.delivered(&purchased).await;
        world.cloud.with(|model| model.faults.add(fault.clone().on(FOLLOW).always()));
        let reference = purchased.reference.unwrap();
        let failure = world.crayon.purchased(&reference, Deadline::never()).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Malformed, "{fault:?}");
    }
}

#[tokio::test]
async fn a_customers_subscriptions_are_all_of_theirs_and_nobody_elses() {
    let world = shop().await;
    let (ours, ended) = world.cloud.with(|model| {
        let tenants: Vec<u32> = model.tenants.keys().copied().collect();
        let mut ours = Vec::new();
        for at in 0..23 {
            let id = model.add_subscription(tenants[usize::from(at % 2 == 1)], PART, 3, None, Cycle::Monthly);
            ours.extend((at % 2 == 0).then_some(id));
        }
        let ended = ours[3];
        model.subscription_mut(ended).unwrap().status = simulators::crayon::Status::EXPIRED;
        (ours, ended)
    });
    let mut seen: Vec<u32> =
        owned(&world).await.unwrap().iter().map(|id| id.as_str().parse().unwrap()).collect();
    seen.sort_unstable();
    assert_eq!(seen, ours);
    assert!(seen.contains(&ended));
}

#[tokio::test]
async fn a_customers_list_that_is_not_whole_is_no_list() {
    let rows = [
        Fault::List(simulators::ListFault::DropRow { page: 1, row: 2 }),
        Fault::List(simulators::ListFault::TotalHits(1)),
        Fault::List(simulators::ListFault::IgnorePage),
    ];
    for fault in rows {
        let world = World::with(15).await;
        world.cloud.with(|model| model.faults.add(fault.clone().on(LIST).always()));
        let failure = owned(&world).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Malformed, "{fault:?}: {failure}");
    }
    let world = World::with(15).await;
    world.cloud.with(|model| {
        model.faults.add(Fault::List(simulators::ListFault::DropRow { page: 1, row: 2 }).on(LIST));
    });
    assert_eq!(owned(&world).await.unwrap().len(), 15, "a second look is whole");
}

#[tokio::test]
async fn a_scheduled_order_waits_for_its_day_and_is_listed_till_then() {
    let world = shop().await;
    let purchased = world.buy(&world.purchase_on(DAY)).await.unwrap();
    assert_eq!(purchased.reference, None, "Cloud-iQ names no order that it has not begun");
    let listed = waiting(&world).await.unwrap();
    assert_eq!(listed.len(), 1);
    let one = &listed[0];
    assert_eq!((one.quantity, one.day, one.part_number.as_deref()), (12, Some(DAY), Some(PART)));
    assert_eq!(one.name, "Exchange Online (Plan 1)");
    assert_eq!(owned(&world).await.unwrap(), []);
    world.cloud.with(|model| model.advance_to(Moment::ymd(2026, 3, 21)));
    assert_eq!(waiting(&world).await.unwrap(), []);
    assert_eq!(owned(&world).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_scheduled_order_is_called_off_once() {
    let world = shop().await;
    world.buy(&world.purchase_on(DAY)).await.unwrap();
    world.buy(&world.purchase_on(DAY)).await.unwrap();
    let listed = waiting(&world).await.unwrap();
    assert_eq!(listed.len(), 2);
    world.crayon.call_off(&listed[0], Deadline::never()).await.unwrap();
    let again = world.crayon.call_off(&listed[0], Deadline::never()).await.unwrap_err();
    assert_eq!((again.kind, again.certainly_not_done()), (FailureKind::Refused, true));
    assert_eq!(waiting(&world).await.unwrap(), listed[1..]);
    world.cloud.with(|model| model.advance_to(Moment::ymd(2026, 3, 21)));
    assert_eq!(owned(&world).await.unwrap().len(), 1);
}

#[tokio::test]
async fn calling_off_fails_like_every_mutation() {
    const CALL_OFF: &str = "PUT /scheduledpurchaserequest/cancel-order/{orderReferenceId}/{orderNumber}";
    let world = shop().await;
    world.buy(&world.purchase_on(DAY)).await.unwrap();
    let one = waiting(&world).await.unwrap().remove(0);
    world.cloud.with(|model| model.faults.add(Fault::DropAfter.containing("cancel-order")));
    let failure = world.crayon.call_off(&one, Deadline::never()).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unavailable);
    assert_eq!(world.cloud.with(|model| model.orders[0].state), OrderState::Cancelled);
    assert_eq!(world.count(CALL_OFF), 1);
    for (reference, number) in [("../..", "1"), ("a", "1/2"), ("", "1")] {
        let odd = ScheduledPurchase { reference: reference.into(), number: number.into(), ..one.clone() };
        let failure = world.crayon.call_off(&odd, Deadline::never()).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Refused);
    }
    assert_eq!(world.count(CALL_OFF), 1);
}

#[tokio::test]
async fn more_waiting_orders_than_fit_a_page_are_all_listed() {
    let world = shop().await;
    for _ in 0..23 {
        world.buy(&world.purchase_on(DAY)).await.unwrap();
    }
    assert_eq!(waiting(&world).await.unwrap().len(), 23);
}

#[tokio::test]
async fn seats_are_set_and_nothing_else_changes() {
    let world = World::with(1).await;
    let id: SubscriptionId = "120045".parse().unwrap();
    let order = async |quantity: Quantity| world.crayon.set_quantity(&id, quantity, Deadline::never()).await;
    order(30).await.unwrap();
    order(30).await.unwrap();
    let seats = || world.cloud.with(|model: &mut Model| model.subscription(120_045).unwrap().quantity);
    assert_eq!(seats(), 30);
    assert_eq!(order(301).await.unwrap_err().kind, FailureKind::Refused);
    let sent = world.count(ONE) + world.count(PUT);
    assert_eq!(order(0).await.unwrap_err().kind, FailureKind::Refused);
    assert_eq!((world.count(ONE) + world.count(PUT), seats()), (sent, 30));
    world.cloud.with(|model| model.faults.add(Fault::DropAfter.on(PUT)));
    assert!(!order(31).await.unwrap_err().certainly_not_done());
    assert_eq!(seats(), 31);
}
