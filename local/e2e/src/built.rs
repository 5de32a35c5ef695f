//! Where the binaries are.
//!
//! A story must use the function's real binary, and Cargo tells a test only about the binaries of its own
//! package (`CARGO_BIN_EXE_…`). So a story asks Cargo to build the workspace's tests, and with them its binaries,
//! in the profile and the target folder that the test itself was built in: after `cargo test --workspace` that is
//! a look at time stamps, while any other command would choose other features and build the SDKs once more. The benchmark is built together with the binaries it needs
//! (`cargo xtask bench`), and they lie beside it.

use crate::Trouble;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder that the running program was built into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Build {
    folder: PathBuf,
}

impl Build {
    /// That of the running program, be it a binary or a test.
    pub fn current() -> Result<Self, Trouble> {
        let program = std::env::current_exe()?;
        let folder = program.parent().filter(|folder| !folder.ends_with("deps"));
        let folder = folder.or_else(|| program.parent().and_then(Path::parent));
        let folder = folder.ok_or_else(|| Trouble::new("this program lies in no target folder"))?;
        Ok(Self { folder: folder.to_path_buf() })
    }

    /// Where a binary of this build is.
    pub fn binary(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }

    /// A binary of another profile of the same target folder, if it was built.
    pub fn binary_of(&self, profile: &str, name: &str) -> Option<PathBuf> {
        let other = Self { folder: self.folder.parent()?.join(profile) };
        Some(other.binary(name)).filter(|path| path.exists())
    }

    /// Cargo's name of the profile.
    pub fn profile(&self) -> &str {
        match self.folder.file_name().and_then(|name| name.to_str()) {
            Some("debug") | None => "dev",
            Some(name) => name,
        }
    }
}

/// Builds a binary of the workspace as this program was built, and says where it is. Once in a process: let a
/// `OnceLock` hold it.
pub fn build_function(name: &str) -> Result<PathBuf, Trouble> {
    let build = Build::current()?;
    let target = build.folder.parent().ok_or_else(|| Trouble::new("the target folder has no parent"))?;
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let output = Command::new(env!("CARGO"))
        .args(["test", "--quiet", "--workspace", "--no-run", "--profile", build.profile()])
        .arg("--target-dir")
        .arg(target)
        .current_dir(root)
        .output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(Trouble::at(&format!("build {name}"), &said));
    }
    Ok(build.binary(name))
}
