//! Writing and reading the attributes of an item.

use crate::error::malformed;
use crate::keys::{Key, PK, SK};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::failure::Failure;
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

/// An item in the making.
pub(crate) struct Fields(Item);

impl Fields {
    pub(crate) fn at(key: Key) -> Self {
        let mut item = key.into_item();
        item.insert("schema".into(), number(SCHEMA));
        Self(item)
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

    pub(crate) fn finish(self) -> Item {
        self.0
    }
}

/// An item as it was read. Whatever is not as it was written is a failure that names the item.
#[derive(Clone, Copy)]
pub(crate) struct Read<'a>(&'a Item);

impl<'a> Read<'a> {
    /// Refuses items that a later version of this program wrote.
    pub(crate) fn new(item: &'a Item) -> Result<Self, Failure> {
        let this = Self(item);
        let schema: u32 = this.number("schema")?;
        if schema > SCHEMA {
            let what =
                format!("{this} has schema {schema}, and this version reads up to {SCHEMA}: update it");
            return Err(malformed(what));
        }
        Ok(this)
    }

    pub(crate) fn find(self, name: &str) -> Option<&'a str> {
        self.0.get(name).and_then(|value| value.as_s().ok()).map(String::as_str)
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
        let text = self.0.get(name).and_then(|value| value.as_n().ok());
        text.map(|text| text.parse().map_err(|_| self.wrong(name, "is not such a number"))).transpose()
    }

    pub(crate) fn bytes(self, name: &str) -> Result<&'a [u8], Failure> {
        let bytes = self.0.get(name).and_then(|value| value.as_b().ok());
        bytes.map(AsRef::as_ref).ok_or_else(|| self.wrong(name, "is missing"))
    }

    /// A list of texts; nothing is an empty list.
    pub(crate) fn texts(self, name: &str) -> Vec<String> {
        let list = self.0.get(name).and_then(|value| value.as_l().ok());
        let texts = list.into_iter().flatten();
        texts.filter_map(|value| value.as_s().ok()).cloned().collect()
    }

    /// A map; nothing is an empty map.
    pub(crate) fn map(self, name: &str) -> impl Iterator<Item = (&'a str, &'a AttributeValue)> {
        let map = self.0.get(name).and_then(|value| value.as_m().ok());
        map.into_iter().flatten().map(|(name, value)| (name.as_str(), value))
    }

    pub(crate) fn wrong(self, name: &str, how: impl Display) -> Failure {
        malformed(format!("{self}: attribute {name}: {how}"))
    }
}

impl Display for Read<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (pk, sk) = (self.find(PK).unwrap_or("?"), self.find(SK).unwrap_or("?"));
        write!(f, "item {pk} / {sk}")
    }
}
