//! Believable estates for both sides, with the truth about what belongs together.
//!
//! Everything is invented and lives in `.example`; the same seed gives the same estate.

use serde_json::{Value, json};

use crate::crayon::{self, Cycle, Term};
use crate::hostbill;

mod believable;
mod names;
mod synthetic;

pub use believable::{believable, believable_at};
pub use synthetic::synthetic;

#[cfg(test)]
mod tests;

/// Both systems and the truth between them.
#[derive(Debug)]
pub struct Estate {
    /// The supplier's side.
    pub crayon: crayon::Model,
    /// The billing side.
    pub hostbill: hostbill::Model,
    /// What truly belongs to what, missing and ambiguous cases included.
    pub links: Vec<EstateLink>,
    /// Peculiarities worth pointing at in a demonstration.
    pub notes: Vec<String>,
}

/// One truth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EstateLink {
    /// A tenant and its client.
    Customer(CustomerLink),
    /// An offer and its product.
    Offer(OfferLink),
}

/// What a thing on Crayon's side is on `HostBill`'s.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Truth {
    /// This id, and no other.
    Is(u32),
    /// Deliberately nothing.
    Missing,
    /// Deliberately several that look alike; only a person can tell.
    Ambiguous(Vec<u32>),
}

/// What leads from a tenant to its client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoundBy {
    /// The tenant's GUID stands in the client field `crayontenant`.
    ClientField,
    /// The client's e-mail domain is the tenant's contact domain.
    EmailDomain,
    /// `companyregno` equals the tenant's registration number.
    RegistrationNumber,
    /// Nothing does.
    Nothing,
}

/// A tenant and its client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerLink {
    /// Cloud-iQ organisation.
    pub organisation: u32,
    /// Cloud-iQ tenant id.
    pub tenant: u32,
    /// Microsoft tenant GUID.
    pub tenant_guid: String,
    /// Name of the tenant.
    pub tenant_name: String,
    /// The client.
    pub client: Truth,
    /// What shows it.
    pub found_by: FoundBy,
}

/// An offer (part number, term, cycle) and its product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferLink {
    /// Part number.
    pub part_number: String,
    /// Term; `None` for legacy.
    pub term: Option<Term>,
    /// Billing cycle on the subscription.
    pub cycle: Cycle,
    /// The product.
    pub product: Truth,
    /// Cycle code for `addOrder`.
    pub cycle_code: String,
}

impl Estate {
    /// The truths about tenants.
    pub fn customer_links(&self) -> impl Iterator<Item = &CustomerLink> {
        self.links.iter().filter_map(|link| match link {
            EstateLink::Customer(link) => Some(link),
            EstateLink::Offer(_) => None,
        })
    }

    /// The truths about offers.
    pub fn offer_links(&self) -> impl Iterator<Item = &OfferLink> {
        self.links.iter().filter_map(|link| match link {
            EstateLink::Offer(link) => Some(link),
            EstateLink::Customer(_) => None,
        })
    }

    /// Adds one seat to this share of the subscriptions; says how many changed.
    pub fn change_percent(&mut self, percent: u32) -> usize {
        self.crayon.change_percent(percent)
    }

    /// The truths as JSON, for programs in other processes.
    pub fn links_json(&self) -> Value {
        let customers: Vec<Value> = self
            .customer_links()
            .map(|link| {
                json!({
                    "organisation": link.organisation, "tenant": link.tenant, "tenant_guid": link.tenant_guid,
                    "tenant_name": link.tenant_name, "client": truth_json(&link.client),
                    "found_by": format!("{:?}", link.found_by),
                })
            })
            .collect();
        let offers: Vec<Value> = self
            .offer_links()
            .map(|link| {
                json!({
                    "part_number": link.part_number, "term": link.term.map(Term::text),
                    "billing_cycle": link.cycle.number(), "product": truth_json(&link.product),
                    "cycle_code": link.cycle_code,
                })
            })
            .collect();
        json!({"customers": customers, "offers": offers, "notes": self.notes})
    }
}

fn truth_json(truth: &Truth) -> Value {
    match truth {
        Truth::Is(id) => json!(id),
        Truth::Missing => Value::Null,
        Truth::Ambiguous(ids) => json!(ids),
    }
}

/// The code `addOrder` takes for a subscription's cycle.
pub(crate) fn cycle_code(cycle: Cycle) -> &'static str {
    match cycle {
        Cycle::Annual => "a",
        Cycle::ThreeYears => "t",
        Cycle::TwoYears => "b",
        Cycle::Quarterly => "q",
        Cycle::BiAnnually => "s",
        Cycle::OneTime => "Once",
        Cycle::Unknown | Cycle::Monthly | Cycle::None => "m",
    }
}
