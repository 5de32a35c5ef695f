use super::*;
use crate::link::{Link, LinkBook};
use crate::price::{Basis, Method, PriceRule, PriceRules, Scope};
use crate::settings::{Organisation, Policy, PricePer, Settings};
use crate::subscription::SupplierPrices;
use std::fmt::Debug;
use std::str::FromStr;

mod claim;
mod policy;
mod quote;
mod state;

fn parsed<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_793_865_600 + minute * 60).unwrap()
}

fn actor(name: &str) -> Actor {
    Actor { id: format!("usr_{name}").into(), name: name.into() }
}

fn priced(unit: &str, cost: Option<&str>) -> Priced {
    Priced {
        unit: parsed(unit),
        rule: parsed("standard"),
        explanation: "as said".into(),
        term_start: None,
        cost: cost.map(parsed),
    }
}

/// Anna's draft: 12 seats at 3.28 EUR.
fn draft() -> Order {
    let author = actor("anna");
    let quote = Quote::new(priced("3.28 EUR", Some("2.85 EUR")), 12, parsed("900"), parsed("33"), at(0));
    Order {
        id: OrderId::new(at(0), 1),
        organisation: parsed("nordic"),
        version: 1,
        customer: parsed("cus_0"),
        customer_name: "Fjord Kaffe AB".into(),
        tenant: parsed("5312"),
        offer: parsed("CFQ7TTC0LH16:0001/P1Y/monthly"),
        offer_id: parsed("ofr_0"),
        offer_name: "Exchange Online (Plan 1)".into(),
        wanted: Wanted::Subscription { quantity: 12 },
        scheduled: None,
        reference: None,
        author: author.clone(),
        state: OrderState::Draft,
        hold: None,
        quote: quote.unwrap(),
        approval: None,
        accepted: None,
        subscription: None,
        service: None,
        send_again: false,
        steps: vec![OrderStep { at: at(0), by: author, to: OrderState::Draft, why: "taken".into() }],
        created: at(0),
        updated: at(0),
    }
}

fn pending() -> Order {
    let mut order = draft();
    let author = order.author.clone();
    order.step(OrderState::PendingApproval, &author, "submitted", at(1)).unwrap();
    order
}

#[test]
fn an_approval_is_of_a_number_by_somebody_else_and_once() {
    let mut order = pending();
    let total = order.quote.total;
    let own = order.approve(&actor("anna"), total, Needs::SomeoneElse, "yes", at(2));
    assert_eq!(own, Err(NotApproved::OwnOrder(actor("anna"))));
    let seen: Money = parsed("39.35 EUR");
    let stale = order.approve(&actor("bo"), seen, Needs::SomeoneElse, "yes", at(2));
    assert_eq!(stale, Err(NotApproved::AnotherTotal { seen, now: total }));
    let other_currency = order.approve(&actor("bo"), parsed("39.36 SEK"), Needs::SomeoneElse, "yes", at(2));
    assert!(matches!(other_currency, Err(NotApproved::AnotherTotal { .. })));
    assert_eq!(order, pending(), "a no changes nothing");
    order.approve(&actor("bo"), parsed("39.360 EUR"), Needs::SomeoneElse, "yes", at(2)).unwrap();
    assert_eq!(order.state, OrderState::Approved);
    assert_eq!(order.approval, Some(Approval { by: actor("bo"), at: at(2), total }));
    let again = order.approve(&actor("cy"), total, Needs::SomeoneElse, "yes", at(3));
    assert!(matches!(again, Err(NotApproved::Illegal(_))));
}

#[test]
fn nothing_but_what_waits_for_approval_can_be_approved() {
    for state in OrderState::ALL {
        let mut order = Order { state, ..draft() };
        let total = order.quote.total;
        let approved = order.approve(&actor("bo"), total, Needs::Anyone, "yes", at(2));
        assert_eq!(approved.is_ok(), state == OrderState::PendingApproval, "{state}");
    }
}

#[test]
fn a_retry_never_goes_back_before_what_the_supplier_has() {
    for reason in HoldReason::ALL {
        let mut order = Order { state: OrderState::Placing, ..draft() };
        order.hold(reason, "detail", &actor("bo"), at(3)).unwrap();
        let expected =
            if reason.is_after_supplier() { OrderState::PlacedAtSupplier } else { OrderState::Approved };
        assert_eq!(order.after_hold(), expected, "{}", reason.code());
        order.accepted = Some(Accepted { reference: None, at: at(2) });
        assert_eq!(order.after_hold(), OrderState::PlacedAtSupplier, "{}", reason.code());
        assert_eq!(HoldReason::find(reason.code()), Some(reason));
        assert!(!reason.cure().is_empty());
        assert!(!reason.is_about_billing() || reason.is_after_supplier(), "{}", reason.code());
    }
}

#[test]
fn a_hold_ends_with_the_next_step_and_its_reason_stays_in_the_timeline() {
    let mut order = Order { state: OrderState::Placing, ..draft() };
    order.hold(HoldReason::AgreementMissing, "not accepted", &actor("bo"), at(3)).unwrap();
    order.remark(&actor("bo"), "asked the customer", at(4));
    assert_eq!((order.state, order.hold.is_some()), (OrderState::Held, true), "a remark changes no state");
    order.step(OrderState::Approved, &actor("bo"), "again", at(5)).unwrap();
    assert_eq!(order.hold, None);
    let why: Vec<_> = order.steps.iter().map(|step| step.why.as_str()).collect();
    assert_eq!(why, ["taken", "agreement-missing: not accepted", "asked the customer", "again"]);
}
