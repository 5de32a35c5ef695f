//! Accounts with their audit trail, found quickly by client and by domain.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use rust_decimal::Decimal;

use crate::clock::Moment;

/// A service of a client (hostbill §6.2).
#[derive(Clone, Debug)]
pub struct Account {
    /// Id.
    pub id: u32,
    /// Client.
    pub client: u32,
    /// Order that made it.
    pub order: u32,
    /// Product.
    pub product: u32,
    /// Domain; starts empty, the place for our reference (hostbill §15).
    pub domain: String,
    /// `Pending`, `Active`, `Suspended`, `Terminated`, `Cancelled`, `Fraud` or a site's own.
    pub status: String,
    /// First payment.
    pub first_payment: Decimal,
    /// Recurring amount.
    pub total: Decimal,
    /// Cycle name: `Monthly`, `Annually`, …
    pub cycle: String,
    /// When it was made.
    pub created: Moment,
    /// Next due day.
    pub next_due: Option<Moment>,
    /// Day of the next invoice.
    pub next_invoice: Option<Moment>,
    /// Day of the last invoice.
    pub previous_invoice: Option<Moment>,
    /// Other plain columns by API name (`username`, `password`, `notes`, `commitment_date`, …).
    pub columns: BTreeMap<String, String>,
    /// Values of the product's form, by form category id.
    pub form: BTreeMap<u32, String>,
    /// Everything that changed it, oldest first.
    pub audit: Vec<Change>,
}

/// One change of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Virtual time.
    pub at: Moment,
    /// Call that did it, or `billing clock`.
    pub call: String,
    /// Field by its API name; `created` for the beginning.
    pub field: String,
    /// Value before.
    pub before: String,
    /// Value after.
    pub after: String,
}

impl Account {
    /// A plain column, empty when unset.
    pub fn column(&self, name: &str) -> &str {
        self.columns.get(name).map_or("", String::as_str)
    }

    pub(crate) fn note(&mut self, at: Moment, call: &str, field: &str, before: &str, after: &str) {
        if before == after {
            return;
        }
        self.audit.push(Change {
            at,
            call: call.to_owned(),
            field: field.to_owned(),
            before: before.to_owned(),
            after: after.to_owned(),
        });
    }

    /// Changes the status and says so in the audit trail.
    pub(crate) fn set_status(&mut self, at: Moment, call: &str, status: &str) {
        let before = std::mem::replace(&mut self.status, status.to_owned());
        self.note(at, call, "status", &before, status);
    }
}

/// All accounts by id, with an index by client and by domain that heals itself after changes.
#[derive(Debug, Default)]
pub struct Accounts {
    rows: BTreeMap<u32, Slot>,
    by_client: HashMap<u32, Vec<u32>>,
    by_domain: HashMap<u64, Vec<u32>>,
    touched: Vec<u32>,
}

#[derive(Debug)]
struct Slot {
    account: Account,
    client: u32,
    domain: u64,
}

impl Accounts {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// None yet.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// By id.
    pub fn get(&self, id: u32) -> Option<&Account> {
        self.rows.get(&id).map(|slot| &slot.account)
    }

    /// By id, to change it.
    pub fn get_mut(&mut self, id: u32) -> Option<&mut Account> {
        let slot = self.rows.get_mut(&id)?;
        self.touched.push(id);
        Some(&mut slot.account)
    }

    /// In order of id.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Account> {
        self.rows.values().map(|slot| &slot.account)
    }

    /// The next free id.
    pub fn next_id(&self) -> u32 {
        self.rows.keys().next_back().map_or(3310, |last| last + 1)
    }

    /// Adds one under its id.
    pub fn insert(&mut self, account: Account) {
        let (id, client, domain) = (account.id, account.client, hash(&account.domain));
        self.by_client.entry(client).or_default().push(id);
        self.by_domain.entry(domain).or_default().push(id);
        self.rows.insert(id, Slot { account, client, domain });
    }

    /// Of one client, oldest first.
    pub fn of_client(&mut self, client: u32) -> Vec<u32> {
        self.heal();
        let mut ids = self.by_client.get(&client).cloned().unwrap_or_default();
        ids.sort_unstable();
        ids
    }

    /// With exactly this domain, letter case ignored, oldest first.
    pub fn with_domain(&mut self, domain: &str) -> Vec<u32> {
        self.heal();
        let mut ids = self.by_domain.get(&hash(domain)).cloned().unwrap_or_default();
        ids.retain(|id| self.get(*id).is_some_and(|account| account.domain.eq_ignore_ascii_case(domain)));
        ids.sort_unstable();
        ids
    }

    /// How many a client has, as of the last [`Accounts::heal`].
    pub(crate) fn count_of(&self, client: u32) -> usize {
        self.by_client.get(&client).map_or(0, Vec::len)
    }

    /// Brings the indexes up to date with what was changed.
    pub(crate) fn heal(&mut self) {
        for id in std::mem::take(&mut self.touched) {
            let Some(slot) = self.rows.get_mut(&id) else { continue };
            let (client, domain) = (slot.account.client, hash(&slot.account.domain));
            if client != slot.client {
                move_id(&mut self.by_client, &slot.client, client, id);
                slot.client = client;
            }
            if domain != slot.domain {
                move_id(&mut self.by_domain, &slot.domain, domain, id);
                slot.domain = domain;
            }
        }
    }
}

fn move_id<K: Eq + std::hash::Hash>(index: &mut HashMap<K, Vec<u32>>, from: &K, to: K, id: u32) {
    if let Some(ids) = index.get_mut(from) {
        // From the end: what moves is usually what came last.
        if let Some(at) = ids.iter().rposition(|known| *known == id) {
            ids.swap_remove(at);
        }
    }
    index.entry(to).or_default().push(id);
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    for byte in text.bytes() {
        hasher.write_u8(byte.to_ascii_lowercase());
    }
    text.len().hash(&mut hasher);
    hasher.finish()
}
