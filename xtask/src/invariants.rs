//! The rules of the house that no compiler knows, as a table.
//!
//! A rule is a function from the [`Workspace`] to its breaches. Changing one is a decision: it has a
//! record in `docs/adr/`.

use crate::workspace::Workspace;

mod dependencies;
mod functions;
mod layout;
mod links;
mod manifests;
mod powers;
mod sources;
mod trees;
mod words;

#[cfg(test)]
mod tests;

pub(crate) use layout::long_files;
pub(crate) use links::LINKS;

pub(crate) struct Invariant {
    pub(crate) name: &'static str,
    pub(crate) rule: &'static str,
    pub(crate) cure: &'static str,
    pub(crate) breaches: fn(&Workspace) -> Vec<Breach>,
}

/// Where a rule is broken, and how.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Breach {
    /// A crate's folder, or `file:line`.
    pub(crate) place: String,
    pub(crate) what: String,
}

impl Breach {
    fn new(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { place: place.into(), what: what.into() }
    }

    fn at(path: &str, line: usize, what: impl Into<String>) -> Self {
        Self::new(format!("{path}:{line}"), what)
    }
}

pub(crate) const ALL: &[Invariant] = &[
    Invariant {
        name: "dependency-table",
        rule: "a crate depends only on what its place in the map allows",
        cure: "move the code to the layer that may know it, or put a port in between",
        breaches: dependencies::table,
    },
    Invariant {
        name: "one-home",
        rule: "an outside crate that is a boundary has one home",
        cure: "use the port of the crate that owns it; an AWS adapter speaks to its one service",
        breaches: dependencies::homes,
    },
    Invariant {
        name: "dependency-trees",
        rule: "what a layer must not know does not come in through a third crate either",
        cure: "follow the way shown and cut it, often by a feature of the middle crate",
        breaches: trees::forbidden,
    },
    Invariant {
        name: "one-tls",
        rule: "one TLS stack and one crypto provider: no ring, native-tls or openssl-sys in what ships",
        cure: "turn off the default features of the dependency that brings it in",
        breaches: trees::second_tls,
    },
    Invariant {
        name: "manifests",
        rule: "versions, lints and package facts stand in the root manifest; a member inherits them",
        cure: "write `… .workspace = true` in the member and the value in the root Cargo.toml",
        breaches: manifests::inheritance,
    },
    Invariant {
        name: "same-build",
        rule: "everybody builds everything with one toolchain: no default-members, no toolchain file",
        cure: "remove it; the least version is `rust-version` in [workspace.package]",
        breaches: manifests::same_build,
    },
    Invariant {
        name: "crates-io-only",
        rule: "every dependency comes from crates.io, and nothing in the repository redirects it",
        cure: "depend on the published crate; keep mirrors in your own Cargo home",
        breaches: manifests::sources,
    },
    Invariant {
        name: "outline",
        rule: "the owner's outline stands at the top level",
        cure: "create what is missing",
        breaches: layout::outline,
    },
    Invariant {
        name: "functions-complete",
        rule: "a function has a resource in template.yaml, a sample event that parses, and a row in README.md",
        cure: "add what is named; docs/adding-a-function.md has the list",
        breaches: functions::complete,
    },
    Invariant {
        name: "thin-mains",
        rule: "a function's main.rs is wiring and has at most 40 lines",
        cure: "move what is more than wiring into the library",
        breaches: functions::thin_mains,
    },
    Invariant {
        name: "adapters-in-main",
        rule: "in a function package adapters are named in main.rs and nowhere else",
        cure: "take the port as a parameter",
        breaches: functions::adapters,
    },
    Invariant {
        name: "aws-powers",
        rule: "a manifest lists the AWS actions that are called, of an adapter and of a function, and no others",
        cure: "correct `aws` under [package.metadata.billbridge]; the function's policy in template.yaml is the same",
        breaches: powers::stated,
    },
    Invariant {
        name: "environment",
        rule: "only lambda_kit::env reads the environment",
        cure: "take the value as a parameter, or read it through lambda_kit::env in config.rs",
        breaches: sources::environment,
    },
    Invariant {
        name: "http-client",
        rule: "only connector-kit builds an HTTP client",
        cure: "use connector_kit::http_client",
        breaches: sources::http_client,
    },
    Invariant {
        name: "no-floats",
        rule: "no f64 or f32 in production sources of shared/ and functions/",
        cure: "use Decimal for money and quantity, integers for the rest",
        breaches: sources::floats,
    },
    Invariant {
        name: "no-if-local",
        rule: "production code does not ask whether it runs locally",
        cure: "choose the adapter in a main, or the address by a variable",
        breaches: sources::if_local,
    },
    Invariant {
        name: "no-ignored-tests",
        rule: "no test is ignored",
        cure: "assert today's behaviour and say why it is wrong; slow tests are chosen by nextest profile",
        breaches: sources::ignored_tests,
    },
    Invariant {
        name: "no-sleep-in-tests",
        rule: "no test sleeps",
        cure: "wait for a condition with testkit, or pause tokio's clock and advance it",
        breaches: sources::sleeping_tests,
    },
    Invariant {
        name: "no-placeholders",
        rule: "no todo!, unimplemented! or dbg!",
        cure: "finish it, or leave it out and write an issue",
        breaches: sources::placeholders,
    },
    Invariant {
        name: "dropped-results",
        rule: "`let _ =` has a reason beside it",
        cure: "handle the result, or say in a comment why it may be dropped",
        breaches: sources::dropped_results,
    },
    Invariant {
        name: "no-allow",
        rule: "a lint is silenced by expect with a reason, never by allow",
        cure: "write #[expect(…, reason = \"…\")]: it tells when it is no longer needed",
        breaches: sources::allows,
    },
    Invariant {
        name: "machine-paths",
        rule: "no file names a path of somebody's machine",
        cure: "use a path relative to the repository, or a placeholder like <home>",
        breaches: words::machine_paths,
    },
    Invariant {
        name: "secrets",
        rule: "no file holds a credential",
        cure: "revoke it first, then remove it; tests make their own at run time",
        breaches: words::secrets,
    },
];
