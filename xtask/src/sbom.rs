//! `cargo xtask sbom`: what each shipped binary is made of, as `CycloneDX`, for whoever has to know.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::process::{answers, show};
use crate::workspace::{Member, Workspace, place};

#[cfg(test)]
mod tests;

const TOOL: &str = "cargo-cyclonedx 0.5.9";
const CURE: &str = "cargo install cargo-cyclonedx --version 0.5.9 --locked";
/// `billbridge` is shipped beside the functions.
const COMMAND_LINE: &str = "serve";
/// As the tool names them, beside the manifest; git is told to take no notice.
const SUFFIX: &str = "_bin.cdx.json";
/// What stands where the machine's own path was: it is nobody's business and differs everywhere.
const ROOT: &str = "file:///billbridge";

pub(crate) fn run() -> Result<bool, String> {
    let place = place()?;
    if !answers(&place.root, "cargo", &["cyclonedx", "--version"]) {
        return Err(format!("{TOOL} is not installed (cure: {CURE})"));
    }
    let workspace = Workspace::load(&place.root)?;
    let arguments = ["cyclonedx", "--quiet", "--format", "json", "--spec-version", "1.5"];
    let what = ["--describe", "binaries", "--target", "x86_64-unknown-linux-gnu"];
    let described = show(&place.root, "cargo", &[&arguments[..], &what[..]].concat())?;
    let folder = place.target.join("sbom");
    let failed = |error: std::io::Error| format!("cannot prepare {}: {error}", folder.display());
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(failed)?;
    }
    fs::create_dir_all(&folder).map_err(failed)?;
    let mut passed = described;
    for member in &workspace.members {
        for binary in &member.binaries {
            let written = place.root.join(&member.folder).join(format!("{binary}{SUFFIX}"));
            if is_shipped(member) {
                let target = folder.join(format!("{binary}.cdx.json"));
                passed &= said(binary, moved(&written, &target, &place.root, &workspace, member));
            }
            // The tool describes every binary of the workspace.
            let _ = fs::remove_file(&written);
        }
    }
    println!("in {}", folder.display());
    Ok(passed)
}

fn is_shipped(member: &Member) -> bool {
    member.is_in("functions") || member.name == COMMAND_LINE
}

fn said(binary: &str, outcome: Result<usize, String>) -> bool {
    match outcome {
        Ok(parts) => println!("ok       {binary}: {parts} components"),
        Err(problem) => {
            println!("FAILED   {binary}: {problem}");
            return false;
        }
    }
    true
}

/// Puts a list where it belongs, without the machine's paths, if it names all that the binary is built with.
fn moved(
    from: &Path,
    to: &Path,
    root: &Path,
    workspace: &Workspace,
    member: &Member,
) -> Result<usize, String> {
    let text = fs::read_to_string(from).map_err(|error| format!("the tool wrote no list: {error}"))?;
    let text = text.replace(&format!("file://{}", root.display()), ROOT);
    let names = components(&text)?;
    let lost: Vec<String> =
        workspace.tree.under(&member.name).into_keys().filter(|name| !names.contains(name)).collect();
    if !lost.is_empty() {
        return Err(format!("its list leaves out {}", lost.join(", ")));
    }
    fs::write(to, text).map_err(|error| format!("cannot write {}: {error}", to.display()))?;
    Ok(names.len())
}

fn components(text: &str) -> Result<BTreeSet<String>, String> {
    let list: Value =
        serde_json::from_str(text).map_err(|error| format!("its list cannot be read: {error}"))?;
    let all = list["components"].as_array().ok_or("its list has no components")?;
    Ok(all.iter().filter_map(|one| one["name"].as_str().map(str::to_owned)).collect())
}
