use super::*;
use domain::price::{Basis, Method, PriceRules, Scope};
use testkit::builders::{euro, parsed, price_rule, settings};

fn fixed(id: &str, price: &str, scope: Scope) -> PriceRule {
    PriceRule { method: Method::Fixed(euro(price)), scope, ..price_rule(id) }
}

fn example(rule: WhichRule) -> Example {
    Example {
        rule,
        day: parsed("2026-11-05"),
        prices: SupplierPrices { resale: None, cost: Some(euro("1.00")), list: None },
        currency: parsed("EUR"),
        quantity: 3,
    }
}

fn two_rules() -> Settings {
    let somebody = Scope { customer: Some(parsed("cus_1")), ..Scope::default() };
    let rules = vec![fixed("everybody", "2.00", Scope::default()), fixed("somebody", "1.50", somebody)];
    Settings { price_rules: PriceRules::new(rules), ..settings() }
}

#[test]
fn a_rule_for_somebody_in_particular_does_not_count_for_nobody_in_particular() {
    let nobody = WhichRule::For { customer: None, offer: None, publisher: None };
    assert_eq!(example(nobody).work_out(&two_rules()).unwrap().unit.unit, euro("2.00"));
    let them = WhichRule::For { customer: Some(parsed("cus_1")), offer: None, publisher: None };
    let worked = example(them).work_out(&two_rules()).unwrap();
    assert_eq!((worked.unit.unit, worked.total), (euro("1.50"), euro("4.50")));
    assert_eq!(worked.margin(3).unwrap(), Some(euro("1.50")));
}

#[test]
fn a_rule_that_is_named_counts_whomever_it_is_for() {
    let worked = example(WhichRule::Named(parsed("somebody"))).work_out(&two_rules()).unwrap();
    assert_eq!(worked.unit.unit, euro("1.50"));
    let none = example(WhichRule::Named(parsed("other"))).work_out(&two_rules());
    assert_eq!(none.unwrap_err(), PriceError::NoRule);
}

#[test]
fn a_price_that_the_rule_starts_from_has_to_be_given() {
    let rules = PriceRules::new(vec![PriceRule {
        method: Method::PassThrough(Basis::Resale),
        ..price_rule("resale")
    }]);
    let settings = Settings { price_rules: rules, ..settings() };
    let none = example(WhichRule::Named(parsed("resale"))).work_out(&settings).unwrap_err();
    assert_eq!(none, PriceError::BasisUnknown(parsed("resale"), "resale"));
}
