//! Texts and numbers out of raw JSON.

use rust_decimal::Decimal;
use std::borrow::Cow;

/// A JSON string's content; nothing if it is another kind of value or not Unicode.
pub(crate) fn text(raw: &str) -> Option<Cow<'_, str>> {
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    if inner.contains('\\') {
        return serde_json::from_str(raw).ok().map(Cow::Owned);
    }
    Some(Cow::Borrowed(inner))
}

/// A string's content or a number as written: ids and enumerations come as either.
pub(crate) fn text_or_number(raw: &str) -> Option<Cow<'_, str>> {
    let starts_number = |c: char| c == '-' || c.is_ascii_digit();
    if raw.starts_with(starts_number) {
        return Some(Cow::Borrowed(raw));
    }
    text(raw)
}

/// A number, exactly.
pub(crate) fn number(raw: &str) -> Option<Decimal> {
    connector_kit::decimal(&text_or_number(raw)?)
}
