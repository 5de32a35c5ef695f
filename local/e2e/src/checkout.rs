//! What the checkout holds, read from its folders, so that nothing new is forgotten.

use crate::Trouble;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// A sample invocation.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// The function's name.
    pub function: String,
    /// The file's name in `events/<function>`.
    pub file: String,
    /// What the function is handed.
    pub payload: Value,
}

impl Sample {
    /// `events/web/get-health.json`
    pub fn place(&self) -> String {
        format!("events/{}/{}", self.function, self.file)
    }
}

/// Every function, by name.
pub fn functions() -> Result<Vec<String>, Trouble> {
    let mut names = Vec::new();
    for path in entries("functions")? {
        if path.join("Cargo.toml").is_file() {
            names.push(name(&path));
        }
    }
    if names.is_empty() {
        return Err(Trouble::new("there is no function in functions/"));
    }
    Ok(names)
}

/// Every sample of a function; one without any is trouble.
pub fn samples(function: &str) -> Result<Vec<Sample>, Trouble> {
    let mut samples = Vec::new();
    for path in entries(&format!("events/{function}"))? {
        let payload = serde_json::from_str(&fs::read_to_string(&path)?)
            .map_err(|error| Trouble::at(&path.display().to_string(), &error))?;
        samples.push(Sample { function: function.to_owned(), file: name(&path), payload });
    }
    if samples.is_empty() {
        return Err(Trouble::new(format!("events/{function} has no sample")));
    }
    Ok(samples)
}

/// The folder's entries, in the order of their names.
fn entries(folder: &str) -> Result<Vec<PathBuf>, Trouble> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(folder);
    let read = fs::read_dir(&folder).map_err(|error| Trouble::at(&folder.display().to_string(), &error))?;
    let mut paths = read.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, std::io::Error>>()?;
    paths.sort();
    Ok(paths)
}

fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
