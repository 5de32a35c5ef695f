//! The desk where orders are taken and decided: quoted, approved, rejected, cancelled, tried again.
//!
//! Nothing here calls a supplier or billing. A decision is written together with its entry in the audit log;
//! whoever places orders is told afterwards, and finds out by itself where the telling failed.

mod decide;
mod new;
mod problem;
mod quoting;

pub use new::{NewOrder, NewWanted};
pub use problem::{OrderProblem, ProblemKind};

use domain::access::Actor;
use domain::audit::AuditDraft;
use domain::clock::Clock;
use domain::failure::{Failure, FailureKind};
use domain::id::{OrderId, OrganisationId, RunId};
use domain::order::{Needs, Order};
use domain::ports::{Bus, LinkStore, Notice, OrderFilter, OrderStore, Page, RecordStore, SettingsStore};
use domain::settings::Settings;
use std::sync::Arc;
use tracing::warn;

/// Everything the desk reads and keeps.
pub trait DeskStore: OrderStore + SettingsStore + LinkStore + RecordStore + Send + Sync {}

impl<T: OrderStore + SettingsStore + LinkStore + RecordStore + Send + Sync + ?Sized> DeskStore for T {}

/// Where orders are taken and decided.
#[derive(Clone)]
pub struct Desk {
    /// The table.
    pub store: Arc<dyn DeskStore>,
    /// Where notices go.
    pub bus: Arc<dyn Bus>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// A number that is unlikely to come twice.
    pub entropy: fn() -> u64,
}

impl Desk {
    /// One order.
    ///
    /// # Errors
    /// When there is none, or the table cannot be read.
    pub async fn find(&self, organisation: &OrganisationId, id: &OrderId) -> Result<Order, OrderProblem> {
        let found = self.store.find_order(organisation, id).await.map_err(OrderProblem::Store)?;
        found.ok_or_else(|| OrderProblem::NotFound(id.clone()))
    }

    /// One order, in whichever organisation it is.
    ///
    /// # Errors
    /// When there is none, or the table cannot be read.
    pub async fn find_anywhere(&self, id: &OrderId) -> Result<Order, OrderProblem> {
        for organisation in &self.settings().await?.organisations {
            let found = self.store.find_order(&organisation.id, id).await.map_err(OrderProblem::Store)?;
            if let Some(order) = found {
                return Ok(order);
            }
        }
        Err(OrderProblem::NotFound(id.clone()))
    }

    /// Orders of an organisation, the newest first, a page at a time.
    ///
    /// # Errors
    /// When the organisation is not in the settings, or the table cannot be read.
    pub async fn list(
        &self,
        organisation: &OrganisationId,
        filter: OrderFilter,
        from: Option<&str>,
        limit: u32,
    ) -> Result<Page<Order>, OrderProblem> {
        if self.settings().await?.find(organisation).is_none() {
            return Err(OrderProblem::UnknownOrganisation(organisation.clone()));
        }
        self.store.list_orders(organisation, filter, from, limit).await.map_err(OrderProblem::Store)
    }

    /// Who has to approve an order by the rules of now, and by which rule, counted from 1.
    ///
    /// # Errors
    /// When the settings cannot be read.
    pub async fn needs(&self, order: &Order) -> Result<(Needs, Option<usize>), OrderProblem> {
        Ok(self.settings().await?.orders.needs(order))
    }

    async fn settings(&self) -> Result<Settings, OrderProblem> {
        let settings = self.store.find_settings().await.map_err(OrderProblem::Store)?;
        settings.ok_or(OrderProblem::NoSettings)
    }

    /// Writes an order in its next version, with what the log says of it.
    async fn put(&self, order: &Order, by: &Actor, why: &str) -> Result<(), Failure> {
        let now = self.clock.now();
        let run = RunId::new(now, (self.entropy)());
        self.store.put_order(order, audit(order, by, why, run)).await
    }

    /// Tells whoever places orders that there is something to do. The decision stands even if this fails: the
    /// scheduled follow-up finds it.
    async fn tell(&self, order: &Order) {
        let notice =
            Notice::OrderApproved { organisation: order.organisation.clone(), order: order.id.clone() };
        if let Err(failure) = self.bus.publish(&notice).await {
            warn!(
                order.id = %order.id, error = %failure,
                "nobody could be told of order {}; the scheduled follow-up finds it: {failure}", order.id
            );
        }
    }
}

/// What the audit log says of a change of an order.
pub fn audit(order: &Order, by: &Actor, why: &str, run: RunId) -> AuditDraft {
    AuditDraft {
        at: order.updated,
        actor: if by.id == by.name { by.name.to_string() } else { format!("{} ({})", by.name, by.id) },
        run,
        plan: None,
        subscription: order.subscription.clone(),
        what: format!(
            "order {}: {}; {}, {} each cycle",
            order.id,
            order.state,
            order.summary(),
            order.quote.total
        ),
        why: why.to_owned(),
    }
}

fn is_conflict(failure: &Failure) -> bool {
    failure.kind == FailureKind::Conflict
}

#[cfg(test)]
mod tests;
