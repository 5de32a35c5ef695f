//! What programs read: the words of the domain, amounts as text, absent things as `null`. The command line's
//! JSON has the same fields.

use domain::audit::AuditEntry;
use domain::link::Link;
use domain::money::{Currency, Money, RoundingMode};
use domain::ports::Probe;
use domain::price::Priced;
use domain::record::{SyncRecord, SyncState};
use domain::service::ServiceState;
use rust_decimal::Decimal;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// An amount in a currency, exact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"amount": "39.36", "currency": "EUR"}))]
pub(super) struct Amount {
    /// The amount: digits and a point, as many places as the currency has or more.
    #[schema(pattern = r"^-?[0-9]+(\.[0-9]+)?$", example = "39.36")]
    pub amount: String,
    /// ISO 4217.
    #[schema(pattern = "^[A-Z]{3}$", example = "EUR")]
    pub currency: String,
}

impl From<Money> for Amount {
    fn from(money: Money) -> Self {
        Self { amount: money.plain(), currency: money.currency.code().to_owned() }
    }
}

/// Sums by currency.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"EUR": "39.36"}))]
pub(super) struct Sums(BTreeMap<String, String>);

/// Sums by currency, as text at the currency's places.
pub(super) fn sums(amounts: &BTreeMap<Currency, Decimal>) -> Sums {
    let plain = |(currency, amount): (&Currency, &Decimal)| {
        (currency.code().to_owned(), Money::new(*amount, *currency).rounded(RoundingMode::HalfEven).plain())
    };
    Sums(amounts.iter().map(plain).collect())
}

/// The state of a service in billing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ServiceState)]
pub(super) struct ServiceShape {
    /// Who is charged: the client's id in billing.
    #[schema(example = "1042")]
    pub client: String,
    /// For which product, by its id in billing.
    #[schema(example = "33")]
    pub product: String,
    /// How often.
    #[schema(example = "monthly")]
    pub cycle: String,
    /// How many seats.
    #[schema(example = 12)]
    pub quantity: u32,
    /// The price of one for one cycle.
    pub unit_price: Amount,
    /// What is charged each cycle.
    pub amount: Amount,
    /// `active`, `suspended` or `terminated`.
    #[schema(example = "active")]
    pub status: String,
    /// The next due date, where the policy sets it.
    #[schema(example = "2026-12-01")]
    pub next_due: Option<String>,
}

impl From<&ServiceState> for ServiceShape {
    fn from(state: &ServiceState) -> Self {
        Self {
            client: state.client.to_string(),
            product: state.product.to_string(),
            cycle: state.cycle.as_str().to_owned(),
            quantity: state.quantity,
            unit_price: state.unit_price.into(),
            amount: state.amount.into(),
            status: state.status.as_str().to_owned(),
            next_due: state.next_due.map(|day| day.to_string()),
        }
    }
}

/// A price of one and how it came about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Price)]
pub(super) struct PriceShape {
    /// The price of one.
    pub unit: Amount,
    /// The rule that set it.
    #[schema(example = "standard")]
    pub rule: String,
    /// The arithmetic in words.
    #[schema(example = "cost 2.85 EUR + 15 % = 3.2775 EUR → 3.28 EUR (half-up)")]
    pub explanation: String,
    /// First day of the term it was set for.
    #[schema(example = "2026-03-02")]
    pub term_start: Option<String>,
}

impl From<&Priced> for PriceShape {
    fn from(price: &Priced) -> Self {
        Self {
            unit: price.unit.into(),
            rule: price.rule.to_string(),
            explanation: price.explanation.clone(),
            term_start: price.term_start.map(|day| day.to_string()),
        }
    }
}

/// What is known about one subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Record)]
pub(super) struct RecordShape {
    /// Of which organisation.
    #[schema(example = "nordic")]
    pub organisation: String,
    /// Its id at the supplier.
    #[schema(example = "120045")]
    pub subscription: String,
    /// Its name, for people.
    #[schema(example = "Exchange Online (Plan 1)")]
    pub name: String,
    /// The customer's id at the supplier.
    #[schema(example = "500")]
    pub tenant: String,
    /// Our customer, once linked.
    pub customer: Option<String>,
    /// Part number, term and billing cycle.
    #[schema(example = "CFQ7TTC0LH16:0001/P1Y/monthly")]
    pub offer: String,
    /// `pending`, `synced`, `parked`, `error` or `ended`.
    #[schema(example = "synced")]
    pub state: String,
    /// Why it waits or is parked: a stable code.
    pub reason: Option<String>,
    /// What exactly is the matter.
    pub detail: Option<String>,
    /// What a person does about it.
    pub cure: Option<String>,
    /// The service in billing, once it is known.
    pub service: Option<String>,
    /// The state the service was last put in.
    pub applied: Option<ServiceShape>,
    /// The price in force.
    pub price: Option<PriceShape>,
    /// The day its end was first seen.
    pub ended_on: Option<String>,
    /// Raised by one with every change.
    pub revision: u32,
    /// The run that wrote this.
    pub run: String,
    /// When.
    #[schema(format = DateTime, example = "2026-11-05T08:13:02Z")]
    pub updated: String,
}

