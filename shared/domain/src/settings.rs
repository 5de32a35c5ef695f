//! What an operator decides: organisations, policies, price rules, rates. Kept in the table, one document.

use crate::digest::Fingerprint;
use crate::id::{OrganisationId, SystemId};
use crate::money::{Currency, ExchangeRate};
use crate::price::PriceRules;
use crate::status::GracePolicy;
use rust_decimal::Decimal;

/// Everything an operator has decided.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Whose subscriptions are kept in step with which billing.
    pub organisations: Vec<Organisation>,
    /// What customers pay.
    pub price_rules: PriceRules,
    /// Rates for customers who are charged in another currency.
    pub rates: Vec<ExchangeRate>,
    /// Who has to approve which order.
    pub orders: crate::order::OrderPolicy,
}

impl Settings {
    /// Finds an organisation by its id.
    pub fn find(&self, id: &OrganisationId) -> Option<&Organisation> {
        self.organisations.iter().find(|organisation| organisation.id == *id)
    }
}

/// One organisation at a supplier, and where its customers are billed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// Our short name for it.
    pub id: OrganisationId,
    /// The connection to the supplier.
    pub supplier: SystemId,
    /// The organisation's id there.
    pub supplier_organisation: String,
    /// The connection to billing.
    pub billing: SystemId,
    /// The currency of the supplier's prices: Cloud-iQ states none on a subscription.
    pub currency: Currency,
    /// What the supplier's price of one is for.
    pub price_per: PricePer,
    /// How far unattended work may go.
    pub policy: Policy,
}

/// What a supplier's price of one unit covers. No public source says it of Cloud-iQ's `SalesPrice`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PricePer {
    /// One billing cycle.
    #[default]
    Cycle,
    /// One month, whatever the cycle: an annual service is charged twelve times as much.
    Month,
}

/// How far unattended work may go in one organisation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Policy {
    /// From the end of a subscription to the termination of its service.
    pub grace: GracePolicy,
    /// Whether we set due dates.
    pub due_date: DueDatePolicy,
    /// When a price may change.
    pub price_hold: PriceHold,
    /// What parks a whole plan.
    pub brake: Brake,
    /// Whether every plan waits for a person.
    pub approval: Approval,
    /// Whether a missing billing client is created.
    pub create_clients: bool,
    /// Whether a missing billing product is created.
    pub create_products: bool,
}

/// Whether and how the next due date follows the term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DueDatePolicy {
    /// Billing keeps its own dates.
    #[default]
    Keep,
    /// A service paid once per term is due on the day after the term's last day.
    TermEnd,
}

/// When a price may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PriceHold {
    /// A price set in a term is held until another term begins (Microsoft's New Commerce price protection).
    #[default]
    UntilRenewal,
    /// Every run may set another price.
    Never,
}

/// Whether plans wait for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Approval {
    /// Only when the brake trips.
    #[default]
    OnBrake,
    /// Always.
    Always,
}

/// Limits beyond which a plan waits for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brake {
    /// More changes than this in one plan.
    pub max_changes: u32,
    /// A larger share of the known subscriptions reduced, suspended or terminated, in percent.
    pub max_reduced_percent: Decimal,
    /// The share only counts from this many reductions on: one of three is no catastrophe.
    pub min_reduced: u32,
    /// A larger change of the sum charged each cycle, in each currency by itself; nothing means no limit.
    pub max_amount: Option<Decimal>,
}

impl Default for Brake {
    fn default() -> Self {
        Self { max_changes: 500, max_reduced_percent: Decimal::TEN, min_reduced: 5, max_amount: None }
    }
}

impl Organisation {
    /// Everything of an organisation and the rates that can move a plan, except price rules and links, which
    /// count for each subscription by itself.
    pub fn fingerprint(&self, rates: &[ExchangeRate]) -> [u8; 32] {
        let mut print = Fingerprint::new("organisation 1");
        print.text(self.id.as_str()).text(self.billing.as_str()).text(self.currency.code());
        print.number(i128::from(self.price_per == PricePer::Month));
        print.number(i128::from(self.policy.grace.days)).number(i128::from(self.policy.grace.suspend));
        print.number(i128::from(self.policy.due_date == DueDatePolicy::TermEnd));
        print.number(i128::from(self.policy.price_hold == PriceHold::Never));
        print.number(i128::from(self.policy.create_clients)).number(i128::from(self.policy.create_products));
        for rate in rates {
            print.text(rate.from.code()).text(rate.to.code()).decimal(rate.rate).text(&rate.source);
            print.text(&rate.date.to_string());
        }
        print.finish()
    }
}
