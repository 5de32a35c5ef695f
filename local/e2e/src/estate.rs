//! From the simulators' truth about what belongs together to what an operator would have stored.

use crate::Trouble;
use domain::id::{CustomerId, SystemId};
use domain::link::Link;
use domain::subscription::{BillingCycle, OfferKey, Term};
use serde_json::{Value, json};
use std::fmt::Display;
use std::str::FromStr;

/// An organisation as it stands in the settings.
#[derive(Debug, Clone)]
pub struct OrganisationSetup {
    /// Our short name.
    pub id: String,
    /// Its number at Crayon.
    pub number: u64,
    /// The currency of its prices, in which its customers are charged too.
    pub currency: String,
    /// The brake: more changes than this wait for a person.
    pub max_changes: u32,
}

/// The settings document: these organisations, and the supplier's resale price passed through.
pub fn settings_json(organisations: &[OrganisationSetup]) -> String {
    let organisations: Vec<Value> = organisations
        .iter()
        .map(|one| {
            json!({
                "id": one.id,
                "supplier": "crayon",
                "supplierOrganisation": one.number.to_string(),
                "billing": "hostbill",
                "currency": one.currency,
                "policy": {"brake": {"maxChanges": one.max_changes}},
            })
        })
        .collect();
    let rule = json!({"id": "standard", "passThrough": true, "basis": "resale"});
    json!({"organisations": organisations, "priceRules": [rule]}).to_string()
}

/// Every link that the simulators' truth holds (`Estate::links_json`, `simulators --links`). What is missing
/// there on purpose stays unlinked; what is ambiguous is linked to all, so that it is parked.
pub fn links(truths: &Value, organisations: &[OrganisationSetup]) -> Result<Vec<Link>, Trouble> {
    let (crayon, hostbill): (SystemId, SystemId) = (parsed("crayon")?, parsed("hostbill")?);
    let mut links = Vec::new();
    for truth in list(&truths["customers"]) {
        let Some(organisation) =
            organisations.iter().find(|one| Some(one.number) == truth["organisation"].as_u64())
        else {
            continue;
        };
        let tenant = parsed(&truth["tenant"].to_string())?;
        let customer = CustomerId::derived(&crayon, &tenant);
        links.push(Link::Tenant { customer: customer.clone(), system: crayon.clone(), tenant });
        for client in ids(&truth["client"]) {
            links.push(Link::Client {
                customer: customer.clone(),
                system: hostbill.clone(),
                client: parsed(&client)?,
                currency: parsed(&organisation.currency)?,
            });
        }
    }
    for truth in list(&truths["offers"]) {
        let key = OfferKey {
            part_number: truth["part_number"].as_str().unwrap_or_default().into(),
            term: Term::from_text(truth["term"].as_str()),
            cycle: cycle(truth["cycle_code"].as_str().unwrap_or_default())?,
        };
        let offer = key.id(&crayon);
        links.push(Link::Offer { offer: offer.clone(), system: crayon.clone(), key });
        for product in ids(&truth["product"]) {
            let product = parsed(&product)?;
            links.push(Link::Product { offer: offer.clone(), system: hostbill.clone(), product });
        }
    }
    Ok(links)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// One id, several, or none.
fn ids(value: &Value) -> Vec<String> {
    match value {
        Value::Number(id) => vec![id.to_string()],
        Value::Array(ids) => ids.iter().map(Value::to_string).collect(),
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Object(_) => Vec::new(),
    }
}

/// HostBill's code of a cycle, as its contract lists them.
fn cycle(code: &str) -> Result<BillingCycle, Trouble> {
    Ok(match code {
        "m" => BillingCycle::Monthly,
        "q" => BillingCycle::Quarterly,
        "s" => BillingCycle::SemiAnnual,
        "a" => BillingCycle::Annual,
        "b" => BillingCycle::TwoYears,
        "t" => BillingCycle::ThreeYears,
        "Once" => BillingCycle::OneTime,
        other => return Err(Trouble::new(format!("the simulators know a cycle {other:?}, we do not"))),
    })
}

fn parsed<T: FromStr<Err: Display>>(text: &str) -> Result<T, Trouble> {
    text.parse().map_err(|error: T::Err| Trouble::new(error.to_string()))
}
