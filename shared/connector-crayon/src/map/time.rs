//! Days out of timestamps. Three styles coexist (offset, `Z`, no zone), with or without a fraction, and one
//! sample has a space for the `T`.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// A text is no timestamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoTimestamp;

/// The day of a timestamp in UTC; without a zone it is taken as UTC. Year 1 means never set and year 9999 open
/// ended: both are nothing.
pub(super) fn day(text: &str) -> Result<Option<Date>, NoTimestamp> {
    if text.starts_with("0001-") || text.starts_with("9999-") {
        return Ok(None);
    }
    let time = text.get(10..).unwrap_or_default();
    let zoned = time.ends_with(['Z', 'z']) || time.contains(['+', '-']);
    let day = if zoned {
        let moment: Timestamp = text.parse().map_err(|_| NoTimestamp)?;
        TimeZone::UTC.to_datetime(moment).date()
    } else {
        let local: DateTime = text.parse().map_err(|_| NoTimestamp)?;
        local.date()
    };
    Ok(Some(day))
}

#[cfg(test)]
mod tests;
