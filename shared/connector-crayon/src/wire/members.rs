//! Some members of an object, as raw JSON.

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// A member's value as it stands in the body; nothing if it is missing or `null`.
pub(crate) type Raw<'a> = Option<&'a str>;

/// The members that are wanted of an object. Reading gives their values in this order, or nothing if what was
/// read is no object. (A fraction in an object's place is an error: no binary float passes through here.)
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<const N: usize>(pub(crate) [&'static str; N]);

impl<'de, const N: usize> DeserializeSeed<'de> for Wanted<N> {
    type Value = Option<[Raw<'de>; N]>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, const N: usize> Visitor<'de> for Wanted<N> {
    type Value = Option<[Raw<'de>; N]>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = [None; N];
        while let Some(at) = map.next_key_seed(OneOf(&self.0))? {
            let Some(member) = at.and_then(|at| members.get_mut(at)) else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let raw = map.next_value::<&RawValue>()?.get();
            *member = (raw != "null").then_some(raw);
        }
        Ok(Some(members))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Self::Value, E> {
        Ok(None)
    }
}

/// A member's name: its place among these, whatever its case.
pub(crate) struct OneOf<'n>(pub(crate) &'n [&'static str]);

impl<'de> DeserializeSeed<'de> for OneOf<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<usize>, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for OneOf<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Option<usize>, E> {
        // Lengths differ more often than letters: the first comparison settles nearly all.
        Ok(self.0.iter().position(|wanted| wanted.len() == name.len() && wanted.eq_ignore_ascii_case(name)))
    }
}
