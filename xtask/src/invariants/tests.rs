//! Each rule on a workspace small enough to be read: once kept, once broken.

use super::{ALL, Breach, LINKS};
use crate::workspace::{Dependency, Kind, Member, Package, TextFile, Workspace};

mod dependencies;
mod functions;
mod manifests;
mod pages;
mod powers;
mod sources;

/// A member in its folder, with normal dependencies; those after `dev:` are for tests.
fn member(folder: &str, dependencies: &[&str]) -> Member {
    let name = folder.rsplit('/').next().unwrap_or(folder).to_owned();
    let dependencies = dependencies
        .iter()
        .map(|one| match one.strip_prefix("dev:") {
            Some(package) => Dependency { package: package.to_owned(), kind: Kind::Dev },
            None => Dependency { package: (*one).to_owned(), kind: Kind::Normal },
        })
        .collect();
    Member { name, folder: folder.to_owned(), dependencies, binaries: Vec::new() }
}

fn file(path: &str, text: &str) -> TextFile {
    TextFile { path: path.to_owned(), text: text.to_owned() }
}

/// A workspace whose tree is what the members say, each package built with the names given.
fn workspace(members: Vec<Member>, files: Vec<TextFile>, packages: &[(&str, &[&str])]) -> Workspace {
    let mut workspace = Workspace { members, files, ..Workspace::default() };
    workspace.paths = workspace.files.iter().map(|file| file.path.clone()).collect();
    for (name, built_with) in packages {
        let member = workspace.member(name).is_some();
        let built_with = built_with.iter().map(|one| (*one).to_owned()).collect();
        let package = Package { name: (*name).to_owned(), member, built_with };
        workspace.tree.packages.insert((*name).to_owned(), package);
    }
    workspace
}

fn with_members(members: Vec<Member>) -> Workspace {
    workspace(members, Vec::new(), &[])
}

fn with_files(files: Vec<TextFile>) -> Workspace {
    workspace(Vec::new(), files, &[])
}

fn breaches(rule: &str, workspace: &Workspace) -> Vec<Breach> {
    let invariant = ALL.iter().chain([&LINKS]).find(|one| one.name == rule).expect("a rule of this name");
    (invariant.breaches)(workspace)
}

/// The places where a rule is broken.
fn places(rule: &str, workspace: &Workspace) -> Vec<String> {
    breaches(rule, workspace).into_iter().map(|breach| breach.place).collect()
}

#[track_caller]
fn holds(rule: &str, workspace: &Workspace) {
    assert_eq!(breaches(rule, workspace), []);
}
