#![doc = include_str!("../README.md")]

mod config;
mod error;
mod identity;
mod provider;
mod wire;

pub use config::{OidcConfig, OidcConfigError, RolesError, roles};
pub use provider::Oidc;

use domain::id::SystemId;
use std::sync::LazyLock;

/// What the connection is called unless it is told otherwise.
pub(crate) static SYSTEM: LazyLock<SystemId> = LazyLock::new(|| match "oidc".parse() {
    Ok(system) => system,
    Err(_) => unreachable!("lower-case letters are a system's name"),
});
