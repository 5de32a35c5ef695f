//! The functions' processes, which the emulator starts as Lambda does.

use e2e::Trouble;
use std::fs;
use std::process::{Command, Stdio};

/// Those that this emulator started and that still run, of functions whose name ends so.
pub(crate) fn of_functions(emulator: u32, name: &str) -> Result<Vec<u32>, Trouble> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let Some(pid) = entry?.file_name().to_str().and_then(|text| text.parse().ok()) else { continue };
        if parent(pid) == Some(emulator) && function(pid).is_some_and(|function| function.ends_with(name)) {
            found.push(pid);
        }
    }
    Ok(found)
}

/// Ends it at once, wherever it is. One that has ended already is no trouble.
pub(crate) fn kill(pid: u32) -> Result<(), Trouble> {
    signal(pid, "-KILL")
}

/// It goes on no further, wherever it is, until it is ended.
pub(crate) fn hold(pid: u32) -> Result<(), Trouble> {
    signal(pid, "-STOP")
}

fn signal(pid: u32, which: &str) -> Result<(), Trouble> {
    Command::new("kill").args([which, &pid.to_string()]).stderr(Stdio::null()).status()?;
    Ok(())
}

/// Field 4, counted after the name, which may hold anything. A process may end while we look.
fn parent(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()
}

fn function(pid: u32) -> Option<String> {
    let variables = fs::read(format!("/proc/{pid}/environ")).ok()?;
    let variables = String::from_utf8_lossy(&variables).into_owned();
    variables.split('\0').find_map(|one| one.strip_prefix("AWS_LAMBDA_FUNCTION_NAME=")).map(str::to_owned)
}
