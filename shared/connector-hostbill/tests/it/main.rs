//! Against the simulator, and against a server that says exactly what it is told.

#![expect(clippy::unwrap_used, reason = "the helpers of tests may fail as tests do")]

mod hooks;
mod house;
mod lifecycle;
mod mutations;
mod paging;
mod probing;
mod reading;
mod replay;
mod secrets;
mod wire;
