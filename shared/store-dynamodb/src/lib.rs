//! The table: the only crate that knows DynamoDB and its keys.
//!
//! [`DynamoStore`] implements every storage port of `domain` on one table, declared in `infra/table.json`. What
//! is stored under which key, and what each access costs, is on one page: `docs/data-model.md`. Three habits
//! run through the crate. Every write under a lease is a transaction that checks the lease's token. Every call
//! asks what it consumed and adds it up ([`DynamoStore::capacity`]). Every item carries the number of its
//! schema; `golden/` has one of each, so that what was ever written can still be read.

mod access;
mod answers;
mod audit;
mod batch;
mod capacity;
mod effects;
mod emulated;
mod error;
mod figures;
mod index;
mod item;
mod keys;
mod leases;
mod links;
mod orders;
mod plans;
mod query;
mod records;
mod runs;
pub mod settings;
mod single;
mod store;
mod table;
mod transaction;
mod transfer;

pub use answers::MOST_ANSWER_BYTES;
pub use capacity::Capacity;
pub use emulated::emulated;
pub use store::DynamoStore;
pub use table::TABLE_JSON;
pub use transfer::Onto;

#[cfg(test)]
mod golden_tests;
