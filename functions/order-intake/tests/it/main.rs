//! Orders through real HTTP: the connector against the simulator, the table in memory, the function's router, and
//! a process that can be killed between any two of its steps.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

mod billing;
mod doubt;
mod events;
mod fakes;
mod hooks;
mod http;
mod killed;
mod placing;
mod scheduled;
mod seats;
mod sign_ins;
mod world;
