use super::{breaches, file, holds, member, places, with_files, workspace};
use crate::workspace::Workspace;

const GOOD: &str = "\
[package]
name = \"domain\"
version.workspace = true
edition.workspace = true
rust-version.workspace = true
license.workspace = true
publish.workspace = true

[lints]
workspace = true

[dependencies]
jiff.workspace = true
rust_decimal = { workspace = true, features = [\"maths\"] }
";

fn domain(manifest: &str) -> Workspace {
    workspace(vec![member("shared/domain", &[])], vec![file("shared/domain/Cargo.toml", manifest)], &[])
}

#[test]
fn a_member_that_inherits_everything_passes() {
    holds("manifests", &domain(GOOD));
}

#[test]
fn a_fact_a_lint_table_and_a_version_of_its_own_are_breaches() {
    let own_edition = GOOD.replace("edition.workspace = true", "edition = \"2024\"");
    let no_lints = GOOD.replace("[lints]\nworkspace = true", "");
    let own_version = GOOD.replace("jiff.workspace = true", "jiff = \"0.2\"");
    for (manifest, word) in [(own_edition, "edition"), (no_lints, "lints"), (own_version, "jiff")] {
        let found = breaches("manifests", &domain(&manifest));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].what.contains(word), "{found:?}");
    }
}

#[test]
fn a_folder_and_its_package_share_one_name() {
    let mut house = domain(GOOD);
    house.members[0].name = "billbridge-domain".to_owned();
    assert_eq!(places("manifests", &house), ["shared/domain/Cargo.toml"]);
}

#[test]
fn the_sdks_default_features_stay_off() {
    let root =
        |line: &str| with_files(vec![file("Cargo.toml", &format!("[workspace.dependencies]\n{line}\n"))]);
    holds("manifests", &root("aws-config = { version = \"1\", default-features = false }"));
    assert_eq!(places("manifests", &root("aws-sdk-dynamodb = \"1\"")), ["Cargo.toml"]);
}

#[test]
fn default_members_and_toolchain_files_are_breaches() {
    holds("same-build", &with_files(vec![file("Cargo.toml", "[workspace]\nmembers = [\"a\"]\n")]));
    let both = with_files(vec![
        file("Cargo.toml", "[workspace]\ndefault-members = [\"a\"]\n"),
        file("rust-toolchain.toml", ""),
    ]);
    assert_eq!(places("same-build", &both), ["rust-toolchain.toml", "Cargo.toml"]);
}

#[test]
fn packages_come_from_crates_io() {
    let lock =
        |source: &str| file("Cargo.lock", &format!("[[package]]\nname = \"a\"\nsource = \"{source}\"\n"));
    holds("crates-io-only", &with_files(vec![lock("registry+https://github.com/rust-lang/crates.io-index")]));
    let mirror = with_files(vec![lock("registry+https://crates.example.com/index")]);
    assert_eq!(places("crates-io-only", &mirror), ["Cargo.lock:3"]);
    assert_eq!(places("crates-io-only", &with_files(Vec::new())), ["Cargo.lock"]);
}

#[test]
fn the_repository_redirects_no_registry() {
    let config = |text: &str| with_files(vec![file("Cargo.lock", ""), file(".cargo/config.toml", text)]);
    holds("crates-io-only", &config("[alias]\nxtask = \"run\"\n"));
    let mirror = config("[source.crates-io]\nreplace-with = \"mirror\"\n");
    assert_eq!(places("crates-io-only", &mirror), [".cargo/config.toml"]);
}
