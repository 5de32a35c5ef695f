//! The use case through real HTTP: both connectors against the simulators, the store in memory, and a process
//! that can be killed between any two of its steps.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

mod capacity;
mod claims;
mod control;
mod doubt;
mod everyday;
mod figures;
mod late;
mod lists;
mod orders;
mod replies;
mod requests;
mod rotation;
mod world;
