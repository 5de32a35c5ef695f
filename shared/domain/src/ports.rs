//! What the use cases need from outside. One narrow trait per need.

use crate::audit::AuditEntry;
use crate::clock::Deadline;
use crate::digest::SubscriptionKey;
use crate::failure::Failure;
use crate::id::{
    BillingOrderId, ClientId, OrganisationId, ProductId, RunId, ServiceId, SubscriptionId, SystemId, TenantId,
};
use crate::index::DigestIndex;
use crate::journal::{Begun, EffectEntry, EffectKey, Held, Lease, Settlement};
use crate::link::Link;
use crate::money::Currency;
use crate::plan::{Plan, PlanHash};
use crate::record::SyncRecord;
use crate::run::{Run, StoredPlan};
use crate::service::{BillingOrder, ServiceDetails, ServiceEdit, ServiceRow};
use crate::settings::{Organisation, Settings};
use crate::subscription::{BillingCycle, ObservedSubscription};
use async_trait::async_trait;
use jiff::Timestamp;
use std::future::Future;

/// A row that could not be read: the listing is not whole, the rest of it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadableRow {
    /// The id, where at least that could be read.
    pub id: Option<String>,
    /// Which field was not as promised.
    pub problem: String,
}

/// One page of a supplier's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionPage {
    /// The rows, in the supplier's order.
    pub rows: Vec<Result<ObservedSubscription, UnreadableRow>>,
    /// How many subscriptions the supplier says there are.
    pub total: Option<u64>,
}

/// A customer as a supplier knows it, with everything that may prove who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// The supplier's id.
    pub id: TenantId,
    /// Its name, for people.
    pub name: String,
    /// The publisher's id of it (Microsoft: the tenant's GUID).
    pub publisher_id: Option<String>,
    /// Its domain, lower case.
    pub domain: Option<String>,
    /// Its registration number.
    pub registration: Option<String>,
    /// The reseller's own reference.
    pub reference: Option<String>,
    /// Where its mail goes, where the supplier says it (only in a tenant's details).
    pub email: Option<String>,
}

/// One thing that `check` tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// What was tried, for example `sign in`.
    pub what: String,
    /// `Ok` with a detail worth showing, or what went wrong and the cure.
    pub outcome: Result<String, (Failure, String)>,
}

/// A system we resell from, as far as its subscriptions go.
#[async_trait]
pub trait SubscriptionSource: Send + Sync {
    /// The connection's name.
    fn system(&self) -> &SystemId;

    /// How many rows a page is asked to have.
    fn page_size(&self) -> u32;

    /// One page of an organisation's subscriptions, in every state, counted from 1. A page past the end is
    /// empty.
    async fn page(
        &self,
        organisation: &Organisation,
        page: u32,
        deadline: Deadline,
    ) -> Result<SubscriptionPage, Failure>;

    /// One subscription with all its prices; nothing if the supplier does not know it.
    async fn find_details(
        &self,
        organisation: &Organisation,
        id: &SubscriptionId,
        deadline: Deadline,
    ) -> Result<Option<ObservedSubscription>, Failure>;

    /// All customers of an organisation.
    async fn tenants(&self, organisation: &Organisation, deadline: Deadline) -> Result<Vec<Tenant>, Failure>;

    /// A customer's details, for the evidence that lists leave out.
    async fn find_tenant(&self, id: &TenantId, deadline: Deadline) -> Result<Option<Tenant>, Failure>;

    /// Tries every credential, connection and call that is needed, each by itself.
    async fn probe(&self, organisations: &[&Organisation], deadline: Deadline) -> Vec<Probe>;
}

/// A client in billing, with everything that may prove who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BillingClient {
    /// Its id.
    pub id: ClientId,
    /// Its name, for people.
    pub name: String,
    /// Its e-mail address's domain, lower case.
    pub email_domain: Option<String>,
    /// What it is charged in.
    pub currency: Option<Currency>,
    /// Every further field by its variable's name, in lower case.
    pub fields: Vec<(String, String)>,
}

/// A product in billing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BillingProduct {
    /// Its id.
    pub id: ProductId,
    /// Its name, for people.
    pub name: String,
    /// The supplier's part number, where the product's code says it.
    pub code: Option<String>,
    /// The cycles it can be ordered in, where they could be read.
    pub cycles: Vec<BillingCycle>,
}

