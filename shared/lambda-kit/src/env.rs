//! The environment: read here and nowhere else, in one go, with every problem at once.
//!
//! ```
//! use lambda_kit::env::{ConfigProblems, Env};
//!
//! struct Config {
//!     table: String,
//!     url: String,
//! }
//!
//! fn config(env: &Env) -> Result<Config, ConfigProblems> {
//!     let mut read = env.read();
//!     let table = read.required("BILLBRIDGE_TABLE", "the name of the DynamoDB table");
//!     let url = read.url("HOSTBILL_URL", "the address of HostBill's admin API");
//!     read.finish(|| Some(Config { table: table?, url: url? }))
//! }
//!
//! let problems = config(&Env::from_pairs([("HOSTBILL_URL", "billing")])).err().unwrap();
//! assert_eq!(problems.iter().count(), 2);
//! ```

mod reader;

pub use reader::{ConfigProblem, ConfigProblems, Reader};

use domain::secret::Secret;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Variables by name, from one or more layers. Every value is held as a [`Secret`]: nobody can tell from
/// the outside which are.
#[derive(Clone, Default)]
pub struct Env {
    values: BTreeMap<String, Secret>,
}

impl Env {
    /// The variables of this process. One that is not Unicode counts as missing.
    pub fn from_process() -> Self {
        let texts = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Self::from_pairs(texts)
    }

    /// These variables, for tests.
    pub fn from_pairs<N: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        let secrets = pairs.into_iter().map(|(name, value)| (name.into(), Secret::new(value.into())));
        Self::default().with_layer(secrets)
    }

    /// Adds what is not set yet, so that an operator can override one value of a secret. An empty variable
    /// counts as not set.
    #[must_use]
    pub fn with_layer(mut self, layer: impl IntoIterator<Item = (String, Secret)>) -> Self {
        let set = layer.into_iter().filter(|(_, value)| !value.expose().trim().is_empty());
        for (name, value) in set {
            self.values.entry(name).or_insert(value);
        }
        self
    }

    /// A single variable, trimmed. For a whole configuration use [`Env::read`].
    pub fn optional(&self, name: &str) -> Option<String> {
        self.get(name).map(str::to_owned)
    }

    /// The parts of a list with commas, in order; none if it is not set.
    pub fn list(&self, name: &str) -> Vec<String> {
        let parts = self.get(name).unwrap_or_default().split(',').map(str::trim);
        parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
    }

    /// The names of further connections: what follows `__` after any of these names. `HOSTBILL_URL__EU`
    /// has the suffix `__EU`. All names of a connection are asked for, so that a lone one is found and
    /// the missing ones are reported.
    pub fn suffixes(&self, names: &[&str]) -> BTreeSet<String> {
        let suffix = |set: &String| {
            names
                .iter()
                .filter_map(|name| set.strip_prefix(name))
                .find(|rest| rest.len() > 2 && rest.starts_with("__"))
                .map(str::to_owned)
        };
        self.values.keys().filter_map(suffix).collect()
    }

    /// Begins to read a configuration.
    pub fn read(&self) -> Reader<'_> {
        Reader::new(self)
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(|value| value.expose().trim())
    }
}

/// Names only.
impl fmt::Debug for Env {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.values.keys()).finish()
    }
}

#[cfg(test)]
mod tests;
