//! The binary: command line in, exit code out.

use clap::Parser as _;
use lambda_kit::env::Env;
use serve::cli::{Cli, Command};
use serve::logging;
use serve::out::Out;
use serve::surroundings::Surroundings;
use serve::traces::Traces;
use std::process::ExitCode;

/// The embedded table and its client hand each other small maps of text all day long: with the system's allocator
/// a page takes a fifth more of the processor (docs/benchmarks.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let mut out = Out::process(cli.json, cli.plain);
    // The demonstration brings its own world, whatever is configured here.
    let around = if matches!(cli.command, Command::Demo(_)) {
        Ok(Surroundings::new(Env::default()))
    } else {
        Surroundings::of_process(cli.env_file.as_deref())
    };
    let around = match around {
        Ok(around) => around,
        Err(problem) => {
            out.problem(&problem);
            return ExitCode::from(problem.exit.code());
        }
    };
    let traces = match Traces::open(&around.env, around.clock.clone()) {
        Ok(traces) => traces,
        Err(problem) => {
            out.problem(&problem);
            return ExitCode::from(problem.exit.code());
        }
    };
    if matches!(cli.command, Command::Serve(_)) {
        logging::init_serve(&Env::from_process(), cli.json, traces.as_ref());
    } else {
        logging::init_command(&Env::from_process(), traces.as_ref());
    }
    let leaves_demo = matches!(&cli.command, Command::Demo(demo) if demo.serve);
    if leaves_demo || matches!(cli.command, Command::Serve(_) | Command::Sync(_)) {
        around.stop.on_signals();
    }
    let exit = serve::run(&cli.command, around, &mut out).await;
    if let Some(traces) = traces {
        traces.close().await;
    }
    ExitCode::from(exit.code())
}
