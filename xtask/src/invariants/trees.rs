//! The same rules seen through everything a crate is built with.
//!
//! The tree is resolved for the whole workspace: a feature that one member turns on is on for all. What
//! is forbidden here is therefore what no feature of an allowed crate should ever bring.

use std::collections::BTreeMap;

use super::Breach;
use super::dependencies::name_fits;
use crate::workspace::{Member, Workspace};

struct Row {
    who: fn(&Member) -> bool,
    never: &'static [&'static str],
    why: &'static str,
}

const ROWS: &[Row] = &[
    Row {
        who: |member| member.name == "domain" || member.name == "events",
        never: &["tokio", "reqwest", "hyper", "axum", "aws-*", "lambda_runtime", "ring", "rustls"],
        why: "pure crates do no I/O",
    },
    Row {
        who: |member| member.name == "journal",
        never: &["reqwest", "hyper", "axum", "aws-sdk-*", "aws-config", "lambda_runtime"],
        why: "the journal records effects and performs none",
    },
    Row {
        who: is_connector,
        never: &["aws-sdk-*", "aws-config", "aws-smithy-*", "lambda_runtime"],
        why: "a connector works without AWS",
    },
    Row {
        who: |member| {
            ["aws-kit", "store-dynamodb", "bus-eventbridge", "secrets-manager"]
                .contains(&member.name.as_str())
        },
        never: &["reqwest", "lambda_runtime"],
        why: "an AWS adapter needs no second HTTP client and no Lambda",
    },
    Row {
        who: |member| member.name == "lambda-kit" || member.name == "http-kit",
        never: &["reqwest", "aws-sdk-*", "aws-config"],
        why: "what runs or serves a function brings no client along",
    },
    Row {
        who: |member| member.is_in("functions") || member.is_in("shared"),
        never: &["dynoxide-rs", "libsqlite3-sys", "rusqlite"],
        why: "the embedded table is never shipped to Lambda",
    },
    Row {
        who: |member| member.name == "simulators",
        never: &["connector-*"],
        why: "a simulator shares no reading of the documents with a connector",
    },
];

const SECOND_TLS: &[&str] = &["ring", "native-tls", "openssl-sys", "openssl"];

pub(super) fn forbidden(workspace: &Workspace) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for member in &workspace.members {
        let under = workspace.tree.under(&member.name);
        for row in ROWS.iter().filter(|row| (row.who)(member)) {
            breaches.extend(found(member, &under, row.never, row.why));
        }
        if member.is_in("functions") && !under.keys().any(|name| name_fits("connector-*", name)) {
            let why = "a function without a connector needs no HTTP client beside the SDK's";
            breaches.extend(found(member, &under, &["reqwest"], why));
        }
    }
    breaches
}

pub(super) fn second_tls(workspace: &Workspace) -> Vec<Breach> {
    let members = workspace.members.iter();
    members
        .flat_map(|member| {
            let under = workspace.tree.under(&member.name);
            found(member, &under, SECOND_TLS, "aws-lc-rs is the one crypto provider")
        })
        .collect()
}

fn is_connector(member: &Member) -> bool {
    member.name.starts_with("connector-")
}

fn found(member: &Member, under: &BTreeMap<String, Vec<String>>, never: &[&str], why: &str) -> Vec<Breach> {
    let bad = under.iter().filter(|(name, _)| never.iter().any(|pattern| name_fits(pattern, name)));
    bad.map(|(name, way)| {
        Breach::new(&member.folder, format!("is built with {name} ({}): {why}", way.join(" -> ")))
    })
    .collect()
}
