//! What a purchase notes in the journal, and what the notes say afterwards about what the customer has.

use domain::id::SubscriptionId;
use domain::order::Order;
use domain::ports::ScheduledPurchase;
use domain::subscription::ObservedSubscription;
use journal::Carried;

/// The note of the subscriptions of this product that the customer had before.
pub(crate) const BEFORE: &str = "before";
/// The note of the scheduled purchases that the customer had before.
pub(crate) const WAITING: &str = "waiting";
/// The note of when it was sent: without it nothing ever was.
pub(crate) const SENT: &str = "sent";
/// The note of the word that allowed to send it once more; each counts once.
pub(crate) const ALLOWED: &str = "allowed";
/// The note that an earlier sending had no answer.
pub(crate) const DOUBTFUL: &str = "doubtful";
/// The note of the supplier's reference.
pub(crate) const REFERENCE: &str = "reference";
/// The note of the subscription that was found.
pub(crate) const SUBSCRIPTION: &str = "subscription";
/// The note of the scheduled purchase that it became.
pub(crate) const SCHEDULED: &str = "scheduled";
/// How a list in a note begins, so that an empty one is a note too.
const LIST: &str = "ids:";

/// What a purchase has led to, as far as its notes say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Found {
    /// The supplier's reference.
    pub(crate) reference: Option<Box<str>>,
    /// The subscription, where it was looked for.
    pub(crate) subscription: Option<SubscriptionId>,
    /// The scheduled purchase: reference and number.
    pub(crate) scheduled: Option<(Box<str>, Box<str>)>,
    /// What was there before.
    pub(crate) before: Before,
}

/// What the customer had before a purchase was sent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Before {
    subscriptions: Option<Vec<String>>,
    waiting: Vec<String>,
}

impl Found {
    /// Reads an effect's notes.
    pub(crate) fn noted(carried: &Carried) -> Self {
        let note = |name: &str| carried.notes.get(name).map(String::as_str);
        Self {
            reference: note(REFERENCE).map(Into::into),
            subscription: note(SUBSCRIPTION).and_then(|id| id.parse().ok()),
            scheduled: note(SCHEDULED)
                .and_then(|text| text.split_once('/'))
                .map(|(reference, number)| (reference.into(), number.into())),
            before: Before::noted(note(BEFORE), note(WAITING)),
        }
    }
}

impl Before {
    pub(crate) fn noted(subscriptions: Option<&str>, waiting: Option<&str>) -> Self {
        Self {
            subscriptions: subscriptions.map(read_list),
            waiting: waiting.map(read_list).unwrap_or_default(),
        }
    }

    /// Those that an order may have brought: not there before, and exactly what was ordered.
    pub(crate) fn matches<'s>(
        &self,
        order: &Order,
        claimed: &[SubscriptionId],
        listed: &'s [ObservedSubscription],
    ) -> Vec<&'s ObservedSubscription> {
        let Some(before) = &self.subscriptions else { return Vec::new() };
        let new = |seen: &&ObservedSubscription| {
            !before.iter().any(|id| id == seen.id.as_str())
                && !claimed.contains(&seen.id)
                && seen.offer == order.offer
                && seen.quantity == order.wanted.quantity()
        };
        // What waits for a day began on it or later; whatever began earlier was bought by somebody else.
        let begun = |seen: &&ObservedSubscription| match (order.scheduled, seen.term_start) {
            (Some(day), Some(start)) => start >= day,
            (None, _) | (_, None) => true,
        };
        listed.iter().filter(new).filter(begun).collect()
    }

    /// Scheduled purchases that an order may have become.
    pub(crate) fn waiting<'s>(
        &self,
        order: &Order,
        listed: &'s [ScheduledPurchase],
    ) -> Vec<&'s ScheduledPurchase> {
        let new = |one: &&ScheduledPurchase| {
            !self.waiting.contains(&named(one))
                && one.quantity == order.wanted.quantity()
                && one.day.is_none_or(|day| Some(day) == order.scheduled)
                && one.part_number.as_ref().is_none_or(|part| *part == order.offer.part_number)
        };
        listed.iter().filter(new).collect()
    }
}

/// A scheduled purchase as the notes name it: `reference/number`.
pub(crate) fn named(one: &ScheduledPurchase) -> String {
    format!("{}/{}", one.reference, one.number)
}

/// Ids as a note.
pub(crate) fn list(ids: impl Iterator<Item = String>) -> String {
    let ids: Vec<_> = ids.collect();
    format!("{LIST}{}", ids.join(","))
}

fn read_list(note: &str) -> Vec<String> {
    let ids = note.strip_prefix(LIST).unwrap_or(note);
    ids.split(',').filter(|id| !id.is_empty()).map(str::to_owned).collect()
}
