//! What a manifest says, and where packages come from.

use super::Breach;
use crate::toml_text::{Entry, dependencies, entries, get, is_inherited};
use crate::workspace::Workspace;

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";
const INHERITED: [&str; 5] = ["version", "edition", "rust-version", "license", "publish"];

pub(super) fn inheritance(workspace: &Workspace) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for member in &workspace.members {
        let path = format!("{}/Cargo.toml", member.folder);
        let folder = member.folder.rsplit('/').next().unwrap_or_default();
        if folder != member.name {
            let what =
                format!("package {} stands in a folder named {folder}: they are the same", member.name);
            breaches.push(Breach::new(&path, what));
        }
        let Some(file) = workspace.file(&path) else {
            breaches.push(Breach::new(&path, "is not among the repository's files; is it ignored?"));
            continue;
        };
        breaches.extend(not_inherited(&entries(&file.text)).map(|what| Breach::new(&path, what)));
    }
    breaches.extend(workspace.file("Cargo.toml").map(|root| aws_defaults(&root.text)).unwrap_or_default());
    breaches
}

fn not_inherited(manifest: &[Entry]) -> impl Iterator<Item = String> {
    let facts = INHERITED
        .into_iter()
        .filter(|key| !is_inherited(manifest, "package", key))
        .map(|key| format!("`{key}` is not inherited: write `{key}.workspace = true`"));
    let lints = (!is_inherited(manifest, "", "lints"))
        .then(|| "the lints are not inherited: write [lints] workspace = true".to_owned());
    let versions = dependencies(manifest)
        .into_iter()
        .filter(|dependency| !dependency.inherited)
        .map(|one| format!("dependency {} is not inherited: its version stands in the root only", one.name));
    facts.chain(lints).chain(versions).collect::<Vec<_>>().into_iter()
}

/// The SDK's default features bring a second TLS stack.
fn aws_defaults(root: &str) -> Vec<Breach> {
    let entries = entries(root);
    let aws = entries.iter().filter(|entry| {
        entry.section == "workspace.dependencies"
            && (entry.key.starts_with("aws-sdk-") || entry.key == "aws-config" || entry.key == "reqwest")
    });
    aws.filter(|entry| !entry.value.replace(' ', "").contains("default-features=false"))
        .map(|entry| Breach::new("Cargo.toml", format!("{} has its default features on", entry.key)))
        .collect()
}

pub(super) fn same_build(workspace: &Workspace) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for path in &workspace.paths {
        if matches!(path.rsplit('/').next(), Some("rust-toolchain.toml" | "rust-toolchain")) {
            breaches.push(Breach::new(path, "names a toolchain, which makes rustup download one"));
        }
    }
    let Some(root) = workspace.file("Cargo.toml") else {
        return breaches;
    };
    if get(&entries(&root.text), "workspace", "default-members").is_some() {
        breaches.push(Breach::new("Cargo.toml", "has default-members: a plain build would skip the rest"));
    }
    breaches
}

pub(super) fn sources(workspace: &Workspace) -> Vec<Breach> {
    let mut breaches = Vec::new();
    match workspace.file("Cargo.lock") {
        None => breaches.push(Breach::new("Cargo.lock", "is not committed")),
        Some(lock) => {
            for (index, line) in lock.text.lines().enumerate() {
                let source = line.strip_prefix("source = \"").and_then(|rest| rest.strip_suffix('"'));
                if let Some(source) = source.filter(|source| *source != CRATES_IO) {
                    breaches.push(Breach::at("Cargo.lock", index + 1, format!("{source} is not crates.io")));
                }
            }
        }
    }
    let configs = workspace
        .files
        .iter()
        .filter(|file| file.path.ends_with(".cargo/config.toml") || file.path.ends_with(".cargo/config"));
    for config in configs {
        let redirects = |entry: &&Entry| {
            ["source", "registries", "registry", "http"]
                .iter()
                .any(|start| entry.section == *start || entry.section.starts_with(&format!("{start}.")))
        };
        if let Some(entry) = entries(&config.text).iter().find(redirects) {
            let what = format!("[{}] is about one machine's registry or proxy", entry.section);
            breaches.push(Breach::new(&config.path, what));
        }
    }
    breaches
}
