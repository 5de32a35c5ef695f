use super::{draft, parsed};
use crate::order::{ApprovalRule, Needs, Order, OrderPolicy};
use proptest::prelude::*;

fn rule(needs: Needs) -> ApprovalRule {
    ApprovalRule { customer: None, offer: None, up_to: None, needs }
}

fn needs(rules: Vec<ApprovalRule>, order: &Order) -> (Needs, Option<usize>) {
    OrderPolicy { rules }.needs(order)
}

#[test]
fn without_a_rule_that_fits_someone_else_has_to_approve() {
    assert_eq!(needs(Vec::new(), &draft()), (Needs::SomeoneElse, None));
    let elsewhere = ApprovalRule { customer: Some(parsed("cus_9")), ..rule(Needs::Nobody) };
    assert_eq!(needs(vec![elsewhere], &draft()), (Needs::SomeoneElse, None));
}

#[test]
fn the_first_rule_that_fits_counts_by_customer_offer_and_amount() {
    let other_customer = ApprovalRule { customer: Some(parsed("cus_9")), ..rule(Needs::Nobody) };
    let other_offer = ApprovalRule { offer: Some(parsed("ofr_9")), ..rule(Needs::Nobody) };
    let too_small = ApprovalRule { up_to: Some(parsed("39.35 EUR")), ..rule(Needs::Nobody) };
    let other_currency = ApprovalRule { up_to: Some(parsed("1000.00 SEK")), ..rule(Needs::Nobody) };
    let fits = ApprovalRule {
        customer: Some(parsed("cus_0")),
        offer: Some(parsed("ofr_0")),
        up_to: Some(parsed("39.36 EUR")),
        needs: Needs::Anyone,
    };
    let rules = vec![other_customer, other_offer, too_small, other_currency, fits, rule(Needs::Nobody)];
    assert_eq!(needs(rules, &draft()), (Needs::Anyone, Some(5)));
}

#[test]
fn words_are_read_back() {
    for needs in [Needs::Nobody, Needs::Anyone, Needs::SomeoneElse] {
        assert_eq!(Needs::find(needs.as_str()), Some(needs));
    }
    assert_eq!(Needs::find("me"), None);
}

proptest! {
    #[test]
    fn a_limit_lets_through_what_it_names_and_not_a_cent_more(cents in 1_i64..10_000_000, limit in 1_i64..10_000_000) {
        let mut order = draft();
        let money = |cents: i64| crate::money::Money::new(rust_decimal::Decimal::new(cents, 2), parsed("EUR"));
        order.quote.total = money(cents);
        let limited = ApprovalRule { up_to: Some(money(limit)), ..rule(Needs::Nobody) };
        let expected = if cents <= limit { (Needs::Nobody, Some(1)) } else { (Needs::SomeoneElse, None) };
        prop_assert_eq!(needs(vec![limited], &order), expected);
    }
}