impl From<&SyncRecord> for RecordShape {
    fn from(record: &SyncRecord) -> Self {
        let (reason, detail, cure) = match &record.state {
            SyncState::Pending(reason) => (Some(reason.code()), None, None),
            SyncState::Parked { reason, detail } => (Some(reason.code()), Some(detail), Some(reason.cure())),
            SyncState::Error { message, .. } => (None, Some(message), None),
            SyncState::Synced | SyncState::Ended => (None, None, None),
        };
        Self {
            organisation: record.organisation.to_string(),
            subscription: record.subscription.to_string(),
            name: record.name.clone(),
            tenant: record.tenant.to_string(),
            customer: record.customer.as_ref().map(ToString::to_string),
            offer: record.offer.to_string(),
            state: record.state.word().to_owned(),
            reason: reason.map(str::to_owned),
            detail: detail.cloned(),
            cure: cure.map(str::to_owned),
            service: record.service.as_ref().map(ToString::to_string),
            applied: record.applied.as_ref().map(Into::into),
            price: record.price.as_ref().map(Into::into),
            ended_on: record.ended_on.map(|day| day.to_string()),
            revision: record.revision,
            run: record.run.to_string(),
            updated: record.updated.to_string(),
        }
    }
}

/// One thing that was done, chained to the one before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub(super) struct EntryShape {
    /// Of which organisation.
    #[schema(example = "nordic")]
    pub organisation: String,
    /// Counted from 1 without gaps.
    #[schema(example = 17)]
    pub sequence: u64,
    /// When.
    #[schema(format = DateTime, example = "2026-11-05T08:13:02Z")]
    pub at: String,
    /// Who: a person, or the schedule.
    #[schema(example = "schedule")]
    pub actor: String,
    /// In which run.
    pub run: String,
    /// From which plan.
    pub plan: Option<String>,
    /// About which subscription.
    pub subscription: Option<String>,
    /// What was done.
    pub what: String,
    /// Why.
    pub why: String,
    /// The hash of the entry before; empty for the first.
    pub previous: String,
    /// The hash of this entry.
    pub hash: String,
}

impl From<&AuditEntry> for EntryShape {
    fn from(entry: &AuditEntry) -> Self {
        Self {
            organisation: entry.organisation.to_string(),
            sequence: entry.sequence,
            at: entry.at.to_string(),
            actor: entry.actor.clone(),
            run: entry.run.to_string(),
            plan: entry.plan.clone(),
            subscription: entry.subscription.as_ref().map(ToString::to_string),
            what: entry.what.clone(),
            why: entry.why.clone(),
            previous: entry.previous.clone(),
            hash: entry.hash.clone(),
        }
    }
}

/// A pair: our id and a foreign one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Link)]
pub(super) struct LinkShape {
    /// `tenant` and `offer` are of a supplier, `client` and `product` of billing.
    #[schema(example = "client")]
    pub kind: String,
    /// Ours: `cus_…` or `ofr_…`.
    #[schema(example = "cus_1f0c2a9be77d0312")]
    pub id: String,
    /// The connection.
    #[schema(example = "hostbill")]
    pub system: String,
    /// Theirs.
    #[schema(example = "1042")]
    pub theirs: String,
    /// What billing charges a client in; of a client only.
    #[schema(example = "EUR")]
    pub currency: Option<String>,
}

impl From<&Link> for LinkShape {
    fn from(link: &Link) -> Self {
        let shape = |kind: &str, id: &str, system: &str, theirs: String, currency: Option<&str>| Self {
            kind: kind.to_owned(),
            id: id.to_owned(),
            system: system.to_owned(),
            theirs,
            currency: currency.map(str::to_owned),
        };
        match link {
            Link::Tenant { customer, system, tenant } => {
                shape("tenant", customer.as_str(), system.as_str(), tenant.to_string(), None)
            }
            Link::Client { customer, system, client, currency } => {
                let currency = Some(currency.code());
                shape("client", customer.as_str(), system.as_str(), client.to_string(), currency)
            }
            Link::Offer { offer, system, key } => {
                shape("offer", offer.as_str(), system.as_str(), key.to_string(), None)
            }
            Link::Product { offer, system, product } => {
                shape("product", offer.as_str(), system.as_str(), product.to_string(), None)
            }
        }
    }
}

/// One thing that was tried at a system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Probe)]
pub(super) struct TriedShape {
    /// Where: a connection's name, or `table`.
    #[schema(example = "crayon")]
    pub system: String,
    /// What was tried.
    #[schema(example = "sign in")]
    pub what: String,
    /// Whether it worked.
    pub ok: bool,
    /// What there is to say about it.
    pub detail: String,
    /// What a person does about it, where it did not work.
    pub cure: Option<String>,
}

impl TriedShape {
    /// What was tried at this system.
    pub(super) fn new(system: &str, probe: &Probe) -> Self {
        let (detail, cure) = match &probe.outcome {
            Ok(detail) => (detail.clone(), None),
            Err((failure, cure)) => (failure.what.clone(), Some(cure.clone())),
        };
        Self { system: system.to_owned(), what: probe.what.clone(), ok: probe.outcome.is_ok(), detail, cure }
    }
}
