use super::*;
use domain::order::Needs;
use domain::price::{Method, PriceRule};
use rust_decimal::Decimal;

const FULL: &str = r#"{
  "organisations": [
    {"id": "nordic", "supplier": "crayon", "supplierOrganisation": "1001", "billing": "hostbill",
     "currency": "EUR", "pricePer": "month",
     "policy": {"graceDays": 14, "suspendInGrace": false, "dueDate": "term-end", "priceHold": "never",
                "approval": "always", "createClients": true, "createProducts": true,
                "brake": {"maxChanges": 50, "maxReducedPercent": "2.5", "minReduced": 3, "maxAmount": 1000.50}}},
    {"id": "small", "supplier": "crayon", "supplierOrganisation": "1002", "billing": "hostbill",
     "currency": "SEK", "policy": null}
  ],
  "priceRules": [
    {"id": "standard", "markupPercent": 12.10, "basis": "cost", "rounding": "half-even", "decimals": 2},
    {"id": "kept", "offer": "ofr_1", "marginPercent": "8.3", "basis": "list"},
    {"id": "fixed", "customer": "cus_1", "validFrom": "2026-01-01", "validUntil": "2027-01-01", "fixed": "4.00 EUR"},
    {"id": "as-is", "publisher": "Microsoft", "passThrough": true, "basis": "resale"}
  ],
  "rates": [{"from": "USD", "to": "EUR", "rate": 0.1234567890123456789, "source": "ECB", "date": "2026-11-01"}],
  "orders": {"approval": [
    {"customer": "cus_1", "offer": "ofr_1", "upTo": {"amount": 250.5, "currency": "EUR"}, "needs": "nobody"},
    {"upTo": {"amount": "1000", "currency": "JPY"}, "needs": "anyone"},
    {"customer": "cus_1", "needs": "someone-else"}
  ]}
}"#;

const WRONG: &str = r#"{
  "organisations": [
    {"id": "Nordic", "supplier": "crayon", "billing": "hostbill", "currency": "EURO", "pricePer": "year",
     "policy": {"graceDay": 14, "dueDate": 1, "createClients": "yes", "brake": {"maxChanges": 1.5, "maxReducedPercent": 101}}},
    {"id": "a", "supplier": "crayon", "supplierOrganisation": "1", "billing": "hostbill", "currency": "EUR"},
    {"id": "a", "supplier": "crayon", "supplierOrganisation": "1", "billing": "hostbill", "currency": "EUR", "currency": "EUR"}
  ],
  "priceRules": [
    {"id": "none"}, {"id": "two", "fixed": "1 EUR", "passThrough": true},
    {"id": "m", "marginPercent": 100, "basis": "cost"}, {"id": "m", "markupPercent": 5},
    {"id": "f", "fixed": "4.00", "basis": "cost"}, {"id": "p", "passThrough": false, "basis": "cost"},
    {"id": "c", "customer": "1", "markupPercent": "ten", "basis": "costs", "validFrom": "1.1.2026"}
  ],
  "rates": [{"from": "EUR", "to": "EUR", "rate": 0, "date": "2026-11-01"}, 5],
  "orders": {"approve": [], "approval": [
    {"needs": "all"}, {"customer": "1", "offer": "2", "upTo": {"amount": -1, "currency": "EURO", "per": "month"}},
    {"customer": "cus_1", "upTo": 100, "needs": "anyone"}, {"upTo": {}, "needs": "nobody", "need": "anyone"},
    {"upTo": {"amount": 100, "currency": "EUR"}, "needs": "anyone"},
    {"customer": "cus_1", "upTo": {"amount": 50, "currency": "EUR"}, "needs": "nobody"}, 7
  ]},
  "rate": []
}"#;

#[test]
fn every_member_is_read() {
    let settings = parse_settings(FULL).unwrap();
    let [nordic, small] = &settings.organisations[..] else { panic!("two organisations") };
    assert_eq!(nordic.policy.grace.days, 14);
    assert!(!nordic.policy.grace.suspend && nordic.policy.create_clients);
    assert_eq!(nordic.policy.brake.max_amount, Some("1000.50".parse().unwrap()));
    assert_eq!(small.policy, domain::settings::Policy::default());
    let rules: Vec<&PriceRule> = settings.price_rules.iter().collect();
    assert_eq!(rules.len(), 4);
    let standard = rules.iter().find(|r| r.id.as_str() == "standard").unwrap();
    assert!(matches!(standard.method, Method::Markup { percent, .. } if percent == Decimal::new(121, 1)));
}

#[test]
fn approval_rules_are_read_in_their_order() {
    let rules = parse_settings(FULL).unwrap().orders.rules;
    let [small, yen, careful] = &rules[..] else { panic!("three rules") };
    assert_eq!(small.customer, Some("cus_1".parse().unwrap()));
    assert_eq!(small.offer, Some("ofr_1".parse().unwrap()));
    assert_eq!(small.up_to, Some("250.50 EUR".parse().unwrap()));
    assert_eq!((small.needs, yen.needs, careful.needs), (Needs::Nobody, Needs::Anyone, Needs::SomeoneElse));
    assert_eq!(yen.up_to, Some("1000 JPY".parse().unwrap()));
    assert!(yen.customer.is_none() && careful.up_to.is_none());
}

