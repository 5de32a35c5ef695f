//! A billing system whose calls fail, or whose caller dies, at a chosen step.

use crate::faults::Faults;
use async_trait::async_trait;
use domain::clock::Deadline;
use domain::failure::Failure;
use domain::id::{BillingOrderId, ClientId, ProductId, ServiceId, SystemId, TenantId};
use domain::ports::{BillingClient, BillingProduct, BillingTarget, Probe, Tenant};
use domain::service::{BillingOrder, ServiceDetails, ServiceEdit, ServiceRow};
use domain::subscription::BillingCycle;
use std::sync::Arc;

/// Wraps any billing target. Sharing its [`Faults`] with a [`crate::Faulty`] store numbers the steps of both in
/// one row, so that a test can kill the process between any two of them.
pub struct FaultyBilling {
    inner: Arc<dyn BillingTarget>,
    faults: Arc<Faults>,
}

impl FaultyBilling {
    /// A target that obeys the same orders as whoever shares these faults.
    pub fn new(inner: Arc<dyn BillingTarget>, faults: Arc<Faults>) -> Self {
        Self { inner, faults }
    }

    async fn run<T>(&self, call: impl Future<Output = Result<T, Failure>> + Send) -> Result<T, Failure> {
        let ticket = self.faults.enter()?;
        let answer = call.await;
        self.faults.leave(&ticket)?;
        answer
    }
}

#[async_trait]
impl BillingTarget for FaultyBilling {
    fn system(&self) -> &SystemId {
        self.inner.system()
    }

    async fn services_of(&self, client: &ClientId, deadline: Deadline) -> Result<Vec<ServiceRow>, Failure> {
        self.run(self.inner.services_of(client, deadline)).await
    }

    async fn find_service(
        &self,
        id: &ServiceId,
        deadline: Deadline,
    ) -> Result<Option<ServiceDetails>, Failure> {
        self.run(self.inner.find_service(id, deadline)).await
    }

    async fn find_order(
        &self,
        id: &BillingOrderId,
        deadline: Deadline,
    ) -> Result<Option<BillingOrder>, Failure> {
        self.run(self.inner.find_order(id, deadline)).await
    }

    async fn place_order(
        &self,
        client: &ClientId,
        product: &ProductId,
        cycle: &BillingCycle,
        deadline: Deadline,
    ) -> Result<BillingOrderId, Failure> {
        self.run(self.inner.place_order(client, product, cycle, deadline)).await
    }

    async fn activate_order(&self, order: &BillingOrderId, deadline: Deadline) -> Result<(), Failure> {
        self.run(self.inner.activate_order(order, deadline)).await
    }

    async fn edit_service(
        &self,
        id: &ServiceId,
        edit: &ServiceEdit,
        deadline: Deadline,
    ) -> Result<(), Failure> {
        self.run(self.inner.edit_service(id, edit, deadline)).await
    }

    async fn suspend(&self, id: &ServiceId, deadline: Deadline) -> Result<(), Failure> {
        self.run(self.inner.suspend(id, deadline)).await
    }

    async fn unsuspend(&self, id: &ServiceId, deadline: Deadline) -> Result<(), Failure> {
        self.run(self.inner.unsuspend(id, deadline)).await
    }

    async fn terminate(&self, id: &ServiceId, deadline: Deadline) -> Result<(), Failure> {
        self.run(self.inner.terminate(id, deadline)).await
    }

    fn has_cycle(&self, cycle: &BillingCycle) -> bool {
        self.inner.has_cycle(cycle)
    }

    async fn clients(&self, deadline: Deadline) -> Result<Vec<BillingClient>, Failure> {
        self.run(self.inner.clients(deadline)).await
    }

    async fn find_client(&self, id: &ClientId, deadline: Deadline) -> Result<Option<BillingClient>, Failure> {
        self.run(self.inner.find_client(id, deadline)).await
    }

    async fn products(&self, deadline: Deadline) -> Result<Vec<BillingProduct>, Failure> {
        self.run(self.inner.products(deadline)).await
    }

    async fn find_product(
        &self,
        id: &ProductId,
        deadline: Deadline,
    ) -> Result<Option<BillingProduct>, Failure> {
        self.run(self.inner.find_product(id, deadline)).await
    }

    async fn clients_of_tenant(
        &self,
        tenant: &TenantId,
        deadline: Deadline,
    ) -> Result<Vec<BillingClient>, Failure> {
        self.run(self.inner.clients_of_tenant(tenant, deadline)).await
    }

    async fn create_client(&self, tenant: &Tenant, deadline: Deadline) -> Result<ClientId, Failure> {
        self.run(self.inner.create_client(tenant, deadline)).await
    }

    async fn create_product(
        &self,
        name: &str,
        code: &str,
        cycle: &BillingCycle,
        deadline: Deadline,
    ) -> Result<ProductId, Failure> {
        self.run(self.inner.create_product(name, code, cycle, deadline)).await
    }

    async fn probe(&self, deadline: Deadline) -> Vec<Probe> {
        self.inner.probe(deadline).await
    }
}
