//! A JSON value whose numbers stay as they were written: money never passes through binary floating point.

use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// Deeper nesting than any HostBill reply has, and far from the stack's end.
const DEEPEST: u32 = 48;

/// One JSON value.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, in the sender's own digits.
    Number(Box<str>),
    /// A text.
    Text(Box<str>),
    /// A list.
    List(Vec<Json>),
    /// An object, in the order of its keys.
    Map(BTreeMap<String, Json>),
}

/// A text is not JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotJson;

impl Json {
    /// Reads a whole text. A byte order mark in front is forgiven: PHP files saved with one send it.
    pub(crate) fn parse(text: &str) -> Result<Self, NotJson> {
        let text = text.trim_start_matches('\u{feff}').trim();
        read(serde_json::from_str(text).map_err(|_| NotJson)?, 0)
    }

    /// The value of an object's key.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        if let Self::Map(map) = self {
            return map.get(key);
        }
        None
    }

    /// `null`, `false`, `""`, `[]` or `{}`: what PHP sends for nothing.
    pub(crate) fn is_nothing(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Bool(value) => !value,
            Self::Number(_) => false,
            Self::Text(text) => text.is_empty(),
            Self::List(items) => items.is_empty(),
            Self::Map(map) => map.is_empty(),
        }
    }
}

/// What a reply holds is nobody's to read in a log.
impl std::fmt::Debug for Json {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kind = match self {
            Self::Null => "null",
            Self::Bool(_) => "flag",
            Self::Number(_) => "number",
            Self::Text(_) => "text",
            Self::List(_) => "list",
            Self::Map(_) => "map",
        };
        write!(f, "Json({kind})")
    }
}

fn read(raw: &RawValue, depth: u32) -> Result<Json, NotJson> {
    if depth > DEEPEST {
        return Err(NotJson);
    }
    let text = raw.get();
    match text.as_bytes().first() {
        Some(b'n') => Ok(Json::Null),
        Some(b't') => Ok(Json::Bool(true)),
        Some(b'f') => Ok(Json::Bool(false)),
        Some(b'"') => serde_json::from_str(text).map(Json::Text).map_err(|_| NotJson),
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(text).map_err(|_| NotJson)?;
            let items = items.into_iter().map(|item| read(item, depth + 1));
            Ok(Json::List(items.collect::<Result<_, _>>()?))
        }
        Some(b'{') => {
            let map: BTreeMap<String, &RawValue> = serde_json::from_str(text).map_err(|_| NotJson)?;
            let map = map.into_iter().map(|(key, value)| Ok((key, read(value, depth + 1)?)));
            Ok(Json::Map(map.collect::<Result<_, NotJson>>()?))
        }
        Some(_) => Ok(Json::Number(text.into())),
        None => Err(NotJson),
    }
}
