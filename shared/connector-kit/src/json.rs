//! Numbers out of JSON, exactly. `serde_json` hands a fraction to a visitor as a binary float; the raw text
//! is read instead.

use rust_decimal::Decimal;
use serde::de::{Deserialize, Deserializer, Error};
use serde_json::value::RawValue;

/// A decimal from its JSON number or from plain text: `12.50`, `-3`, `1E-7`. Nothing if it is not a number or
/// has more digits than can be kept exactly (28).
pub fn decimal(text: &str) -> Option<Decimal> {
    let Some((digits, exponent)) = text.split_once(['e', 'E']) else {
        return Decimal::from_str_exact(text).ok();
    };
    let digits = Decimal::from_str_exact(digits).ok()?;
    let exponent: i32 = exponent.parse().ok()?;
    if digits.is_zero() {
        return Some(digits);
    }
    let places = i32::try_from(digits.scale()).ok()?.checked_sub(exponent)?;
    if let Ok(places) = u32::try_from(places) {
        return Decimal::try_from_i128_with_scale(digits.mantissa(), places).ok();
    }
    let factor = 10_i128.checked_pow(places.unsigned_abs())?;
    Decimal::try_from_i128_with_scale(digits.mantissa().checked_mul(factor)?, 0).ok()
}

/// A decimal in a JSON body, written as a number or as text. Can only be read straight from JSON text, which
/// is what keeps it exact; inside `#[serde(flatten)]` or an untagged enum it fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JsonDecimal(pub Decimal);

impl<'de> Deserialize<'de> for JsonDecimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        let text = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(raw);
        decimal(text.trim()).map(Self).ok_or_else(|| D::Error::custom("not a decimal number"))
    }
}

#[cfg(test)]
mod tests;