#[test]
fn without_a_policy_someone_else_approves_every_order() {
    for document in ["{}", r#"{"orders": null}"#, r#"{"orders": {}}"#, r#"{"orders": {"approval": []}}"#] {
        let policy = parse_settings(document).unwrap().orders;
        let order = testkit::builders::order(1);
        assert_eq!(policy.needs(&order), (Needs::SomeoneElse, None), "{document}");
    }
}

#[test]
fn a_rule_for_everything_comes_last() {
    let parse = |rules: &str| parse_settings(&format!(r#"{{"orders": {{"approval": [{rules}]}}}}"#));
    let (all, some) = (r#"{"needs": "someone-else"}"#, r#"{"customer": "cus_1", "needs": "nobody"}"#);
    assert_eq!(parse(&format!("{some}, {all}")).unwrap().orders.rules.len(), 2);
    let problems = parse(&format!("{all}, {some}")).unwrap_err();
    assert_eq!(problems.len(), 1);
    assert!(
        problems[0].starts_with("orders.approval[1].needs: fits no order that orders.approval[0]"),
        "{problems:?}"
    );
}

#[test]
fn numbers_are_read_digit_by_digit() {
    let settings = parse_settings(FULL).unwrap();
    assert_eq!(settings.rates[0].rate.to_string(), "0.1234567890123456789");
}

#[test]
fn settings_survive_being_written_and_read() {
    let settings = parse_settings(FULL).unwrap();
    let json = settings_to_json(&settings);
    let again = parse_settings(&json).unwrap();
    assert_eq!(again.organisations, settings.organisations);
    assert_eq!(again.rates, settings.rates);
    assert_eq!(again.orders, settings.orders);
    assert!(again.price_rules.iter().eq(settings.price_rules.iter()));
    assert_eq!(settings_to_json(&again), json);
}

#[test]
fn an_empty_document_is_settings_too() {
    assert!(parse_settings("{}").unwrap().organisations.is_empty());
}

#[test]
fn settings_problems_are_reported_all_at_once() {
    let problems = parse_settings(WRONG).unwrap_err();
    for expected in [
        "organisations[0].id: organisation \"Nordic\" is not valid",
        "organisations[0].supplierOrganisation: is missing: the organisation's id at the supplier",
        "organisations[0].currency: \"EURO\" is not an ISO 4217",
        "organisations[0].pricePer: \"year\" is not one of cycle, month",
        "organisations[0].policy.graceDay: is not known here: remove it, or use one of",
        "organisations[0].policy.dueDate: 1 is not a text",
        "organisations[0].policy.createClients: \"yes\" is neither true nor false",
        "organisations[0].policy.brake.maxChanges: 1.5 is not a whole number",
        "organisations[0].policy.brake.maxReducedPercent: 101 is not a percentage",
        "organisations[2].currency: is there twice",
        "organisations[2].id: a is there twice",
        "organisations[2].supplierOrganisation: is the same as that of a: it would be billed twice",
        "priceRules[0].markupPercent: is missing: write one of markupPercent, marginPercent, fixed, passThrough",
        "priceRules[1].markupPercent: fixed and passThrough are given: keep one",
        "priceRules[2].id: price rule m is not sensible",
        "priceRules[3].basis: is missing",
        "priceRules[4].fixed: \"4.00\" is not an amount",
        "priceRules[4].basis: means nothing beside a fixed price",
        "priceRules[5].passThrough: is false",
        "priceRules[6].customer: customer id \"1\" is not valid",
        "priceRules[6].markupPercent: \"ten\" is not a decimal number",
        "priceRules[6].basis: \"costs\" is not one of resale, cost, list",
        "priceRules[6].validFrom: ",
        "rates[0].to: is the same as from",
        "rates[0].rate: 0 is not above zero",
        "rates[0].source: is missing: who quoted it",
        "rates[1]: expected an object",
        "orders.approve: is not known here: remove it, or use one of approval",
        "orders.approval[0].needs: \"all\" is not one of nobody, anyone, someone-else",
        "orders.approval[1].customer: customer id \"1\" is not valid",
        "orders.approval[1].offer: offer id \"2\" is not valid",
        "orders.approval[1].upTo.amount: -1 is negative",
        "orders.approval[1].upTo.currency: \"EURO\" is not an ISO 4217",
        "orders.approval[1].upTo.per: is not known here",
        "orders.approval[1].needs: is missing: write one of nobody, anyone, someone-else",
        "orders.approval[2].upTo: expected an object",
        "orders.approval[3].upTo.amount: is missing",
        "orders.approval[3].upTo.currency: is missing",
        "orders.approval[3].need: is not known here",
        "orders.approval[5].needs: fits no order that orders.approval[4] does not fit before it",
        "orders.approval[6]: expected an object",
        "rate: is not known here: remove it, or use one of orders, organisations, priceRules, rates",
    ] {
        let found = problems.iter().filter(|problem| problem.starts_with(expected)).count();
        assert_eq!(found, 1, "{expected}\nin {problems:#?}");
    }
}

#[test]
fn what_is_not_json_is_said_to_be_so() {
    let problems = parse_settings("{\"organisations\": [").unwrap_err();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(parse_settings("").is_err());
}
