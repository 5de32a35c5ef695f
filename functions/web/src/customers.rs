//! Who the suppliers' customers are: their names are asked for rarely and shown often.

use crate::state::Web;
use domain::failure::{Failure, FailureKind};
use domain::id::{OrganisationId, TenantId};
use domain::ports::Tenant;
use domain::settings::Organisation;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Mutex as AsyncMutex;

/// A list is asked for again when it is older than this.
const FRESH: SignedDuration = SignedDuration::from_mins(10);

/// The customers of an organisation, as its supplier stated them.
#[derive(Debug, Clone)]
pub struct Listed {
    /// When they were stated.
    pub at: Timestamp,
    /// In the supplier's order.
    pub tenants: Arc<[Tenant]>,
}

impl Listed {
    /// The name of a tenant.
    pub fn name(&self, id: &TenantId) -> Option<&str> {
        self.tenants.iter().find(|tenant| tenant.id == *id).map(|tenant| tenant.name.as_str())
    }
}

/// The lists of this process.
#[derive(Debug, Default)]
pub struct Customers {
    lists: Mutex<BTreeMap<OrganisationId, Arc<Slot>>>,
}

#[derive(Debug, Default)]
struct Slot {
    known: Mutex<Option<Listed>>,
    /// Held while asking, so that only one does.
    asking: AsyncMutex<()>,
}

impl Slot {
    fn known(&self) -> Option<Listed> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn fresh(&self, now: Timestamp) -> Option<Listed> {
        self.known().filter(|listed| now.duration_since(listed.at) < FRESH)
    }

    fn keep(&self, listed: &Listed) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(listed.clone());
    }
}

impl Customers {
    fn slot(&self, organisation: &OrganisationId) -> Arc<Slot> {
        let mut lists = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        lists.entry(organisation.clone()).or_default().clone()
    }

    /// What is known without asking anybody, however old.
    pub fn known(&self, organisation: &OrganisationId) -> Option<Listed> {
        self.slot(organisation).known()
    }
}

impl Web {
    /// The customers of an organisation, at most ten minutes old. While the supplier does not answer, the
    /// last list stays: its age is stated.
    ///
    /// # Errors
    /// When the supplier cannot be asked and never could.
    pub async fn customers_of(&self, organisation: &Organisation) -> Result<Listed, Failure> {
        let slot = self.customers.slot(&organisation.id);
        if let Some(listed) = slot.fresh(self.clock.now()) {
            return Ok(listed);
        }
        let _asking = slot.asking.lock().await;
        if let Some(listed) = slot.fresh(self.clock.now()) {
            return Ok(listed);
        }
        match self.ask_for_customers(organisation).await {
            Ok(listed) => {
                slot.keep(&listed);
                Ok(listed)
            }
            Err(failure) => {
                let Some(known) = slot.known() else { return Err(failure) };
                tracing::warn!(
                    organisation.id = %organisation.id,
                    "the customers of {} stay as they were, for they cannot be read: {failure}", organisation.id
                );
                Ok(known)
            }
        }
    }

    async fn ask_for_customers(&self, organisation: &Organisation) -> Result<Listed, Failure> {
        let connections = self.connections.current().await?;
        let source = connections.source(&organisation.supplier)?;
        let tenants = self.watched(source.tenants(organisation, self.deadline()).await)?;
        Ok(Listed { at: self.clock.now(), tenants: tenants.into() })
    }

    /// Passes an answer on. Where a system does not take our credentials, they are read again soon.
    ///
    /// # Errors
    /// The failure it was given.
    pub fn watched<T>(&self, answer: Result<T, Failure>) -> Result<T, Failure> {
        if let Err(failure) = &answer
            && failure.kind == FailureKind::Unauthorised
        {
            self.connections.doubt();
        }
        answer
    }
}
