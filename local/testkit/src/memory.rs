//! Every storage port in memory, with the same conditions and the same fencing as the table.

use crate::faults::{Faults, Moment};
use domain::access::{ApiToken, OneTimeCode, SecretHash, Session, User};
use domain::audit::AuditEntry;
use domain::digest::{Digest, SubscriptionKey};
use domain::failure::{Failure, FailureKind};
use domain::figures::Figures;
use domain::id::{OrderId, OrganisationId, RunId, TokenId, UserId};
use domain::journal::{EffectEntry, EffectKey};
use domain::link::Link;
use domain::order::Order;
use domain::plan::PlanHash;
use domain::ports::KeptAnswer;
use domain::record::SyncRecord;
use domain::run::{Run, StoredPlan};
use domain::settings::Settings;
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

mod access;
mod answers;
mod effects;
mod index;
mod leases;
mod links;
mod orders;
mod plans;
mod records;
mod runs;

/// A store that forgets everything when it is dropped. Clones are the same store.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    tables: Arc<Mutex<Tables>>,
    faults: Arc<Faults>,
}

#[derive(Debug, Default)]
struct Tables {
    leases: BTreeMap<String, LeaseRow>,
    settings: Option<Settings>,
    links: Vec<Link>,
    index: BTreeMap<OrganisationId, BTreeMap<SubscriptionKey, Digest>>,
    records: BTreeMap<(OrganisationId, SubscriptionKey), SyncRecord>,
    plans: BTreeMap<PlanHash, StoredPlan>,
    runs: BTreeMap<(OrganisationId, RunId), RunRow>,
    effects: BTreeMap<(OrganisationId, EffectKey), EffectEntry>,
    audit: BTreeMap<OrganisationId, Vec<AuditEntry>>,
    orders: BTreeMap<(OrganisationId, OrderId), Order>,
    figures: BTreeMap<(OrganisationId, Date), Figures>,
    months: BTreeMap<(OrganisationId, Date), Figures>,
    tokens: BTreeMap<TokenId, ApiToken>,
    users: BTreeMap<UserId, User>,
    codes: BTreeMap<SecretHash, OneTimeCode>,
    sessions: BTreeMap<SecretHash, Session>,
    answers: BTreeMap<SecretHash, AnswerRow>,
    writes: u64,
}

#[derive(Debug)]
struct LeaseRow {
    holder: Option<RunId>,
    token: u64,
    until: Timestamp,
}

#[derive(Debug)]
struct RunRow {
    run: Run,
    claimed: u32,
}

#[derive(Debug)]
struct AnswerRow {
    request: SecretHash,
    begun: Timestamp,
    taken: Timestamp,
    answer: Option<KeptAnswer>,
}

impl MemoryStore {
    /// A store with these settings.
    pub fn with_settings(settings: Settings) -> Self {
        let store = Self::default();
        store.set_settings(settings);
        store
    }

    /// Replaces the settings.
    pub fn set_settings(&self, settings: Settings) {
        self.with(|tables| tables.settings = Some(settings));
    }

    /// Changes the settings in place; does nothing where there are none.
    pub fn edit_settings(&self, edit: impl FnOnce(&mut Settings)) {
        self.with(|tables| tables.settings.as_mut().map(edit));
    }

    /// All records of an organisation, by key.
    pub fn all_records(&self, organisation: &OrganisationId) -> Vec<SyncRecord> {
        self.with(|tables| {
            let rows = tables.records.iter();
            rows.filter(|((whose, _), _)| whose == organisation).map(|(_, record)| record.clone()).collect()
        })
    }

    /// The record of one subscription.
    pub fn record_of(&self, organisation: &OrganisationId, subscription: &str) -> Option<SyncRecord> {
        let key = (organisation.clone(), SubscriptionKey::of(subscription));
        self.with(|tables| tables.records.get(&key).cloned())
    }

    /// All effects of an organisation, by key.
    pub fn all_effects(&self, organisation: &OrganisationId) -> Vec<EffectEntry> {
        self.with(|tables| {
            let rows = tables.effects.iter();
            rows.filter(|((whose, _), _)| whose == organisation).map(|(_, entry)| entry.clone()).collect()
        })
    }

    /// The whole audit log of an organisation.
    pub fn all_audit(&self, organisation: &OrganisationId) -> Vec<AuditEntry> {
        self.with(|tables| tables.audit.get(organisation).cloned().unwrap_or_default())
    }

    /// All orders of an organisation, the oldest first.
    pub fn all_orders(&self, organisation: &OrganisationId) -> Vec<Order> {
        self.with(|tables| {
            let rows = tables.orders.iter();
            rows.filter(|((whose, _), _)| whose == organisation).map(|(_, order)| order.clone()).collect()
        })
    }

    /// How many calls have changed something. A lease taken and a run's report count; asking does not.
    pub fn writes(&self) -> u64 {
        self.with(|tables| tables.writes)
    }

    /// How many calls were made.
    pub fn steps(&self) -> u64 {
        self.faults.steps()
    }

    /// The `n`-th call from now (1 is the next) fails once, before or after its effect.
    pub fn fail_after(&self, n: u64, moment: Moment) {
        self.faults.fail_after(n, moment);
    }

    /// One call: gives others a turn, then has its whole effect or none.
    async fn step<T>(&self, act: impl FnOnce(&mut Tables) -> Result<T, Failure>) -> Result<T, Failure> {
        tokio::task::yield_now().await;
        let ticket = self.faults.enter()?;
        let answer = self.with(act);
        self.faults.leave(&ticket)?;
        answer
    }

    fn with<T>(&self, act: impl FnOnce(&mut Tables) -> T) -> T {
        act(&mut self.tables.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn failure(kind: FailureKind, what: impl Into<String>) -> Failure {
    Failure::new(kind, &crate::builders::parsed("memory"), what)
}
