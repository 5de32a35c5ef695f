//! Who may depend on whom. Dev-dependencies may reach into `local/` besides, except where a row says no.

use super::Breach;
use crate::workspace::{Kind, Member, Workspace};

/// A row of the table. The first row that fits a crate holds for it.
///
/// A pattern with a slash is about folders, one without about names; a `*` at the end stands for the rest.
struct Row {
    who: &'static str,
    /// Workspace crates it may use.
    may: &'static [&'static str],
    /// Workspace crates it may use in tests, besides `may`.
    may_in_tests: &'static [&'static str],
    /// What it never uses, ours or others', in tests neither.
    never: &'static [&'static str],
    why: &'static str,
}

const LOCAL: &[&str] = &["local/*"];
const NO_IO: &[&str] = &["tokio*", "reqwest", "hyper*", "axum*", "tower*", "aws-*", "lambda_*"];

const TABLE: &[Row] = &[
    Row {
        who: "domain",
        may: &[],
        may_in_tests: LOCAL,
        never: &["tokio*", "reqwest", "hyper*", "axum*", "tower*", "aws-*", "lambda_*"],
        why: "domain is words and rules: no I/O and no crate of ours below it",
    },
    Row {
        who: "events",
        may: &["domain"],
        may_in_tests: LOCAL,
        never: NO_IO,
        why: "events are shapes: no I/O of any kind",
    },
    Row {
        who: "journal",
        may: &["domain"],
        may_in_tests: LOCAL,
        never: &["connector-*", "aws-*", "reqwest", "hyper*", "axum*", "lambda_*"],
        why: "the journal records effects and performs none: no connector, no AWS, no HTTP",
    },
    Row {
        who: "connector-kit",
        may: &["domain"],
        may_in_tests: LOCAL,
        never: &["aws-*", "lambda_*"],
        why: "what connectors share knows no system, no AWS and no Lambda",
    },
    Row {
        who: "connector-*",
        may: &["domain", "connector-kit"],
        may_in_tests: LOCAL,
        never: &["aws-*", "lambda_*", "axum*"],
        why: "a connector speaks to one system through connector-kit and knows nothing else",
    },
    Row {
        who: "bus-eventbridge",
        may: &["domain", "aws-kit", "events"],
        may_in_tests: LOCAL,
        never: &["connector-*", "reqwest", "lambda_*"],
        why: "an AWS adapter knows its own service, not the others and no connector",
    },
    Row {
        who: "store-dynamodb",
        may: &["domain", "aws-kit"],
        may_in_tests: LOCAL,
        never: &["connector-*", "reqwest", "lambda_*"],
        why: "an AWS adapter knows its own service, not the others and no connector",
    },
    Row {
        who: "secrets-manager",
        may: &["domain", "aws-kit"],
        may_in_tests: LOCAL,
        never: &["connector-*", "reqwest", "lambda_*"],
        why: "an AWS adapter knows its own service, not the others and no connector",
    },
    Row {
        who: "aws-kit",
        may: &["domain"],
        may_in_tests: LOCAL,
        never: &["aws-sdk-*", "reqwest", "lambda_*"],
        why: "aws-kit loads the configuration once and speaks to no service",
    },
    Row {
        who: "lambda-kit",
        may: &["domain"],
        may_in_tests: LOCAL,
        never: &["aws-sdk-*", "aws-config", "connector-*", "reqwest"],
        why: "lambda-kit runs handlers: no AWS SDK, no connector",
    },
    Row {
        who: "http-kit",
        may: &["domain"],
        may_in_tests: LOCAL,
        never: &["aws-sdk-*", "aws-config", "connector-*", "reqwest"],
        why: "http-kit serves requests: no AWS SDK, no connector",
    },
    Row {
        who: "connections",
        may: &["domain", "lambda-kit", "connector-*"],
        may_in_tests: LOCAL,
        never: &["aws-*", "reqwest", "functions/*"],
        why: "connections reads variables and builds connectors: no AWS, and no HTTP of its own",
    },
    Row {
        who: "shared/*",
        may: &["shared/*"],
        may_in_tests: LOCAL,
        never: &["functions/*"],
        why: "a shared crate knows no function",
    },
    Row {
        who: "functions/*",
        may: &["shared/*"],
        may_in_tests: LOCAL,
        never: &["aws-sdk-*", "aws-config", "reqwest"],
        why: "a function uses shared crates, never another function, and local ones only in its tests",
    },
    Row {
        who: "simulators",
        may: &["shared/*", "local/*"],
        may_in_tests: &[],
        never: &["connector-*", "functions/*"],
        why: "a simulator is written from the other side's documents, so that a misreading cannot cancel itself out",
    },
    Row {
        who: "local/*",
        may: &["shared/*", "functions/*", "local/*"],
        may_in_tests: &[],
        never: &["xtask"],
        why: "xtask is a tool, not a library",
    },
    Row {
        who: "xtask",
        may: &[],
        may_in_tests: &[],
        never: &["tokio*", "reqwest", "aws-*"],
        why: "the gatehouse is built before anything is checked: std and little else",
    },
];

