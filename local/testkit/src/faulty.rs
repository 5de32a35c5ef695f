//! A store that fails, or whose process dies, at a chosen call.

use crate::faults::{Faults, Moment};
use async_trait::async_trait;
use domain::audit::AuditEntry;
use domain::digest::SubscriptionKey;
use domain::failure::Failure;
use domain::id::{OrganisationId, RunId};
use domain::index::DigestIndex;
use domain::journal::{Begun, EffectEntry, EffectKey, Held, Lease, Settlement};
use domain::link::Link;
use domain::plan::{Plan, PlanHash};
use domain::ports::{
    AuditStore, EffectStore, IndexChange, IndexStore, LeaseStore, LinkStore, Page, PlanStore, RecordStore,
    RunStore, SettingsStore,
};
use domain::record::SyncRecord;
use domain::run::{Run, StoredPlan};
use domain::settings::Settings;
use jiff::Timestamp;
use std::sync::Arc;

mod access;
mod orders;

/// Wraps any store: counts its calls, and fails or dies at the one it was told to. A test asks a clean run for
/// its [`Faulty::steps`], then repeats it with a death at each of them.
#[derive(Debug, Default)]
pub struct Faulty<S> {
    inner: S,
    faults: Arc<Faults>,
}

impl<S> Faulty<S> {
    /// A store without faults yet.
    pub fn new(inner: S) -> Self {
        Self { inner, faults: Arc::default() }
    }

    /// The orders this store obeys, to be shared with what dies together with it.
    pub fn faults(&self) -> Arc<Faults> {
        Arc::clone(&self.faults)
    }

    /// The store within, which never fails.
    pub fn inner(&self) -> &S {
        &self.inner
    }

    /// How many calls were made.
    pub fn steps(&self) -> u64 {
        self.faults.steps()
    }

    /// The `n`-th call from now (1 is the next) fails once, before or after its effect.
    pub fn fail_after(&self, n: u64, moment: Moment) {
        self.faults.fail_after(n, moment);
    }

    /// The process dies at the `n`-th call from now (1 is the next), before or after its effect. Everything
    /// later is refused; [`crate::is_killed`] tells such a failure.
    pub fn kill_at(&self, n: u64, moment: Moment) {
        self.faults.kill_after(n, moment);
    }

    /// Whether the process has died.
    pub fn is_dead(&self) -> bool {
        self.faults.is_dead()
    }

    /// Another process takes over: orders are forgotten, calls pass again.
    pub fn revive(&self) {
        self.faults.revive();
    }

    async fn run<T>(&self, call: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        let ticket = self.faults.enter()?;
        let answer = call.await;
        self.faults.leave(&ticket)?;
        answer
    }
}

#[async_trait]
impl<S: LeaseStore + Sync> LeaseStore for Faulty<S> {
    async fn acquire(
        &self,
        name: &str,
        holder: &RunId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Result<Lease, Held>, Failure> {
        self.run(self.inner.acquire(name, holder, now, until)).await
    }

    async fn release(&self, lease: &Lease) -> Result<(), Failure> {
        self.run(self.inner.release(lease)).await
    }
}

#[async_trait]
impl<S: SettingsStore + Sync> SettingsStore for Faulty<S> {
    async fn find_settings(&self) -> Result<Option<Settings>, Failure> {
        self.run(self.inner.find_settings()).await
    }
}

#[async_trait]
impl<S: LinkStore + Sync> LinkStore for Faulty<S> {
    async fn links(&self) -> Result<Vec<Link>, Failure> {
        self.run(self.inner.links()).await
    }

    async fn change_links(&self, add: &[Link], remove: &[Link]) -> Result<(), Failure> {
        self.run(self.inner.change_links(add, remove)).await
    }
}

#[async_trait]
impl<S: IndexStore + Sync> IndexStore for Faulty<S> {
    async fn index(&self, organisation: &OrganisationId) -> Result<DigestIndex, Failure> {
        self.run(self.inner.index(organisation)).await
    }

