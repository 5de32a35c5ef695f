//! Fakes with behaviour, builders, a fixed clock, a fault injector and the port contract suites.
//!
//! [`MemoryStore`] keeps every promise of the storage ports in memory; [`Faulty`] wraps any store and lets it
//! fail or die at a chosen step; [`suites`] are run against both stores, so that the fake cannot lie.

#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test library: what it builds is right, or the test is wrong"
)]

mod billing;
pub mod builders;
mod clock;
pub mod dynamo;
mod faults;
mod faulty;
mod log;
mod memory;
pub mod suites;

pub use billing::FaultyBilling;
pub use clock::FixedClock;
pub use faults::{Faults, Moment, is_killed};
pub use faulty::Faulty;
pub use log::Listening;
pub use memory::MemoryStore;
