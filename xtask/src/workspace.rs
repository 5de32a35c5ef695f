//! What the checks look at: members, the resolved tree of packages, and the files of the checkout.
//!
//! It is a plain value, so that a test can write one down.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};

mod load;
#[cfg(test)]
mod tests;

pub(crate) use load::{Place, place};

#[derive(Debug, Default)]
pub(crate) struct Workspace {
    pub(crate) members: Vec<Member>,
    pub(crate) tree: Tree,
    /// Text files, tracked or about to be; paths from the root, with `/`.
    pub(crate) files: Vec<TextFile>,
    /// Every file's path, text or not.
    pub(crate) paths: BTreeSet<String>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Member {
    pub(crate) name: String,
    /// `shared/domain`, `xtask`.
    pub(crate) folder: String,
    pub(crate) dependencies: Vec<Dependency>,
    pub(crate) binaries: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dependency {
    pub(crate) package: String,
    pub(crate) kind: Kind,
}

/// Build dependencies count as normal ones: they are compiled for everyone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Normal,
    Dev,
}

/// Packages as they are built for the system Lambda runs on, by name and version.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    pub(crate) packages: BTreeMap<String, Package>,
}

#[derive(Debug, Default)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) member: bool,
    /// Ids of normal and build dependencies; dev-dependencies do not ship.
    pub(crate) built_with: Vec<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct TextFile {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Workspace {
    pub(crate) fn load(root: &Path) -> Result<Self, String> {
        load::workspace(root)
    }

    pub(crate) fn file(&self, path: &str) -> Option<&TextFile> {
        self.files.iter().find(|file| file.path == path)
    }

    pub(crate) fn member(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.name == name)
    }

    pub(crate) fn functions(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(|member| member.is_in("functions"))
    }

    pub(crate) fn rust_files(&self) -> impl Iterator<Item = &TextFile> {
        self.files.iter().filter(|file| file.has_extension("rs"))
    }

    /// True for a file, and for a folder that holds one.
    pub(crate) fn exists(&self, path: &str) -> bool {
        let folder = format!("{path}/");
        path.is_empty() || self.paths.contains(path) || self.paths.iter().any(|one| one.starts_with(&folder))
    }
}

impl Member {
    pub(crate) fn is_in(&self, neighbourhood: &str) -> bool {
        self.folder.split('/').next() == Some(neighbourhood)
    }

    pub(crate) fn depends_on(&self, kind: Kind) -> impl Iterator<Item = &str> {
        self.dependencies.iter().filter(move |one| one.kind == kind).map(|one| one.package.as_str())
    }
}

impl TextFile {
    pub(crate) fn has_extension(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|own| own == extension)
    }

    /// Test code: a `tests` folder or file, or a benchmark.
    pub(crate) fn is_test(&self) -> bool {
        self.path.split('/').any(|part| part == "tests" || part == "benches")
            || self.path.ends_with("/tests.rs")
            || self.path.ends_with("_tests.rs")
    }

    pub(crate) fn is_in(&self, neighbourhoods: &[&str]) -> bool {
        self.path.split('/').next().is_some_and(|first| neighbourhoods.contains(&first))
    }
}

impl Tree {
    /// Every package a member is built with, by name, each with the way that leads to it.
    pub(crate) fn under(&self, member: &str) -> BTreeMap<String, Vec<String>> {
        let mut ways: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut waiting: VecDeque<(&str, Vec<String>)> = VecDeque::new();
        let mut seen = BTreeSet::new();
        let start = self.packages.iter().find(|(_, package)| package.member && package.name == member);
        waiting.extend(start.map(|(id, _)| (id.as_str(), Vec::new())));
        while let Some((id, way)) = waiting.pop_front() {
            let Some(package) = self.packages.get(id) else {
                continue;
            };
            if !seen.insert(id) {
                continue;
            }
            let mut way = way;
            way.push(package.name.clone());
            if way.len() > 1 {
                ways.entry(package.name.clone()).or_insert_with(|| way.clone());
            }
            waiting.extend(package.built_with.iter().map(|next| (next.as_str(), way.clone())));
        }
        ways
    }
}

/// `a/b/../c` from `a/b` and `../c`; nothing when it leaves the root.
pub(crate) fn joined(folder: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// Where a binary of a profile is put.
pub(crate) fn built(target: &Path, profile: &str, name: &str) -> PathBuf {
    target.join(profile).join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}
