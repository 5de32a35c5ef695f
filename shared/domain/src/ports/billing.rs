//! The system that owns clients, services and invoices.

use super::{Probe, Tenant};
use crate::clock::Deadline;
use crate::failure::Failure;
use crate::id::{BillingOrderId, ClientId, ProductId, ServiceId, SystemId, TenantId};
use crate::money::Currency;
use crate::service::{BillingOrder, ServiceDetails, ServiceEdit, ServiceRow};
use crate::subscription::BillingCycle;
use async_trait::async_trait;

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
