//! What callers send: query strings and JSON bodies, names in any case (crayon §2.3, §2.5, *observed*).

use rust_decimal::Decimal;
use serde_json::Value;

use super::words::Status;
use crate::clock::Moment;
use crate::http::{Request, form_pairs};

/// A query string, names compared without case.
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(crate) fn of(text: &str) -> Self {
        Self(form_pairs(text))
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        let named = self.0.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// All values of a repeated name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self.0.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str())
    }

    /// A number; 0 means "no filter" (*observed*, crayon §2.5).
    pub(crate) fn id(&self, name: &str) -> Option<u32> {
        self.text(name).and_then(|text| text.parse().ok()).filter(|id| *id != 0)
    }

    pub(crate) fn size(&self, name: &str) -> Option<usize> {
        self.text(name).and_then(|text| text.parse().ok()).filter(|size| *size != 0)
    }

    /// Sum of flags, each a number or a name, repeated or separated by commas.
    pub(crate) fn statuses(&self) -> Option<Status> {
        let words = self.all("Statuses").flat_map(|value| value.split(','));
        let flags =
            words.filter_map(|word| word.trim().parse().ok().or(Status::named(word.trim()).map(|s| s.0)));
        Some(Status(flags.fold(0, |sum, flag| sum | flag))).filter(|status| status.0 != 0)
    }

    /// An enumeration given as number or name.
    pub(crate) fn word(&self, name: &str, words: &[&str]) -> Option<usize> {
        let text = self.text(name)?;
        text.parse().ok().or_else(|| words.iter().position(|word| word.eq_ignore_ascii_case(text)))
    }
}

/// A JSON value whose members are found without case.
#[derive(Clone, Copy)]
pub(crate) struct Input<'a>(Option<&'a Value>);

/// The body of a request; what is not JSON is nothing.
pub(crate) fn body(request: &Request) -> Value {
    let bytes = request.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&request.body);
    serde_json::from_slice(bytes).unwrap_or(Value::Null)
}

impl<'a> Input<'a> {
    pub(crate) fn of(value: &'a Value) -> Self {
        Self(Some(value))
    }

    pub(crate) fn get(self, name: &str) -> Input<'a> {
        let map = self.0.and_then(Value::as_object);
        Input(map.and_then(|map| {
            map.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
        }))
    }

    /// Missing and null are the same.
    pub(crate) fn is_missing(self) -> bool {
        self.0.is_none_or(Value::is_null)
    }

    pub(crate) fn is_object(self) -> bool {
        self.0.is_some_and(Value::is_object)
    }

    pub(crate) fn text(self) -> Option<&'a str> {
        self.0.and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    pub(crate) fn owned(self) -> Option<String> {
        self.text().map(str::to_owned)
    }

    /// A whole number, also when written `25.0` or as text.
    pub(crate) fn number(self) -> Option<i64> {
        let value = self.0?;
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let decimal: Decimal = text.trim().parse().ok()?;
        decimal
            .is_integer()
            .then(|| decimal.normalize().mantissa())
            .and_then(|whole| i64::try_from(whole).ok())
    }

    pub(crate) fn id(self) -> Option<u32> {
        self.number().and_then(|number| u32::try_from(number).ok())
    }

    pub(crate) fn flag(self) -> Option<bool> {
        self.0.and_then(Value::as_bool)
    }

    pub(crate) fn moment(self) -> Option<Moment> {
        self.text().and_then(Moment::parse)
    }

    /// Elements of an array; a lone value is an array of one.
    pub(crate) fn list(self) -> Vec<&'a str> {
        let Some(value) = self.0 else { return Vec::new() };
        match value.as_array() {
            Some(items) => items.iter().filter_map(Value::as_str).collect(),
            None => value.as_str().into_iter().collect(),
        }
    }

    /// Whole numbers of an array.
    pub(crate) fn numbers(self) -> Vec<i64> {
        let items = self.0.and_then(Value::as_array);
        items.into_iter().flatten().filter_map(|item| Input(Some(item)).number()).collect()
    }
}
