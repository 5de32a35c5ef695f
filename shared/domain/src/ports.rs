//! What the use cases need from outside. One narrow trait per need.

use crate::failure::Failure;

mod access;
mod billing;
mod bus;
mod identity;
mod orders;
mod storage;
mod supplier;

pub use access::{AccessStore, AnswerStore, Asked, KeptAnswer};
pub use billing::{BillingClient, BillingProduct, BillingTarget};
pub use bus::{Bus, Notice};
pub use identity::{Identity, IdentityProvider, VariableSource};
pub use orders::{
    CatalogueSource, CustomerAgreement, FiguresStore, OrderFilter, OrderStore, OrderTarget,
    PersonalCredentials, PersonalSecrets, Purchase, Purchased, ScheduledPurchase,
};
pub use storage::{
    AuditStore, EffectStore, IndexChange, IndexStore, LeaseStore, LinkStore, Page, PlanStore, RecordStore,
    RunStore, SettingsStore,
};
pub use supplier::{SubscriptionPage, SubscriptionSource, Tenant, UnreadableRow};

/// One thing that `check` tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// What was tried, for example `sign in`.
    pub what: String,
    /// `Ok` with a detail worth showing, or what went wrong and the cure.
    pub outcome: Result<String, (Failure, String)>,
}
