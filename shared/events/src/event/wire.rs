//! The details exactly as they are published. Fields a reader does not know are passed over.

use serde::{Deserialize, Serialize};

/// `sync.requested`: someone wants a run.
#[derive(Serialize, Deserialize)]
pub(super) struct SyncRequested {
    pub(super) version: u32,
    pub(super) organisation: String,
    /// `sync`, `dry-run`, `apply` or `order`.
    pub(super) mode: String,
    /// With `apply` and only then: the hash of the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) plan: Option<String>,
    pub(super) actor: String,
    /// The id the run is to have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) run: Option<String>,
    /// With `order` and only then: which order is to be billed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) order: Option<Ordered>,
}

/// What an order bought, as `sync.requested` says it.
#[derive(Serialize, Deserialize)]
pub(super) struct Ordered {
    pub(super) order: String,
    pub(super) subscription: String,
    /// An amount and a currency: `39.36 EUR`.
    pub(super) approved: String,
}

/// `order.approved`: an order is to be placed, or followed up.
#[derive(Serialize, Deserialize)]
pub(super) struct OrderApproved {
    pub(super) version: u32,
    pub(super) organisation: String,
    pub(super) order: String,
}

/// `sync.continued`: a run stopped before its time ran out.
#[derive(Serialize, Deserialize)]
pub(super) struct SyncContinued {
    pub(super) version: u32,
    pub(super) organisation: String,
    pub(super) run: String,
    /// Counted from 1.
    pub(super) checkpoint: u32,
}

/// `sync.finished`: a run ended.
#[derive(Serialize, Deserialize)]
pub(super) struct SyncFinished {
    pub(super) version: u32,
    pub(super) organisation: String,
    pub(super) run: String,
    /// The word for how it stands.
    pub(super) state: String,
}
