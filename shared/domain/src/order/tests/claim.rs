use super::{actor, at, draft};
use crate::order::{HoldReason, Needs, Order, OrderState};

fn approved() -> Order {
    let mut order = draft();
    order.step(OrderState::PendingApproval, &actor("anna"), "", at(1)).unwrap();
    order.approve(&actor("bo"), order.quote.total, Needs::SomeoneElse, "", at(2)).unwrap();
    order
}

#[test]
fn an_order_claims_its_sum_from_when_it_is_sent_until_it_is_billed() {
    let total = draft().quote.total;
    for state in OrderState::ALL {
        let claims = matches!(state, OrderState::Placing | OrderState::PlacedAtSupplier);
        let order = Order { state, ..approved() };
        assert_eq!(order.claim(), claims.then_some(total), "{state}");
    }
    assert_eq!(Order { state: OrderState::Placing, ..draft() }.claim(), None, "nobody approved a sum");
}

#[test]
fn a_held_order_claims_its_sum_once_the_supplier_may_have_it_and_until_it_is_billed() {
    let total = draft().quote.total;
    let mut order = approved();
    order.hold(HoldReason::AgreementMissing, "", &actor("bo"), at(3)).unwrap();
    assert_eq!(order.claim(), None, "nothing was sent");
    order.step(OrderState::Approved, &actor("bo"), "", at(4)).unwrap();
    order.step(OrderState::Placing, &actor("bo"), "", at(5)).unwrap();
    order.hold(HoldReason::SupplierUnclear, "", &actor("bo"), at(6)).unwrap();
    assert_eq!(order.claim(), Some(total), "it may have arrived");
    order.service = Some("4711".parse().unwrap());
    assert_eq!(order.claim(), None, "its service is billed");
}
