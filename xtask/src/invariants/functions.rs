//! What a function package owes, and where it names its adapters.

use super::Breach;
use crate::rust_text::{RustText, is_name, line_at};
use crate::workspace::{Member, TextFile, Workspace};

const LONGEST_MAIN: usize = 40;
const ADAPTERS: [&str; 5] = ["connector_", "store_dynamodb", "bus_eventbridge", "secrets_manager", "aws_"];
/// The shapes of what Lambda hands over, which only a function and lambda-kit know.
const SHAPES: &str = "aws_lambda_events";

pub(super) fn complete(workspace: &Workspace) -> Vec<Breach> {
    workspace
        .functions()
        .flat_map(|function| {
            let mut breaches = Vec::new();
            if !workspace.file("template.yaml").is_some_and(|file| names(&file.text, &function.name)) {
                breaches.push(Breach::new(&function.folder, "has no resource in template.yaml"));
            }
            if !workspace.file("README.md").is_some_and(|file| has_row(&file.text, &function.name)) {
                breaches.push(Breach::new(&function.folder, "has no row in the table of README.md"));
            }
            breaches.extend(samples(workspace, function));
            breaches
        })
        .collect()
}

fn samples(workspace: &Workspace, function: &Member) -> Vec<Breach> {
    let folder = format!("events/{}/", function.name);
    let samples: Vec<&TextFile> = workspace
        .files
        .iter()
        .filter(|file| file.path.starts_with(&folder) && file.has_extension("json"))
        .collect();
    if samples.is_empty() {
        return vec![Breach::new(&function.folder, format!("has no sample event in {folder}"))];
    }
    let parsed =
        samples.into_iter().map(|file| (file, serde_json::from_str::<serde_json::Value>(&file.text)));
    parsed
        .filter_map(|(file, result)| Some(Breach::new(&file.path, format!("is no JSON: {}", result.err()?))))
        .collect()
}

pub(super) fn thin_mains(workspace: &Workspace) -> Vec<Breach> {
    let mains =
        workspace.functions().filter_map(|one| workspace.file(&format!("{}/src/main.rs", one.folder)));
    mains
        .map(|file| (file, file.text.lines().count()))
        .filter(|(_, lines)| *lines > LONGEST_MAIN)
        .map(|(file, lines)| {
            Breach::new(&file.path, format!("has {lines} lines, {LONGEST_MAIN} are allowed"))
        })
        .collect()
}

pub(super) fn adapters(workspace: &Workspace) -> Vec<Breach> {
    let sources = workspace
        .rust_files()
        .filter(|file| file.is_in(&["functions"]) && !file.is_test() && !file.path.ends_with("/src/main.rs"));
    sources
        .flat_map(|file| {
            let rust = RustText::new(&file.text);
            adapter_names(&rust.production)
                .into_iter()
                .map(|(line, name)| Breach::at(&file.path, line, format!("names the adapter {name}")))
                .collect::<Vec<_>>()
        })
        .collect()
}

/// Crates at the start of a path or in a `use`; a variable that happens to begin alike is none.
fn adapter_names(code: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut from = 0;
    for word in code.split(|letter: char| !is_name(letter)) {
        let start = from;
        from = start + word.len() + code[start + word.len()..].chars().next().map_or(0, char::len_utf8);
        if word == SHAPES || !ADAPTERS.iter().any(|adapter| word.starts_with(adapter)) {
            continue;
        }
        let before = code[..start].trim_end();
        let begins_path =
            code[start + word.len()..].trim_start().starts_with("::") && !before.ends_with("::");
        if begins_path || before.ends_with("use") || before.ends_with("extern crate") {
            found.push((line_at(code, start), word));
        }
    }
    found
}

/// The name stands by itself: `cloudpe-sync` is not mentioned by `cloudpe-sync-role`.
fn names(text: &str, name: &str) -> bool {
    let joins = |letter: char| letter.is_alphanumeric() || letter == '-' || letter == '_';
    text.match_indices(name)
        .any(|(start, _)| !text[..start].ends_with(joins) && !text[start + name.len()..].starts_with(joins))
}

fn has_row(readme: &str, name: &str) -> bool {
    readme.lines().any(|line| line.trim_start().starts_with('|') && names(line, name))
}
