//! `cargo xtask ci`: what must pass before a change is merged.

use crate::args::CheckOptions;
use crate::process::{answers, show};
use crate::{check, workspace};

pub(crate) fn run() -> Result<bool, String> {
    let checked = check::run(&CheckOptions::default())?;
    let root = workspace::place()?.root;
    let tested = if answers(&root, "cargo", &["nextest", "--version"]) {
        let tests = show(&root, "cargo", &["nextest", "run", "--workspace"])?;
        // nextest does not run the examples in documentation.
        show(&root, "cargo", &["test", "--workspace", "--doc"])? && tests
    } else {
        show(&root, "cargo", &["test", "--workspace"])?
    };
    println!("ci: check {}, tests {}", word(checked), word(tested));
    Ok(checked && tested)
}

fn word(passed: bool) -> &'static str {
    if passed { "ok" } else { "FAILED" }
}
