//! `billbridge` against simulators over real HTTP, command by command, in-process.

#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

#[cfg(target_os = "linux")]
mod alone;
mod backup;
mod check;
mod cost;
mod demo;
mod exits;
mod health;
mod http;
mod json;
mod links;
mod open;
mod packaging;
mod people;
mod secrets;
mod serving;
mod settings;
mod sharing;
mod side_by_side;
mod sync;
mod traces;
mod transfer;
mod upgrade;
mod wire;
mod world;
