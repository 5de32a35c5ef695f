#![doc = include_str!("../README.md")]

mod client;
mod clients;
mod config;
mod creating;
mod currencies;
mod cycles;
mod envelope;
pub mod hook;
mod listing;
mod orders;
mod probe;
mod products;
mod reading;
mod services;
mod wire;

#[cfg(test)]
mod tests;

pub use config::{HostBillConfig, HttpBasic, MarkField, NewProducts};

use async_trait::async_trait;
use client::Connection;
use connector_kit::HttpClient;
use domain::clock::{Clock, Deadline};
use domain::failure::Failure;
use domain::id::{BillingOrderId, ClientId, ProductId, ServiceId, SystemId, TenantId};
use domain::money::Currency;
use domain::ports::{BillingClient, BillingProduct, BillingTarget, Probe, Tenant};
use domain::service::{BillingOrder, ServiceDetails, ServiceEdit, ServiceRow, ServiceStatus};
use domain::subscription::BillingCycle;
use std::fmt;
use std::sync::Arc;
use tokio::sync::OnceCell;

/// One HostBill, as the billing of our customers.
pub struct HostBill {
    api: Connection,
    config: HostBillConfig,
    currencies: OnceCell<Vec<(String, Currency)>>,
    methods: OnceCell<Vec<String>>,
}

impl HostBill {
    /// A connection. Nothing is sent yet.
    pub fn new(http: HttpClient, clock: Arc<dyn Clock>, config: HostBillConfig) -> Self {
        Self {
            api: Connection::new(http, clock, &config),
            config,
            currencies: OnceCell::new(),
            methods: OnceCell::new(),
        }
    }
}

impl fmt::Debug for HostBill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostBill").field("system", self.api.system()).finish_non_exhaustive()
    }
}

#[async_trait]
impl BillingTarget for HostBill {
    fn system(&self) -> &SystemId {
        self.api.system()
    }

    async fn services_of(&self, client: &ClientId, deadline: Deadline) -> Result<Vec<ServiceRow>, Failure> {
        self.list_services(client, deadline).await
    }

    async fn find_service(
        &self,
        id: &ServiceId,
        deadline: Deadline,
    ) -> Result<Option<ServiceDetails>, Failure> {
        self.service(id, deadline).await
    }

    async fn find_order(
        &self,
        id: &BillingOrderId,
        deadline: Deadline,
    ) -> Result<Option<BillingOrder>, Failure> {
        self.order(id, deadline).await
    }

    async fn place_order(
        &self,
        client: &ClientId,
        product: &ProductId,
        cycle: &BillingCycle,
        deadline: Deadline,
    ) -> Result<BillingOrderId, Failure> {
        self.place(client, product, cycle, deadline).await
    }

    async fn activate_order(&self, order: &BillingOrderId, deadline: Deadline) -> Result<(), Failure> {
        self.activate(order, deadline).await
    }

    async fn edit_service(
        &self,
        id: &ServiceId,
        edit: &ServiceEdit,
        deadline: Deadline,
    ) -> Result<(), Failure> {
        self.edit(id, edit, deadline).await
    }

    async fn suspend(&self, id: &ServiceId, deadline: Deadline) -> Result<(), Failure> {
        self.act("accountSuspend", id, ServiceStatus::Suspended, deadline).await
    }

    async fn unsuspend(&self, id: &ServiceId, deadline: Deadline) -> Result<(), Failure> {
        self.act("accountUnsuspend", id, ServiceStatus::Active, deadline).await
    }

    async fn terminate(&self, id: &ServiceId, deadline: Deadline) -> Result<(), Failure> {
        self.act("accountTerminate", id, ServiceStatus::Terminated, deadline).await
    }

    fn has_cycle(&self, cycle: &BillingCycle) -> bool {
        cycles::code(cycle).is_some()
    }

    async fn clients(&self, deadline: Deadline) -> Result<Vec<BillingClient>, Failure> {
        self.list_clients(deadline).await
    }

    async fn find_client(&self, id: &ClientId, deadline: Deadline) -> Result<Option<BillingClient>, Failure> {
        self.client(id, deadline).await
    }

    async fn products(&self, deadline: Deadline) -> Result<Vec<BillingProduct>, Failure> {
        self.list_products(deadline).await
    }

    async fn find_product(
        &self,
        id: &ProductId,
        deadline: Deadline,
    ) -> Result<Option<BillingProduct>, Failure> {
        self.product(id, deadline).await
    }

    async fn clients_of_tenant(
        &self,
        tenant: &TenantId,
        deadline: Deadline,
    ) -> Result<Vec<BillingClient>, Failure> {
        self.tenant_clients(tenant, deadline).await
    }

    async fn create_client(&self, tenant: &Tenant, deadline: Deadline) -> Result<ClientId, Failure> {
        self.add_client(tenant, deadline).await
    }

    async fn create_product(
        &self,
        name: &str,
        code: &str,
        cycle: &BillingCycle,
        deadline: Deadline,
    ) -> Result<ProductId, Failure> {
        self.add_product(name, code, cycle, deadline).await
    }

    async fn probe(&self, deadline: Deadline) -> Vec<Probe> {
        self.try_everything(deadline).await
    }
}
