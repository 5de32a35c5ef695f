//! The table keeps every promise of the ports: the same suites as the in-memory store, and what only a table
//! can get wrong.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test: what fails here has failed")]

mod canned;
mod capacity;
mod contract;
mod faults;
mod greeting;
mod plans;
mod races;
mod settings;
mod transfer;
