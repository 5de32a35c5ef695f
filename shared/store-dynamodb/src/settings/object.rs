//! Reads JSON so that every problem is noted with its path, and nothing that is written is passed over.

use rust_decimal::Decimal;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::Display;
use std::str::FromStr;

/// Everything that is wrong, in the order in which it was met.
#[derive(Debug, Default)]
pub(super) struct Problems(RefCell<Vec<String>>);

impl Problems {
    pub(super) fn note(&self, problem: String) {
        self.0.borrow_mut().push(problem);
    }

    pub(super) fn into_list(self) -> Vec<String> {
        self.0.into_inner()
    }
}

/// An object at a path, whose members are asked for one by one.
pub(super) struct Object<'a> {
    path: String,
    members: Vec<(String, &'a RawValue)>,
    asked: RefCell<BTreeSet<&'static str>>,
    problems: &'a Problems,
}

impl<'a> Object<'a> {
    pub(super) fn read(problems: &'a Problems, path: String, json: &'a str) -> Option<Self> {
        match serde_json::from_str::<Members<'a>>(json) {
            Ok(Members(members)) => Some(Self { path, members, asked: RefCell::default(), problems }),
            Err(error) => {
                problems.note(format!("{path}: expected an object: {error}"));
                None
            }
        }
    }

    /// Where it is.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// Where a member is.
    pub(super) fn at(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    pub(super) fn problem(&self, name: &str, problem: impl Display) {
        self.problems.note(format!("{}: {problem}", self.at(name)));
    }

    /// A member's JSON; `null` is as good as nothing.
    pub(super) fn raw(&self, name: &'static str) -> Option<&'a str> {
        self.asked.borrow_mut().insert(name);
        let member = self.members.iter().find(|(known, _)| known == name);
        member.map(|(_, raw)| raw.get()).filter(|json| *json != "null")
    }

    /// A member that may be left out.
    pub(super) fn find<T>(
        &self,
        name: &'static str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        match read(self.raw(name)?) {
            Ok(value) => Some(value),
            Err(problem) => {
                self.problem(name, problem);
                None
            }
        }
    }

    /// A member that must be there; `cure` says what to write.
    pub(super) fn need<T>(
        &self,
        name: &'static str,
        cure: &str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        if self.raw(name).is_none() {
            self.problem(name, format_args!("is missing: {cure}"));
            return None;
        }
        self.find(name, read)
    }

    pub(super) fn object(&self, name: &'static str) -> Option<Object<'a>> {
        Object::read(self.problems, self.at(name), self.raw(name)?)
    }

    /// The objects of a list; a list that is left out is empty.
    pub(super) fn objects(&self, name: &'static str) -> Vec<Object<'a>> {
        let Some(json) = self.raw(name) else {
            return Vec::new();
        };
        let list: Vec<&'a RawValue> = match serde_json::from_str(json) {
            Ok(list) => list,
            Err(error) => {
                self.problem(name, format_args!("expected a list: {error}"));
                return Vec::new();
            }
        };
        let each = list.into_iter().enumerate();
        each.filter_map(|(at, raw)| {
            Object::read(self.problems, format!("{}[{at}]", self.at(name)), raw.get())
        })
        .collect()
    }

    /// Notes every member that nobody asked for, and every one that is there twice.
    pub(super) fn finish(&self) {
        let asked = self.asked.borrow();
        let mut seen = BTreeSet::new();
        for (name, _) in &self.members {
            if !asked.contains(name.as_str()) {
                let known = asked.iter().copied().collect::<Vec<_>>().join(", ");
                self.problem(name, format_args!("is not known here: remove it, or use one of {known}"));
            }
            if !seen.insert(name) {
                self.problem(name, "is there twice: keep one");
            }
        }
    }
}

/// All members, also those that are there twice, which a map would hide.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        from.deserialize_map(All)
    }
}

pub(super) fn text(json: &str) -> Result<String, String> {
    serde_json::from_str(json).map_err(|_| format!("{} is not a text in quotes", shown(json)))
}

pub(super) fn parsed<T: FromStr<Err: Display>>(json: &str) -> Result<T, String> {
    text(json)?.parse().map_err(|error: T::Err| error.to_string())
}

pub(super) fn flag(json: &str) -> Result<bool, String> {
    serde_json::from_str(json).map_err(|_| format!("{} is neither true nor false", shown(json)))
}

pub(super) fn whole<T: FromStr>(json: &str) -> Result<T, String> {
    json.parse().map_err(|_| format!("{} is not a whole number in range", shown(json)))
}

/// A number, or a text that is one; read digit by digit, never through binary floating point.
pub(super) fn decimal(json: &str) -> Result<Decimal, String> {
    let digits = if json.starts_with('"') { text(json)? } else { json.to_owned() };
    Decimal::from_str_exact(&digits)
        .map_err(|_| format!("{} is not a decimal number, for example 12.5 or \"12.5\"", shown(json)))
}

/// One of a few words.
pub(super) fn word<T: Clone>(words: &[(&str, T)]) -> impl FnOnce(&str) -> Result<T, String> {
    move |json| {
        let given = text(json)?;
        let found = words.iter().find(|(word, _)| *word == given);
        found.map(|(_, value)| value.clone()).ok_or_else(|| {
            let known = words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
            format!("{given:?} is not one of {known}")
        })
    }
}

fn shown(json: &str) -> String {
    json.chars().take(40).collect()
}
