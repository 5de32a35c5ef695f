//! What `cargo xtask bench cost` measured, with where and when.

use crate::cost::Work;
use rust_decimal::Decimal;
use serde_json::{Value, json};

const FILE: &str = include_str!("measured.json");

/// The figures of one measurement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measured {
    /// The day, the commit, the machine: in words.
    pub facts: Vec<(String, String)>,
    /// A run on an estate of so many subscriptions in which nothing has changed, with what its event leads to.
    pub unchanged: Vec<(u64, Work)>,
    /// The same on an estate that was synced through billing: what [`Measured::changed`] is held against.
    pub settled: Work,
    /// A run in which so many subscriptions of that estate had changed.
    pub changed: Vec<(u64, Work)>,
    /// The look after open orders where there are none.
    pub look_after: Work,
    /// One order, from being taken over HTTP to being billed and active.
    pub order: Work,
    /// A visit: a process that has just started, and so many pages one after the other.
    pub visit: (u64, Work),
    /// Bytes that the table holds for so many subscriptions in billing.
    pub stored: (u64, u64),
}

impl Measured {
    /// The figures that came with this program.
    ///
    /// # Errors
    /// When the file is not one.
    pub fn built_in() -> Result<Self, String> {
        let value = serde_json::from_str(FILE).map_err(|error| error.to_string())?;
        Self::from_json(&value)
    }

    /// One of the facts.
    pub fn fact(&self, name: &str) -> &str {
        self.facts.iter().find(|(known, _)| known == name).map_or("unknown", |(_, value)| value)
    }

    /// A run on an estate of so many subscriptions: on the line through the smallest and the largest measured.
    pub fn run(&self, subscriptions: Decimal) -> Work {
        let (Some((small, least)), Some((large, most))) = (self.unchanged.first(), self.unchanged.last())
        else {
            return Work::default();
        };
        let each = most.clone().beyond(least).each(Decimal::from(large - small));
        least.clone().plus(&each, subscriptions - Decimal::from(*small))
    }

    /// What a change costs, and what a run costs more, once, because something has changed.
    pub fn change(&self) -> (Work, Work) {
        let (Some((few, some)), Some((many, more))) = (self.changed.first(), self.changed.last()) else {
            return Default::default();
        };
        let each = more.clone().beyond(some).each(Decimal::from(many - few));
        let once = some.clone().beyond(&self.settled.clone().plus(&each, Decimal::from(*few)));
        (each, once)
    }

    /// As it stands in the file.
    pub fn to_json(&self) -> Value {
        let sized = |name: &str, works: &[(u64, Work)]| -> Vec<Value> {
            works.iter().map(|(size, work)| json!({name: size, "work": work.to_json()})).collect()
        };
        let facts = self.facts.iter().map(|(name, value)| (name.clone(), json!(value)));
        json!({
            "facts": facts.collect::<serde_json::Map<_, _>>(),
            "unchanged": sized("subscriptions", &self.unchanged),
            "settled": self.settled.to_json(),
            "changed": sized("changes", &self.changed),
            "lookAfter": self.look_after.to_json(),
            "order": self.order.to_json(),
            "visit": {"pages": self.visit.0, "work": self.visit.1.to_json()},
            "stored": {"subscriptions": self.stored.0, "bytes": self.stored.1},
        })
    }

    /// Reads what [`Measured::to_json`] wrote.
    ///
    /// # Errors
    /// Names what is missing or odd.
    pub fn from_json(value: &Value) -> Result<Self, String> {
        let number = |value: &Value, name: &str| {
            value[name].as_u64().filter(|number| *number > 0).ok_or_else(|| format!("{name} is no number"))
        };
        let sized = |list: &str, name: &str| -> Result<Vec<(u64, Work)>, String> {
            let found = value[list].as_array().ok_or_else(|| format!("{list} is missing"))?;
            let each = found.iter().map(|one| Ok((number(one, name)?, Work::from_json(&one["work"])?)));
            let mut each = each.collect::<Result<Vec<_>, String>>()?;
            each.sort_unstable_by_key(|(size, _)| *size);
            if each.len() < 2 {
                return Err(format!("{list} has fewer than two sizes"));
            }
            Ok(each)
        };
        let facts = value["facts"].as_object().ok_or("facts are missing")?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Ok(Self {
            facts: facts.iter().map(|(name, value)| (name.clone(), text(value))).collect(),
            unchanged: sized("unchanged", "subscriptions")?,
            settled: Work::from_json(&value["settled"])?,
            changed: sized("changed", "changes")?,
            look_after: Work::from_json(&value["lookAfter"])?,
            order: Work::from_json(&value["order"])?,
            visit: (number(&value["visit"], "pages")?, Work::from_json(&value["visit"]["work"])?),
            stored: (number(&value["stored"], "subscriptions")?, number(&value["stored"], "bytes")?),
        })
    }
}
