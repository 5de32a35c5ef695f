//! The sync record: what Billbridge knows about one subscription between runs.

use crate::digest::Digest;
use crate::id::{CustomerId, OrganisationId, RunId, ServiceId, SubscriptionId, TenantId};
use crate::price::Priced;
use crate::service::ServiceState;
use crate::subscription::OfferKey;
use jiff::Timestamp;
use jiff::civil::Date;

/// Why a subscription is set aside for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ParkReason {
    /// Its customer has no billing client.
    CustomerUnlinked,
    /// Its customer has more than one billing client.
    CustomerAmbiguous,
    /// Its offer has no billing product.
    OfferUnlinked,
    /// Its offer has more than one billing product.
    OfferAmbiguous,
    /// The supplier's state has no meaning here.
    StatusUnknown,
    /// Billing has no such cycle.
    CycleUnknown,
    /// No rule, basis or rate sets a price.
    PriceUnknown,
    /// The billing cycle changed, which billing cannot do to a running service.
    CycleChanged,
    /// The customer's link now points to another client than the one who has the service.
    CustomerMoved,
    /// After doubt, more than one service could be the one.
    ServiceAmbiguous,
    /// Another subscription has the same key.
    KeyTaken,
    /// The service was changed or removed in billing by someone else.
    ServiceChanged,
    /// An open order bought or changed it, and was approved at another sum.
    OrderOpen,
}

impl ParkReason {
    const ALL: [Self; 13] = [
        Self::CustomerUnlinked,
        Self::CustomerAmbiguous,
        Self::OfferUnlinked,
        Self::OfferAmbiguous,
        Self::StatusUnknown,
        Self::CycleUnknown,
        Self::PriceUnknown,
        Self::CycleChanged,
        Self::CustomerMoved,
        Self::ServiceAmbiguous,
        Self::KeyTaken,
        Self::ServiceChanged,
        Self::OrderOpen,
    ];

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::CustomerUnlinked => "customer-unlinked",
            Self::CustomerAmbiguous => "customer-ambiguous",
            Self::OfferUnlinked => "offer-unlinked",
            Self::OfferAmbiguous => "offer-ambiguous",
            Self::StatusUnknown => "status-unknown",
            Self::CycleUnknown => "cycle-unknown",
            Self::PriceUnknown => "price-unknown",
            Self::CycleChanged => "cycle-changed",
            Self::CustomerMoved => "customer-moved",
            Self::ServiceAmbiguous => "service-ambiguous",
            Self::KeyTaken => "key-taken",
            Self::ServiceChanged => "service-changed",
            Self::OrderOpen => "order-open",
        }
    }

    /// Finds a reason by its code.
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }

    /// What a person does about it.
    pub fn cure(self) -> &'static str {
        match self {
            Self::CustomerUnlinked => "link the customer to a billing client (links suggest, links import)",
            Self::CustomerAmbiguous => "remove all but one of the customer's client links",
            Self::OfferUnlinked => "link the offer to a billing product (links suggest, links import)",
            Self::OfferAmbiguous => "remove all but one of the offer's product links",
            Self::StatusUnknown => "find out what the supplier's state means and settle the service by hand",
            Self::CycleUnknown => "bill this subscription by hand: billing has no such cycle",
            Self::PriceUnknown => "add a price rule or an exchange rate that fits",
            Self::CycleChanged => "change the cycle in billing, or end the service there and unlink it",
            Self::CustomerMoved => "move the service to the new client in billing, or restore the link",
            Self::ServiceAmbiguous => {
                "in billing, mark the right service with our reference and cancel the others"
            }
            Self::KeyTaken => "report this: two subscriptions share a key, which should never be seen",
            Self::ServiceChanged => {
                "compare the service in billing with the plan and settle the difference by hand"
            }
            Self::OrderOpen => "settle the order: approve the plan that bills it, or cancel it",
        }
    }
}

/// Why nothing is done yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WaitReason {
    /// The supplier has not started the subscription.
    SupplierPending,
    /// There are no seats to bill.
    NoSeats,
    /// It had ended before we ever billed it.
    NeverBilled,
}

impl WaitReason {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::SupplierPending => "supplier-pending",
            Self::NoSeats => "no-seats",
            Self::NeverBilled => "never-billed",
        }
    }

    /// Finds a reason by its code.
    pub fn find(code: &str) -> Option<Self> {
        [Self::SupplierPending, Self::NoSeats, Self::NeverBilled].into_iter().find(|r| r.code() == code)
    }
}

/// How a subscription and its service stand to each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SyncState {
    /// Nothing to bill yet.
    Pending(WaitReason),
    /// The service is as it should be.
    Synced,
    /// Set aside for a person.
    Parked {
        /// Why.
        reason: ParkReason,
        /// What exactly, without secrets.
        detail: String,
    },
    /// The last attempt did not succeed; the next run tries again and clears this.
    Error {
        /// What went wrong, without secrets.
        message: String,
        /// Since when.
        since: Timestamp,
    },
    /// Over: the service is terminated, or there never was one.
    Ended,
}

impl SyncState {
    /// The word on screens and in the index of records that want attention.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Pending(_) => "pending",
            Self::Synced => "synced",
            Self::Parked { .. } => "parked",
            Self::Error { .. } => "error",
            Self::Ended => "ended",
        }
    }
}

/// What Billbridge knows about one subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncRecord {
    /// Whose.
    pub organisation: OrganisationId,
    /// The supplier's id.
    pub subscription: SubscriptionId,
    /// Its name, for people.
    pub name: String,
    /// The customer's id at the supplier.
    pub tenant: TenantId,
    /// Our customer, once linked.
    pub customer: Option<CustomerId>,
    /// What was bought.
    pub offer: OfferKey,
    /// How it stands.
    pub state: SyncState,
    /// Raised by one with every change that was made; part of every effect's key.
    pub revision: u32,
    /// How many services this subscription has had; 0 before the first.
    pub generation: u32,
    /// The service, once it is known.
    pub service: Option<ServiceId>,
    /// The state we last put the service in, and have a receipt for.
    pub applied: Option<ServiceState>,
    /// The price in force and where it came from.
    pub price: Option<Priced>,
    /// The day its end was first seen.
    pub ended_on: Option<Date>,
    /// What it looked like when last planned.
    pub digest: Digest,
    /// The run that wrote this.
    pub run: RunId,
    /// When.
    pub updated: Timestamp,
}

impl SyncRecord {
    /// Whether two records say the same, whoever wrote them and when.
    pub fn says_the_same(&self, other: &Self) -> bool {
        let other = Self { run: self.run.clone(), updated: self.updated, ..other.clone() };
        *self == other
    }
}
