//! What stands where, and how long it is.

use super::Breach;
use crate::workspace::Workspace;

/// What the owner asked to find at the top level.
const TOP: [&str; 7] = ["Cargo.toml", "functions", "shared", "infra", "template.yaml", "README.md", "events"];
const LONG_FILE: usize = 450;

pub(super) fn outline(workspace: &Workspace) -> Vec<Breach> {
    let missing = TOP.iter().filter(|path| !workspace.exists(path));
    missing.map(|path| Breach::new(*path, "is missing, or a folder without a file")).collect()
}

/// A warning, not a breach: a long file usually holds two ideas.
pub(crate) fn long_files(workspace: &Workspace) -> Vec<Breach> {
    let lengths = workspace.rust_files().map(|file| (file, file.text.lines().count()));
    lengths
        .filter(|(_, lines)| *lines > LONG_FILE)
        .map(|(file, lines)| Breach::new(&file.path, format!("{lines} lines: does it hold two ideas?")))
        .collect()
}
