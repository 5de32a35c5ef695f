//! Ordinary things, ready to be changed by the test that needs something special.

use domain::digest::{Digest, sha256};
use domain::id::{CustomerId, RunId, SystemId, TenantId};
use domain::link::Link;
use domain::money::Money;
use domain::price::{Basis, Method, PriceRule, PriceRules, Priced, Scope};
use domain::record::{SyncRecord, SyncState};
use domain::service::{ServiceState, ServiceStatus};
use domain::settings::{Organisation, Policy, PricePer, Settings};
use domain::subscription::{
    BillingCycle, ObservedSubscription, OfferKey, SupplierPrices, SupplierStatus, Term,
};
use jiff::Timestamp;
use std::fmt::Debug;
use std::str::FromStr;

mod orders;

pub use orders::{actor, api_token, figures, order, order_audit, order_id, session, user};

/// The product that [`links`] gives [`offer`].
pub const PRODUCT: &str = "33";

/// Anything with a text form, from a text that is right.
pub fn parsed<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().expect("a well-formed text")
}

/// The supplier: `crayon`.
pub fn supplier() -> SystemId {
    parsed("crayon")
}

/// The billing system: `hostbill`.
pub fn billing() -> SystemId {
    parsed("hostbill")
}

/// The organisation `acme`: number 1001 at Crayon, billed in HostBill, in euro, with the default policy.
pub fn organisation() -> Organisation {
    Organisation {
        id: parsed("acme"),
        supplier: supplier(),
        supplier_organisation: "1001".into(),
        billing: billing(),
        currency: parsed("EUR"),
        price_per: PricePer::Cycle,
        policy: Policy::default(),
    }
}

/// [`organisation`], and one rule: what the supplier asks for is what the customer pays.
pub fn settings() -> Settings {
    Settings {
        organisations: vec![organisation()],
        price_rules: PriceRules::new(vec![price_rule("standard")]),
        rates: Vec::new(),
        orders: domain::order::OrderPolicy::default(),
    }
}

/// A rule for everyone: the supplier's resale price passed through.
pub fn price_rule(id: &str) -> PriceRule {
    PriceRule {
        id: parsed(id),
        scope: Scope::default(),
        valid_from: None,
        valid_until: None,
        method: Method::PassThrough(Basis::Resale),
        rounding: domain::money::RoundingMode::HalfUp,
        decimals: None,
    }
}

/// Microsoft 365 Business Basic for a year, paid monthly.
pub fn offer() -> OfferKey {
    OfferKey { part_number: "CFQ7TTC0LH18:0001".into(), term: Term::OneYear, cycle: BillingCycle::Monthly }
}

/// An active subscription of tenant `500` to [`offer`]: ten seats at 4.00 EUR, through 2026.
pub fn observed(id: &str) -> ObservedSubscription {
    ObservedSubscription {
        id: parsed(id),
        name: format!("Microsoft 365 Business Basic ({id})"),
        tenant: parsed("500"),
        publisher: Some("Microsoft".into()),
        offer: offer(),
        quantity: 10,
        status: SupplierStatus::Active,
        prices: SupplierPrices { resale: Some(euro("4.00")), cost: None, list: None },
        term_start: Some(parsed("2026-01-01")),
        term_end: Some(parsed("2026-12-31")),
    }
}

/// An amount in euro.
pub fn euro(amount: &str) -> Money {
    parsed(&format!("{amount} EUR"))
}

/// Links each tenant to the client `c<tenant>`, charged in euro, and [`offer`] to the product [`PRODUCT`].
pub fn links(tenants: &[&str]) -> Vec<Link> {
    let offer_id = offer().id(&supplier());
    let mut links = vec![
        Link::Offer { offer: offer_id.clone(), system: supplier(), key: offer() },
        Link::Product { offer: offer_id, system: billing(), product: parsed(PRODUCT) },
    ];
    for tenant in tenants {
        let id: TenantId = parsed(tenant);
        let customer = CustomerId::derived(&supplier(), &id);
        links.push(Link::Tenant { customer: customer.clone(), system: supplier(), tenant: id });
        links.push(Link::Client {
            customer,
            system: billing(),
            client: parsed(&format!("c{tenant}")),
            currency: parsed("EUR"),
        });
    }
    links
}

/// The service that [`observed`] and [`links`] lead to.
pub fn service_state() -> ServiceState {
    ServiceState {
        client: parsed("c500"),
        product: parsed(PRODUCT),
        cycle: BillingCycle::Monthly,
        quantity: 10,
        unit_price: euro("4.00"),
        amount: euro("40.00"),
        status: ServiceStatus::Active,
        next_due: None,
    }
}

/// The record of [`observed`] after its first change: in step, revision 1, service `s-<id>`.
pub fn record(id: &str) -> SyncRecord {
    let seen = observed(id);
    SyncRecord {
        organisation: organisation().id,
        subscription: seen.id,
        name: seen.name,
        customer: Some(CustomerId::derived(&supplier(), &seen.tenant)),
        tenant: seen.tenant,
        offer: seen.offer,
        state: SyncState::Synced,
        revision: 1,
        generation: 1,
        service: Some(parsed(&format!("s-{id}"))),
        applied: Some(service_state()),
        price: Some(Priced {
            unit: euro("4.00"),
            rule: parsed("standard"),
            explanation: "resale 4.00 EUR".into(),
            term_start: seen.term_start,
            cost: None,
        }),
        ended_on: None,
        digest: digest(id),
        run: run_id(1),
        updated: moment(0),
    }
}

/// A digest that depends on the text only.
pub fn digest(text: &str) -> Digest {
    Digest::from_hash(&sha256(text.as_bytes()))
}

/// The n-th run's id; later runs sort later.
pub fn run_id(n: u32) -> RunId {
    RunId::new(moment(i64::from(n)), u64::from(n))
}

/// So many seconds after 2026-11-05T08:00:00Z, where [`crate::FixedClock`] starts.
pub fn moment(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_793_865_600 + seconds).expect("a moment in this century")
}
