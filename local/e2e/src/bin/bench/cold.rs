//! `bench cold`: what a function costs before its first event and with it, the order of the measurements.

use crate::ColdOptions;
use crate::facts::Facts;
use crate::report::{Report, progress};
use e2e::{Build, Surroundings, Trouble};
use starts::Kind;
use std::path::{Path, PathBuf};

mod counted;
mod first;
mod lines;
mod node;
mod starts;

/// The least that a function can be.
const BARE: &str = "bare-function";
/// Subscriptions of the estate; what grows with it is measured by `bench sync`.
const SUBSCRIPTIONS: usize = 10;

pub(crate) async fn run(options: &ColdOptions) -> Result<Report, Trouble> {
    let build = Build::current()?;
    let facts = Facts::gather(&build);
    let surroundings = Surroundings::open(SUBSCRIPTIONS).await?;
    progress("preparing a Node function to stand beside them");
    let node = node::prepare(&build).await?;
    let unpacked = tempfile::tempdir()?;
    let names = [vec![BARE.to_owned()], e2e::functions()?].concat();
    let kind = |name: String| {
        let program = unpack(&binary(&build, options, &name)?, unpacked.path())?;
        Ok(Kind { name, program, words: vec![] })
    };
    let mut kinds = names.into_iter().map(kind).collect::<Result<Vec<_>, Trouble>>()?;
    kinds.extend(node.iter().cloned());
    progress(&format!("{} starts of each, in turn", options.repeat.max(1)));
    let seen = starts::measure(&kinds, &surroundings.environment, options.repeat.max(1)).await?;
    let mut lines = lines::starts(&seen, node.is_some());
    surroundings.close().await;
    for kind in kinds.iter().filter(|kind| kind.name != BARE && kind.name != node::NAME) {
        progress(&format!("{}: every sample, each handed to a new process", kind.name));
        lines.extend(lines::first(&kind.name, &Box::pin(first::measure(kind)).await?));
    }
    Ok(Report { facts, lines })
}

/// The instructions of a start, of every function.
pub(crate) async fn instructions(options: &ColdOptions) -> Result<Vec<(String, u64)>, Trouble> {
    let build = Build::current()?;
    let surroundings = Surroundings::open(SUBSCRIPTIONS).await?;
    let mut counts = Vec::new();
    for name in e2e::functions()? {
        let binary = binary(&build, options, &name)?;
        counts.push((name, counted::instructions(&binary, &surroundings.environment).await?));
    }
    surroundings.close().await;
    Ok(counts)
}

/// Lambda starts what was unpacked out of an archive, written from the first byte to the last. A linker writes through a
/// memory map instead, in pieces of 4 KB, and the kernel maps what is in so many pieces a tenth more slowly.
fn unpack(binary: &Path, folder: &Path) -> Result<PathBuf, Trouble> {
    let copy = folder.join(binary.file_name().unwrap_or_default());
    std::fs::copy(binary, &copy)?;
    Ok(copy)
}

fn binary(build: &Build, options: &ColdOptions, name: &str) -> Result<PathBuf, Trouble> {
    let Some(profile) = &options.of else { return Ok(build.binary(name)) };
    let found = build.binary_of(profile, name);
    found.ok_or_else(|| Trouble::new(format!("{name} was not built in profile {profile}")))
}
