//! Logging: JSON lines, in the form that functions have. `serve` logs on standard output like a function; other
//! commands only if `LOG_LEVEL` asks for it, and then on standard error, so that results stay alone on standard
//! output.

use crate::progress::Watch;
use crate::traces::Traces;
use lambda_kit::env::Env;
use std::io;
use std::str::FromStr;
use tracing::level_filters::LevelFilter;
use tracing::{Subscriber, error};
use tracing_subscriber::filter::{Targets, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::registry::Registry;

/// Crates whose lower levels may show headers and bodies: never below a warning.
const QUIET: [&str; 7] = ["aws_", "h2", "hyper", "reqwest", "rustls", "tower", "axum"];
/// The embedded table warns of every condition that did not hold, which is our ordinary way of asking.
const EMBEDDED: &str = "dynoxide";

/// Starts the logging of a command. A second call changes nothing.
pub fn init_command(env: &Env, traces: Option<&Traces>) {
    start(subscriber(level(env, LevelFilter::OFF), io::stderr, traces));
}

/// Starts the logging of `serve`: on standard output, unless results as JSON are to stay alone there.
pub fn init_serve(env: &Env, json: bool, traces: Option<&Traces>) {
    let level = level(env, LevelFilter::INFO);
    if json {
        start(subscriber(level, io::stderr, traces));
    } else {
        start(subscriber(level, io::stdout, traces));
    }
    std::panic::set_hook(Box::new(|about| {
        let place = about.location().map(ToString::to_string).unwrap_or_default();
        let text = about.payload_as_str().unwrap_or("no text");
        error!(panic.place = place, "panicked at {place}: {text}");
    }));
}

fn level(env: &Env, usual: LevelFilter) -> LevelFilter {
    env.optional("LOG_LEVEL").and_then(|text| LevelFilter::from_str(&text).ok()).unwrap_or(usual)
}

fn subscriber<W>(level: LevelFilter, to: W, traces: Option<&Traces>) -> impl Subscriber + Send + Sync + use<W>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let quiet = QUIET.map(|target| (target, level.min(LevelFilter::WARN)));
    let filter = Targets::new().with_default(level).with_targets(quiet);
    let filter = filter.with_target(EMBEDDED, level.min(LevelFilter::ERROR));
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(true)
        .with_ansi(false)
        .with_writer(to);
    let told = traces.map(Traces::layer);
    Registry::default()
        .with(told)
        .with(lines.with_filter(filter))
        .with(Watch.with_filter(filter_fn(Watch::wants)))
}

fn start(subscriber: impl Subscriber + Send + Sync) {
    // Somebody else has begun already, as in a test: theirs is as good.
    drop(tracing::subscriber::set_global_default(subscriber));
}
