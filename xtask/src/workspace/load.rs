//! Reading the workspace: `cargo metadata` for members, `cargo tree` for what they are built with, git for the
//! list of files.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{Dependency, Kind, Member, TextFile, Tree, Workspace};
use crate::process;

/// The shipped system. Naming it makes the answer the same on every developer's machine.
const SHIPPED_TARGET: &str = "x86_64-unknown-linux-gnu";
/// Larger files are data; no rule reads them.
const LARGEST_TEXT: usize = 4 * 1024 * 1024;

/// Where the workspace stands and where it builds to.
pub(crate) struct Place {
    pub(crate) root: PathBuf,
    pub(crate) target: PathBuf,
    pub(crate) members: Vec<Member>,
}

/// Finds the workspace around the current directory, without resolving anything.
pub(crate) fn place() -> Result<Place, String> {
    let here = Path::new(".");
    let metadata = metadata(here)?;
    let path = |key: &str| text(&metadata, key).map(PathBuf::from);
    Ok(Place {
        root: path("workspace_root")?,
        target: path("target_directory")?,
        members: members(&metadata)?,
    })
}

pub(super) fn workspace(root: &Path) -> Result<Workspace, String> {
    let members = members(&metadata(root)?)?;
    let paths = paths(root)?;
    let files = paths.iter().filter_map(|path| text_file(root, path)).collect();
    let tree = tree(&printed_tree(root)?, &members);
    // A tree that was misread would break no rule and so look like a good one.
    if let Some(lost) =
        members.iter().find(|member| !tree.packages.values().any(|one| one.name == member.name))
    {
        return Err(format!("cargo tree shows nothing of {}", lost.name));
    }
    Ok(Workspace { members, tree, files, paths: paths.into_iter().collect() })
}

pub(super) fn members(metadata: &Value) -> Result<Vec<Member>, String> {
    let root = text(metadata, "workspace_root")?;
    let ids = list(metadata, "workspace_members")?;
    let packages = list(metadata, "packages")?.iter().filter(|package| ids.contains(&package["id"]));
    packages.map(|package| member(package, root)).collect()
}

/// Reads what `cargo tree --prefix depth` prints: `2serde v1.0.229 (*)` stands two levels below its root.
///
/// A package that was shown before has its branches there, so the lines add up to one graph.
pub(super) fn tree(printed: &str, members: &[Member]) -> Tree {
    let mut tree = Tree::default();
    let mut way: Vec<String> = Vec::new();
    for line in printed.lines() {
        let package = line.trim_start_matches(|letter: char| letter.is_ascii_digit());
        let depth: usize = line[..line.len() - package.len()].parse().unwrap_or_default();
        let mut words = package.split(' ');
        let (Some(name), Some(version)) = (words.next(), words.next()) else {
            continue;
        };
        let id = format!("{name} {version}");
        let known = tree.packages.entry(id.clone()).or_default();
        name.clone_into(&mut known.name);
        known.member = members.iter().any(|member| member.name == name);
        way.truncate(depth);
        if let Some(above) = way.last().and_then(|above| tree.packages.get_mut(above)) {
            above.built_with.push(id.clone());
        }
        way.push(id);
    }
    tree
}

/// `cargo metadata` also resolves, but counts optional dependencies that a weak feature (`ring?/std`) only
/// mentions; `cargo tree` shows what is built.
fn printed_tree(root: &Path) -> Result<String, String> {
    let arguments =
        ["tree", "--workspace", "--edges", "normal,build", "--target", SHIPPED_TARGET, "--prefix", "depth"];
    let said = process::ask(root, "cargo", &arguments)?;
    if said.success {
        Ok(said.stdout)
    } else {
        Err(format!("cargo tree failed:\n{}", said.stderr.trim_end()))
    }
}

fn metadata(root: &Path) -> Result<Value, String> {
    let said = process::ask(root, "cargo", &["metadata", "--format-version", "1", "--no-deps"])?;
    if !said.success {
        return Err(format!("cargo metadata failed:\n{}", said.stderr.trim_end()));
    }
    serde_json::from_str(&said.stdout).map_err(|error| format!("cargo metadata cannot be read: {error}"))
}

fn member(package: &Value, root: &str) -> Result<Member, String> {
    let manifest = text(package, "manifest_path")?;
    let folder = Path::new(manifest).parent().unwrap_or(Path::new(""));
    let folder = folder.strip_prefix(root).unwrap_or(folder);
    let dependencies = list(package, "dependencies")?.iter().map(|one| {
        let kind = if one["kind"] == "dev" { Kind::Dev } else { Kind::Normal };
        Ok(Dependency { package: text(one, "name")?.to_owned(), kind })
    });
    let targets = list(package, "targets")?.iter();
    let binaries =
        targets.filter(|target| target["kind"].as_array().is_some_and(|kinds| kinds.contains(&"bin".into())));
    Ok(Member {
        name: text(package, "name")?.to_owned(),
        folder: folder.to_string_lossy().replace('\\', "/"),
        dependencies: dependencies.collect::<Result<_, String>>()?,
        binaries: binaries
            .map(|target| text(target, "name").map(str::to_owned))
            .collect::<Result<_, String>>()?,
    })
}

/// Files that are tracked, or would be by `git add`. Without git (an unpacked archive), all but build output.
fn paths(root: &Path) -> Result<Vec<String>, String> {
    let arguments = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
    if let Ok(said) = process::ask(root, "git", &arguments)
        && said.success
    {
        let mut found: Vec<String> = said.stdout.split_terminator('\0').map(str::to_owned).collect();
        found.retain(|path| root.join(path).is_file());
        found.sort();
        found.dedup();
        return Ok(found);
    }
    let mut found = Vec::new();
    walk(root, root, &mut found).map_err(|error| format!("cannot list the files: {error}"))?;
    found.sort();
    Ok(found)
}

fn walk(root: &Path, folder: &Path, found: &mut Vec<String>) -> std::io::Result<()> {
    const BUILT: [&str; 3] = ["target", ".git", ".aws-sam"];
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && !BUILT.contains(&name.as_str()) {
            walk(root, &path, found)?;
        } else if path.is_file() {
            found.push(path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/"));
        }
    }
    Ok(())
}

fn text_file(root: &Path, path: &str) -> Option<TextFile> {
    let bytes = std::fs::read(root.join(path)).ok()?;
    if bytes.len() > LARGEST_TEXT || bytes.contains(&0) {
        return None;
    }
    Some(TextFile { path: path.to_owned(), text: String::from_utf8(bytes).ok()? })
}

fn text<'a>(value: &'a Value, key: &str) -> Result<&'a str, String> {
    value[key].as_str().ok_or_else(|| format!("cargo metadata has no text `{key}`"))
}

fn list<'a>(value: &'a Value, key: &str) -> Result<&'a Vec<Value>, String> {
    value[key].as_array().ok_or_else(|| format!("cargo metadata has no list `{key}`"))
}
