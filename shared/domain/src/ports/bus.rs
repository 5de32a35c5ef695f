//! What functions tell each other.

use crate::failure::Failure;
use crate::id::{OrderId, OrganisationId, RunId};
use async_trait::async_trait;

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
        /// The id the run is to have, where somebody was already told where its report will be.
        run: Option<RunId>,
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
    /// An order was approved, or has something left to be done: place it, or follow it up.
    OrderApproved {
        /// Of which organisation.
        organisation: OrganisationId,
        /// Which order.
        order: OrderId,
    },
}

/// Publishes notices.
#[async_trait]
pub trait Bus: Send + Sync {
    /// Publishes at least once, or fails.
    async fn publish(&self, notice: &Notice) -> Result<(), Failure>;
}
