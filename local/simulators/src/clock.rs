//! Virtual time: moments to the millisecond and a clock that moves only when told.

use std::num::NonZeroI64;

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Span, ToSpan as _};

const DAY_MS: i64 = 86_400_000;

/// A moment in UTC, to the millisecond; an `Option` of it takes eight bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(NonZeroI64);

impl Moment {
    /// Crayon's "open ended": 9999-12-31 (*documented*, crayon §2.4).
    pub const FOREVER: Moment = Moment::from_millis(253_402_214_400_000);
    /// Crayon's "never set": 0001-01-01 (*documented*, crayon §2.4).
    pub const NEVER: Moment = Moment::from_millis(-62_135_596_800_000);

    /// Milliseconds since 1970; zero itself becomes one.
    pub const fn from_millis(millis: i64) -> Self {
        match NonZeroI64::new(if millis == 0 { 1 } else { millis }) {
            Some(value) => Self(value),
            None => Self(NonZeroI64::MAX),
        }
    }

    /// Midnight of a day; a day that does not exist becomes [`Moment::NEVER`].
    pub fn ymd(year: i16, month: i8, day: i8) -> Self {
        Date::new(year, month, day).map_or(Self::NEVER, |date| Self::from_civil(date.at(0, 0, 0, 0)))
    }

    /// Milliseconds since 1970.
    pub const fn millis(self) -> i64 {
        self.0.get()
    }

    /// Whole seconds since 1970.
    pub const fn seconds(self) -> i64 {
        self.0.get().div_euclid(1000)
    }

    /// Reads RFC 3339, zone-less, space-separated and date-only forms, as Crayon is said to accept
    /// (*documented*, crayon §2.4 and §2.5).
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(stamp) = text.parse::<jiff::Timestamp>() {
            return Some(Self::from_millis(stamp.as_millisecond()));
        }
        let plain = text.strip_suffix('Z').or_else(|| text.strip_suffix("+00:00")).unwrap_or(text);
        if let Ok(civil) = plain.parse::<DateTime>() {
            return Some(Self::from_civil(civil));
        }
        plain.parse::<Date>().ok().map(|date| Self::from_civil(date.at(0, 0, 0, 0)))
    }

    /// The same moment as calendar fields.
    pub fn civil(self) -> DateTime {
        epoch().checked_add(SignedDuration::from_millis(self.millis())).unwrap_or(DateTime::MAX)
    }

    /// Whole days later (or earlier).
    #[must_use]
    pub const fn plus_days(self, days: i64) -> Self {
        Self::from_millis(self.millis() + days * DAY_MS)
    }

    /// Seconds later (or earlier).
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self::from_millis(self.millis() + seconds * 1000)
    }

    /// Calendar months later (or earlier); the day is kept or brought back to the month's last.
    #[must_use]
    pub fn plus_months(self, months: i32) -> Self {
        let span: Span = months.months();
        self.civil().checked_add(span).map_or(Self::FOREVER, Self::from_civil)
    }

    /// Midnight of the same day.
    #[must_use]
    pub const fn midnight(self) -> Self {
        Self::from_millis(self.millis().div_euclid(DAY_MS) * DAY_MS)
    }

    /// `YYYY-MM-DD`.
    pub fn date_text(self) -> String {
        self.civil().date().to_string()
    }

    /// `YYYY-MM-DD HH:MM:SS`.
    pub fn date_time_text(self) -> String {
        let at = self.civil();
        format!("{} {:02}:{:02}:{:02}", at.date(), at.hour(), at.minute(), at.second())
    }

    fn from_civil(civil: DateTime) -> Self {
        let since = civil.duration_since(epoch());
        Self::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

fn epoch() -> DateTime {
    DateTime::constant(1970, 1, 1, 0, 0, 0, 0)
}

/// A clock that stands still until a test or the control face moves it.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    now: Moment,
}

impl Default for Clock {
    /// 2026-03-02T08:00:00Z, a Monday.
    fn default() -> Self {
        Self { now: Moment::ymd(2026, 3, 2).plus_seconds(8 * 3600) }
    }
}

impl Clock {
    /// A clock showing this moment.
    pub const fn at(now: Moment) -> Self {
        Self { now }
    }

    /// What the clock shows.
    pub const fn now(self) -> Moment {
        self.now
    }

    /// Moves the hands without any consequence; the models' `advance_to` applies what falls due.
    pub fn set(&mut self, now: Moment) {
        self.now = now;
    }
}

#[cfg(test)]
mod tests;
