//! Where and of what the figures were taken.

use e2e::Build;
use serde_json::{Map, Value};
use std::fs;
use std::process::Command;

/// Names and values.
pub(crate) struct Facts(Vec<(&'static str, String)>);

impl Facts {
    pub(crate) fn gather(build: &Build) -> Self {
        let processors = std::thread::available_parallelism().map_or(0, usize::from);
        let model = field("/proc/cpuinfo", "model name").unwrap_or_else(|| "processor".to_owned());
        let memory = field("/proc/meminfo", "MemTotal").unwrap_or_default();
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        let busy = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let busy: Vec<&str> = busy.split(' ').take(3).collect();
        Self(vec![
            ("machine", format!("{processors} × {model}, {memory}, Linux {}", kernel.trim())),
            ("load", format!("{} before the first figure", busy.join(" "))),
            ("rustc", said("rustc", &["--version"])),
            ("profile", build.profile().to_owned()),
            ("commit", commit()),
        ])
    }

    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str()))
    }

    pub(crate) fn to_json(&self) -> Value {
        let pairs = self.pairs().map(|(name, value)| (name.to_owned(), Value::from(value)));
        Value::Object(pairs.collect::<Map<_, _>>())
    }
}

fn commit() -> String {
    let commit = said("git", &["rev-parse", "--short", "HEAD"]);
    let changed = said("git", &["status", "--porcelain"]);
    match (commit.as_str(), changed.as_str()) {
        ("", _) => "unknown".to_owned(),
        (commit, "") => commit.to_owned(),
        (commit, _) => format!("{commit} and changes not committed"),
    }
}

fn said(program: &str, arguments: &[&str]) -> String {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let output = Command::new(program).args(arguments).current_dir(root).output();
    output.map_or_else(|_| "unknown".to_owned(), |out| String::from_utf8_lossy(&out.stdout).trim().to_owned())
}

/// The value of the first line `name : value`.
fn field(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.trim_start().strip_prefix(':')?.trim().to_owned())
}
