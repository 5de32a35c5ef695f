//! `billbridge health`: whether a `serve` answers, for whatever watches it.

use crate::door;
use crate::exit::{Exit, Problem};
use crate::out::Out;
use crate::surroundings::Surroundings;
use connector_kit::{
    Request, RetryPolicy, Transport, TransportConfig, Url, http_client, shown_url, url_below,
};
use domain::clock::Deadline;
use domain::id::SystemId;
use serde_json::{Value, json};
use std::time::Duration;

/// One that takes longer for this does not answer people either.
const PATIENCE: Duration = Duration::from_secs(5);

/// Ask a `serve` for a sign of life: exit code 0 if it answers within five seconds, 1 if not
///
/// Asks GET /health, which takes no sign-in and asks nobody else anything: Crayon or HostBill being down does not
/// show here but in `billbridge check` and on the dashboard.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Where it is
    #[arg(long, help = "Where it is [default: this machine, at BILLBRIDGE_LISTEN or http://127.0.0.1:8080]")]
    pub url: Option<String>,
}

/// Asks, once.
///
/// # Errors
/// When nobody answers as `serve` does.
pub async fn run(args: &Args, around: &Surroundings, out: &mut Out) -> Result<Exit, Problem> {
    let base = args.url.clone().map_or_else(|| door::nearby(&around.env), Ok)?;
    let url = Url::parse(&base).map_err(|error| {
        Problem::usage(
            format!("the address to ask is none: {error}"),
            "for example --url http://127.0.0.1:8080",
        )
    })?;
    let url = url_below(&url, "health");
    let shown = shown_url(&url);
    let silent = |what: String| {
        Problem::failed(
            format!("no sign of life from {shown}: {what}"),
            "is `billbridge serve` running, and listening there?",
        )
    };
    let http = http_client().map_err(|error| silent(error.to_string()))?;
    let once = RetryPolicy { max_attempts: 1, ..RetryPolicy::default() };
    let config = TransportConfig { read_timeout: PATIENCE, retry: once, ..TransportConfig::default() };
    let transport = Transport::new(http, SystemId::billbridge(), around.clock.clone(), config);
    let reply = transport.call(Request::get("GET /health", url), Deadline::never()).await;
    let reply = reply.map_err(|failure| silent(failure.to_string()))?;
    if !reply.is_success() {
        return Err(silent(format!("answered {}", reply.status)));
    }
    let alive = serde_json::from_slice::<Value>(&reply.body).is_ok_and(|body| body["status"] == "ok");
    if !alive {
        return Err(silent("somebody else answers there".to_owned()));
    }
    if out.json {
        out.value(&json!({"url": shown, "status": "ok"}));
    } else {
        let tick = out.look.tick(true);
        out.line(format_args!("{tick} {shown} answers"));
    }
    Ok(Exit::Done)
}
