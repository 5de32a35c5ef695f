#![doc = include_str!("../README.md")]

mod catalogue;
mod client;
mod config;
mod error;
mod map;
mod orders;
mod probe;
mod source;
mod tenants;
mod tokens;
mod update;
mod wire;

pub use config::{CrayonConfig, Credentials, PriceList, TermFrom};
pub use map::{NoSuchCycle, OrderCycle, StatusFlags, SubscriptionCycle};
pub use source::Crayon;
pub use tokens::TokenCache;
pub use update::SubscriptionChange;
