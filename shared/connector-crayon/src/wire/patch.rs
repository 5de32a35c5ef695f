//! Replaces members of an object and leaves every other byte alone.

use super::body::{Problem, read};
use super::members::OneOf;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// The object with these members replaced wherever they stand, whatever their case; missing ones are added at
/// the end. Numbers, unknown members and white space keep their text.
pub(crate) fn patched(text: &str, members: &[(&'static str, String)]) -> Result<String, Problem> {
    let names: Vec<&'static str> = members.iter().map(|(name, _)| *name).collect();
    let found = read(text, Spans { names: &names })?;
    let mut patched = String::with_capacity(text.len() + 64);
    let mut from = 0;
    let mut missing = vec![true; members.len()];
    for (at, value) in &found.wanted {
        let start = offset(text, value);
        patched.push_str(&text[from..start]);
        patched.push_str(&members[*at].1);
        missing[*at] = false;
        from = start + value.len();
    }
    let end = text.rfind('}').ok_or(Problem::NotAnObject)?;
    patched.push_str(text[from..end].trim_end());
    let mut empty = found.is_empty;
    for ((name, value), _) in members.iter().zip(missing).filter(|(_, missing)| *missing) {
        let comma = if empty { "" } else { "," };
        patched.push_str(&format!("{comma}\"{name}\":{value}"));
        empty = false;
    }
    patched.push('}');
    Ok(patched)
}

/// Where a slice of a text begins in it.
fn offset(text: &str, part: &str) -> usize {
    part.as_ptr().addr() - text.as_ptr().addr()
}

struct Found<'a> {
    wanted: Vec<(usize, &'a str)>,
    is_empty: bool,
}

struct Spans<'n> {
    names: &'n [&'static str],
}

impl<'de> DeserializeSeed<'de> for Spans<'_> {
    type Value = Found<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Found<'de>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Spans<'_> {
    type Value = Found<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Found<'de>, A::Error> {
        let mut found = Found { wanted: Vec::new(), is_empty: true };
        while let Some(at) = map.next_key_seed(OneOf(self.names))? {
            found.is_empty = false;
            match at {
                Some(at) => found.wanted.push((at, map.next_value::<&RawValue>()?.get())),
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(found)
    }
}
