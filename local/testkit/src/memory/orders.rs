//! Orders, each written together with its entry in the audit log, and figures.

use super::{MemoryStore, failure};
use async_trait::async_trait;
use domain::audit::{AuditDraft, AuditEntry, AuditHead};
use domain::failure::{Failure, FailureKind};
use domain::figures::Figures;
use domain::id::{OrderId, OrganisationId};
use domain::order::Order;
use domain::ports::{FiguresStore, OrderFilter, OrderStore, Page};
use jiff::civil::Date;

#[async_trait]
impl OrderStore for MemoryStore {
    async fn put_order(&self, order: &Order, audit: AuditDraft) -> Result<(), Failure> {
        self.step(|tables| {
            let place = (order.organisation.clone(), order.id.clone());
            let stored = tables.orders.get(&place);
            if order.version == 0 {
                let what = format!("{} has version 0: the first one is 1", order.id);
                return Err(failure(FailureKind::Refused, what));
            }
            if stored == Some(order) {
                return Ok(());
            }
            if stored.map_or(0, |stored| stored.version) + 1 != order.version {
                let what = format!("{} was changed by someone else: look at it again", order.id);
                return Err(failure(FailureKind::Conflict, what));
            }
            tables.orders.insert(place, order.clone());
            let log = tables.audit.entry(order.organisation.clone()).or_default();
            let head = log.last().map_or_else(AuditHead::default, AuditEntry::head);
            log.push(head.append(&order.organisation, audit));
            tables.writes += 1;
            Ok(())
        })
        .await
    }

    async fn find_order(
        &self,
        organisation: &OrganisationId,
        id: &OrderId,
    ) -> Result<Option<Order>, Failure> {
        self.step(|tables| Ok(tables.orders.get(&(organisation.clone(), id.clone())).cloned())).await
    }

    async fn list_orders(
        &self,
        organisation: &OrganisationId,
        filter: OrderFilter,
        from: Option<&str>,
        limit: u32,
    ) -> Result<Page<Order>, Failure> {
        self.step(|tables| {
            if from.is_some_and(|from| from.parse::<OrderId>().is_err()) {
                let what = "a list of orders does not go on from there: begin anew";
                return Err(failure(FailureKind::Refused, what));
            }
            let limit = usize::try_from(limit.max(1)).unwrap_or(usize::MAX);
            let mut rows = tables
                .orders
                .values()
                .rev()
                .filter(|order| order.organisation == *organisation && is_listed(order, filter))
                .filter(|order| from.is_none_or(|from| order.id.as_str() < from));
            let items: Vec<Order> = rows.by_ref().take(limit).cloned().collect();
            let more = rows.next().is_some();
            let last = items.last().filter(|_| more);
            Ok(Page { next: last.map(|order| order.id.to_string()), items })
        })
        .await
    }
}

fn is_listed(order: &Order, filter: OrderFilter) -> bool {
    match filter {
        OrderFilter::All => true,
        OrderFilter::Open => order.state.is_open(),
        OrderFilter::In(state) => order.state == state,
    }
}

#[async_trait]
impl FiguresStore for MemoryStore {
    async fn put_figures(&self, figures: &Figures) -> Result<(), Failure> {
        self.step(|tables| {
            let place = (figures.organisation.clone(), figures.day);
            tables.figures.insert(place, figures.clone());
            let month = (figures.organisation.clone(), figures.day.first_of_month());
            tables.months.insert(month, figures.clone());
            tables.writes += 1;
            Ok(())
        })
        .await
    }

    async fn figures(
        &self,
        organisation: &OrganisationId,
        from: Date,
        to: Date,
    ) -> Result<Vec<Figures>, Failure> {
        self.step(|tables| {
            let rows = tables.figures.values();
            let days = rows.filter(|f| f.organisation == *organisation && f.day >= from && f.day <= to);
            Ok(days.cloned().collect())
        })
        .await
    }

    async fn last_figures(
        &self,
        organisation: &OrganisationId,
        from: Date,
        to: Date,
    ) -> Result<Option<Figures>, Failure> {
        Ok(self.figures(organisation, from, to).await?.pop())
    }

    async fn monthly_figures(
        &self,
        organisation: &OrganisationId,
        from: Date,
        to: Date,
    ) -> Result<Vec<Figures>, Failure> {
        let (from, to) = (from.first_of_month(), to.first_of_month());
        self.step(|tables| {
            let rows = tables.months.iter();
            let months = rows.filter(|((of, month), _)| of == organisation && *month >= from && *month <= to);
            Ok(months.map(|(_, figures)| figures.clone()).collect())
        })
        .await
    }
}
