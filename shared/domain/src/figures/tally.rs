//! Adds up an organisation's sync records, one after the other, to the figures of a day.

use super::{Age, Figures, Recurring};
use crate::id::OrganisationId;
use crate::money::{Currency, Money, MoneyError};
use crate::record::{SyncRecord, SyncState};
use crate::service::{ServiceState, ServiceStatus};
use jiff::Timestamp;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// What is charged at one rhythm: of which currency, and every how many months.
type Rhythm = (Currency, u32);

/// Figures in the making. Sums are kept by rhythm and divided once at the end, so that nothing is lost by
/// dividing each amount.
#[derive(Debug, Clone)]
pub struct Tally {
    at: Timestamp,
    records: BTreeMap<String, u64>,
    parked: BTreeMap<String, u64>,
    drift: BTreeMap<Age, u64>,
    at_stake: BTreeMap<Rhythm, Decimal>,
    charged: BTreeMap<Rhythm, Recurring>,
}

impl Tally {
    /// Nothing counted yet, at this moment.
    pub fn new(at: Timestamp) -> Self {
        Self {
            at,
            records: BTreeMap::new(),
            parked: BTreeMap::new(),
            drift: BTreeMap::new(),
            at_stake: BTreeMap::new(),
            charged: BTreeMap::new(),
        }
    }

    /// Counts one record. What is charged once only, or in a cycle nobody knows, is no recurring sum.
    ///
    /// # Errors
    /// When a sum is beyond 28 digits; the tally is then good for nothing.
    pub fn add(&mut self, record: &SyncRecord) -> Result<(), MoneyError> {
        *self.records.entry(record.state.word().to_owned()).or_default() += 1;
        let drifts_since = match &record.state {
            SyncState::Parked { reason, .. } => {
                *self.parked.entry(reason.code().to_owned()).or_default() += 1;
                Some(record.updated)
            }
            SyncState::Error { since, .. } => Some(*since),
            SyncState::Pending(_) | SyncState::Synced | SyncState::Ended => None,
        };
        if let Some(since) = drifts_since {
            *self.drift.entry(Age::of(since, self.at)).or_default() += 1;
        }
        let Some((charged, months)) = charged(record) else { return Ok(()) };
        let amount = charged.amount;
        let rhythm = (amount.currency, months);
        if drifts_since.is_some() {
            add_to(self.at_stake.entry(rhythm).or_default(), amount.amount)?;
        }
        let sums = self.charged.entry(rhythm).or_default();
        add_to(&mut sums.revenue, amount.amount)?;
        if let Some(cost) = cost(record, charged)? {
            add_to(&mut sums.revenue_with_cost, amount.amount)?;
            add_to(&mut sums.cost, cost.amount)?;
        }
        Ok(())
    }

    /// The figures of everything that was counted, for the day on which it was.
    ///
    /// # Errors
    /// When a sum is beyond 28 digits.
    pub fn finish(self, organisation: OrganisationId) -> Result<Figures, MoneyError> {
        let mut at_stake = BTreeMap::new();
        for ((currency, months), sum) in self.at_stake {
            add_to(at_stake.entry(currency).or_default(), a_month(sum, months))?;
        }
        let mut recurring: BTreeMap<Currency, Recurring> = BTreeMap::new();
        for ((currency, months), sums) in self.charged {
            let all = recurring.entry(currency).or_default();
            add_to(&mut all.revenue, a_month(sums.revenue, months))?;
            add_to(&mut all.revenue_with_cost, a_month(sums.revenue_with_cost, months))?;
            add_to(&mut all.cost, a_month(sums.cost, months))?;
        }
        Ok(Figures {
            organisation,
            day: self.at.to_zoned(jiff::tz::TimeZone::UTC).date(),
            at: self.at,
            records: self.records,
            parked: self.parked,
            drift: self.drift,
            at_stake,
            recurring,
        })
    }
}

/// What a service that runs is charged, and every how many months.
fn charged(record: &SyncRecord) -> Option<(&ServiceState, u32)> {
    let applied = record.applied.as_ref().filter(|applied| applied.status == ServiceStatus::Active)?;
    Some((applied, applied.cycle.months()?))
}

/// What all seats of a service cost in a cycle, where that is known in the currency of what is charged.
fn cost(record: &SyncRecord, charged: &ServiceState) -> Result<Option<Money>, MoneyError> {
    let cost = record.price.as_ref().and_then(|price| price.cost);
    let cost = cost.filter(|cost| cost.currency == charged.amount.currency);
    cost.map(|cost| cost.times(charged.quantity)).transpose()
}

fn add_to(sum: &mut Decimal, amount: Decimal) -> Result<(), MoneyError> {
    *sum = sum.checked_add(amount).ok_or(MoneyError::TooLarge)?;
    Ok(())
}

/// `months` is never 0: a cycle has months or none are known.
fn a_month(sum: Decimal, months: u32) -> Decimal {
    sum.checked_div(Decimal::from(months)).unwrap_or_default()
}