/// The system that owns clients, services and invoices. A mutation that fails in a way that is not
/// [`Failure::certainly_not_done`] is in doubt; nobody but the journal may repeat it.
#[async_trait]
pub trait BillingTarget: Send + Sync {
    /// The connection's name.
    fn system(&self) -> &SystemId;

    /// Every service of a client, in every state.
    async fn services_of(&self, client: &ClientId, deadline: Deadline) -> Result<Vec<ServiceRow>, Failure>;

    /// One service; nothing if there is none.
    async fn find_service(
        &self,
        id: &ServiceId,
        deadline: Deadline,
    ) -> Result<Option<ServiceDetails>, Failure>;

    /// One order; nothing if there is none.
    async fn find_order(
        &self,
        id: &BillingOrderId,
        deadline: Deadline,
    ) -> Result<Option<BillingOrder>, Failure>;

    /// Mutation: orders a product, without invoice and without mail; the service is created pending.
    async fn place_order(
        &self,
        client: &ClientId,
        product: &ProductId,
        cycle: &BillingCycle,
        deadline: Deadline,
    ) -> Result<BillingOrderId, Failure>;

    /// Mutation: activates an order.
    async fn activate_order(&self, order: &BillingOrderId, deadline: Deadline) -> Result<(), Failure>;

    /// Mutation: changes a service's record; says the same however often it is sent.
    async fn edit_service(
        &self,
        id: &ServiceId,
        edit: &ServiceEdit,
        deadline: Deadline,
    ) -> Result<(), Failure>;

    /// Mutation: suspends a service.
    async fn suspend(&self, id: &ServiceId, deadline: Deadline) -> Result<(), Failure>;

    /// Mutation: resumes a service.
    async fn unsuspend(&self, id: &ServiceId, deadline: Deadline) -> Result<(), Failure>;

    /// Mutation: ends a service for good.
    async fn terminate(&self, id: &ServiceId, deadline: Deadline) -> Result<(), Failure>;

    /// Which cycles billing has at all.
    fn has_cycle(&self, cycle: &BillingCycle) -> bool;

    /// All clients; details are read one by one.
    async fn clients(&self, deadline: Deadline) -> Result<Vec<BillingClient>, Failure>;

    /// One client with all its fields; nothing if there is none.
    async fn find_client(&self, id: &ClientId, deadline: Deadline) -> Result<Option<BillingClient>, Failure>;

    /// All products of all order pages.
    async fn products(&self, deadline: Deadline) -> Result<Vec<BillingProduct>, Failure>;

    /// One product; nothing if there is none.
    async fn find_product(
        &self,
        id: &ProductId,
        deadline: Deadline,
    ) -> Result<Option<BillingProduct>, Failure>;

    /// Clients that carry exactly this tenant's id in the configured field.
    async fn clients_of_tenant(
        &self,
        tenant: &TenantId,
        deadline: Deadline,
    ) -> Result<Vec<BillingClient>, Failure>;

    /// Mutation: creates a client for a tenant, which must have an e-mail address. The client carries the
    /// tenant's id in the configured field, by which [`BillingTarget::clients_of_tenant`] finds it again.
    async fn create_client(&self, tenant: &Tenant, deadline: Deadline) -> Result<ClientId, Failure>;

    /// Mutation: creates a product for an offer; `code` carries the offer.
    async fn create_product(
        &self,
        name: &str,
        code: &str,
        cycle: &BillingCycle,
        deadline: Deadline,
    ) -> Result<ProductId, Failure>;

    /// Tries every credential, connection and call that is needed, each by itself.
    async fn probe(&self, deadline: Deadline) -> Vec<Probe>;
}

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

/// What functions tell each other. Ids only; the reader looks the rest up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// Someone wants a run.
    SyncRequested {
        /// Of which organisation.
        organisation: OrganisationId,
        /// How.
        mode: crate::run::RunMode,
        /// Who.
        actor: String,
    },
    /// A run stopped before its time ran out.
    SyncContinued {
        /// Of which organisation.
        organisation: OrganisationId,
        /// Which run.
        run: RunId,
        /// Which checkpoint.
        checkpoint: u32,
    },
    /// A run ended.
    SyncFinished {
        /// Of which organisation.
        organisation: OrganisationId,
        /// Which run.
        run: RunId,
        /// How it stands.
        state: String,
    },
}

/// Publishes notices.
#[async_trait]
pub trait Bus: Send + Sync {
    /// Publishes at least once, or fails.
    async fn publish(&self, notice: &Notice) -> Result<(), Failure>;
}
