//! `cargo xtask hooks`: offers a pre-commit hook. Ours carries a mark; a hook without it is left alone.

use std::path::{Path, PathBuf};

use crate::args::HookWish;
use crate::process;
use crate::workspace::place;

#[cfg(test)]
mod tests;

const MARK: &str = "# Installed by `cargo xtask hooks --install`; removed by `cargo xtask hooks --remove`.";
const COMMAND: &str = "exec cargo xtask check --fast";

pub(crate) fn run(wish: HookWish) -> Result<bool, String> {
    let root = place()?.root;
    println!("{}", apply(&hook_file(&root)?, wish)?);
    Ok(true)
}

/// Git's own answer, unless hooks were moved out of this repository: those belong to somebody else.
fn hook_file(root: &Path) -> Result<PathBuf, String> {
    let moved = process::ask(root, "git", &["config", "core.hooksPath"])?;
    if moved.success {
        return Err(format!(
            "core.hooksPath points to {}; add `{COMMAND}` to the hook there yourself",
            moved.stdout.trim()
        ));
    }
    let said = process::ask(root, "git", &["rev-parse", "--git-path", "hooks/pre-commit"])?;
    if !said.success {
        return Err(format!("this is no git checkout: {}", said.stderr.trim()));
    }
    Ok(root.join(said.stdout.trim()))
}

fn apply(file: &Path, wish: HookWish) -> Result<String, String> {
    let present = std::fs::read_to_string(file).ok();
    let ours = present.as_ref().is_some_and(|text| text.contains(MARK));
    let shown = file.display();
    match wish {
        HookWish::Offer if ours => {
            Ok("The hook is installed. `cargo xtask hooks --remove` removes it.".to_owned())
        }
        HookWish::Offer => Ok(format!(
            "A pre-commit hook can run `cargo xtask check --fast` (formatting, invariants, links; seconds).\n\
             `cargo xtask hooks --install` writes {shown}; `git commit --no-verify` passes it by."
        )),
        HookWish::Install if present.is_some() && !ours => {
            Err(format!("{shown} is somebody else's hook; add `{COMMAND}` to it yourself"))
        }
        HookWish::Install => {
            write(file).map_err(|error| format!("cannot write {shown}: {error}"))?;
            Ok(format!("Installed {shown}."))
        }
        HookWish::Remove if ours => {
            std::fs::remove_file(file).map_err(|error| format!("cannot remove {shown}: {error}"))?;
            Ok(format!("Removed {shown}."))
        }
        HookWish::Remove if present.is_some() => Err(format!("{shown} is somebody else's hook; it stays")),
        HookWish::Remove => Ok("There is no hook to remove.".to_owned()),
    }
}

fn write(file: &Path) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(file, format!("#!/bin/sh\n{MARK}\n{COMMAND}\n"))?;
    executable(file)
}

#[cfg(unix)]
fn executable(file: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn executable(_: &Path) -> std::io::Result<()> {
    Ok(())
}
