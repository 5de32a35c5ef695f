//! Writing and reading the attributes of an item.

use crate::error::malformed;
use crate::keys::{Key, PK, SK};
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::access::SecretHash;
use domain::failure::Failure;
use jiff::Timestamp;
use std::collections::HashMap;
use std::fmt::Display;
use std::str::FromStr;

pub(crate) type Item = HashMap<String, AttributeValue>;

/// The number every item carries, for the day when an item looks different.
pub(crate) const SCHEMA: u32 = 1;

pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(crate) fn number(value: impl Display) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

pub(crate) fn binary(value: &[u8]) -> AttributeValue {
    AttributeValue::B(Blob::new(value))
}

/// An item in the making.
pub(crate) struct Fields(Item);

impl Fields {
    pub(crate) fn at(key: Key) -> Self {
        let mut item = key.into_item();
        item.insert("schema".into(), number(SCHEMA));
        Self(item)
    }

    /// A map within an item.
    pub(crate) fn part() -> Self {
        Self(Item::new())
    }

    pub(crate) fn set(mut self, name: &str, value: AttributeValue) -> Self {
        self.0.insert(name.to_owned(), value);
        self
    }

    pub(crate) fn text(self, name: &str, value: impl Display) -> Self {
        self.set(name, text(value.to_string()))
    }

    pub(crate) fn number(self, name: &str, value: impl Display) -> Self {
        self.set(name, number(value))
    }

    pub(crate) fn maybe(self, name: &str, value: Option<impl Display>) -> Self {
        match value {
            Some(value) => self.text(name, value),
            None => self,
        }
    }

    pub(crate) fn texts(self, name: &str, values: &[String]) -> Self {
        let values = values.iter().map(text).collect();
        self.set(name, AttributeValue::L(values))
    }

    pub(crate) fn map(self, name: &str, values: impl IntoIterator<Item = (String, AttributeValue)>) -> Self {
        self.set(name, AttributeValue::M(values.into_iter().collect()))
    }

    pub(crate) fn flag(self, name: &str, value: bool) -> Self {
        self.set(name, AttributeValue::Bool(value))
    }

    pub(crate) fn binary(self, name: &str, value: &[u8]) -> Self {
        self.set(name, binary(value))
    }

    /// A map within the item, where there is one.
    pub(crate) fn inside(self, name: &str, part: Option<Self>) -> Self {
        match part {
            Some(part) => self.set(name, AttributeValue::M(part.0)),
            None => self,
        }
    }

    /// A list of maps within the item.
    pub(crate) fn each_inside(self, name: &str, parts: impl IntoIterator<Item = Self>) -> Self {
        let parts = parts.into_iter().map(|part| AttributeValue::M(part.0)).collect();
        self.set(name, AttributeValue::L(parts))
    }

    /// When the item may be removed. DynamoDB does it within days: whoever reads it checks the time as well.
    pub(crate) fn until(self, moment: Timestamp) -> Self {
        let up = i64::from(moment.subsec_nanosecond() > 0);
        self.number("ttl", moment.as_second().saturating_add(up))
    }

    pub(crate) fn finish(self) -> Item {
        self.0
    }
}

/// An item as it was read, or a map within it. Whatever is not as it was written is a failure that names the
/// item and the attribute.
#[derive(Clone, Copy)]
pub(crate) struct Read<'a> {
    here: &'a Item,
    whole: &'a Item,
    at: &'static str,
}

impl<'a> Read<'a> {
    /// Refuses items that a later version of this program wrote.
    pub(crate) fn new(item: &'a Item) -> Result<Self, Failure> {
        let this = Self { here: item, whole: item, at: "" };
        let schema: u32 = this.number("schema")?;
        if schema > SCHEMA {
            let what =
                format!("{this} has schema {schema}, and this version reads up to {SCHEMA}: update it");
            return Err(malformed(what));
        }
        Ok(this)
    }

    /// A map within the item that may be left out.
    pub(crate) fn find_inside(self, name: &'static str) -> Result<Option<Self>, Failure> {
        self.here.get(name).map(|value| self.inside(name, value)).transpose()
    }

    /// A map within the item.
    pub(crate) fn get_inside(self, name: &'static str) -> Result<Self, Failure> {
        self.find_inside(name)?.ok_or_else(|| self.wrong(name, "is missing"))
    }

