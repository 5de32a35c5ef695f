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
use jiff::Timestamp;
use std::future::Future;

/// Gives and takes the right to write.
pub trait LeaseStore: Send + Sync {
    /// Takes a lease until `until`, unless someone else's is still running at `now`. The same holder takes it
    /// anew, with a larger token.
    fn acquire(
        &self,
        name: &str,
        holder: &RunId,
        now: Timestamp,
        until: Timestamp,
    ) -> impl Future<Output = Result<Result<Lease, Held>, Failure>> + Send;

    /// Gives a lease back; someone else's is left alone.
    fn release(&self, lease: &Lease) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// The operator's decisions.
pub trait SettingsStore: Send + Sync {
    /// The settings; nothing if none were ever stored.
    fn find_settings(&self) -> impl Future<Output = Result<Option<Settings>, Failure>> + Send;
}

/// Which foreign ids are whose.
pub trait LinkStore: Send + Sync {
    /// Every link.
    fn links(&self) -> impl Future<Output = Result<Vec<Link>, Failure>> + Send;

    /// Adds and removes links; writing a link that is there changes nothing.
    fn change_links(&self, add: &[Link], remove: &[Link])
    -> impl Future<Output = Result<(), Failure>> + Send;
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
pub trait IndexStore: Send + Sync {
    /// The whole index. May be a moment old: it is a hint.
    fn index(
        &self,
        organisation: &OrganisationId,
    ) -> impl Future<Output = Result<DigestIndex, Failure>> + Send;

    /// Rewrites the chunks that these changes fall into. `index` is what [`IndexStore::index`] gave.
    fn change_index(
        &self,
        lease: &Lease,
        organisation: &OrganisationId,
        index: &DigestIndex,
        changes: &[IndexChange],
    ) -> impl Future<Output = Result<(), Failure>> + Send;
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
pub trait RecordStore: Send + Sync {
    /// The records of these keys, as far as there are any; strongly consistent.
    fn records(
        &self,
        organisation: &OrganisationId,
        keys: &[SubscriptionKey],
    ) -> impl Future<Output = Result<Vec<SyncRecord>, Failure>> + Send;

    /// Writes records that no effect belongs to, under the lease.
    fn put_records(
        &self,
        lease: &Lease,
        records: &[SyncRecord],
    ) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Records in one state (`pending`, `parked`, `error`), or all, a page at a time.
    fn list_records(
        &self,
        organisation: &OrganisationId,
        state: Option<&str>,
        from: Option<&str>,
        limit: u32,
    ) -> impl Future<Output = Result<Page<SyncRecord>, Failure>> + Send;
}

/// Plans by their hash.
pub trait PlanStore: Send + Sync {
    /// Keeps a plan, in chunks where it is large; keeping it again changes nothing.
    fn put_plan(
        &self,
        hash: &PlanHash,
        plan: &Plan,
        run: &RunId,
        now: Timestamp,
    ) -> impl Future<Output = Result<(), Failure>> + Send;

    /// A plan, verified against its hash; nothing if it was never kept.
    fn find_plan(&self, hash: &PlanHash) -> impl Future<Output = Result<Option<StoredPlan>, Failure>> + Send;

    /// Notes who approved a plan; the first approval stands.
    fn approve_plan(
        &self,
        hash: &PlanHash,
        by: &str,
        now: Timestamp,
    ) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Full hashes that begin with `prefix` (at least 8 digits), at most ten.
    fn find_hashes(&self, prefix: &str) -> impl Future<Output = Result<Vec<PlanHash>, Failure>> + Send;
}

/// Runs and their reports.
pub trait RunStore: Send + Sync {
    /// Writes a run's report over its last one.
    fn put_run(&self, run: &Run) -> impl Future<Output = Result<(), Failure>> + Send;

    /// One run.
    fn find_run(
        &self,
        organisation: &OrganisationId,
        id: &RunId,
    ) -> impl Future<Output = Result<Option<Run>, Failure>> + Send;

    /// The latest runs, newest first.
    fn runs(
        &self,
        organisation: &OrganisationId,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Run>, Failure>> + Send;

    /// Takes over a run that stopped at this checkpoint: true for the first taker, false for any later one.
    fn claim_run(
        &self,
        organisation: &OrganisationId,
        id: &RunId,
        checkpoint: u32,
    ) -> impl Future<Output = Result<bool, Failure>> + Send;
}

/// The effect journal's memory. Every write checks the lease's token.
pub trait EffectStore: Send + Sync {
    /// Writes the intent if the key is new or was refused; otherwise says how it stands.
    fn begin(
        &self,
        lease: &Lease,
        organisation: &OrganisationId,
        key: &EffectKey,
        intent: &str,
        now: Timestamp,
    ) -> impl Future<Output = Result<Begun, Failure>> + Send;

    /// Begins another attempt of an effect that was in doubt, after the look-up said it was not done. The
    /// entry must still be as given.
    fn retake(
        &self,
        lease: &Lease,
        entry: &EffectEntry,
        intent: &str,
        now: Timestamp,
    ) -> impl Future<Output = Result<EffectEntry, Failure>> + Send;

    /// Adds a note to the current attempt.
    fn note(
        &self,
        lease: &Lease,
        entry: &EffectEntry,
        name: &str,
        value: &str,
    ) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Ends an attempt: journal, record and audit entry in one transaction.
    fn settle(
        &self,
        lease: &Lease,
        settlement: Settlement,
    ) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Effects without an outcome.
    fn open_effects(
        &self,
        organisation: &OrganisationId,
    ) -> impl Future<Output = Result<Vec<EffectEntry>, Failure>> + Send;
}

/// Reads the audit log.
pub trait AuditStore: Send + Sync {
    /// Entries after a sequence, in order, at most `limit`.
    fn audit_entries(
        &self,
        organisation: &OrganisationId,
        after: u64,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<AuditEntry>, Failure>> + Send;
}
