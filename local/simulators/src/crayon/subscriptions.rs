//! Subscriptions, compactly: at most 160 bytes each unless something rare is known about one.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::words::{Cycle, Status, Term};
use crate::clock::Moment;

/// A subscription (crayon §9.3). Rare facts live in [`Subscription::extra`].
#[derive(Clone, Debug)]
pub struct Subscription {
    /// Cloud-iQ id.
    pub id: u32,
    /// Organisation.
    pub organisation: u32,
    /// Customer tenant.
    pub tenant: u32,
    /// Product id in the price list.
    pub product: u32,
    /// Seats.
    pub quantity: u32,
    /// Status.
    pub status: Status,
    /// Billing cycle.
    pub cycle: Cycle,
    /// Term; `None` for legacy.
    pub term: Option<Term>,
    /// Renews at the end; `None` for legacy.
    pub auto_renew: Option<bool>,
    /// A trial.
    pub trial: bool,
    /// Friendly name; `None` is the product's name.
    pub name: Option<Box<str>>,
    /// Price of one seat for one cycle, in the organisation's currency.
    pub sales_price: Decimal,
    /// Publisher's id, a GUID.
    pub guid: u128,
    /// Creation.
    pub created: Moment,
    /// Start of the running term.
    pub start: Option<Moment>,
    /// End of the running term.
    pub end: Option<Moment>,
    /// Last moment of the free cancellation window.
    pub cancellable_until: Option<Moment>,
    /// What most subscriptions do not have.
    pub extra: Option<Box<Extra>>,
}

/// Rare facts about a subscription.
#[derive(Clone, Debug, Default)]
pub struct Extra {
    /// Tags (crayon §9.8).
    pub tags: Option<Tags>,
    /// What the next term becomes.
    pub next_term: Option<NextTerm>,
    /// Another invoice profile than the tenant's; `Some(None)` is none at all.
    pub invoice_profile: Option<Option<u32>>,
    /// `AcceptAutoSuspension`.
    pub accept_auto_suspension: Option<bool>,
    /// `AutoSuspensionDate`.
    pub auto_suspension: Option<Moment>,
    /// `SuspensionReasons`.
    pub suspension_reasons: Option<String>,
    /// `PublisherSubscriptionId` when it is not the GUID, like the literal `Pending`.
    pub publisher_id: Option<String>,
    /// `EntitlementId`.
    pub entitlement: Option<String>,
    /// `SubscriptionMaxTreshold` and `MaxEndCustomerQuantity`.
    pub maximum: Option<u32>,
    /// Mark-up in percent.
    pub markup: Option<Decimal>,
    /// Add-ons, as (id, product id, quantity, status).
    pub add_ons: Vec<AddOn>,
}

/// An add-on child.
#[derive(Clone, Debug)]
pub struct AddOn {
    /// Id.
    pub id: u32,
    /// Product id.
    pub product: u32,
    /// Seats.
    pub quantity: u32,
    /// Status.
    pub status: Status,
}

/// Tags of a subscription (crayon §9.8).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags {
    /// `CostCenter`
    pub cost_center: Option<String>,
    /// `Department`
    pub department: Option<String>,
    /// `Project`
    pub project: Option<String>,
    /// `Custom`
    pub custom: Option<String>,
    /// `Owner`
    pub owner: Option<String>,
}

/// Instructions for the next term (crayon §9.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextTerm {
    /// Part number.
    pub part_number: String,
    /// Cycle.
    pub cycle: Cycle,
    /// Term.
    pub term: Term,
    /// Seats.
    pub quantity: u32,
    /// Agreed end.
    pub custom_end: Option<Moment>,
}

impl Subscription {
    /// The rare facts, made room for.
    pub fn extra_mut(&mut self) -> &mut Extra {
        self.extra.get_or_insert_default()
    }

    /// New commerce has a term; legacy has none.
    pub fn is_new_commerce(&self) -> bool {
        self.term.is_some()
    }
}

/// All subscriptions by id, with recent selections remembered so that a page costs a page.
#[derive(Debug, Default)]
pub struct Subscriptions {
    rows: Vec<Subscription>,
    revision: u64,
    remembered: Vec<Selection>,
}

#[derive(Debug)]
struct Selection {
    key: String,
    revision: u64,
    positions: Arc<Vec<u32>>,
}

const REMEMBERED: usize = 16;

impl Subscriptions {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// None yet.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// By id.
    pub fn get(&self, id: u32) -> Option<&Subscription> {
        self.position(id).map(|at| &self.rows[at])
    }

    /// By id, to change it.
    pub fn get_mut(&mut self, id: u32) -> Option<&mut Subscription> {
        self.revision += 1;
        self.position(id).map(|at| &mut self.rows[at])
    }

    /// In order of id.
    pub fn iter(&self) -> std::slice::Iter<'_, Subscription> {
        self.rows.iter()
    }

    /// In order of id, to change them; ids must stay.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, Subscription> {
        self.revision += 1;
        self.rows.iter_mut()
    }

    /// Adds one, keeping the order of ids; one with the same id is replaced.
    pub fn insert(&mut self, subscription: Subscription) {
        self.revision += 1;
        let after_last = self.rows.last().is_none_or(|last| last.id < subscription.id);
        if after_last {
            self.rows.push(subscription);
            return;
        }
        match self.rows.binary_search_by_key(&subscription.id, |row| row.id) {
            Ok(at) => self.rows[at] = subscription,
            Err(at) => self.rows.insert(at, subscription),
        }
    }

    /// Takes one away altogether, as Crayon never does.
    pub fn remove(&mut self, id: u32) -> Option<Subscription> {
        self.revision += 1;
        self.position(id).map(|at| self.rows.remove(at))
    }

    /// Room for so many more.
    pub fn reserve(&mut self, more: usize) {
        self.rows.reserve(more);
    }

    pub(crate) fn at(&self, position: u32) -> Option<&Subscription> {
        self.rows.get(usize::try_from(position).ok()?)
    }

    /// Positions of the rows that `choose` gives for this key; asked anew only after a change.
    pub(crate) fn selection(
        &mut self,
        key: &str,
        choose: impl FnOnce(&[Subscription]) -> Vec<u32>,
    ) -> Arc<Vec<u32>> {
        let revision = self.revision;
        self.remembered.retain(|selection| selection.revision == revision);
        if let Some(known) = self.remembered.iter().find(|selection| selection.key == key) {
            return Arc::clone(&known.positions);
        }
        let positions = Arc::new(choose(&self.rows));
        if self.remembered.len() >= REMEMBERED {
            self.remembered.remove(0);
        }
        let kept = Arc::clone(&positions);
        self.remembered.push(Selection { key: key.to_owned(), revision, positions: kept });
        positions
    }

    fn position(&self, id: u32) -> Option<usize> {
        self.rows.binary_search_by_key(&id, |row| row.id).ok()
    }
}

impl<'a> IntoIterator for &'a Subscriptions {
    type Item = &'a Subscription;
    type IntoIter = std::slice::Iter<'a, Subscription>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.iter()
    }
}

impl<'a> IntoIterator for &'a mut Subscriptions {
    type Item = &'a mut Subscription;
    type IntoIter = std::slice::IterMut<'a, Subscription>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

/// A GUID in its usual text form.
pub(crate) fn guid_text(guid: u128) -> String {
    let hex = format!("{guid:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

#[cfg(test)]
mod tests;
