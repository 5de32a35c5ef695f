//! `billbridge` against simulators over real HTTP, command by command, in-process.

#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

mod check;
mod demo;
mod exits;
mod json;
mod links;
mod secrets;
mod serving;
mod settings;
mod sharing;
mod sync;
mod transfer;
mod world;
