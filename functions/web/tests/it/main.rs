//! The function through its router: a store in memory, both systems as simulators over real HTTP.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

mod config;
mod doors;
mod gateway;
mod health;
mod links;
mod lists;
mod odd;
mod pages;
mod people;
mod plans;
mod sync;
mod world;
