//! `bench sync`: measures `subscription-sync` and puts every figure beside the least that is possible, or beside
//! its budget. `docs/benchmarks.md` says what each line means. `cargo xtask bench sync` builds what this needs
//! and starts it.

mod change;
mod facts;
mod judge;
mod report;
mod scene;
mod size;
mod sync;
mod unchanged;
mod wall;

use clap::{Args, Parser, Subcommand};
use std::process::ExitCode;

/// Measures what Billbridge does, beside the least that is possible.
#[derive(Parser)]
#[command(name = "bench", version, about)]
struct Options {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// The function subscription-sync, started as Lambda starts it, against simulators in another process.
    Sync(SyncOptions),
}

/// How much to measure.
#[derive(Args)]
struct SyncOptions {
    /// Estates to measure, smallest first; 10000,100000,1000000 unless given.
    #[arg(long, value_delimiter = ',', value_name = "N,N,…")]
    subscriptions: Vec<u64>,
    /// Rows a page; 200 unless given, and 1000 above 100,000 subscriptions.
    #[arg(long)]
    page_size: Option<u64>,
    /// Runs of which the median counts.
    #[arg(long, default_value_t = 5)]
    repeat: usize,
    /// Two estates instead of three, fewer repetitions: a minute instead of several.
    #[arg(long)]
    quick: bool,
    /// Prints JSON instead of tables.
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let Options { what: What::Sync(options) } = Options::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let outcome = runtime.map_err(Into::into).and_then(|runtime| runtime.block_on(sync::run(&options)));
    match outcome {
        Ok(report) => {
            report::show(&report, options.json);
            if report.is_within() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(trouble) => {
            report::complain(&trouble);
            ExitCode::from(2)
        }
    }
}
