//! A subscription as its supplier states it, and the words it is stated in.

use crate::id::{OfferId, SubscriptionId, SystemId, TenantId};
use crate::money::Money;
use jiff::civil::Date;
use std::fmt;
use std::str::FromStr;

/// How many of an offer. Whole seats: Cloud-iQ's `Quantity` is a 32-bit integer.
pub type Quantity = u32;

/// How long a customer is bound (ISO 8601 duration in Microsoft's New Commerce Experience).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Term {
    /// `P1M`
    OneMonth,
    /// `P1Y`
    OneYear,
    /// `P3Y`
    ThreeYears,
    /// No term at all: a legacy subscription.
    None,
    /// A duration we have no rule for, kept as written.
    Other(Box<str>),
}

impl Term {
    /// Whole months, where the term has any.
    pub fn months(&self) -> Option<u32> {
        match self {
            Self::OneMonth => Some(1),
            Self::OneYear => Some(12),
            Self::ThreeYears => Some(36),
            Self::None | Self::Other(_) => None,
        }
    }

    /// Reads the supplier's text; nothing or an empty text is no term.
    pub fn from_text(text: Option<&str>) -> Self {
        match text {
            None | Some("" | "none") => Self::None,
            Some("P1M") => Self::OneMonth,
            Some("P1Y" | "P12M") => Self::OneYear,
            Some("P3Y" | "P36M") => Self::ThreeYears,
            Some(other) => Self::Other(other.into()),
        }
    }

    /// The text form: `P1M`, `P1Y`, `P3Y`, `none`, or the supplier's own text.
    pub fn as_str(&self) -> &str {
        match self {
            Self::OneMonth => "P1M",
            Self::OneYear => "P1Y",
            Self::ThreeYears => "P3Y",
            Self::None => "none",
            Self::Other(text) => text,
        }
    }
}

/// How often a subscription is paid.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BillingCycle {
    /// Every month.
    Monthly,
    /// Every three months.
    Quarterly,
    /// Every six months.
    SemiAnnual,
    /// Every year.
    Annual,
    /// Every two years.
    TwoYears,
    /// Every three years.
    ThreeYears,
    /// Once.
    OneTime,
    /// A cycle we have no rule for, kept as the supplier wrote it.
    Other(Box<str>),
}

impl BillingCycle {
    const NAMES: [(Self, &'static str); 7] = [
        (Self::Monthly, "monthly"),
        (Self::Quarterly, "quarterly"),
        (Self::SemiAnnual, "semi-annual"),
        (Self::Annual, "annual"),
        (Self::TwoYears, "two-years"),
        (Self::ThreeYears, "three-years"),
        (Self::OneTime, "one-time"),
    ];

    /// The text form used in offers, plans and CSV files.
    pub fn as_str(&self) -> &str {
        if let Self::Other(text) = self {
            return text;
        }
        Self::NAMES.iter().find(|(cycle, _)| cycle == self).map_or("", |(_, name)| name)
    }

    /// Reads the text form; anything unknown is carried.
    pub fn from_text(text: &str) -> Self {
        Self::NAMES
            .iter()
            .find(|(_, name)| *name == text)
            .map_or_else(|| Self::Other(text.into()), |(cycle, _)| cycle.clone())
    }

    /// Whole months between two payments, where there is such a thing.
    pub fn months(&self) -> Option<u32> {
        match self {
            Self::Monthly => Some(1),
            Self::Quarterly => Some(3),
            Self::SemiAnnual => Some(6),
            Self::Annual => Some(12),
            Self::TwoYears => Some(24),
            Self::ThreeYears => Some(36),
            Self::OneTime | Self::Other(_) => None,
        }
    }
}

/// What can be bought, by the supplier's own name for it: part number, term and billing cycle together.
/// Text form `CFQ7TTC0LH16:0001/P1Y/monthly`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OfferKey {
    /// The supplier's part number.
    pub part_number: Box<str>,
    /// How long the customer is bound.
    pub term: Term,
    /// How often it is paid.
    pub cycle: BillingCycle,
}

impl OfferKey {
    /// Our own id of this offer at a supplier.
    pub fn id(&self, supplier: &SystemId) -> OfferId {
        OfferId::derived(supplier, &self.to_string())
    }
}

impl fmt::Display for OfferKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.part_number, self.term.as_str(), self.cycle.as_str())
    }
}

/// A text is not an offer key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an offer: expected part-number/term/cycle, for example CFQ7TTC0LH16:0001/P1Y/monthly")]
pub struct InvalidOffer(pub String);

impl FromStr for OfferKey {
    type Err = InvalidOffer;

    fn from_str(text: &str) -> Result<Self, InvalidOffer> {
        let mut parts = text.rsplitn(3, '/');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(cycle), Some(term), Some(part)) if !part.is_empty() && !cycle.is_empty() => Ok(Self {
                part_number: part.into(),
                term: Term::from_text(Some(term)),
                cycle: BillingCycle::from_text(cycle),
            }),
            _ => Err(InvalidOffer(text.chars().take(80).collect())),
        }
    }
}

/// What a supplier says a subscription's state is. Anything unknown is carried, not an error.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SupplierStatus {
    /// Running and paid for.
    Active,
    /// Stopped for now.
    Suspended,
    /// Ordered, not yet running.
    Pending,
    /// Cancelled by the customer or by us.
    Cancelled,
    /// Its term ended without renewal.
    Expired,
    /// Removed at the supplier.
    Deleted,
    /// Turned into another subscription.
    Converted,
    /// A state we have no rule for, as the supplier wrote it.
    Unknown(Box<str>),
}

impl SupplierStatus {
    /// The text form.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Pending => "pending",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::Deleted => "deleted",
            Self::Converted => "converted",
            Self::Unknown(text) => text,
        }
    }
}

/// What the supplier says one unit costs. Which of these are known depends on what was asked: a list row
/// carries the resale price only, a subscription's details carry cost and list price too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SupplierPrices {
    /// The resale price that the reseller keeps at the supplier.
    pub resale: Option<Money>,
    /// What the reseller pays.
    pub cost: Option<Money>,
    /// The recommended retail price.
    pub list: Option<Money>,
}

/// One subscription as the supplier stated it in this run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservedSubscription {
    /// The supplier's id.
    pub id: SubscriptionId,
    /// What people call it. Shown, never matched.
    pub name: String,
    /// The customer's id at the supplier.
    pub tenant: TenantId,
    /// Who makes it, as the supplier names them.
    pub publisher: Option<Box<str>>,
    /// What was bought.
    pub offer: OfferKey,
    /// How many seats.
    pub quantity: Quantity,
    /// Its state.
    pub status: SupplierStatus,
    /// Prices of one unit, in the organisation's currency unless the supplier said otherwise.
    pub prices: SupplierPrices,
    /// First day of the current term.
    pub term_start: Option<Date>,
    /// Last day of the current term; nothing for an open end.
    pub term_end: Option<Date>,
}

#[cfg(test)]
mod tests;
