//! Systems we resell from.

use super::Probe;
use crate::clock::Deadline;
use crate::failure::Failure;
use crate::id::{SubscriptionId, SystemId, TenantId};
use crate::settings::Organisation;
use crate::subscription::ObservedSubscription;
use async_trait::async_trait;

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
