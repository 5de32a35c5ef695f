//! Wire → domain. Every surprise names its field and repeats nothing of the value.

mod cycle;
mod status;
mod subscription;
mod tenant;
mod time;

pub use cycle::{NoSuchCycle, OrderCycle, SubscriptionCycle};
pub use status::StatusFlags;
pub(crate) use subscription::{DETAILED, details, row};
pub(crate) use tenant::{DETAILED_TENANT, TENANT, detailed_tenant, tenant};

#[cfg(test)]
mod tests;
