//! Logging: one JSON object a line, on standard output.

use crate::env::Env;
use std::io;
use std::panic;
use std::str::FromStr;
use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing::{error, warn};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::{self, MakeWriter};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry::Registry;

/// Crates whose lower levels may show headers and bodies, or merely chatter: never below a warning.
const QUIET: [&str; 12] = [
    "aws_config",
    "aws_credential_types",
    "aws_runtime",
    "aws_sdk",
    "aws_sigv4",
    "aws_smithy",
    "h2",
    "hyper",
    "lambda_runtime",
    "reqwest",
    "rustls",
    "tower",
];

/// Where the runtime repeats a failure that [`crate::run`] has logged already.
const REPEATS: &str = "lambda_runtime::layers::panic";

/// Starts logging: JSON lines on standard output, UTC, the event's fields beside `message`, the spans it
/// happened in under `spans`. The level is `LOG_LEVEL` (`error`, `warn`, `info`, `debug`, `trace` or `off`),
/// `info` without it. A panic is logged like anything else. A second call changes nothing.
pub fn init_tracing() {
    let wanted = Env::from_process().optional("LOG_LEVEL");
    let level = wanted.as_deref().map(LevelFilter::from_str);
    let filter = level.clone().and_then(Result::ok).unwrap_or(LevelFilter::INFO);
    if tracing::subscriber::set_global_default(subscriber(filter, io::stdout)).is_err() {
        return;
    }
    panic::set_hook(Box::new(|about| {
        let place = about.location().map(ToString::to_string).unwrap_or_default();
        let text = about.payload_as_str().unwrap_or("no text");
        error!(panic.place = place, "panicked at {place}: {text}");
    }));
    if level.is_some_and(|level| level.is_err()) {
        warn!("LOG_LEVEL is not understood: info is used; set it to error, warn, info, debug, trace or off");
    }
}

fn subscriber<W>(level: LevelFilter, to: W) -> impl Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let quiet = QUIET.map(|target| (target, level.min(LevelFilter::WARN)));
    let filter =
        Targets::new().with_default(level).with_targets(quiet).with_target(REPEATS, LevelFilter::OFF);
    let lines = fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(true)
        .with_ansi(false)
        .with_writer(to);
    Registry::default().with(lines.with_filter(filter))
}

#[cfg(test)]
mod tests;
