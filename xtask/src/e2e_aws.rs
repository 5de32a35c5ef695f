//! `cargo xtask e2e-aws`: builds and installs what the stories in an emulated AWS and under the runtime interface
//! emulator need, then hands over to their runner in local/e2e.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::show;
use crate::workspace::{built, place};

const RUNNER: &str = "e2e-aws";
const COMMAND_LINE: &str = "billbridge";
const PACKAGE: &str = "local/e2e/aws/package.py";
const BUCKET: &str = "artefacts";

/// The emulator and the official serverless transform, as pip installs them. Young and moving: pinned exactly.
const PYTHON: [&str; 2] = ["ministack==1.5.33", "aws-sam-translator==1.115.0"];
/// Of AWS's own tool only the emulator of Lambda's runtime interface is wanted, a program by itself: without what
/// the tool's Python needs it is a tenth of the size. `.ci/run` names the same version.
const TOOL: [&str; 2] = ["--no-deps", "aws-sam-cli==1.170.0"];

pub(crate) fn run(dev: bool, only: Option<&str>) -> Result<bool, String> {
    let place = place()?;
    let functions = place.members.iter().filter(|member| member.is_in("functions"));
    let functions: Vec<&str> = functions.flat_map(|one| one.binaries.iter().map(String::as_str)).collect();
    let profile = if dev { "dev" } else { "e2e" };
    let build = |profile: &str, binaries: &[&str]| {
        // Always the whole workspace's features: narrowing by package would build the AWS stack anew.
        let mut arguments = vec!["build", "--workspace", "--profile", profile];
        arguments.extend(binaries.iter().flat_map(|binary| ["--bin", binary]));
        show(&place.root, "cargo", &arguments)
    };
    if !build(profile, &functions)? || !build("dev", &[RUNNER, COMMAND_LINE])? {
        return Ok(false);
    }
    let folder = place.target.join("e2e-aws");
    let packages = folder.join("packages");
    install(&place.root, &packages, &PYTHON)?;
    let tool = folder.join("sam");
    install(&place.root, &tool, &TOOL)?;
    let artefacts = folder.join("artefacts");
    let binaries = place.target.join(if dev { "debug" } else { profile });
    package(&place.root, &packages, &binaries, &artefacts)?;

    let mut runner = Command::new(built(&place.target, "debug", RUNNER));
    runner.arg("--packages").arg(&packages).arg("--artefacts").arg(&artefacts);
    runner.arg("--functions").arg(&binaries).arg("--emulator").arg(emulator(&tool));
    runner.arg("--billbridge").arg(built(&place.target, "debug", COMMAND_LINE));
    let status = runner.args(only).current_dir(&place.root).status();
    let status = status.map_err(|error| format!("cannot run {RUNNER}: {error}"))?;
    if !status.success() {
        println!("what emulator and functions wrote, by story: {}", artefacts.display());
    }
    Ok(status.success())
}

/// Lambda's runtime interface, for this machine's processor.
fn emulator(tool: &Path) -> PathBuf {
    let processor = if std::env::consts::ARCH == "aarch64" { "arm64" } else { std::env::consts::ARCH };
    tool.join("samcli/local/rapid").join(format!("aws-lambda-rie-{processor}"))
}

/// Installs pinned packages where they are not there yet; nothing outside the target folder is touched.
fn install(root: &Path, packages: &Path, wanted: &[&str]) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("cannot prepare {}: {error}", packages.display());
    let pins = wanted.join("\n");
    let stamp = packages.join("installed");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == pins) {
        return Ok(());
    }
    if packages.exists() {
        fs::remove_dir_all(packages).map_err(failed)?;
    }
    let target = packages.to_string_lossy();
    let mut arguments = vec!["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    arguments.extend(["--root-user-action", "ignore", "--no-warn-conflicts", "--target", &*target]);
    arguments.extend(wanted);
    if !show(root, "python3", &arguments)? {
        return Err(format!("pip could not install {}", wanted.join(" ")));
    }
    fs::write(&stamp, pins).map_err(failed)
}

/// What `sam build` and `sam package` do.
fn package(root: &Path, packages: &Path, binaries: &Path, artefacts: &Path) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("cannot prepare {}: {error}", artefacts.display());
    if artefacts.exists() {
        fs::remove_dir_all(artefacts).map_err(failed)?;
    }
    fs::create_dir_all(artefacts).map_err(failed)?;
    let mut python = Command::new("python3");
    python.env("PYTHONPATH", packages).current_dir(root);
    python.args([PACKAGE, "template.yaml"]).args([binaries, artefacts]).args(["--bucket", BUCKET]);
    let status = python.status().map_err(|error| format!("cannot run python3: {error}"))?;
    if status.success() { Ok(()) } else { Err("the template could not be packaged".to_owned()) }
}
