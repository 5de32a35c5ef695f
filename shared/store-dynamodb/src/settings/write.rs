//! From settings to JSON, with every default spelt out.

use super::orders;
use super::organisations::{APPROVAL, DUE_DATE, PRICE_HOLD, PRICE_PER};
use domain::money::ExchangeRate;
use domain::price::{Method, PriceRule};
use domain::settings::{Organisation, Settings};
use serde_json::{Map, Value, json};

/// The document of these settings; [`super::parse_settings`] reads it back.
pub fn settings_to_json(settings: &Settings) -> String {
    let document = json!({
        "orders": orders::write(&settings.orders),
        "organisations": settings.organisations.iter().map(organisation).collect::<Vec<_>>(),
        "priceRules": settings.price_rules.iter().map(price_rule).collect::<Vec<_>>(),
        "rates": settings.rates.iter().map(rate).collect::<Vec<_>>(),
    });
    format!("{document:#}\n")
}

fn organisation(one: &Organisation) -> Value {
    let policy = &one.policy;
    let mut brake = Map::new();
    brake.insert("maxChanges".into(), policy.brake.max_changes.into());
    brake.insert("maxReducedPercent".into(), policy.brake.max_reduced_percent.to_string().into());
    brake.insert("minReduced".into(), policy.brake.min_reduced.into());
    if let Some(amount) = policy.brake.max_amount {
        brake.insert("maxAmount".into(), amount.to_string().into());
    }
    json!({
        "id": one.id.as_str(),
        "supplier": one.supplier.as_str(),
        "supplierOrganisation": one.supplier_organisation,
        "billing": one.billing.as_str(),
        "currency": one.currency.code(),
        "pricePer": named(&PRICE_PER, &one.price_per),
        "policy": {
            "graceDays": policy.grace.days,
            "suspendInGrace": policy.grace.suspend,
            "dueDate": named(&DUE_DATE, &policy.due_date),
            "priceHold": named(&PRICE_HOLD, &policy.price_hold),
            "approval": named(&APPROVAL, &policy.approval),
            "createClients": policy.create_clients,
            "createProducts": policy.create_products,
            "brake": brake,
        },
    })
}

fn named<'a, T: PartialEq>(words: &[(&'a str, T)], value: &T) -> &'a str {
    words.iter().find(|(_, known)| known == value).map_or("", |(word, _)| *word)
}

fn price_rule(rule: &PriceRule) -> Value {
    let mut members = Map::new();
    let mut set = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            members.insert(name.into(), value.into());
        }
    };
    set("id", Some(rule.id.to_string()));
    set("customer", rule.scope.customer.as_ref().map(ToString::to_string));
    set("offer", rule.scope.offer.as_ref().map(ToString::to_string));
    set("publisher", rule.scope.publisher.as_ref().map(ToString::to_string));
    set("validFrom", rule.valid_from.map(|day| day.to_string()));
    set("validUntil", rule.valid_until.map(|day| day.to_string()));
    set("basis", rule.method.basis().map(|basis| basis.as_str().into()));
    set("rounding", Some(rule.rounding.name().into()));
    match rule.method {
        Method::Markup { percent, .. } => set("markupPercent", Some(percent.to_string())),
        Method::Margin { percent, .. } => set("marginPercent", Some(percent.to_string())),
        Method::Fixed(price) => set("fixed", Some(price.to_string())),
        Method::PassThrough(_) => {
            members.insert("passThrough".into(), true.into());
        }
    }
    if let Some(decimals) = rule.decimals {
        members.insert("decimals".into(), decimals.into());
    }
    members.into()
}

fn rate(rate: &ExchangeRate) -> Value {
    json!({
        "from": rate.from.code(),
        "to": rate.to.code(),
        "rate": rate.rate.to_string(),
        "source": rate.source,
        "date": rate.date.to_string(),
    })
}