    async fn change_index(
        &self,
        lease: &Lease,
        organisation: &OrganisationId,
        index: &DigestIndex,
        changes: &[IndexChange],
    ) -> Result<(), Failure> {
        self.run(self.inner.change_index(lease, organisation, index, changes)).await
    }
}

#[async_trait]
impl<S: RecordStore + Sync> RecordStore for Faulty<S> {
    async fn records(
        &self,
        organisation: &OrganisationId,
        keys: &[SubscriptionKey],
    ) -> Result<Vec<SyncRecord>, Failure> {
        self.run(self.inner.records(organisation, keys)).await
    }

    async fn put_records(&self, lease: &Lease, records: &[SyncRecord]) -> Result<(), Failure> {
        self.run(self.inner.put_records(lease, records)).await
    }

    async fn list_records(
        &self,
        organisation: &OrganisationId,
        state: Option<&str>,
        from: Option<&str>,
        limit: u32,
    ) -> Result<Page<SyncRecord>, Failure> {
        self.run(self.inner.list_records(organisation, state, from, limit)).await
    }
}

#[async_trait]
impl<S: PlanStore + Sync> PlanStore for Faulty<S> {
    async fn put_plan(
        &self,
        hash: &PlanHash,
        plan: &Plan,
        run: &RunId,
        now: Timestamp,
    ) -> Result<(), Failure> {
        self.run(self.inner.put_plan(hash, plan, run, now)).await
    }

    async fn find_plan(&self, hash: &PlanHash) -> Result<Option<StoredPlan>, Failure> {
        self.run(self.inner.find_plan(hash)).await
    }

    async fn approve_plan(&self, hash: &PlanHash, by: &str, now: Timestamp) -> Result<(), Failure> {
        self.run(self.inner.approve_plan(hash, by, now)).await
    }

    async fn find_hashes(&self, prefix: &str) -> Result<Vec<PlanHash>, Failure> {
        self.run(self.inner.find_hashes(prefix)).await
    }
}

#[async_trait]
impl<S: RunStore + Sync> RunStore for Faulty<S> {
    async fn put_run(&self, run: &Run) -> Result<(), Failure> {
        self.run(self.inner.put_run(run)).await
    }

    async fn find_run(&self, organisation: &OrganisationId, id: &RunId) -> Result<Option<Run>, Failure> {
        self.run(self.inner.find_run(organisation, id)).await
    }

    async fn runs(&self, organisation: &OrganisationId, limit: u32) -> Result<Vec<Run>, Failure> {
        self.run(self.inner.runs(organisation, limit)).await
    }

    async fn claim_run(
        &self,
        organisation: &OrganisationId,
        id: &RunId,
        checkpoint: u32,
    ) -> Result<bool, Failure> {
        self.run(self.inner.claim_run(organisation, id, checkpoint)).await
    }
}

#[async_trait]
impl<S: EffectStore + Sync> EffectStore for Faulty<S> {
    async fn begin(
        &self,
        lease: &Lease,
        organisation: &OrganisationId,
        key: &EffectKey,
        intent: &str,
        now: Timestamp,
    ) -> Result<Begun, Failure> {
        self.run(self.inner.begin(lease, organisation, key, intent, now)).await
    }

    async fn retake(
        &self,
        lease: &Lease,
        entry: &EffectEntry,
        intent: &str,
        now: Timestamp,
    ) -> Result<EffectEntry, Failure> {
        self.run(self.inner.retake(lease, entry, intent, now)).await
    }

    async fn note(&self, lease: &Lease, entry: &EffectEntry, name: &str, value: &str) -> Result<(), Failure> {
        self.run(self.inner.note(lease, entry, name, value)).await
    }

    async fn settle(&self, lease: &Lease, settlement: Settlement) -> Result<(), Failure> {
        self.run(self.inner.settle(lease, settlement)).await
    }

    async fn open_effects(&self, organisation: &OrganisationId) -> Result<Vec<EffectEntry>, Failure> {
        self.run(self.inner.open_effects(organisation)).await
    }
}

#[async_trait]
impl<S: AuditStore + Sync> AuditStore for Faulty<S> {
    async fn audit_entries(
        &self,
        organisation: &OrganisationId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, Failure> {
        self.run(self.inner.audit_entries(organisation, after, limit)).await
    }
}