/// Outside crates with the only members that may name them, in tests too.
const HOMES: &[(&str, &[&str])] = &[
    ("aws-sdk-dynamodb", &["store-dynamodb"]),
    ("aws-sdk-eventbridge", &["bus-eventbridge"]),
    ("aws-sdk-secretsmanager", &["secrets-manager"]),
    ("aws-config", &["aws-kit"]),
    ("lambda_runtime", &["lambda-kit", "functions/*"]),
    ("lambda_http", &["lambda-kit", "http-kit", "functions/*"]),
    ("aws_lambda_events", &["lambda-kit", "functions/*"]),
    ("reqwest", &["connector-kit", "connector-*", "local/*"]),
    ("dynoxide-rs", &["local/*"]),
];

/// Adapters that speak to exactly one AWS service.
const AWS_ADAPTERS: &[&str] = &["store-dynamodb", "bus-eventbridge", "secrets-manager"];

/// Outside crates that `domain` may not use directly. Its tests may: a golden file has to be read.
const NOT_IN_DOMAIN: &[&str] = &["serde", "serde_json"];

pub(super) fn table(workspace: &Workspace) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for member in &workspace.members {
        let Some(row) = TABLE.iter().find(|row| fits(row.who, member)) else {
            breaches.push(Breach::new(
                &member.folder,
                "stands outside functions/, shared/, local/ and xtask: the table has no row for it",
            ));
            continue;
        };
        for dependency in &member.dependencies {
            let in_tests = dependency.kind == Kind::Dev;
            if let Some(reason) = refused(workspace, row, &dependency.package, in_tests) {
                let how = if in_tests { "dev-depends" } else { "depends" };
                let what = format!("{how} on {}, {reason}: {}", dependency.package, row.why);
                breaches.push(Breach::new(&member.folder, what));
            }
        }
    }
    breaches
}

pub(super) fn homes(workspace: &Workspace) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for member in &workspace.members {
        for dependency in &member.dependencies {
            let Some((package, homes)) = HOMES.iter().find(|(name, _)| *name == dependency.package) else {
                continue;
            };
            if !homes.iter().any(|home| fits(home, member)) {
                let what = format!("depends on {package}, which only {} may name", homes.join(", "));
                breaches.push(Breach::new(&member.folder, what));
            }
        }
        if AWS_ADAPTERS.contains(&member.name.as_str()) {
            breaches.extend(one_service(member));
        }
    }
    breaches
}

fn one_service(member: &Member) -> Option<Breach> {
    let services: Vec<&str> =
        member.depends_on(Kind::Normal).filter(|name| name.starts_with("aws-sdk-")).collect();
    (services.len() != 1).then(|| {
        let found = if services.is_empty() { "none".to_owned() } else { services.join(", ") };
        Breach::new(&member.folder, format!("depends on exactly one aws-sdk-* crate, found {found}"))
    })
}

fn refused(workspace: &Workspace, row: &Row, package: &str, in_tests: bool) -> Option<&'static str> {
    let member = workspace.member(package);
    let named = |patterns: &[&str]| {
        patterns.iter().any(|pattern| match member {
            Some(member) => fits(pattern, member),
            None => name_fits(pattern, package),
        })
    };
    if named(row.never) || (row.who == "domain" && !in_tests && NOT_IN_DOMAIN.contains(&package)) {
        return Some("which it never may");
    }
    let allowed = named(row.may) || (in_tests && named(row.may_in_tests));
    (member.is_some() && !allowed).then_some("which is not among its own")
}

fn fits(pattern: &str, member: &Member) -> bool {
    name_fits(pattern, if pattern.contains('/') { &member.folder } else { &member.name })
}

pub(super) fn name_fits(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |start| name.starts_with(start))
}
