//! Starts Crayon Cloud-iQ and HostBill on this machine and says where they are.

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, ValueEnum};
use serde_json::{Value, json};
use simulators::crayon::Crayon;
use simulators::estate::{self, Estate};
use simulators::hostbill::HostBill;
use simulators::{Clock, Moment};

const CONTROL: &str = r#"Control face of each server:
  GET    /_sim/counters        requests per route or call, most in flight, virtual time
  GET    /_sim/state           sizes of the model
  POST   /_sim/reset           forgets the counters
  POST   /_sim/clock           {"advance_days": 1} or {"advance_seconds": 60} or {"now": "2026-04-01"}
  POST   /_sim/faults          {"fault": "status", "code": 500, "on": "GET /subscriptions", "times": 2, "skip": 1}
  DELETE /_sim/faults
  POST   /_sim/latency         {"ms": 20}
  POST   /_sim/change-percent  {"percent": 1}   Crayon: one more seat for this share of the subscriptions
  POST   /_sim/hooks           HostBill: {"url": "http://127.0.0.1:8080/hooks/hostbill", "secret": "...",
                               "events": ["after_accountcreate"], "real_time": true}; no events means all
  DELETE /_sim/hooks
  POST   /_sim/tick            Crayon: orders in processing become subscriptions"#;

/// Crayon Cloud-iQ and HostBill as stateful simulators.
///
/// Prints one JSON line with the addresses and the credentials to use, then serves until Ctrl-C.
#[derive(Parser)]
#[command(version, about, long_about, after_help = CONTROL)]
struct Options {
    /// Today on both virtual clocks, such as 2026-03-02; the believable estate is built around it.
    #[arg(long, value_parser = day)]
    now: Option<Moment>,
    /// Which estate to serve.
    #[arg(long, value_enum, default_value_t = Kind::Believable)]
    estate: Kind,
    /// Seed of the believable estate.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Subscriptions of the synthetic estate.
    #[arg(long, default_value_t = 10_000)]
    subscriptions: usize,
    /// Customers of the synthetic estate; one for every fifty subscriptions unless given.
    #[arg(long)]
    customers: Option<usize>,
    /// Port for Crayon; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    crayon_port: u16,
    /// Port for HostBill; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    hostbill_port: u16,
    /// Latency added to every request, in milliseconds.
    #[arg(long, default_value_t = 0)]
    latency_ms: u64,
    /// Writes what truly belongs to what (tenants to clients, offers to products) to this file as JSON.
    #[arg(long, value_name = "FILE")]
    links: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    /// Two organisations, 40 customers, about 1,000 subscriptions, the usual disorder.
    Believable,
    /// One organisation, everything active and linked, as large as wanted.
    Synthetic,
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let options = Options::parse();
    let mut estate = build(&options);
    let latency = Duration::from_millis(options.latency_ms);
    estate.crayon.faults.latency = latency;
    estate.hostbill.faults.latency = latency;
    let links = estate.links_json();
    if let Some(path) = &options.links {
        std::fs::write(path, links.to_string())?;
    }
    let signs = signs(&estate);
    let crayon = Crayon::start_on(estate.crayon, local(options.crayon_port)).await?;
    let hostbill = HostBill::start_on(estate.hostbill, local(options.hostbill_port)).await?;
    let line = announcement(&crayon, &hostbill, &signs);
    {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{line}")?;
        out.flush()?;
    }
    tokio::signal::ctrl_c().await?;
    crayon.stop().await;
    hostbill.stop().await;
    Ok(())
}

fn build(options: &Options) -> Estate {
    match options.estate {
        Kind::Believable => {
            estate::believable_at(options.seed, options.now.unwrap_or(Clock::default().now()))
        }
        Kind::Synthetic => {
            let customers = options.customers.unwrap_or(options.subscriptions.div_ceil(50));
            estate::synthetic(options.subscriptions, customers)
        }
    }
}

fn day(text: &str) -> Result<Moment, String> {
    Moment::parse(text).ok_or_else(|| "not a day".to_owned())
}

fn local(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

/// Credentials and sizes, taken before the models move into their servers.
fn signs(estate: &Estate) -> Value {
    let crayon = estate.crayon.credentials();
    let (api_id, api_key) = estate.hostbill.credentials();
    json!({
        "crayon": {
            "client_id": crayon.client_id, "client_secret": crayon.client_secret,
            "username": crayon.username, "password": crayon.password,
            "organisations": estate.crayon.organisations.keys().collect::<Vec<_>>(),
            "subscriptions": estate.crayon.subscriptions.len(),
        },
        "hostbill": {"api_id": api_id, "api_key": api_key, "clients": estate.hostbill.clients.len()},
    })
}

fn announcement(crayon: &Crayon, hostbill: &HostBill, signs: &Value) -> Value {
    let mut line = signs.clone();
    line["crayon"]["url"] = json!(crayon.url());
    line["hostbill"]["url"] = json!(hostbill.url());
    line
}
