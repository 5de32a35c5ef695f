//! The command line: what can be typed.

use crate::commands::{
    audit, backup, cost, health, links, plan, records, runs, serve, settings, sync, tokens, transfer, users,
};
use crate::demo;
use clap::{Parser, Subcommand};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  billbridge demo                          watch all of it work, on simulators, in seconds
  billbridge check                         try every credential, connection and call, each by itself
  billbridge settings init --organisation nordic > settings.json
  billbridge links suggest --out links.csv
  billbridge links import links.csv        once a person has reviewed it and written yes
  billbridge sync --dry-run                see what would be done
  billbridge sync --apply 3f9c2a1b77d0     do exactly that
  billbridge serve                         do it every hour, unattended, with pages and API on one port
  billbridge backup monday.db              the whole table in a file, while serve is at work
  billbridge cost --subscriptions 10000    what AWS would ask for it in a month

Exit codes:
  0  done
  1  failed
  2  asked for something that cannot be; nothing was changed
  3  waits for approval, or refused because the world moved; nothing was changed
  4  done, but some changes were refused, are in doubt or are left for the next run

Where things are:
  Credentials come from the environment or from .env (see .env.example).
  The table is billbridge.db in this directory, another file with BILLBRIDGE_DATA, or, with
  BILLBRIDGE_TABLE, a DynamoDB table in AWS.";

/// Keeps Crayon Cloud-iQ subscriptions and HostBill services true to each other, to the cent: planned before it
/// is done, done once, explained afterwards.
#[derive(Debug, Parser)]
#[command(name = "billbridge", version, after_help = EXAMPLES, max_term_width = 110)]
pub struct Cli {
    /// Print results as JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// No colours, no progress bars, no questions
    #[arg(long, global = true)]
    pub plain: bool,
    /// Read variables that the environment does not set from this file [default: .env, if there is one]
    #[arg(long, global = true, value_name = "FILE")]
    pub env_file: Option<PathBuf>,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    Serve(serve::Args),
    Health(health::Args),
    /// Try each credential, connection and needed call by itself, with the cure for whatever fails
    Check,
    Sync(sync::Args),
    /// Look at plans: what would be done, what it would cost, and why
    #[command(subcommand)]
    Plan(plan::Command),
    Runs(runs::Args),
    Records(records::Args),
    /// Suggest, import, list and remove links between the supplier's ids and billing's
    #[command(subcommand)]
    Links(links::Command),
    /// Organisations, policies, price rules and exchange rates
    #[command(subcommand)]
    Settings(settings::Command),
    /// The log of everything that was done: hash-chained, append-only
    #[command(subcommand)]
    Audit(audit::Command),
    /// What programs come in with over HTTP
    #[command(subcommand)]
    Tokens(tokens::Command),
    /// The people who sign in
    #[command(subcommand)]
    Users(users::Command),
    /// Print what programs can call, as an OpenAPI document
    #[command(name = "openapi")]
    OpenApi,
    Export(transfer::ExportArgs),
    Import(transfer::ImportArgs),
    Backup(backup::Args),
    Cost(cost::Args),
    Demo(demo::Args),
}
