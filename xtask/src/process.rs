//! Running other programs, always from the workspace root.

use std::path::Path;
use std::process::{Command, Stdio};

/// What a program said, and whether it succeeded.
pub(crate) struct Said {
    pub(crate) success: bool,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs a program with our own output; true when it succeeded.
pub(crate) fn show(root: &Path, program: &str, arguments: &[&str]) -> Result<bool, String> {
    Command::new(program)
        .args(arguments)
        .current_dir(root)
        .status()
        .map(|status| status.success())
        .map_err(|error| format!("cannot run {program}: {error}"))
}

/// Runs a program and keeps what it says.
pub(crate) fn ask(root: &Path, program: &str, arguments: &[&str]) -> Result<Said, String> {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(root)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cannot run {program}: {error}"))?;
    Ok(Said {
        success: output.status.success(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

/// True when the program is there and answers to these words.
pub(crate) fn answers(root: &Path, program: &str, arguments: &[&str]) -> bool {
    ask(root, program, arguments).is_ok_and(|said| said.success)
}
