//! Organisations and their policies.

use super::object::{Object, decimal, flag, parsed, text, whole, word};
use domain::settings::{Approval, Brake, DueDatePolicy, Organisation, Policy, PriceHold, PricePer};
use domain::status::GracePolicy;
use rust_decimal::Decimal;

pub(super) const PRICE_PER: [(&str, PricePer); 2] = [("cycle", PricePer::Cycle), ("month", PricePer::Month)];
pub(super) const DUE_DATE: [(&str, DueDatePolicy); 2] =
    [("keep", DueDatePolicy::Keep), ("term-end", DueDatePolicy::TermEnd)];
pub(super) const PRICE_HOLD: [(&str, PriceHold); 2] =
    [("until-renewal", PriceHold::UntilRenewal), ("never", PriceHold::Never)];
pub(super) const APPROVAL: [(&str, Approval); 2] =
    [("on-brake", Approval::OnBrake), ("always", Approval::Always)];

pub(super) fn read(document: &Object<'_>) -> Vec<Organisation> {
    let mut all: Vec<Organisation> = Vec::new();
    for object in document.objects("organisations") {
        let Some(one) = organisation(&object) else {
            continue;
        };
        if all.iter().any(|other| other.id == one.id) {
            object.problem("id", format_args!("{} is there twice: give each its own", one.id));
        }
        let same = |other: &&Organisation| {
            other.supplier == one.supplier && other.supplier_organisation == one.supplier_organisation
        };
        if let Some(other) = all.iter().find(same) {
            let problem = format!("is the same as that of {}: it would be billed twice", other.id);
            object.problem("supplierOrganisation", problem);
        }
        all.push(one);
    }
    all
}

fn organisation(object: &Object<'_>) -> Option<Organisation> {
    let id = object.need("id", "a short name of your own, for example \"nordic\"", parsed);
    let supplier = object.need("supplier", "the supplier's connection, for example \"crayon\"", parsed);
    let theirs = object.need("supplierOrganisation", "the organisation's id at the supplier", not_empty);
    let billing = object.need("billing", "the billing connection, for example \"hostbill\"", parsed);
    let currency =
        object.need("currency", "the currency of the supplier's prices, for example \"EUR\"", parsed);
    let price_per = object.find("pricePer", word(&PRICE_PER)).unwrap_or_default();
    let policy = object.object("policy").map(|p| policy(&p)).unwrap_or_default();
    object.finish();
    Some(Organisation {
        id: id?,
        supplier: supplier?,
        supplier_organisation: theirs?,
        billing: billing?,
        currency: currency?,
        price_per,
        policy,
    })
}

fn not_empty(json: &str) -> Result<String, String> {
    let text = text(json)?;
    if text.trim().is_empty() { Err("is empty".into()) } else { Ok(text) }
}

fn policy(object: &Object<'_>) -> Policy {
    let grace = GracePolicy::default();
    let policy = Policy {
        grace: GracePolicy {
            days: object.find("graceDays", whole).unwrap_or(grace.days),
            suspend: object.find("suspendInGrace", flag).unwrap_or(grace.suspend),
        },
        due_date: object.find("dueDate", word(&DUE_DATE)).unwrap_or_default(),
        price_hold: object.find("priceHold", word(&PRICE_HOLD)).unwrap_or_default(),
        approval: object.find("approval", word(&APPROVAL)).unwrap_or_default(),
        create_clients: object.find("createClients", flag).unwrap_or_default(),
        create_products: object.find("createProducts", flag).unwrap_or_default(),
        brake: object.object("brake").map(|b| brake(&b)).unwrap_or_default(),
    };
    object.finish();
    policy
}

fn brake(object: &Object<'_>) -> Brake {
    let usual = Brake::default();
    let percent = object.find("maxReducedPercent", |json| {
        let percent = decimal(json)?;
        if percent < Decimal::ZERO || percent > Decimal::ONE_HUNDRED {
            return Err(format!("{percent} is not a percentage between 0 and 100"));
        }
        Ok(percent)
    });
    let amount = object.find("maxAmount", |json| {
        let amount = decimal(json)?;
        if amount < Decimal::ZERO {
            return Err(format!("{amount} is negative: state how far the sum may move either way"));
        }
        Ok(amount)
    });
    let brake = Brake {
        max_changes: object.find("maxChanges", whole).unwrap_or(usual.max_changes),
        max_reduced_percent: percent.unwrap_or(usual.max_reduced_percent),
        min_reduced: object.find("minReduced", whole).unwrap_or(usual.min_reduced),
        max_amount: amount.or(usual.max_amount),
    };
    object.finish();
    brake
}
