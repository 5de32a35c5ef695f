//! Suppliers' subscriptions become services in billing: lease → observe → plan → brake → apply → report.
//!
//! The function is started by its schedule, by `sync.requested` and by `sync.continued`. An unchanged estate
//! costs page reads and nothing else.

mod apply;
mod change;
mod config;
mod handler;
mod observe;
mod planning;
mod provide;
mod sync;

pub use config::Config;
pub use handler::handle;
pub use sync::sync;

use domain::clock::Clock;
use domain::failure::{Failure, FailureKind};
use domain::id::{OrganisationId, RunId, SystemId};
use domain::ports::{
    BillingTarget, Bus, EffectStore, IndexStore, LeaseStore, LinkStore, PlanStore, RecordStore, RunStore,
    SettingsStore, SubscriptionSource,
};
use domain::run::RunMode;
use jiff::SignedDuration;
use std::sync::Arc;

/// Everything this function keeps.
pub trait Store:
    LeaseStore
    + SettingsStore
    + LinkStore
    + IndexStore
    + RecordStore
    + PlanStore
    + RunStore
    + EffectStore
    + Send
    + Sync
{
}

impl<T> Store for T where
    T: LeaseStore
        + SettingsStore
        + LinkStore
        + IndexStore
        + RecordStore
        + PlanStore
        + RunStore
        + EffectStore
        + Send
        + Sync
{
}

/// How much at once, and how early to stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Calls in flight at each system.
    pub in_flight: usize,
    /// No change is begun when less than this is left.
    pub margin: SignedDuration,
    /// How long a call without answer may still arrive at billing.
    pub quiet: SignedDuration,
    /// How long a run holds its organisation: longer than an invocation can last.
    pub lease: SignedDuration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            in_flight: 4,
            margin: SignedDuration::from_secs(45),
            quiet: SignedDuration::from_mins(15),
            lease: SignedDuration::from_mins(20),
        }
    }
}

/// The adapters, chosen in a `main`.
pub struct Deps<S> {
    /// Where we resell from.
    pub sources: Vec<Arc<dyn SubscriptionSource>>,
    /// Where we bill.
    pub billing: Vec<Arc<dyn BillingTarget>>,
    /// The table.
    pub store: S,
    /// Where notices go.
    pub bus: Arc<dyn Bus>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// A number that is unlikely to come twice.
    pub entropy: fn() -> u64,
    /// How much at once.
    pub limits: Limits,
}

impl<S> Deps<S> {
    fn source(&self, id: &SystemId) -> Result<&dyn SubscriptionSource, Failure> {
        let found = self.sources.iter().find(|source| source.system() == id);
        found.map(AsRef::as_ref).ok_or_else(|| unknown(id))
    }

    fn billing(&self, id: &SystemId) -> Result<&dyn BillingTarget, Failure> {
        let found = self.billing.iter().find(|billing| billing.system() == id);
        found.map(AsRef::as_ref).ok_or_else(|| unknown(id))
    }
}

fn unknown(id: &SystemId) -> Failure {
    Failure::new(FailureKind::Refused, id, "the settings name this connection, but it is not configured")
}

/// What the function is told to do in one organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Begin a run.
    Start {
        /// Of which organisation.
        organisation: OrganisationId,
        /// How.
        mode: RunMode,
        /// Who asked.
        actor: String,
    },
    /// Go on with a run that stopped at a checkpoint.
    Continue {
        /// Of which organisation.
        organisation: OrganisationId,
        /// Which run.
        run: RunId,
        /// Which checkpoint.
        checkpoint: u32,
    },
}

impl Command {
    fn organisation(&self) -> &OrganisationId {
        match self {
            Self::Start { organisation, .. } | Self::Continue { organisation, .. } => organisation,
        }
    }
}

#[cfg(test)]
mod tests;
