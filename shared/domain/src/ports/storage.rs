//! What is kept between runs. One narrow trait per need.

use crate::audit::AuditEntry;
use crate::digest::SubscriptionKey;
use crate::failure::Failure;
use crate::id::{OrganisationId, RunId};
use crate::index::DigestIndex;
use crate::journal::{Begun, EffectEntry, EffectKey, Held, Lease, Settlement};
use crate::link::Link;
use crate::plan::{Plan, PlanHash};
use crate::record::SyncRecord;
use crate::run::{Run, StoredPlan};
use crate::settings::Settings;
use async_trait::async_trait;
use jiff::Timestamp;

/// Gives and takes the right to write.
#[async_trait]
pub trait LeaseStore: Send + Sync {
    /// Takes a lease until `until`, unless someone else's is still running at `now`. The same holder takes it
    /// anew, with a larger token.
    async fn acquire(
        &self,
        name: &str,
        holder: &RunId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Result<Lease, Held>, Failure>;

    /// Gives a lease back; someone else's is left alone.
    async fn release(&self, lease: &Lease) -> Result<(), Failure>;
}

/// The operator's decisions.
#[async_trait]
pub trait SettingsStore: Send + Sync {
    /// The settings; nothing if none were ever stored.
    async fn find_settings(&self) -> Result<Option<Settings>, Failure>;
}

/// Which foreign ids are whose.
#[async_trait]
pub trait LinkStore: Send + Sync {
    /// Every link.
    async fn links(&self) -> Result<Vec<Link>, Failure>;

    /// Adds and removes links; writing a link that is there changes nothing.
    async fn change_links(&self, add: &[Link], remove: &[Link]) -> Result<(), Failure>;
}

/// One change of the digest index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndexChange {
    /// Which subscription.
    pub key: SubscriptionKey,
    /// Its digest from now on; nothing forgets it.
    pub digest: Option<crate::digest::Digest>,
}

/// The digest index of each organisation.
#[async_trait]
pub trait IndexStore: Send + Sync {
    /// The whole index. May be a moment old: it is a hint.
    async fn index(&self, organisation: &OrganisationId) -> Result<DigestIndex, Failure>;

    /// Rewrites the chunks that these changes fall into. `index` is what [`IndexStore::index`] gave.
    async fn change_index(
        &self,
        lease: &Lease,
        organisation: &OrganisationId,
        index: &DigestIndex,
        changes: &[IndexChange],
    ) -> Result<(), Failure>;
}

/// A page of a list: the items and where to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Given back to read on; nothing at the end. Opaque.
    pub next: Option<String>,
}

/// The sync records: the truth about what was applied.
#[async_trait]
pub trait RecordStore: Send + Sync {
    /// The records of these keys, as far as there are any; strongly consistent.
    async fn records(
        &self,
        organisation: &OrganisationId,
        keys: &[SubscriptionKey],
    ) -> Result<Vec<SyncRecord>, Failure>;

    /// Writes records that no effect belongs to, under the lease.
    async fn put_records(&self, lease: &Lease, records: &[SyncRecord]) -> Result<(), Failure>;

    /// Records in one state (`pending`, `parked`, `error`), or all, a page at a time.
    async fn list_records(
        &self,
        organisation: &OrganisationId,
        state: Option<&str>,
        from: Option<&str>,
        limit: u32,
    ) -> Result<Page<SyncRecord>, Failure>;
}

/// Plans by their hash.
#[async_trait]
pub trait PlanStore: Send + Sync {
    /// Keeps a plan, in chunks where it is large; keeping it again changes nothing.
    async fn put_plan(
        &self,
        hash: &PlanHash,
        plan: &Plan,
        run: &RunId,
        now: Timestamp,
    ) -> Result<(), Failure>;

    /// A plan, verified against its hash; nothing if it was never kept.
    async fn find_plan(&self, hash: &PlanHash) -> Result<Option<StoredPlan>, Failure>;

    /// Notes who approved a plan; the first approval stands.
    async fn approve_plan(&self, hash: &PlanHash, by: &str, now: Timestamp) -> Result<(), Failure>;

    /// Full hashes that begin with `prefix` (at least 8 digits), at most ten.
    async fn find_hashes(&self, prefix: &str) -> Result<Vec<PlanHash>, Failure>;
}

/// Runs and their reports.
#[async_trait]
pub trait RunStore: Send + Sync {
    /// Writes a run's report over its last one.
    async fn put_run(&self, run: &Run) -> Result<(), Failure>;

    /// One run.
    async fn find_run(&self, organisation: &OrganisationId, id: &RunId) -> Result<Option<Run>, Failure>;

    /// The latest runs, newest first.
    async fn runs(&self, organisation: &OrganisationId, limit: u32) -> Result<Vec<Run>, Failure>;

    /// Takes over a run that stopped at this checkpoint: true for the first taker, false for any later one.
    /// Checkpoint 0 is the request: a run that was asked for is running from then on.
    async fn claim_run(
        &self,
        organisation: &OrganisationId,
        id: &RunId,
        checkpoint: u32,
    ) -> Result<bool, Failure>;
}

/// The effect journal's memory. Every write checks the lease's token.
#[async_trait]
pub trait EffectStore: Send + Sync {
    /// Writes the intent if the key is new or was refused; otherwise says how it stands.
    async fn begin(
        &self,
        lease: &Lease,
        organisation: &OrganisationId,
        key: &EffectKey,
        intent: &str,
        now: Timestamp,
    ) -> Result<Begun, Failure>;

    /// Begins another attempt of an effect that was in doubt, after the look-up said it was not done. The
    /// entry must still be as given.
    async fn retake(
        &self,
        lease: &Lease,
        entry: &EffectEntry,
        intent: &str,
        now: Timestamp,
    ) -> Result<EffectEntry, Failure>;

    /// Adds a note to the current attempt.
    async fn note(&self, lease: &Lease, entry: &EffectEntry, name: &str, value: &str) -> Result<(), Failure>;

    /// Ends an attempt: journal, record and audit entry in one transaction.
    async fn settle(&self, lease: &Lease, settlement: Settlement) -> Result<(), Failure>;

    /// Effects without an outcome.
    async fn open_effects(&self, organisation: &OrganisationId) -> Result<Vec<EffectEntry>, Failure>;
}

/// Reads the audit log.
#[async_trait]
pub trait AuditStore: Send + Sync {
    /// Entries after a sequence, in order, at most `limit`.
    async fn audit_entries(
        &self,
        organisation: &OrganisationId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, Failure>;
}
