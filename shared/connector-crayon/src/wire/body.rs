//! Whole bodies: a list, an object, or what was wrong.

use super::members::{OneOf, Raw, Wanted};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::value::RawValue;
use std::fmt;
use std::marker::PhantomData;

/// Why a body is not what was promised. Says nothing of its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Problem {
    Empty,
    Page,
    NotJson { line: usize, column: usize },
    Surprise { line: usize, column: usize },
    CutOff,
    NotUnicode,
    NotAList,
    NotAnObject,
    NoItems,
    OddItems,
    Total,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the answer is empty"),
            Self::Page => f.write_str("the answer is a web page, not JSON"),
            Self::NotJson { line, column } => {
                write!(f, "the answer is not JSON from line {line}, column {column} on")
            }
            Self::Surprise { line, column } => {
                write!(f, "the value before line {line}, column {column} is of another kind than promised")
            }
            Self::CutOff => f.write_str("the answer stops in the middle of its JSON"),
            Self::NotUnicode => f.write_str("the answer is not UTF-8"),
            Self::NotAList => f.write_str("the answer is neither a list nor an object with Items"),
            Self::NotAnObject => f.write_str("the answer is not an object"),
            Self::NoItems => f.write_str("Items is missing"),
            Self::OddItems => f.write_str("Items is not a list"),
            Self::Total => f.write_str("TotalHits is not a count"),
        }
    }
}

/// A page of a list.
#[derive(Debug)]
pub(crate) struct List<'a, const N: usize> {
    /// The rows' wanted members; nothing where a row is no object.
    pub(crate) rows: Vec<Option<[Raw<'a>; N]>>,
    /// How many rows there are on all pages, where the system says so.
    pub(crate) total: Option<u64>,
}

/// A body as text, once and for all rows.
pub(crate) fn text_of(body: &[u8]) -> Result<&str, Problem> {
    let text = std::str::from_utf8(body).map_err(|_| Problem::NotUnicode)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim_ascii();
    match text.as_bytes().first() {
        None => Err(Problem::Empty),
        Some(b'<') => Err(Problem::Page),
        Some(_) => Ok(text),
    }
}

/// Reads a list, in an envelope or bare.
pub(crate) fn read_list<const N: usize>(body: &[u8], wanted: Wanted<N>) -> Result<List<'_, N>, Problem> {
    let shape = read(text_of(body)?, Shape(wanted))?;
    let (items, total) = match shape {
        Shown::Bare(rows) => return Ok(List { rows, total: None }),
        Shown::Envelope { items, total } => (items.map(|shown| *shown), total),
        Shown::Null | Shown::Odd => return Err(Problem::NotAList),
    };
    let total = match total {
        None => None,
        Some(raw) => {
            Some(super::text_or_number(raw).and_then(|text| text.parse().ok()).ok_or(Problem::Total)?)
        }
    };
    match (items, total) {
        (Some(Shown::Bare(rows)), _) => Ok(List { rows, total }),
        (Some(Shown::Envelope { .. } | Shown::Odd), _) => Err(Problem::OddItems),
        // Missing and null are alike here, and an error in disguise has no total.
        (None | Some(Shown::Null), Some(_)) => Ok(List { rows: Vec::new(), total }),
        (None | Some(Shown::Null), None) => Err(Problem::NoItems),
    }
}

/// Reads an object.
pub(crate) fn read_object<const N: usize>(text: &str, wanted: Wanted<N>) -> Result<[Raw<'_>; N], Problem> {
    read(text, wanted)?.ok_or(Problem::NotAnObject)
}

/// Reads a list of plain values, in an envelope or bare; nothing in a value's place is left out.
pub(crate) fn read_values(body: &[u8]) -> Result<Vec<&str>, Problem> {
    let text = text_of(body)?;
    let list = if text.starts_with('{') {
        let [items] = read_object(text, Wanted(["Items"]))?;
        items.ok_or(Problem::NoItems)?
    } else {
        text
    };
    if !list.starts_with('[') {
        return Err(if list == text { Problem::NotAList } else { Problem::OddItems });
    }
    let values = read(list, PhantomData::<Vec<&RawValue>>)?;
    Ok(values.into_iter().map(RawValue::get).filter(|value| *value != "null").collect())
}

/// Reads a whole text, and nothing after it.
pub(super) fn read<'a, S: DeserializeSeed<'a>>(text: &'a str, seed: S) -> Result<S::Value, Problem> {
    let mut json = serde_json::Deserializer::from_str(text);
    seed.deserialize(&mut json).and_then(|value| json.end().map(|()| value)).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        match error.classify() {
            Category::Eof => Problem::CutOff,
            Category::Data => Problem::Surprise { line, column },
            Category::Io | Category::Syntax => Problem::NotJson { line, column },
        }
    })
}

type Rows<'a, const N: usize> = Vec<Option<[Raw<'a>; N]>>;

enum Shown<'a, const N: usize> {
    Bare(Rows<'a, N>),
    Envelope { items: Option<Box<Self>>, total: Raw<'a> },
    Null,
    Odd,
}

struct Shape<const N: usize>(Wanted<N>);

impl<'de, const N: usize> DeserializeSeed<'de> for Shape<N> {
    type Value = Shown<'de, N>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, const N: usize> Visitor<'de> for Shape<N> {
    type Value = Shown<'de, N>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut rows = Vec::new();
        while let Some(row) = seq.next_element_seed(self.0)? {
            rows.push(row);
        }
        Ok(Shown::Bare(rows))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut items, mut total) = (None, None);
        while let Some(at) = map.next_key_seed(OneOf(&["Items", "TotalHits"]))? {
            match at {
                Some(0) => items = Some(Box::new(map.next_value_seed(Self(self.0))?)),
                Some(_) => total = Some(map.next_value::<&RawValue>()?.get()).filter(|raw| *raw != "null"),
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(Shown::Envelope { items, total })
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Shown::Null)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Shown::Odd)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Shown::Odd)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Shown::Odd)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Self::Value, E> {
        Ok(Shown::Odd)
    }
}
