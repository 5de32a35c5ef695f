//! A place in a reply: knows its path, so that every surprise names the field and shows nothing else.

use super::json::Json;
use jiff::civil::Date;
use rust_decimal::Decimal;
use std::str::FromStr;

/// Something in a reply is not as promised. Names the field, never its content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path} {problem}")]
pub(crate) struct Surprise {
    /// Which field, from the top of the reply.
    pub path: String,
    /// What is wrong with it.
    pub problem: &'static str,
}

/// A value with its path.
#[derive(Debug, Clone)]
pub(crate) struct Node<'a> {
    value: &'a Json,
    path: String,
}

impl<'a> Node<'a> {
    /// The top of a reply.
    pub(crate) fn root(value: &'a Json) -> Self {
        Self { value, path: String::new() }
    }

    /// The value itself.
    pub(crate) fn value(&self) -> &'a Json {
        self.value
    }

    /// A child that may be missing.
    pub(crate) fn find(&self, key: &str) -> Option<Self> {
        Some(Self { value: self.value.get(key)?, path: self.path_of(key) })
    }

    /// A child that must be there.
    pub(crate) fn get(&self, key: &str) -> Result<Self, Surprise> {
        self.find(key).ok_or_else(|| self.surprise_at(key, "is missing"))
    }

    /// The one of these children that is there first.
    pub(crate) fn get_any(&self, keys: &[&str]) -> Result<Self, Surprise> {
        keys.iter()
            .find_map(|key| self.find(key))
            .ok_or_else(|| self.surprise_at(&keys.join(" or "), "is missing"))
    }

    /// The items of a collection, whatever form PHP gave it: list, map, or nothing.
    pub(crate) fn items(&self) -> Result<Vec<Self>, Surprise> {
        let at = |key: String, value: &'a Json| Self { value, path: format!("{}[{key}]", self.path) };
        match self.value {
            Json::List(items) => Ok(items.iter().enumerate().map(|(i, v)| at(i.to_string(), v)).collect()),
            Json::Map(map) => Ok(map.iter().map(|(key, v)| at(short(key), v)).collect()),
            nothing if nothing.is_nothing() => Ok(Vec::new()),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) => {
                Err(self.surprise("is not a collection"))
            }
        }
    }

    /// A text, or the digits of a number, trimmed. `null` and `false` are empty.
    pub(crate) fn text(&self) -> Result<&'a str, Surprise> {
        match self.value {
            Json::Text(text) | Json::Number(text) => Ok(text.trim()),
            Json::Null | Json::Bool(false) => Ok(""),
            Json::Bool(true) | Json::List(_) | Json::Map(_) => Err(self.surprise("is not a text")),
        }
    }

    /// A child's text; empty when the child is missing.
    pub(crate) fn text_of(&self, key: &str) -> Result<&'a str, Surprise> {
        self.find(key).map_or(Ok(""), |child| child.text())
    }

    /// An id that must be there.
    pub(crate) fn id<I: FromStr>(&self, key: &str) -> Result<I, Surprise> {
        self.find_id(key)?.ok_or_else(|| self.surprise_at(key, "has no id"))
    }

    /// An id that may be missing; `0`, `""` and `null` mean none.
    pub(crate) fn find_id<I: FromStr>(&self, key: &str) -> Result<Option<I>, Surprise> {
        let text = self.text_of(key)?;
        if text.is_empty() || text == "0" {
            return Ok(None);
        }
        let id = text.parse().map_err(|_| self.surprise_at(key, "is not a valid id"))?;
        Ok(Some(id))
    }

    /// A decimal from a text or a number, exactly as written.
    pub(crate) fn decimal(&self, key: &str) -> Result<Decimal, Surprise> {
        self.find_decimal(key)?.ok_or_else(|| self.surprise_at(key, "is not a number"))
    }

    /// A decimal that may be missing or empty.
    pub(crate) fn find_decimal(&self, key: &str) -> Result<Option<Decimal>, Surprise> {
        let text = self.text_of(key)?;
        if text.is_empty() {
            return Ok(None);
        }
        connector_kit::decimal(text).map(Some).ok_or_else(|| self.surprise_at(key, "is not a number"))
    }

    /// A count that may be missing.
    pub(crate) fn find_count(&self, key: &str) -> Result<Option<u64>, Surprise> {
        let text = self.text_of(key)?;
        if text.is_empty() {
            return Ok(None);
        }
        text.parse().map(Some).map_err(|_| self.surprise_at(key, "is not a count"))
    }

    /// A flag that may be missing: `"0"`, `"1"`, `0`, `1`, `true`, `false`, `""`, `null`, `"on"`, `"yes"`.
    pub(crate) fn find_flag(&self, key: &str) -> Result<Option<bool>, Surprise> {
        let Some(child) = self.find(key) else {
            return Ok(None);
        };
        flag(child.value).map(Some).ok_or_else(|| self.surprise_at(key, "is not a flag"))
    }

    /// A date, also as the beginning of a date with time; the zero forms are none.
    pub(crate) fn find_date(&self, key: &str) -> Result<Option<Date>, Surprise> {
        let text = self.text_of(key)?;
        let day = text.split([' ', 'T']).next().unwrap_or_default();
        if day.is_empty() || day == "0" || day == "0000-00-00" {
            return Ok(None);
        }
        day.parse().map(Some).map_err(|_| self.surprise_at(key, "is not a date"))
    }

    /// A surprise about this place.
    pub(crate) fn surprise(&self, problem: &'static str) -> Surprise {
        let path = if self.path.is_empty() { "the reply".to_owned() } else { self.path.clone() };
        Surprise { path, problem }
    }

    /// A surprise about a child.
    pub(crate) fn surprise_at(&self, key: &str, problem: &'static str) -> Surprise {
        Surprise { path: self.path_of(key), problem }
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() {
            return short(key);
        }
        format!("{}.{}", self.path, short(key))
    }
}

/// What PHP means by a flag.
pub(crate) fn flag(value: &Json) -> Option<bool> {
    match value {
        Json::Null => Some(false),
        Json::Bool(value) => Some(*value),
        Json::Number(text) | Json::Text(text) => match text.trim().to_ascii_lowercase().as_str() {
            "1" | "true" | "on" | "yes" => Some(true),
            "" | "0" | "false" | "off" | "no" => Some(false),
            _ => None,
        },
        Json::List(_) | Json::Map(_) => None,
    }
}

/// A key as a path shows it: keys come from the other side, and some are content.
fn short(key: &str) -> String {
    key.chars().filter(|c| !c.is_control()).take(40).collect()
}
