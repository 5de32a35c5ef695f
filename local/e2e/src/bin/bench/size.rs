//! What the function weighs when it is uploaded.

use e2e::{Build, Trouble};
use std::process::{Command, Stdio};
use std::time::Duration;

/// The release binary as it lies there, which may be older than the sources.
pub(crate) struct Zipped {
    pub(crate) bytes: u64,
    /// How long ago it was built.
    pub(crate) age: Duration,
}

/// What the release binary weighs as `bootstrap` in an archive; nothing if it was not built. An archive of one
/// file is its deflated bytes and some hundred more.
pub(crate) fn zipped(build: &Build) -> Result<Option<Zipped>, Trouble> {
    const AROUND: u64 = 140;
    let Some(binary) = build.binary_of("release", "subscription-sync") else {
        return Ok(None);
    };
    let age = std::fs::metadata(&binary)?.modified()?.elapsed().unwrap_or_default();
    let gzip = Command::new("gzip").args(["-9", "-c", "-n"]).arg(binary).stdin(Stdio::null()).output();
    let gzip = gzip.map_err(|error| Trouble::at("gzip, which weighs the release binary", &error))?;
    if !gzip.status.success() {
        return Err(Trouble::at("gzip", &String::from_utf8_lossy(&gzip.stderr)));
    }
    Ok(Some(Zipped { bytes: gzip.stdout.len() as u64 + AROUND, age }))
}
