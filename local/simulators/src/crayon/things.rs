//! What a Cloud-iQ estate consists of, apart from subscriptions.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::words::{Cycle, Term};
use crate::clock::Moment;

/// A Cloud-iQ organisation: the reseller's account with Crayon (crayon §6.1).
#[derive(Clone, Debug)]
pub struct Organisation {
    /// Id.
    pub id: u32,
    /// Name; observed ones embed tier and currency, like `Reseller [T2/EUR]`.
    pub name: String,
    /// `ParentId`, 0 without one.
    pub parent: u32,
    /// `CrayonCompanyName`.
    pub crayon_company: String,
    /// `AccountNumber`, observed empty.
    pub account_number: String,
    /// Currency of its agreements and prices.
    pub currency: String,
}

/// A person or service that signs in (crayon §13).
#[derive(Clone, Debug)]
pub struct User {
    /// GUID text.
    pub id: String,
    /// Login.
    pub username: String,
    /// Password.
    pub password: String,
    /// Organisations this user sees (crayon §6.2).
    pub organisations: BTreeSet<u32>,
}

/// An API client (crayon §13).
#[derive(Clone, Debug)]
pub struct ApiClient {
    /// Id.
    pub id: String,
    /// Secret.
    pub secret: String,
}

/// A customer tenant (crayon §8.2).
#[derive(Clone, Debug)]
pub struct Tenant {
    /// Id.
    pub id: u32,
    /// Owning organisation.
    pub organisation: u32,
    /// Name.
    pub name: String,
    /// `ExternalPublisherCustomerId` and `PublisherCustomerId`: Microsoft's tenant GUID.
    pub guid: String,
    /// `DomainPrefix`; the domain is this with `.onmicrosoft.example`.
    pub domain_prefix: String,
    /// `Reference`, the reseller's own.
    pub reference: Option<String>,
    /// `CustomerTenantType`: 1 direct, 2 indirect.
    pub kind: u8,
    /// `EntityStatus` 1.
    pub removed: bool,
    /// Invoice profile.
    pub invoice_profile: u32,
    /// The Microsoft Customer Agreement was accepted.
    pub mca_accepted: bool,
    /// `Company.OrganizationRegistrationNumber`.
    pub registration_number: Option<String>,
    /// Contact and address, shown by `detailed`.
    pub contact: Contact,
}

/// Contact and address of a tenant's profile.
#[derive(Clone, Debug, Default)]
pub struct Contact {
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// E-mail.
    pub email: String,
    /// Telephone.
    pub phone: String,
    /// Street.
    pub street: String,
    /// City.
    pub city: String,
    /// Postal code.
    pub postal_code: String,
    /// ISO-2 country.
    pub country: String,
}

/// An agreement of an organisation (crayon §7.2).
#[derive(Clone, Debug)]
pub struct Agreement {
    /// Id.
    pub id: u32,
    /// Organisation.
    pub organisation: u32,
    /// Name.
    pub name: String,
    /// `SalesPriceCurrencyCode`.
    pub currency: String,
    /// `AgreementType`: 6 legacy seats, 13 new commerce seats.
    pub kind: u8,
    /// Start.
    pub start: Moment,
    /// End; year 9999 when open.
    pub end: Moment,
}

/// What a product is sold as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// New commerce seats: term and cycle required.
    Seats,
    /// Legacy seats: the part number is a GUID, no term.
    LegacySeats,
    /// The Azure plan.
    AzurePlan,
}

/// A line of the price list (crayon §7.3). Prices are per seat and month for a yearly term.
#[derive(Clone, Debug)]
pub struct Product {
    /// Product id.
    pub id: u32,
    /// Part number: `<ProductId>:<SkuId>`, or a GUID for legacy seats.
    pub part_number: String,
    /// Name.
    pub name: String,
    /// Product family.
    pub family: String,
    /// What it is sold as.
    pub kind: Kind,
    /// Offered terms; empty for legacy.
    pub terms: Vec<Term>,
    /// Offered billing cycles.
    pub cycles: Vec<Cycle>,
    /// Least quantity.
    pub minimum: u32,
    /// Most seats.
    pub maximum: Option<u32>,
    /// Purchase price per currency.
    pub purchase: BTreeMap<String, Decimal>,
    /// Recommended retail price per currency.
    pub retail: BTreeMap<String, Decimal>,
}

/// A unit price of an offer in one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitPrice {
    /// ISO currency.
    pub currency: String,
    /// What the reseller pays per seat and billing cycle.
    pub purchase: Decimal,
    /// What Crayon recommends to charge.
    pub retail: Decimal,
}

impl Product {
    /// The cycles in which a term can be paid: none longer than the term (*assumed*: Microsoft's public
    /// practice).
    pub fn cycles_of(&self, term: Option<Term>) -> impl Iterator<Item = Cycle> {
        let months = term.map(|term| term.months().unsigned_abs());
        let fits = move |cycle: &Cycle| months.is_none_or(|months| cycle.months() <= months);
        self.cycles.iter().copied().filter(fits)
    }

    /// The price of one seat for one billing cycle. A monthly term costs a fifth more (*assumed*: Microsoft's
    /// public practice; crayon §7.3 does not say).
    pub fn unit_price(&self, currency: &str, term: Option<Term>, cycle: Cycle) -> UnitPrice {
        let factor = Decimal::from(cycle.months());
        let premium = if term == Some(Term::Month) { Decimal::new(12, 1) } else { Decimal::ONE };
        let price = |table: &BTreeMap<String, Decimal>| {
            (table.get(currency).copied().unwrap_or_default() * factor * premium).round_dp(2)
        };
        UnitPrice {
            currency: currency.to_owned(),
            purchase: price(&self.purchase),
            retail: price(&self.retail),
        }
    }
}

/// An invoice profile (crayon §12.4).
#[derive(Clone, Debug)]
pub struct InvoiceProfile {
    /// Id.
    pub id: u32,
    /// Organisation.
    pub organisation: u32,
    /// Name.
    pub name: String,
}

/// State of an order (crayon §9.5, §9.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderState {
    /// Waits for its day.
    Scheduled,
    /// Accepted, no subscription yet.
    Processing,
    /// Has its subscription.
    Succeeded,
    /// Cancelled while scheduled.
    Cancelled,
}

/// A new-commerce order.
#[derive(Clone, Debug)]
pub struct Order {
    /// `NewCommerceOrderId`, also the order reference.
    pub id: String,
    /// Number within the reference.
    pub number: u32,
    /// Tenant.
    pub tenant: u32,
    /// Part number.
    pub part_number: String,
    /// Cycle.
    pub cycle: Cycle,
    /// Term.
    pub term: Term,
    /// Seats.
    pub quantity: u32,
    /// Agreed end of the first term.
    pub custom_end: Option<Moment>,
    /// Day on which a scheduled order is processed.
    pub scheduled: Option<Moment>,
    /// When it was stored.
    pub created: Moment,
    /// Where it is.
    pub state: OrderState,
    /// Looks at it that still find it in processing.
    pub polls_left: u32,
    /// Subscriptions it made.
    pub subscriptions: Vec<u32>,
}
