//! A service in billing: what the customer is charged for.

use crate::digest::Fingerprint;
use crate::id::{BillingOrderId, ClientId, OrganisationId, ProductId, ServiceId, SubscriptionId};
use crate::money::Money;
use crate::subscription::{BillingCycle, Quantity};
use jiff::civil::Date;
use std::fmt;
use std::str::FromStr;

/// The state a service is in, or should be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ServiceStatus {
    /// Charged.
    Active,
    /// Not running, still the customer's.
    Suspended,
    /// Over.
    Terminated,
}

impl ServiceStatus {
    /// The text form.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Terminated => "terminated",
        }
    }

    /// Reads the text form.
    pub fn find(text: &str) -> Option<Self> {
        [Self::Active, Self::Suspended, Self::Terminated].into_iter().find(|status| status.as_str() == text)
    }
}

/// Everything Billbridge decides about a service. Two equal states need no call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceState {
    /// Who is charged.
    pub client: ClientId,
    /// For which product.
    pub product: ProductId,
    /// How often.
    pub cycle: BillingCycle,
    /// How many; billing holds the amount only, so this is ours to remember.
    pub quantity: Quantity,
    /// The price of one, in the client's currency.
    pub unit_price: Money,
    /// What is charged each cycle: unit price × quantity.
    pub amount: Money,
    /// In which state.
    pub status: ServiceStatus,
    /// The next due date, where the policy sets it; otherwise billing's own.
    pub next_due: Option<Date>,
}

impl fmt::Display for ServiceState {
    /// One value: `client product cycle quantity unit amount currency status next-due`, as in plans.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::plan::state_text(self))
    }
}

/// A text is not a service's state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a service state cannot be read: {0}")]
pub struct InvalidState(pub String);

impl FromStr for ServiceState {
    type Err = InvalidState;

    fn from_str(text: &str) -> Result<Self, InvalidState> {
        crate::plan::read_state(text).map_err(InvalidState)
    }
}

/// The mark that a service carries in billing, by which it is found again after doubt:
/// `bb-<organisation>-<subscription id>`, with the generation when it is not the first.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ServiceReference(Box<str>);

impl ServiceReference {
    /// How every mark begins.
    pub const PREFIX: &'static str = "bb-";

    /// The longest mark written. HostBill's `domain` column holds 255 characters in every public schema.
    const MAX: usize = 120;

    /// The mark of a subscription's service. A very long id is shortened and told apart by its hash. A
    /// subscription that came back after its service was terminated gets a new service with a mark of its own:
    /// generation 2 ends in `.g2`.
    pub fn new(organisation: &OrganisationId, subscription: &SubscriptionId, generation: u32) -> Self {
        let mut whole = format!("{}{organisation}-{subscription}", Self::PREFIX);
        if generation > 1 {
            whole.push_str(&format!(".g{generation}"));
        }
        if whole.len() <= Self::MAX {
            return Self(whole.into());
        }
        let mut print = Fingerprint::new("service reference");
        print.text(&whole);
        let hash = crate::digest::hex(&print.finish()[..12]);
        Self(format!("{}-{hash}", &whole[..Self::MAX - 25]).into())
    }

    /// The text form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ServiceReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A service as a list in billing shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceRow {
    /// Its id.
    pub id: ServiceId,
    /// The mark field (HostBill: `domain`), empty when nobody has set it.
    pub mark: String,
    /// Billing's own word for its state.
    pub status: BillingStatus,
    /// The product's name, for people.
    pub product_name: String,
}

/// A service with everything we may need to decide after doubt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceDetails {
    /// Its id.
    pub id: ServiceId,
    /// The order it came from.
    pub order: Option<BillingOrderId>,
    /// Who is charged.
    pub client: ClientId,
    /// For which product.
    pub product: ProductId,
    /// The mark field.
    pub mark: String,
    /// Billing's own word for its state.
    pub status: BillingStatus,
    /// What is charged each cycle, a bare number: the currency is the client's.
    pub amount: rust_decimal::Decimal,
    /// When it is due next.
    pub next_due: Option<Date>,
    /// The cycle.
    pub cycle: BillingCycle,
}

/// Billing's word for a service's state; installations add their own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum BillingStatus {
    /// Ordered, not activated.
    Pending,
    /// One of the states we set.
    Known(ServiceStatus),
    /// `Cancelled`, `Fraud`, or an installation's own.
    Other(Box<str>),
}

/// An order as billing holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BillingOrder {
    /// Its id.
    pub id: BillingOrderId,
    /// Whether it has been activated.
    pub active: bool,
    /// The services it created.
    pub services: Vec<ServiceId>,
}

/// A change of a service's record in billing. What is `None` is left alone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServiceEdit {
    /// Our mark.
    pub mark: Option<ServiceReference>,
    /// What is charged each cycle.
    pub amount: Option<Money>,
    /// When it is due next.
    pub next_due: Option<Date>,
    /// Another product of the same cycle.
    pub product: Option<ProductId>,
}

#[cfg(test)]
mod tests;
