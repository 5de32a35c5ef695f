//! `billbridge`: every function in one process on an embedded table, the command line that operations and
//! finance people use, and the demonstration.
//!
//! Each command is a library function in [`commands`]; the binary parses the command line and calls [`run`].
//! [`house`] opens what commands work with, [`table`] is the embedded table, [`bus`] and [`serving`] the
//! in-process bus and schedule. Results go through [`out`] and nowhere else; how a command ended is an
//! [`exit::Exit`].

pub mod bus;
pub mod cli;
pub mod commands;
pub mod cost;
pub mod demo;
pub mod door;
pub mod exit;
pub mod front;
pub mod house;
pub mod json;
pub mod logging;
pub mod out;
pub mod progress;
pub mod sealed;
pub mod serving;
pub mod show;
pub mod stop;
pub mod surroundings;
pub mod table;
pub mod traces;

use cli::{Cli, Command};
use commands::{
    audit, backup, check, health, links, openapi, plan, records, runs, serve, settings, sync, tokens,
    transfer, users,
};
use exit::{Exit, Problem};
use house::House;
use out::Out;
use surroundings::Surroundings;

/// Runs a command to its end. Whatever goes wrong is told through `out`.
pub async fn run(command: &Command, around: Surroundings, out: &mut Out) -> Exit {
    match Box::pin(dispatch(command, around, out)).await {
        Ok(exit) => exit,
        Err(problem) => {
            out.problem(&problem);
            problem.exit
        }
    }
}

async fn dispatch(command: &Command, around: Surroundings, out: &mut Out) -> Result<Exit, Problem> {
    if let Command::Demo(args) = command {
        return Box::pin(demo::run(args, around.stop.clone(), out)).await;
    }
    if let Command::Settings(settings::Command::Init(args)) = command {
        return Ok(settings::init(args, out));
    }
    if let Command::OpenApi = command {
        return openapi::run(out);
    }
    if let Command::Health(args) = command {
        return health::run(args, &around, out).await;
    }
    if let Command::Backup(args) = command {
        return backup::run(args, &around.env, out).await;
    }
    if let Command::Cost(args) = command {
        return commands::cost::run(args, out);
    }
    let house = House::open(around).await?;
    match command {
        Command::Serve(args) => serve::run(args, &house, out).await,
        Command::Check => check::run(&house, out).await,
        Command::Sync(args) => sync::run(args, &house, out).await,
        Command::Plan(command) => plan::run(command, &house, out).await,
        Command::Runs(args) => runs::run(args, &house, out).await,
        Command::Records(args) => records::run(args, &house, out).await,
        Command::Links(command) => links::run(command, &house, out).await,
        Command::Settings(command) => settings::run(command, &house, out).await,
        Command::Audit(command) => audit::run(command, &house, out).await,
        Command::Export(args) => transfer::export(args, &house, out).await,
        Command::Import(args) => transfer::import(args, &house, out).await,
        Command::Tokens(command) => tokens::run(command, &house, out).await,
        Command::Users(command) => users::run(command, &house, out).await,
        Command::OpenApi => openapi::run(out),
        Command::Health(args) => health::run(args, &house.around, out).await,
        Command::Backup(args) => backup::run(args, house.env(), out).await,
        Command::Cost(args) => commands::cost::run(args, out),
        Command::Demo(args) => Box::pin(demo::run(args, house.around.stop.clone(), out)).await,
    }
}

/// Parses a command line and runs it in these surroundings: what the binary does, for tests.
///
/// # Errors
/// When the command line itself is not understood.
pub async fn run_line(line: &[&str], around: Surroundings, out: &mut Out) -> Result<Exit, clap::Error> {
    use clap::Parser as _;
    let cli = Cli::try_parse_from(std::iter::once(&"billbridge").chain(line))?;
    out.json |= cli.json;
    Ok(run(&cli.command, around, out).await)
}
