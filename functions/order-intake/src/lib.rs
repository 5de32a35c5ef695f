//! Orders: accepted over HTTP, placed at the supplier once they are approved, followed until they are billed and
//! active.
//!
//! What leaves the house is what the supplier is told, and all of it goes through the effect journal. Billing is
//! the sync's: once a subscription is known, a run of it is asked for and its record is read.

mod advance;
mod billing;
mod buy;
mod call_off;
mod config;
mod deliver;
mod follow;
mod handler;
mod notes;
mod place;
mod routes;
mod seats;
mod withdraw;
mod work;

pub use config::Config;
pub use handler::{OrderIntake, handle};
pub use routes::{openapi, router, routes};

use connections::Keeper;
use domain::clock::Clock;
use domain::ports::{AnswerStore, Bus, EffectStore, LeaseStore, PersonalSecrets, RunStore};
use http_kit::Access;
use jiff::SignedDuration;
use orders::{Desk, DeskStore};
use std::sync::Arc;
use std::time::Duration;

/// Everything this function keeps.
pub trait Store: DeskStore + LeaseStore + EffectStore + RunStore + AnswerStore {}

impl<T: DeskStore + LeaseStore + EffectStore + RunStore + AnswerStore> Store for T {}

/// How long to wait for whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// How long a purchase without answer may still arrive at the supplier.
    pub quiet: SignedDuration,
    /// How long one order may keep its organisation's other orders waiting: longer than an invocation can last.
    pub lease: SignedDuration,
    /// Nothing is begun when less than this is left.
    pub margin: SignedDuration,
    /// No further order is sent when less than this is left: a supplier may take so long to answer.
    pub sending: SignedDuration,
    /// The pauses between looking for what was bought, within one invocation.
    pub waits: Vec<Duration>,
    /// How long a supplier may take to deliver what it has taken.
    pub patience: SignedDuration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            quiet: SignedDuration::from_mins(15),
            lease: SignedDuration::from_mins(3),
            margin: SignedDuration::from_secs(20),
            sending: SignedDuration::from_secs(100),
            waits: [1, 2, 5, 10].map(Duration::from_secs).to_vec(),
            patience: SignedDuration::from_mins(30),
        }
    }
}

/// The adapters, chosen in a `main`.
pub struct Deps {
    /// The table.
    pub store: Arc<dyn Store>,
    /// Where notices go.
    pub bus: Arc<dyn Bus>,
    /// The suppliers and billings of now.
    pub connections: Arc<Keeper>,
    /// People's own sign-ins at a supplier, where they are kept.
    pub personal: Option<Arc<dyn PersonalSecrets>>,
    /// Who may come in over HTTP.
    pub access: Access,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// A number that is unlikely to come twice.
    pub entropy: fn() -> u64,
    /// How long to wait for whom.
    pub limits: Limits,
}

impl Deps {
    /// Where orders are taken and decided.
    pub fn desk(&self) -> Desk {
        Desk {
            store: self.store.clone(),
            bus: self.bus.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy,
        }
    }
}
