//! `cargo xtask openapi`: the interface's description, written by the code that serves it.

use std::path::Path;

use crate::process::ask;
use crate::workspace::place;

/// Where the description is kept, for everybody who writes a client.
pub(crate) const FILE: &str = "infra/openapi.json";

/// How the description kept differs from the one that the code writes.
pub(crate) enum Drift {
    None,
    At { line: usize, kept: String, written: String },
}

pub(crate) fn run() -> Result<bool, String> {
    let root = place()?.root;
    let written = described(&root)?;
    match drift(&root, &written) {
        Drift::None => println!("ok       {FILE} is up to date"),
        Drift::At { line, .. } => {
            let failed = |error: std::io::Error| format!("cannot write {FILE}: {error}");
            std::fs::write(root.join(FILE), &written).map_err(failed)?;
            println!("written  {FILE}, changed from line {line} on");
        }
    }
    Ok(true)
}

/// The description as the code writes it now.
pub(crate) fn described(root: &Path) -> Result<String, String> {
    let arguments = ["run", "--quiet", "--bin", "billbridge", "--", "openapi"];
    let said = ask(root, "cargo", &arguments)?;
    if !said.success {
        return Err(format!("`billbridge openapi` failed:\n{}", said.stderr.trim_end()));
    }
    Ok(said.stdout)
}

pub(crate) fn drift(root: &Path, written: &str) -> Drift {
    let kept = std::fs::read_to_string(root.join(FILE)).unwrap_or_default();
    first_difference(&kept, written)
}

fn first_difference(kept: &str, written: &str) -> Drift {
    if kept == written {
        return Drift::None;
    }
    let (mut ours, mut theirs) = (kept.lines(), written.lines());
    let mut line = 0;
    loop {
        line += 1;
        let (kept, written) = (ours.next(), theirs.next());
        if kept != written || kept.is_none() {
            let said = |text: Option<&str>| text.map_or("(the end)", str::trim).to_owned();
            return Drift::At { line, kept: said(kept), written: said(written) };
        }
    }
}

#[cfg(test)]
mod tests;