    /// The maps of a list; nothing is an empty list.
    pub(crate) fn each_inside(self, name: &'static str) -> Result<Vec<Self>, Failure> {
        match self.here.get(name) {
            None => Ok(Vec::new()),
            Some(AttributeValue::L(list)) => list.iter().map(|value| self.inside(name, value)).collect(),
            Some(_) => Err(self.wrong(name, "is not a list")),
        }
    }

    /// This value, which is called `name`, as a map to read.
    pub(crate) fn inside(self, name: &'static str, value: &'a AttributeValue) -> Result<Self, Failure> {
        let here = value.as_m().map_err(|_| self.wrong(name, "is not a map"))?;
        Ok(Self { here, whole: self.whole, at: name })
    }

    pub(crate) fn find(self, name: &str) -> Option<&'a str> {
        self.here.get(name).and_then(|value| value.as_s().ok()).map(String::as_str)
    }

    pub(crate) fn get(self, name: &str) -> Result<&'a str, Failure> {
        self.find(name).ok_or_else(|| self.wrong(name, "is missing"))
    }

    pub(crate) fn parsed<T: FromStr<Err: Display>>(self, name: &str) -> Result<T, Failure> {
        let text = self.get(name)?;
        text.parse().map_err(|error| self.wrong(name, error))
    }

    pub(crate) fn maybe<T: FromStr<Err: Display>>(self, name: &str) -> Result<Option<T>, Failure> {
        self.find(name).map(|_| self.parsed(name)).transpose()
    }

    pub(crate) fn number<T: FromStr>(self, name: &str) -> Result<T, Failure> {
        self.find_number(name)?.ok_or_else(|| self.wrong(name, "is missing"))
    }

    pub(crate) fn find_number<T: FromStr>(self, name: &str) -> Result<Option<T>, Failure> {
        let text = self.here.get(name).and_then(|value| value.as_n().ok());
        text.map(|text| text.parse().map_err(|_| self.wrong(name, "is not such a number"))).transpose()
    }

    pub(crate) fn bytes(self, name: &str) -> Result<&'a [u8], Failure> {
        let bytes = self.here.get(name).and_then(|value| value.as_b().ok());
        bytes.map(AsRef::as_ref).ok_or_else(|| self.wrong(name, "is missing"))
    }

    /// The hash of a secret, or of a request.
    pub(crate) fn hash(self, name: &str) -> Result<SecretHash, Failure> {
        let bytes = self.bytes(name)?.try_into().map_err(|_| self.wrong(name, "is not a hash"))?;
        Ok(SecretHash(bytes))
    }

    /// A list of texts; nothing is an empty list.
    pub(crate) fn texts(self, name: &str) -> Vec<String> {
        let list = self.here.get(name).and_then(|value| value.as_l().ok());
        let texts = list.into_iter().flatten();
        texts.filter_map(|value| value.as_s().ok()).cloned().collect()
    }

    /// A map; nothing is an empty map.
    pub(crate) fn map(self, name: &str) -> impl Iterator<Item = (&'a str, &'a AttributeValue)> {
        let map = self.here.get(name).and_then(|value| value.as_m().ok());
        map.into_iter().flatten().map(|(name, value)| (name.as_str(), value))
    }

    /// Whether; it must be there.
    pub(crate) fn flag(self, name: &str) -> Result<bool, Failure> {
        let flag = self.here.get(name).and_then(|value| value.as_bool().ok());
        flag.copied().ok_or_else(|| self.wrong(name, "is missing"))
    }

    /// One of the words of this version.
    pub(crate) fn word<T>(self, name: &str, find: impl FnOnce(&str) -> Option<T>) -> Result<T, Failure> {
        find(self.get(name)?).ok_or_else(|| self.unknown(name))
    }

    /// The failure of an item in which a later version used a word of its own.
    pub(crate) fn unknown(self, name: &str) -> Failure {
        self.wrong(name, "is a word this version does not know: update it")
    }

    pub(crate) fn wrong(self, name: &str, how: impl Display) -> Failure {
        let (at, point) = (self.at, if self.at.is_empty() { "" } else { "." });
        malformed(format!("{self}: attribute {at}{point}{name}: {how}"))
    }
}

impl Display for Read<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let whole = Self { here: self.whole, ..*self };
        let (pk, sk) = (whole.find(PK).unwrap_or("?"), whole.find(SK).unwrap_or("?"));
        write!(f, "item {pk} / {sk}")
    }
}
