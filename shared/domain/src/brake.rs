//! The brake: a plan that would touch more than the configured number, share or amount waits for a person.

use crate::money::Currency;
use crate::plan::{Change, Plan};
use crate::service::{ServiceState, ServiceStatus};
use crate::settings::Brake;
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::fmt;

/// What a plan would touch, counted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reach {
    /// Subscriptions whose service would change.
    pub changes: u32,
    /// Services that would be created.
    pub created: u32,
    /// Services that would cost less, be suspended or end.
    pub reduced: u32,
    /// By how much the sum charged each cycle would change, by currency. Suspension counts as nothing charged.
    pub amounts: BTreeMap<Currency, Decimal>,
}

impl Reach {
    /// Counts a plan.
    pub fn of(plan: &Plan) -> Self {
        let mut reach = Self::default();
        for line in plan.lines() {
            let Some(Change { from, to, .. }) = line.change() else {
                continue;
            };
            reach.changes += 1;
            reach.created += u32::from(from.is_none());
            let (before, after) = (from.as_ref().map_or(Decimal::ZERO, charged), charged(to));
            reach.reduced += u32::from(after < before);
            let sum = reach.amounts.entry(to.amount.currency).or_default();
            *sum += after - before;
        }
        reach
    }
}

fn charged(state: &ServiceState) -> Decimal {
    if state.status == ServiceStatus::Active { state.amount.amount } else { Decimal::ZERO }
}

/// Why a plan waits for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tripped {
    /// Too many changes.
    Changes {
        /// In the plan.
        planned: u32,
        /// Allowed.
        limit: u32,
    },
    /// Too large a share reduced.
    Reduced {
        /// In the plan.
        planned: u32,
        /// Of how many known subscriptions.
        known: u64,
        /// Allowed, in percent.
        limit: Decimal,
    },
    /// Too much money.
    Amount {
        /// In the plan.
        planned: Decimal,
        /// Of which currency.
        currency: Currency,
        /// Allowed.
        limit: Decimal,
    },
}

impl fmt::Display for Tripped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changes { planned, limit } => {
                write!(f, "{planned} changes, more than the {limit} allowed without approval")
            }
            Self::Reduced { planned, known, limit } => write!(
                f,
                "{planned} of {known} known subscriptions would be reduced, suspended or ended, more than {} %",
                limit.normalize()
            ),
            Self::Amount { planned, currency, limit } => {
                write!(f, "the sum charged would change by {planned} {currency}, more than {limit}")
            }
        }
    }
}

impl Brake {
    /// Everything that makes this plan wait, among `known` subscriptions; empty lets it pass.
    pub fn check(&self, reach: &Reach, known: u64) -> Vec<Tripped> {
        let mut tripped = Vec::new();
        if reach.changes > self.max_changes {
            tripped.push(Tripped::Changes { planned: reach.changes, limit: self.max_changes });
        }
        let share_limit = Decimal::from(known) * self.max_reduced_percent / Decimal::ONE_HUNDRED;
        if reach.reduced >= self.min_reduced.max(1) && Decimal::from(reach.reduced) > share_limit {
            let limit = self.max_reduced_percent;
            tripped.push(Tripped::Reduced { planned: reach.reduced, known, limit });
        }
        for (currency, amount) in &reach.amounts {
            if let Some(limit) = self.max_amount.filter(|limit| amount.abs() > *limit) {
                tripped.push(Tripped::Amount { planned: *amount, currency: *currency, limit });
            }
        }
        tripped
    }
}

#[cfg(test)]
mod tests;
