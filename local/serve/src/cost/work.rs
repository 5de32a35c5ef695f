//! A piece of work as a list of named quantities, so that pieces can be added up and taken apart.

use rust_decimal::Decimal;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Thousandths of a read unit.
pub const READS: &str = "table.read_millis";
/// Thousandths of a write unit.
pub const WRITES: &str = "table.write_millis";
/// Bytes that the table holds more afterwards, as DynamoDB counts them at most.
pub const STORED: &str = "table.stored_bytes";
/// Events put on the bus.
pub const EVENTS: &str = "bus.events";
/// Requests that came through the HTTP API.
pub const REQUESTS: &str = "http.requests";
/// Bytes of the answers to them.
pub const ANSWERED: &str = "http.answered_bytes";

/// Of a function: how often it was invoked.
pub const INVOCATIONS: &str = "invocations";
/// Of a function: microseconds of processor, its start included.
pub const PROCESSOR: &str = "processor_us";
/// Of a function: calls to table, bus and secrets.
pub const AWS_CALLS: &str = "aws_calls";
/// Of a function: calls to the supplier and to billing.
pub const OUTSIDE_CALLS: &str = "outside_calls";
/// Of a function: secrets read.
pub const SECRETS: &str = "secret_calls";
/// Of a function: bytes logged, with the 26 that CloudWatch adds to each line.
pub const LOGGED: &str = "log_bytes";

/// Quantities by name; what is not named is nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Work(BTreeMap<String, Decimal>);

impl Work {
    /// A quantity.
    pub fn get(&self, name: &str) -> Decimal {
        self.0.get(name).copied().unwrap_or_default()
    }

    /// A function's quantity.
    pub fn of(&self, function: &str, name: &str) -> Decimal {
        self.get(&format!("{function}.{name}"))
    }

    /// Adds to a quantity.
    pub fn add(&mut self, name: impl Into<String>, quantity: impl Into<Decimal>) {
        *self.0.entry(name.into()).or_default() += quantity.into();
    }

    /// This and so many times another.
    #[must_use]
    pub fn plus(mut self, other: &Self, times: Decimal) -> Self {
        for (name, quantity) in &other.0 {
            self.add(name.clone(), quantity * times);
        }
        self
    }

    /// What this is more than another. Nothing becomes less than nothing: a processor's time varies.
    #[must_use]
    pub fn beyond(self, other: &Self) -> Self {
        let mut more = self.plus(other, -Decimal::ONE);
        more.0.values_mut().for_each(|quantity| *quantity = (*quantity).max(Decimal::ZERO));
        more
    }

    /// A part of it: divided by so many.
    #[must_use]
    pub fn each(mut self, of: Decimal) -> Self {
        if !of.is_zero() {
            self.0.values_mut().for_each(|quantity| *quantity /= of);
        }
        self
    }

    /// As it stands in the file of measured figures: whole numbers by name.
    pub fn to_json(&self) -> Value {
        let whole = |quantity: &Decimal| u64::try_from(quantity.round()).unwrap_or_default();
        let pairs = self.0.iter().map(|(name, quantity)| (name.clone(), Value::from(whole(quantity))));
        Value::Object(pairs.collect::<Map<_, _>>())
    }

    /// Reads it back.
    ///
    /// # Errors
    /// Names what is no whole number.
    pub fn from_json(value: &Value) -> Result<Self, String> {
        let fields = value.as_object().ok_or_else(|| format!("{value} is no list of quantities"))?;
        let pairs = fields.iter().map(|(name, quantity)| {
            let quantity = quantity.as_u64().ok_or_else(|| format!("{name} is no whole number"))?;
            Ok((name.clone(), Decimal::from(quantity)))
        });
        pairs.collect::<Result<_, String>>().map(Self)
    }
}
