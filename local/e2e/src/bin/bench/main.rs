//! `bench sync` measures `subscription-sync`, `bench http` pages and API of `billbridge serve`, `bench cold` how
//! functions start; all put every figure beside the least that is possible, or beside its budget. `bench cost` measures
//! what AWS would bill, for `billbridge cost`. `docs/benchmarks.md` and `docs/cost.md` say what each figure means.
//! `cargo xtask bench sync` and its siblings build what they need and start them.

mod change;
mod cold;
mod cost;
mod facts;
mod http;
mod judge;
mod report;
mod scene;
mod size;
mod sync;
mod unchanged;
mod wall;

use clap::{Args, Parser, Subcommand};
use e2e::Trouble;
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
    /// Pages and API of `billbridge serve`, asked from outside.
    Http(HttpOptions),
    /// How functions start: processor, memory, the first call to the table.
    Cold(ColdOptions),
    /// Units, calls, processor time and bytes of each piece of work, written to the file that `billbridge cost` reads.
    Cost,
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

/// How much to ask.
#[derive(Args)]
struct HttpOptions {
    /// Subscriptions that are in billing.
    #[arg(long, default_value_t = 10_000)]
    records: u64,
    /// Requests for each page in a series.
    #[arg(long, default_value_t = 300)]
    requests: u32,
    /// Series of which the median counts.
    #[arg(long, default_value_t = 3)]
    repeat: usize,
    /// How many lists are asked for in a second.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=2_000))]
    rate: u32,
    /// For how many seconds.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=600))]
    seconds: u32,
    /// Prints JSON instead of tables.
    #[arg(long)]
    json: bool,
}

/// What a benchmark has to show.
enum Outcome {
    /// Whether as JSON is the second.
    Figures(report::Report, bool),
    Counts(Vec<(String, u64)>),
    /// It is in a file.
    Written,
}

/// How often to start.
#[derive(Args)]
struct ColdOptions {
    /// Starts of which the median counts.
    #[arg(long, default_value_t = 21)]
    repeat: usize,
    /// The functions of another profile of the same target folder.
    #[arg(long, value_name = "PROFILE")]
    of: Option<String>,
    /// Counts the instructions of one start instead, with valgrind: a line for each function, its name and the count.
    #[arg(long)]
    instructions: bool,
    /// Prints JSON instead of tables.
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let Options { what } = Options::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let outcome = runtime.map_err(Trouble::from).and_then(|runtime| match &what {
        What::Cold(options) if options.instructions => {
            runtime.block_on(cold::instructions(options)).map(Outcome::Counts)
        }
        What::Cold(options) => {
            runtime.block_on(cold::run(options)).map(|it| Outcome::Figures(it, options.json))
        }
        What::Sync(options) => {
            runtime.block_on(sync::run(options)).map(|it| Outcome::Figures(it, options.json))
        }
        What::Http(options) => {
            runtime.block_on(http::run(options)).map(|it| Outcome::Figures(it, options.json))
        }
        What::Cost => runtime.block_on(cost::run()).map(|()| Outcome::Written),
    });
    match outcome {
        Ok(Outcome::Counts(counts)) => {
            report::list(&counts);
            ExitCode::SUCCESS
        }
        Ok(Outcome::Written) => ExitCode::SUCCESS,
        Ok(Outcome::Figures(report, json)) => {
            report::show(&report, json);
            if report.is_within() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(trouble) => {
            report::complain(&trouble);
            ExitCode::from(2)
        }
    }
}
