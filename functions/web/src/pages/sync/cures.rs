//! What cures a parked subscription, and where that is done.

use domain::record::{ParkReason, SyncRecord};

/// Where something is cured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cure {
    pub(super) href: String,
    /// What stands on the link.
    pub(super) name: &'static str,
}

/// The cure of one record's reason, where it is cured here.
pub(super) fn cure_of(reason: ParkReason, record: &SyncRecord) -> Option<Cure> {
    let SyncRecord { organisation, tenant, offer, .. } = record;
    let cure = |href: String, name| Some(Cure { href, name });
    let customer = || format!("/sync/link/customer/{organisation}?theirs={tenant}");
    match reason {
        ParkReason::CustomerUnlinked => cure(customer(), "Link the customer"),
        ParkReason::CustomerAmbiguous | ParkReason::CustomerMoved => cure(customer(), "Look at its links"),
        ParkReason::OfferUnlinked => cure(offer_page(record), "Link the offer"),
        ParkReason::OfferAmbiguous => cure(offer_page(record), "Look at its links"),
        ParkReason::PriceUnknown => cure(
            format!("/settings/prices?organisation={organisation}&offer={}", query(offer)),
            "Look at the rules",
        ),
        ParkReason::OrderOpen => {
            cure(format!("/orders?organisation={organisation}&state=open"), "Look at the open orders")
        }
        ParkReason::StatusUnknown
        | ParkReason::CycleUnknown
        | ParkReason::CycleChanged
        | ParkReason::ServiceAmbiguous
        | ParkReason::KeyTaken
        | ParkReason::ServiceChanged => None,
    }
}

fn offer_page(record: &SyncRecord) -> String {
    format!("/sync/link/offer/{}?theirs={}", record.organisation, query(&record.offer))
}

/// A value as it may stand in a query.
pub(in crate::pages) fn query(value: &impl ToString) -> String {
    let mut text = String::new();
    for byte in value.to_string().bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~/:".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

/// What a group of parked records has in common, for people.
pub(super) fn title(reason: ParkReason) -> &'static str {
    match reason {
        ParkReason::CustomerUnlinked => "Customers without a billing client",
        ParkReason::CustomerAmbiguous => "Customers with more than one billing client",
        ParkReason::OfferUnlinked => "Offers without a billing product",
        ParkReason::OfferAmbiguous => "Offers with more than one billing product",
        ParkReason::StatusUnknown => "States that mean nothing here",
        ParkReason::CycleUnknown => "Cycles that billing does not have",
        ParkReason::PriceUnknown => "Subscriptions without a price",
        ParkReason::CycleChanged => "Billing cycles that changed",
        ParkReason::CustomerMoved => "Customers who are another billing client now",
        ParkReason::ServiceAmbiguous => "More than one service could be the one",
        ParkReason::KeyTaken => "Subscriptions that share a key",
        ParkReason::ServiceChanged => "Services that somebody changed in billing",
        ParkReason::OrderOpen => "Open orders that were approved at another sum",
    }
}
