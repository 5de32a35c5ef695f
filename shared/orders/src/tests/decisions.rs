use super::*;

fn total() -> domain::money::Money {
    euro("40.00")
}

async fn approve(house: &House, order: &Order, who: &str) -> Result<Order, OrderProblem> {
    house.desk().approve(&order.organisation, &order.id, &actor(who), total()).await
}

#[tokio::test]
async fn approved_by_somebody_else_it_is_told_on_and_approving_again_changes_nothing() {
    let house = House::new().await;
    let order = house.pending().await;
    assert_eq!(approve(&house, &order, "anna").await.unwrap_err().code(), "own-order");
    let stale = house.desk().approve(&order.organisation, &order.id, &actor("bo"), euro("39.99")).await;
    assert_eq!(stale.unwrap_err().code(), "another-total");
    assert_eq!((house.order(&order).await, house.heard()), (order.clone(), 0));
    let approved = approve(&house, &order, "bo").await.unwrap();
    assert_eq!((approved.state, approved.version), (OrderState::Approved, 2));
    assert_eq!(approve(&house, &order, "bo").await.unwrap(), approved);
    assert_eq!((house.heard(), house.audit().len()), (1, 2), "once is enough");
    assert_eq!(approve(&house, &order, "cy").await.unwrap_err().code(), "illegal-step");
}

#[tokio::test]
async fn an_approval_stands_when_nobody_could_be_told() {
    let house = House::new().await;
    let order = house.pending().await;
    *house.bus.deaf.lock().unwrap() = true;
    assert_eq!(approve(&house, &order, "bo").await.unwrap().state, OrderState::Approved);
    assert_eq!(house.order(&order).await.state, OrderState::Approved);
}

#[tokio::test]
async fn of_two_who_approve_at_once_one_wins_and_both_see_it() {
    let house = House::new().await;
    let order = house.pending().await;
    let (one, two) = tokio::join!(approve(&house, &order, "bo"), approve(&house, &order, "cy"));
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_eq!(one, two);
    assert_eq!((one.version, house.audit().len(), house.heard()), (2, 2, 1));
}

#[tokio::test]
async fn of_an_approval_and_a_rejection_at_once_one_wins_and_the_other_is_told() {
    let house = House::new().await;
    let order = house.pending().await;
    let desk = house.desk();
    let cy = actor("cy");
    let (approved, rejected) = tokio::join!(
        approve(&house, &order, "bo"),
        desk.reject(&order.organisation, &order.id, &cy, "too dear")
    );
    assert!(approved.is_ok() != rejected.is_ok(), "{approved:?} {rejected:?}");
    let lost = approved.err().or(rejected.err()).unwrap();
    assert_eq!(lost.code(), "illegal-step");
    assert_eq!(house.order(&order).await.version, 2);
}

#[tokio::test]
async fn a_table_that_fails_at_any_step_leaves_the_order_pending_or_approved_and_logged() {
    let steps = {
        let house = House::new().await;
        let order = house.pending().await;
        let store = Arc::new(Faulty::new(house.memory.clone()));
        let desk = house.desk_on(store.clone());
        desk.approve(&order.organisation, &order.id, &actor("bo"), total()).await.unwrap();
        store.steps()
    };
    for step in 1..=steps {
        for moment in Moment::BOTH {
            let house = House::new().await;
            let order = house.pending().await;
            let store = Arc::new(Faulty::new(house.memory.clone()));
            store.fail_after(step, moment);
            let desk = house.desk_on(store);
            let first = desk.approve(&order.organisation, &order.id, &actor("bo"), total()).await;
            assert!(first.is_err(), "step {step} {moment:?}");
            let second = approve(&house, &order, "bo").await.unwrap();
            assert_eq!((second.state, second.version), (OrderState::Approved, 2), "step {step} {moment:?}");
            assert_eq!(house.audit().len(), 2, "step {step} {moment:?}");
        }
    }
}

#[tokio::test]
async fn rejecting_and_cancelling_want_a_reason_and_say_it_once() {
    let house = House::new().await;
    let order = house.pending().await;
    let (desk, bo) = (house.desk(), actor("bo"));
    for why in ["", "   ", "a\u{7}b", &"x".repeat(501)] {
        let problem = desk.reject(&order.organisation, &order.id, &bo, why).await.unwrap_err();
        assert_eq!((problem.code(), problem.field()), ("invalid-order", Some("why")));
        assert!(desk.cancel(&order.organisation, &order.id, &bo, why).await.is_err());
    }
    let rejected = desk.reject(&order.organisation, &order.id, &bo, "too dear").await.unwrap();
    assert_eq!(desk.reject(&order.organisation, &order.id, &bo, "again").await.unwrap(), rejected);
    assert_eq!(rejected.steps.last().unwrap().why, "too dear");
    assert_eq!((house.heard(), house.audit().len()), (0, 2));
}

