//! A function in Node with one AWS client, as most people would write it: something to stand beside ours.

use super::starts::Kind;
use crate::report::progress;
use e2e::{Build, Trouble};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::process::Command;

pub(crate) const NAME: &str = "Node with one AWS client";
/// Young and moving: pinned exactly.
const CLIENT: &str = "@aws-sdk/client-dynamodb@3.1162.0";
const FUNCTION: &str = include_str!("node.js");

/// Installs the client below the target folder, once; nothing where there is no Node or no npm.
pub(crate) async fn prepare(build: &Build) -> Result<Option<Kind>, Trouble> {
    let (Some(node), Some(npm)) = (found("node").await?, found("npm").await?) else {
        progress("Node or npm is not installed: it is left out");
        return Ok(None);
    };
    let binary = build.binary(super::BARE);
    let target = binary.ancestors().nth(2).ok_or_else(|| Trouble::new("the target folder has no parent"))?;
    let folder = target.join("bench-node");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("function.js"), FUNCTION)?;
    if !is_installed(&folder) {
        std::fs::write(folder.join("package.json"), "{}")?;
        let mut install = Command::new(npm);
        install.args(["install", "--no-audit", "--no-fund", "--loglevel=error", "--save-exact", CLIENT]);
        if !install.current_dir(&folder).stdout(Stdio::null()).status().await?.success() {
            progress("npm could not install the client: Node is left out");
            return Ok(None);
        }
    }
    let script = folder.join("function.js").to_string_lossy().into_owned();
    Ok(Some(Kind { name: NAME.to_owned(), program: node, words: vec![script] }))
}

fn is_installed(folder: &Path) -> bool {
    let Some((_, version)) = CLIENT.rsplit_once('@') else { return false };
    let package = std::fs::read_to_string(folder.join("node_modules/@aws-sdk/client-dynamodb/package.json"));
    package.is_ok_and(|text| text.contains(&format!("\"version\": \"{version}\"")))
}

/// Where a program is, if it is.
async fn found(name: &str) -> Result<Option<PathBuf>, Trouble> {
    let said = Command::new("sh").args(["-c", &format!("command -v {name}")]).output().await?;
    let path = String::from_utf8_lossy(&said.stdout).trim().to_owned();
    Ok(Some(PathBuf::from(path)).filter(|_| said.status.success()))
}
