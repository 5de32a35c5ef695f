//! Suppliers' subscriptions become services in billing: lease → observe → plan → brake → apply → report.
//!
//! The function is started by its schedule, by `sync.requested` and by `sync.continued`. An unchanged estate
//! costs page reads and nothing else; once a day all records are counted into the day's figures. A run may be
//! about one order only: then it looks at what that order bought, and bills it as approved.

mod apply;
mod begin;
mod change;
mod config;
mod count;
mod handler;
mod observe;
mod order;
mod planning;
mod provide;
mod sync;

pub use config::Config;
pub use handler::handle;
pub use sync::sync;

use connections::Keeper;
use domain::clock::Clock;
use domain::id::{OrganisationId, RunId};
use domain::ports::{
    Bus, EffectStore, FiguresStore, IndexStore, LeaseStore, LinkStore, OrderStore, PlanStore, RecordStore,
    RunStore, SettingsStore,
};
use domain::run::RunMode;
use jiff::SignedDuration;
use std::sync::Arc;

/// Everything this function keeps.
pub trait Store:
    LeaseStore
    + SettingsStore
    + LinkStore
    + OrderStore
    + IndexStore
    + RecordStore
    + PlanStore
    + RunStore
    + EffectStore
    + FiguresStore
    + Send
    + Sync
{
}

impl<T> Store for T where
    T: LeaseStore
        + SettingsStore
        + LinkStore
        + OrderStore
        + IndexStore
        + RecordStore
        + PlanStore
        + RunStore
        + EffectStore
        + FiguresStore
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
    /// Where we resell from and where we bill, with the credentials of now.
    pub connections: Arc<Keeper>,
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
        /// The number that whoever asked was told to find the report under; nothing gives it one of its own.
        run: Option<RunId>,
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

    fn is_asked_for(&self) -> bool {
        matches!(self, Self::Start { run: Some(_), .. })
    }
}

#[cfg(test)]
mod tests;