/// What cancelling comes to in each state.
#[tokio::test]
async fn only_what_is_not_bought_can_be_cancelled() {
    let cases = [
        (OrderState::Draft, Ok(OrderState::Cancelled)),
        (OrderState::PendingApproval, Ok(OrderState::Cancelled)),
        (OrderState::Approved, Ok(OrderState::Cancelled)),
        (OrderState::Failed, Ok(OrderState::Cancelled)),
        (OrderState::Cancelled, Ok(OrderState::Cancelled)),
        (OrderState::Placing, Err("illegal-step")),
        (OrderState::Rejected, Err("illegal-step")),
        (OrderState::PlacedAtSupplier, Err("already-bought")),
        (OrderState::Billed, Err("already-bought")),
        (OrderState::Active, Err("already-bought")),
    ];
    for (state, expected) in cases {
        let house = House::new().await;
        let order = house.put_in(state, None).await;
        let cancelled = house.desk().cancel(&order.organisation, &order.id, &actor("anna"), "no need").await;
        assert_eq!(cancelled.map(|order| order.state).map_err(|p| p.code()), expected, "{state}");
    }
    for reason in HoldReason::ALL {
        let house = House::new().await;
        let order = house.put_in(OrderState::Held, Some(reason)).await;
        let cancelled = house.desk().cancel(&order.organisation, &order.id, &actor("anna"), "no need").await;
        let expected = match reason {
            HoldReason::AgreementMissing
            | HoldReason::CredentialsRefused
            | HoldReason::SupplierUnclear
            | HoldReason::SupplierSlow
            | HoldReason::SubscriptionMoved => Ok(OrderState::Cancelled),
            HoldReason::BillingParked | HoldReason::BillingRefused | HoldReason::PlanWaits => {
                Err("already-bought")
            }
            HoldReason::CallOff => Ok(OrderState::Held),
        };
        assert_eq!(cancelled.map(|order| order.state).map_err(|p| p.code()), expected, "{}", reason.code());
    }
}

#[tokio::test]
async fn a_purchase_that_waits_for_its_day_is_held_until_the_supplier_has_called_it_off() {
    let house = House::new().await;
    let mut order = house.put_in(OrderState::PlacedAtSupplier, None).await;
    order.version += 1;
    order.scheduled = Some(parsed("2026-12-01"));
    order.accepted = Some(Accepted { reference: None, at: moment(0) });
    let audit = super::super::audit(&order, &actor("anna"), "a test", testkit::builders::run_id(1));
    house.memory.put_order(&order, audit).await.unwrap();
    let (desk, anna) = (house.desk(), actor("anna"));
    let held = desk.cancel(&order.organisation, &order.id, &anna, "no need").await.unwrap();
    assert_eq!(held.hold.as_ref().map(|hold| hold.reason), Some(HoldReason::CallOff));
    assert_eq!(desk.cancel(&order.organisation, &order.id, &anna, "again").await.unwrap(), held);
    assert_eq!(house.heard(), 1);
    let back = desk.retry(&order.organisation, &order.id, &anna, false).await.unwrap();
    assert_eq!(back.state, OrderState::PlacedAtSupplier, "the wish is taken back");
    house.clock.set("2026-12-01T00:00:00Z".parse().unwrap());
    let late = desk.cancel(&order.organisation, &order.id, &anna, "no need").await;
    assert_eq!(late.unwrap_err().code(), "already-bought", "its day has come");
}

#[tokio::test]
async fn a_retry_goes_on_where_it_stopped_and_sends_again_only_what_was_looked_for() {
    for reason in HoldReason::ALL {
        let house = House::new().await;
        let order = house.put_in(OrderState::Held, Some(reason)).await;
        let (desk, anna) = (house.desk(), actor("anna"));
        if reason == HoldReason::SupplierUnclear {
            let problem = desk.retry(&order.organisation, &order.id, &anna, false).await.unwrap_err();
            assert_eq!((problem.code(), problem.field()), ("look-first", Some("send_again")));
            assert_eq!((house.order(&order).await, house.heard()), (order.clone(), 0));
        }
        let retried = desk.retry(&order.organisation, &order.id, &anna, true).await.unwrap();
        assert_eq!(retried.state, order.after_hold(), "{}", reason.code());
        assert_eq!(retried.send_again, reason == HoldReason::SupplierUnclear, "{}", reason.code());
        assert_eq!(house.heard(), 1);
    }
}

#[tokio::test]
async fn a_retry_of_what_goes_on_by_itself_only_has_it_looked_at_and_what_is_over_stays_over() {
    for state in OrderState::ALL {
        let house = House::new().await;
        let order = house.put_in(state, None).await;
        let retried = house.desk().retry(&order.organisation, &order.id, &actor("anna"), true).await;
        if state.is_ours_to_do() {
            assert_eq!((retried.unwrap(), house.heard()), (order, 1), "{state}");
        } else if state == OrderState::Failed {
            assert_eq!((retried.unwrap().state, house.heard()), (OrderState::Approved, 1));
        } else {
            assert_eq!((retried.unwrap_err().code(), house.heard()), ("illegal-step", 0), "{state}");
        }
    }
}

#[tokio::test]
async fn an_order_that_is_not_there_is_not_found_anywhere() {
    let house = House::new().await;
    let order = house.pending().await;
    let desk = house.desk();
    assert_eq!(desk.find_anywhere(&order.id).await.unwrap(), order);
    let unknown = domain::id::OrderId::new(Timestamp::UNIX_EPOCH, 3);
    assert_eq!(desk.find_anywhere(&unknown).await.unwrap_err().code(), "order-not-found");
    let elsewhere = desk.list(&parsed("elsewhere"), OrderFilter::All, None, 5).await.unwrap_err();
    assert_eq!(elsewhere.code(), "unknown-organisation");
}
