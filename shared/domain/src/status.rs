//! Which state of a subscription means which state of its service. The table is data; every row has a test.

use crate::service::ServiceStatus;
use crate::subscription::SupplierStatus;
use jiff::ToSpan as _;
use jiff::civil::Date;

/// What a supplier's state asks of billing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusRule {
    /// The service is in this state.
    Is(ServiceStatus),
    /// Nothing is billed until the supplier says more.
    Waits,
    /// The service ends, after the grace the policy gives.
    Ends,
    /// Nobody has said what this means: a person decides.
    Parked,
}

/// The table.
pub fn rule_for(status: &SupplierStatus) -> StatusRule {
    match status {
        SupplierStatus::Active => StatusRule::Is(ServiceStatus::Active),
        SupplierStatus::Suspended => StatusRule::Is(ServiceStatus::Suspended),
        SupplierStatus::Pending => StatusRule::Waits,
        SupplierStatus::Cancelled
        | SupplierStatus::Expired
        | SupplierStatus::Deleted
        | SupplierStatus::Converted => StatusRule::Ends,
        SupplierStatus::Unknown(_) => StatusRule::Parked,
    }
}

/// What happens to a service between the end of its subscription and its termination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GracePolicy {
    /// Whole days between the first sight of the end and termination; 0 terminates at once.
    pub days: u16,
    /// Whether the service is suspended while it waits (otherwise it stays as it is).
    pub suspend: bool,
}

impl Default for GracePolicy {
    fn default() -> Self {
        Self { days: 30, suspend: true }
    }
}

impl GracePolicy {
    /// The state of a service whose subscription was first seen ended on `ended_on`.
    pub fn state_on(self, today: Date, ended_on: Date, before: ServiceStatus) -> ServiceStatus {
        if self.is_over(today, ended_on) || before == ServiceStatus::Terminated {
            ServiceStatus::Terminated
        } else if self.suspend {
            ServiceStatus::Suspended
        } else {
            before
        }
    }

    /// Whether the waiting is over on a day.
    pub fn is_over(self, today: Date, ended_on: Date) -> bool {
        ended_on.checked_add(i64::from(self.days).days()).is_ok_and(|end| today >= end)
    }
}

#[cfg(test)]
mod tests;
