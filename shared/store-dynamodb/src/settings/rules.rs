//! Price rules and exchange rates.

use super::object::{Object, decimal, flag, parsed, text, whole, word};
use domain::money::{ExchangeRate, RoundingMode};
use domain::price::{Basis, Method, PriceRule, Scope};
use rust_decimal::Decimal;

pub(super) const BASIS: [(&str, Basis); 3] =
    [("resale", Basis::Resale), ("cost", Basis::Cost), ("list", Basis::List)];
pub(super) const ROUNDING: [(&str, RoundingMode); 4] = [
    ("half-up", RoundingMode::HalfUp),
    ("half-even", RoundingMode::HalfEven),
    ("up", RoundingMode::Up),
    ("down", RoundingMode::Down),
];

pub(super) fn price_rules(document: &Object<'_>) -> Vec<PriceRule> {
    let mut all: Vec<PriceRule> = Vec::new();
    for object in document.objects("priceRules") {
        let Some(one) = price_rule(&object) else {
            continue;
        };
        if all.iter().any(|other| other.id == one.id) {
            object.problem("id", format_args!("{} is there twice: give each rule its own", one.id));
        }
        if let Err(problem) = one.validate() {
            object.problem("id", problem);
        }
        all.push(one);
    }
    all
}

fn price_rule(object: &Object<'_>) -> Option<PriceRule> {
    let id = object.need("id", "the rule's own name, for example \"standard\"", parsed);
    let scope = Scope {
        customer: object.find("customer", parsed),
        offer: object.find("offer", parsed),
        publisher: object.find("publisher", text).map(Into::into),
    };
    let valid_from = object.find("validFrom", parsed);
    let valid_until = object.find("validUntil", parsed);
    let method = method(object);
    let rounding = object.find("rounding", word(&ROUNDING)).unwrap_or_default();
    let decimals = object.find("decimals", whole);
    object.finish();
    Some(PriceRule { id: id?, scope, valid_from, valid_until, method: method?, rounding, decimals })
}

/// Exactly one way to set a price.
fn method(object: &Object<'_>) -> Option<Method> {
    const WAYS: [&str; 4] = ["markupPercent", "marginPercent", "fixed", "passThrough"];
    let given: Vec<_> = WAYS.into_iter().filter(|name| object.raw(name).is_some()).collect();
    let basis = object.find("basis", word(&BASIS));
    let [way] = given[..] else {
        let problem = if given.is_empty() {
            format!("is missing: write one of {}", WAYS.join(", "))
        } else {
            format!("{} are given: keep one", given.join(" and "))
        };
        object.problem("markupPercent", problem);
        return None;
    };
    if way == "fixed" {
        if object.raw("basis").is_some() {
            object.problem("basis", "means nothing beside a fixed price: remove it");
        }
        return object.find("fixed", parsed).map(Method::Fixed);
    }
    if object.raw("basis").is_none() {
        object.problem("basis", "is missing: write one of resale, cost, list");
    }
    match way {
        "markupPercent" => {
            let percent = object.find("markupPercent", decimal)?;
            basis.map(|basis| Method::Markup { percent, basis })
        }
        "marginPercent" => {
            let percent = object.find("marginPercent", decimal)?;
            basis.map(|basis| Method::Margin { percent, basis })
        }
        _ => {
            if !object.find("passThrough", flag)? {
                object.problem("passThrough", "is false: leave it out and set the price another way");
                return None;
            }
            basis.map(Method::PassThrough)
        }
    }
}

pub(super) fn rates(document: &Object<'_>) -> Vec<ExchangeRate> {
    let mut all: Vec<ExchangeRate> = Vec::new();
    for object in document.objects("rates") {
        let Some(one) = rate(&object) else {
            continue;
        };
        let same = |other: &ExchangeRate| (other.from, other.to, other.date) == (one.from, one.to, one.date);
        if all.iter().any(same) {
            let problem = format!("a rate from {} to {} of that day is there twice", one.from, one.to);
            object.problem("date", format_args!("{problem}: keep one"));
        }
        all.push(one);
    }
    all
}

fn rate(object: &Object<'_>) -> Option<ExchangeRate> {
    let from = object.need("from", "the currency converted from, for example \"USD\"", parsed);
    let to = object.need("to", "the currency converted to, for example \"EUR\"", parsed);
    if from.is_some() && from == to {
        object.problem("to", "is the same as from");
    }
    let rate = object.need("rate", "how many of `to` one of `from` buys", |json| {
        let rate = decimal(json)?;
        if rate <= Decimal::ZERO { Err(format!("{rate} is not above zero")) } else { Ok(rate) }
    });
    let source = object.need("source", "who quoted it, for example \"ECB\"", text);
    let date = object.need("date", "the day of the quotation, for example \"2026-11-01\"", parsed);
    object.finish();
    Some(ExchangeRate { from: from?, to: to?, rate: rate?, source: source?, date: date? })
}
