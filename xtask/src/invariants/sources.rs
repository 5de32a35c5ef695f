//! Rules about Rust sources, comments and strings left out.

use super::Breach;
use crate::rust_text::{RustText, line_at, lines_with, offsets_of};
use crate::workspace::{TextFile, Workspace};

/// Where the product's own code stands.
const PRODUCT: &[&str] = &["shared", "functions"];
const ALL_CODE: &[&str] = &["shared", "functions", "local", "xtask"];
const ENVIRONMENT: &str = "shared/lambda-kit/src/env.rs";
const HTTP_CLIENT: &str = "shared/connector-kit/src/";
/// A slow answer is one of the faults it plays.
const MAY_SLEEP: &str = "local/simulators/";

pub(super) fn environment(workspace: &Workspace) -> Vec<Breach> {
    const READERS: [&str; 6] =
        ["env::var", "env::vars", "env::var_os", "env::vars_os", "env::set_var", "env::remove_var"];
    over(workspace, ALL_CODE, |file, rust| {
        if file.is_test() || file.path == ENVIRONMENT {
            return Vec::new();
        }
        let mut lines: Vec<usize> =
            READERS.iter().flat_map(|word| lines_with(&rust.production, word)).collect();
        for offset in offsets_of(&rust.production, "env::{") {
            let list = rust.production[offset..].split('}').next().unwrap_or_default();
            if ["var", "vars", "var_os", "vars_os"].iter().any(|word| !lines_with(list, word).is_empty()) {
                lines.push(line_at(&rust.production, offset));
            }
        }
        at_lines(file, lines, "touches the environment")
    })
}

pub(super) fn http_client(workspace: &Workspace) -> Vec<Breach> {
    const MAKERS: [&str; 4] = ["Client::builder", "Client::new", "Client::default", "ClientBuilder"];
    over(workspace, ALL_CODE, |file, rust| {
        let names_reqwest = !lines_with(&rust.production, "reqwest").is_empty();
        if file.is_test() || file.path.starts_with(HTTP_CLIENT) || !names_reqwest {
            return Vec::new();
        }
        let makers = MAKERS.iter().flat_map(|word| lines_with(&rust.production, word));
        let lines = makers.chain(lines_with(&rust.production, "reqwest::get")).collect();
        at_lines(file, lines, "builds an HTTP client")
    })
}

pub(super) fn floats(workspace: &Workspace) -> Vec<Breach> {
    over(workspace, PRODUCT, |file, rust| {
        if file.is_test() {
            return Vec::new();
        }
        let lines = ["f64", "f32"].iter().flat_map(|word| lines_with(&rust.production, word)).collect();
        at_lines(file, lines, "uses a binary float")
    })
}

pub(super) fn if_local(workspace: &Workspace) -> Vec<Breach> {
    const NAMES: [&str; 8] = [
        "is_local",
        "is_lambda",
        "in_lambda",
        "run_locally",
        "running_locally",
        "local_mode",
        "is_dev",
        "IS_LOCAL",
    ];
    const TEXTS: [&str; 4] =
        ["feature = \"local\"", "feature=\"local\"", "AWS_SAM_LOCAL", "AWS_LAMBDA_RUNTIME_API"];
    over(workspace, PRODUCT, |file, rust| {
        if file.is_test() {
            return Vec::new();
        }
        let names = NAMES.iter().flat_map(|word| lines_with(&rust.production, word));
        let texts = TEXTS.iter().flat_map(|word| lines_with(&rust.production_with_strings, word));
        at_lines(file, names.chain(texts).collect(), "asks whether it runs locally")
    })
}

pub(super) fn ignored_tests(workspace: &Workspace) -> Vec<Breach> {
    over(workspace, ALL_CODE, |file, rust| {
        let lines =
            ["#[ignore", ", ignore)", ", ignore ="].iter().flat_map(|word| lines_with(&rust.code, word));
        at_lines(file, lines.collect(), "ignores a test")
    })
}

pub(super) fn sleeping_tests(workspace: &Workspace) -> Vec<Breach> {
    over(workspace, ALL_CODE, |file, rust| {
        if file.path.starts_with(MAY_SLEEP) {
            return Vec::new();
        }
        let code = if file.is_test() { &rust.code } else { &rust.tests };
        let lines = ["thread::sleep", "time::sleep", "time::sleep_until", "thread::park_timeout"];
        at_lines(file, lines.iter().flat_map(|word| lines_with(code, word)).collect(), "sleeps in a test")
    })
}

pub(super) fn placeholders(workspace: &Workspace) -> Vec<Breach> {
    over(workspace, ALL_CODE, |file, rust| {
        let found = ["todo!", "unimplemented!", "dbg!"].iter().flat_map(|word| {
            lines_with(&rust.code, word)
                .into_iter()
                .map(|line| Breach::at(&file.path, line, format!("has {word}")))
                .collect::<Vec<_>>()
        });
        found.collect()
    })
}

pub(super) fn dropped_results(workspace: &Workspace) -> Vec<Breach> {
    over(workspace, ALL_CODE, |file, rust| {
        if file.is_test() {
            return Vec::new();
        }
        let bare = lines_with(&rust.production, "let _ =")
            .into_iter()
            .filter(|line| !rust.has_comment(*line) && !rust.has_comment(line - 1));
        at_lines(file, bare.collect(), "drops a value without saying why")
    })
}

pub(super) fn allows(workspace: &Workspace) -> Vec<Breach> {
    over(workspace, ALL_CODE, |file, rust| {
        let plain = ["#[allow(", "#![allow("].iter().flat_map(|word| lines_with(&rust.code, word));
        let conditional = offsets_of(&rust.code, "cfg_attr(").filter_map(|offset| {
            let attribute = rust.code[offset..].split(']').next().unwrap_or_default();
            (!lines_with(attribute, "allow(").is_empty()).then(|| line_at(&rust.code, offset))
        });
        at_lines(file, plain.chain(conditional).collect(), "silences a lint with allow")
    })
}

fn over(
    workspace: &Workspace,
    neighbourhoods: &[&str],
    rule: impl Fn(&TextFile, &RustText) -> Vec<Breach>,
) -> Vec<Breach> {
    let files = workspace.rust_files().filter(|file| file.is_in(neighbourhoods));
    files.flat_map(|file| rule(file, &RustText::new(&file.text))).collect()
}

fn at_lines(file: &TextFile, mut lines: Vec<usize>, what: &str) -> Vec<Breach> {
    lines.sort_unstable();
    lines.dedup();
    lines.into_iter().map(|line| Breach::at(&file.path, line, what)).collect()
}
