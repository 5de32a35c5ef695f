//! Orders and figures, with faults.

use super::Faulty;
use async_trait::async_trait;
use domain::audit::AuditDraft;
use domain::failure::Failure;
use domain::figures::Figures;
use domain::id::{OrderId, OrganisationId};
use domain::order::Order;
use domain::ports::{FiguresStore, OrderFilter, OrderStore, Page};
use jiff::civil::Date;

#[async_trait]
impl<S: OrderStore + Sync> OrderStore for Faulty<S> {
    async fn put_order(&self, order: &Order, audit: AuditDraft) -> Result<(), Failure> {
        self.run(self.inner.put_order(order, audit)).await
    }

    async fn find_order(
        &self,
        organisation: &OrganisationId,
        id: &OrderId,
    ) -> Result<Option<Order>, Failure> {
        self.run(self.inner.find_order(organisation, id)).await
    }

    async fn list_orders(
        &self,
        organisation: &OrganisationId,
        filter: OrderFilter,
        from: Option<&str>,
        limit: u32,
    ) -> Result<Page<Order>, Failure> {
        self.run(self.inner.list_orders(organisation, filter, from, limit)).await
    }
}

#[async_trait]
impl<S: FiguresStore + Sync> FiguresStore for Faulty<S> {
    async fn put_figures(&self, figures: &Figures) -> Result<(), Failure> {
        self.run(self.inner.put_figures(figures)).await
    }

    async fn figures(
        &self,
        organisation: &OrganisationId,
        from: Date,
        to: Date,
    ) -> Result<Vec<Figures>, Failure> {
        self.run(self.inner.figures(organisation, from, to)).await
    }

    async fn last_figures(
        &self,
        organisation: &OrganisationId,
        from: Date,
        to: Date,
    ) -> Result<Option<Figures>, Failure> {
        self.run(self.inner.last_figures(organisation, from, to)).await
    }

    async fn monthly_figures(
        &self,
        organisation: &OrganisationId,
        from: Date,
        to: Date,
    ) -> Result<Vec<Figures>, Failure> {
        self.run(self.inner.monthly_figures(organisation, from, to)).await
    }
}
