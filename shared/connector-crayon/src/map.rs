//! Wire → domain. Every surprise names its field and repeats nothing of the value.

mod cycle;
mod line;
mod order;
mod status;
mod subscription;
mod tenant;
mod time;

pub use cycle::{NoSuchCycle, OrderCycle, SubscriptionCycle};
pub(crate) use line::{LINE, Line, line};
pub(crate) use order::{
    AGREEMENT, PLACED, Placed, SCHEDULED, is_accepted, placed, scheduled, subscription_id,
};
pub use status::StatusFlags;
pub(crate) use subscription::{DETAILED, Odd, details, row};
pub(crate) use tenant::{DETAILED_TENANT, TENANT, detailed_tenant, tenant};

#[cfg(test)]
mod tests;
