//! The gatehouse: what must hold before a change comes in, and what is measured about it.
//!
//! Every command works with what a Rust installation brings. A tool that is not there is named and
//! left out, with the command that installs it.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool: its output is what it is for"
)]

use std::process::ExitCode;

mod advisories;
mod args;
mod bench;
mod check;
mod ci;
mod e2e_aws;
mod hooks;
mod invariants;
mod markdown;
mod openapi;
mod process;
mod rust_text;
mod sbom;
mod size;
mod toml_text;
mod workspace;

use args::{Command, parse};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match parse(&words) {
        Ok(Command::Help(page)) => {
            println!("{page}");
            return ExitCode::SUCCESS;
        }
        Ok(Command::Check(options)) => check::run(&options),
        Ok(Command::Ci) => ci::run(),
        Ok(Command::Size { update }) => size::run(update),
        Ok(Command::Bench { release, name, rest }) => bench::run(release, &name, &rest),
        Ok(Command::E2eAws { dev, only }) => e2e_aws::run(dev, only.as_deref()),
        Ok(Command::OpenApi) => openapi::run(),
        Ok(Command::Sbom) => sbom::run(),
        Ok(Command::Advisories) => advisories::run(),
        Ok(Command::Hooks(wish)) => hooks::run(wish),
        Err(problem) => {
            eprintln!("{problem}\n\n{}", args::HELP);
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            eprintln!("xtask: {problem}");
            ExitCode::FAILURE
        }
    }
}
