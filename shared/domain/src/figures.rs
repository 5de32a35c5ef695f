//! Figures of a day: what an organisation's estate came to, for people who would rather look than read.

use crate::id::OrganisationId;
use crate::money::{Currency, RoundingMode};
use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

mod tally;

pub use tally::Tally;

/// What is charged again and again, brought to one month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Recurring {
    /// Charged in a month, all services together.
    pub revenue: Decimal,
    /// The part of it whose cost is known.
    pub revenue_with_cost: Decimal,
    /// What that part costs in a month.
    pub cost: Decimal,
}

impl Recurring {
    /// What is kept of the part whose cost is known.
    pub fn margin(&self) -> Decimal {
        self.revenue_with_cost - self.cost
    }

    /// The sums at the currency's places, for people: a yearly charge brought to one month has endless digits.
    #[must_use]
    pub fn rounded(&self, currency: Currency) -> Self {
        let round = |sum| RoundingMode::HalfEven.round(sum, currency.decimals());
        Self {
            revenue: round(self.revenue),
            revenue_with_cost: round(self.revenue_with_cost),
            cost: round(self.cost),
        }
    }
}

/// How long something has differed, as it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Age {
    /// Less than a day.
    Day,
    /// Less than a week.
    Week,
    /// Less than thirty days.
    Month,
    /// Longer.
    Older,
}

impl Age {
    /// All of them, the youngest first.
    pub const ALL: [Self; 4] = [Self::Day, Self::Week, Self::Month, Self::Older];

    /// How long ago `since` was at `now`.
    pub fn of(since: Timestamp, now: Timestamp) -> Self {
        let hours = now.duration_since(since).as_hours();
        match hours {
            ..24 => Self::Day,
            24..168 => Self::Week,
            168..720 => Self::Month,
            720.. => Self::Older,
        }
    }

    /// The text form.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Older => "older",
        }
    }

    /// Reads the text form.
    pub fn find(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|age| age.as_str() == text)
    }
}

/// The figures of one organisation on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// Whose.
    pub organisation: OrganisationId,
    /// Of which day, UTC.
    pub day: Date,
    /// When they were counted.
    pub at: Timestamp,
    /// Sync records by the word of their state.
    pub records: BTreeMap<String, u64>,
    /// Parked records by the code of their reason.
    pub parked: BTreeMap<String, u64>,
    /// What is parked or in error, by how long it has been.
    pub drift: BTreeMap<Age, u64>,
    /// What is charged for services that are parked or in error although they run, brought to one month.
    pub at_stake: BTreeMap<Currency, Decimal>,
    /// What is charged in a month.
    pub recurring: BTreeMap<Currency, Recurring>,
}

#[cfg(test)]
mod tests;
