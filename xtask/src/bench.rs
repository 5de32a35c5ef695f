//! `cargo xtask bench`: builds what a benchmark needs, then hands over to the runner in local/e2e.

use std::process::Command;

use crate::process::show;
use crate::workspace::{Place, built, place};

const RUNNER: &str = "bench";
const SIMULATORS: &str = "simulators";
/// What `bench cold` puts the functions' start beside.
const BARE: &str = "bare-function";

pub(crate) fn run(release: bool, name: &str, rest: &[String]) -> Result<bool, String> {
    let place = place()?;
    let profile = if release { "release" } else { "e2e" };
    let binaries = needed(&place)?;
    // Always the whole workspace's features: narrowing by package would build the AWS stack anew.
    let mut arguments = vec!["build", "--workspace", "--profile", profile];
    arguments.extend(binaries.iter().flat_map(|binary| ["--bin", binary]));
    if !show(&place.root, "cargo", &arguments)? {
        return Ok(false);
    }
    let runner = built(&place.target, profile, RUNNER);
    let status = Command::new(&runner).arg(name).args(rest).current_dir(&place.root).status();
    status.map(|status| status.success()).map_err(|error| format!("cannot run {}: {error}", runner.display()))
}

/// The runner, the systems it plays against, what it compares with, and every function.
fn needed(place: &Place) -> Result<Vec<String>, String> {
    let has = |member: &str, binary: &str| {
        place.members.iter().any(|one| one.name == member && one.binaries.iter().any(|name| name == binary))
    };
    if !has("e2e", RUNNER) {
        return Err(format!("local/e2e has no binary `{RUNNER}`"));
    }
    let mut binaries = vec![RUNNER.to_owned()];
    for (member, binary) in [(SIMULATORS, SIMULATORS), ("e2e", BARE)] {
        if has(member, binary) {
            binaries.push(binary.to_owned());
        }
    }
    let functions = place.members.iter().filter(|member| member.is_in("functions"));
    binaries.extend(functions.flat_map(|function| function.binaries.clone()));
    Ok(binaries)
}
