//! What the function reads from its environment, complete before the first event.

use crate::Limits;
use jiff::SignedDuration;
use lambda_kit::env::{ConfigProblems, Env};

/// The function's own settings; connections have theirs in the `connections` crate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `BILLBRIDGE_TABLE`: the DynamoDB table.
    pub table: String,
    /// `BILLBRIDGE_BUS`: the EventBridge bus.
    pub bus: String,
    /// How much at once; `SYNC_IN_FLIGHT`, `SYNC_MARGIN_SECONDS`, `SYNC_QUIET_SECONDS`.
    pub limits: Limits,
}

impl Config {
    /// Reads the environment; every problem is reported at once.
    pub fn from_env(env: &Env) -> Result<Self, ConfigProblems> {
        let mut read = env.read();
        let table = read.required("BILLBRIDGE_TABLE", "the name of the DynamoDB table");
        let bus = read.required("BILLBRIDGE_BUS", "the name of the EventBridge bus");
        let limits = Limits::default();
        let in_flight =
            read.optional_parsed::<u8>("SYNC_IN_FLIGHT", "a number of calls at once, for example 4");
        let seconds = "a number of seconds, for example 45";
        let margin = read.optional_parsed::<u32>("SYNC_MARGIN_SECONDS", seconds);
        let quiet = read.optional_parsed::<u32>("SYNC_QUIET_SECONDS", seconds);
        let span = |seconds: Option<u32>, default| {
            seconds.map_or(default, |s| SignedDuration::from_secs(i64::from(s)))
        };
        let limits = Limits {
            in_flight: in_flight.map_or(limits.in_flight, |n| usize::from(n.max(1))),
            margin: span(margin, limits.margin),
            quiet: span(quiet, limits.quiet),
            lease: limits.lease,
        };
        read.finish(|| Some(Self { table: table?, bus: bus?, limits }))
    }
}
