//! Which connections of a kind are configured, and what their variables are called.

use domain::id::SystemId;
use lambda_kit::env::{Env, Reader};

/// One connection of a kind.
pub(crate) struct Named {
    /// Its name: `hostbill`, `hostbill-eu`.
    pub(crate) system: SystemId,
    suffix: String,
}

impl Named {
    /// The variable of this connection.
    pub(crate) fn variable(&self, name: &str) -> String {
        format!("{name}{}", self.suffix)
    }
}

/// The connections that any variable speaks of; the one without suffix if there are no others.
pub(crate) fn connections(env: &Env, read: &mut Reader<'_>, kind: &str, variables: &[&str]) -> Vec<Named> {
    let suffixes = env.suffixes(variables);
    let plain = suffixes.is_empty() || variables.iter().any(|name| env.optional(name).is_some());
    let mut found: Vec<Named> = Vec::new();
    for suffix in plain.then(String::new).into_iter().chain(suffixes) {
        let name = suffix.trim_start_matches('_').to_ascii_lowercase().replace('_', "-");
        let system = if name.is_empty() { kind.to_owned() } else { format!("{kind}-{name}") };
        let variable = format!("{}{suffix}", variables.first().copied().unwrap_or_default());
        let Ok(system) = system.parse::<SystemId>() else {
            let cure = "a name of letters and digits after the two underscores";
            read.problem(&variable, "names a connection that cannot be", cure);
            continue;
        };
        if found.iter().any(|other| other.system == system) {
            let cure = "a name of its own: two connections would have the same";
            read.problem(&variable, "names a connection that is there already", cure);
            continue;
        }
        found.push(Named { system, suffix });
    }
    found
}
