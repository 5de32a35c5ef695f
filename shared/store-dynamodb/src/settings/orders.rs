//! Who has to approve which order.

use super::object::{Object, decimal, parsed, word};
use domain::money::Money;
use domain::order::{ApprovalRule, Needs, OrderPolicy};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

const NEEDS: [(&str, Needs); 3] =
    [("nobody", Needs::Nobody), ("anyone", Needs::Anyone), ("someone-else", Needs::SomeoneElse)];

/// The policy; where nothing is said, someone other than the author has to approve.
pub(super) fn read(document: &Object<'_>) -> OrderPolicy {
    document.object("orders").map(|orders| policy(&orders)).unwrap_or_default()
}

fn policy(orders: &Object<'_>) -> OrderPolicy {
    let objects = orders.objects("approval");
    let mut rules: Vec<(&str, ApprovalRule)> = Vec::new();
    for object in &objects {
        let Some(one) = rule(object) else {
            continue;
        };
        if let Some((first, _)) = rules.iter().find(|(_, other)| fits_all(other, &one)) {
            let problem = format!("fits no order that {first} does not fit before it");
            object.problem("needs", format_args!("{problem}: remove it, or put it first"));
        }
        rules.push((object.path(), one));
    }
    orders.finish();
    OrderPolicy { rules: rules.into_iter().map(|(_, rule)| rule).collect() }
}

/// Whether every order that fits `other` fits `rule`: after it, `other` would never count.
fn fits_all(rule: &ApprovalRule, other: &ApprovalRule) -> bool {
    let customers = rule.customer.is_none() || rule.customer == other.customer;
    let offers = rule.offer.is_none() || rule.offer == other.offer;
    let sums = match (rule.up_to, other.up_to) {
        (None, _) => true,
        (Some(limit), Some(inner)) => limit.currency == inner.currency && inner.amount <= limit.amount,
        (Some(_), None) => false,
    };
    customers && offers && sums
}

fn rule(object: &Object<'_>) -> Option<ApprovalRule> {
    let (wanted_customer, customer) = (object.raw("customer"), object.find("customer", parsed));
    let (wanted_offer, offer) = (object.raw("offer"), object.find("offer", parsed));
    let limit = object.raw("upTo");
    let up_to = object.object("upTo").and_then(|limit| sum(&limit));
    let needs = object.need("needs", "write one of nobody, anyone, someone-else", word(&NEEDS));
    object.finish();
    let whole = wanted_customer.is_some() == customer.is_some()
        && wanted_offer.is_some() == offer.is_some()
        && limit.is_some() == up_to.is_some();
    Some(ApprovalRule { customer, offer, up_to, needs: needs? }).filter(|_| whole)
}

fn sum(object: &Object<'_>) -> Option<Money> {
    let amount = object.need("amount", "the largest sum each cycle, for example \"100.00\"", |json| {
        let amount = decimal(json)?;
        if amount < Decimal::ZERO { Err(format!("{amount} is negative")) } else { Ok(amount) }
    });
    let currency = object.need("currency", "the currency of the sum, for example \"EUR\"", parsed);
    object.finish();
    Some(Money::new(amount?, currency?))
}

pub(super) fn write(policy: &OrderPolicy) -> Value {
    json!({ "approval": policy.rules.iter().map(write_rule).collect::<Vec<_>>() })
}

fn write_rule(rule: &ApprovalRule) -> Value {
    let mut members = Map::new();
    if let Some(customer) = &rule.customer {
        members.insert("customer".into(), customer.as_str().into());
    }
    if let Some(offer) = &rule.offer {
        members.insert("offer".into(), offer.as_str().into());
    }
    if let Some(limit) = rule.up_to {
        let limit = json!({ "amount": limit.plain(), "currency": limit.currency.code() });
        members.insert("upTo".into(), limit);
    }
    members.insert("needs".into(), rule.needs.as_str().into());
    members.into()
}
