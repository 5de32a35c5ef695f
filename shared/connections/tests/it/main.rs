//! Connections that follow their secrets, against the simulated systems.

#![expect(clippy::unwrap_used, reason = "the helpers of tests may fail as tests do")]

mod keeper;
mod people;
mod world;
