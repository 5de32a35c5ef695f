//! `cargo xtask check`: every step says ok or FAILED in one line; all run, and one failure fails the whole.

use std::path::Path;
use std::time::Instant;

use crate::args::CheckOptions;
use crate::invariants::{ALL, Invariant, LINKS, long_files};
use crate::openapi::{Drift, FILE, described, drift};
use crate::process;
use crate::workspace::{Workspace, place};

#[cfg(test)]
mod tests;

/// What became of one step.
enum Outcome {
    Ok(String),
    Skipped(String),
    Failed { reason: String, cure: String },
}

struct Step {
    name: &'static str,
    holds: &'static str,
    /// It compiles or asks other tools: left out by `--fast`.
    slow: bool,
    run: fn(&Path) -> Result<Outcome, String>,
}

const STEPS: &[Step] = &[
    Step { name: "formatting", holds: "rustfmt would change nothing", slow: false, run: formatting },
    Step { name: "invariants", holds: "the rules of the house, listed below", slow: false, run: invariants },
    Step { name: "links", holds: LINKS.rule, slow: false, run: links },
    Step { name: "clippy", holds: "no warning in any target of any crate", slow: true, run: clippy },
    Step {
        name: "openapi",
        holds: "infra/openapi.json is what the code says of itself",
        slow: true,
        run: openapi,
    },
    Step {
        name: "deny",
        holds: "licences, banned crates and sources, as in deny.toml",
        slow: true,
        run: deny,
    },
];

pub(crate) fn run(options: &CheckOptions) -> Result<bool, String> {
    if options.list {
        list();
        return Ok(true);
    }
    let root = place()?.root;
    if let Some(name) = &options.only {
        if let Some(step) = STEPS.iter().find(|step| step.name == name) {
            return Ok(report(step.name, &root, step.run));
        }
        let invariant = ALL.iter().find(|invariant| invariant.name == name);
        let invariant =
            invariant.ok_or_else(|| format!("no step or invariant `{name}`; --list shows them"))?;
        let workspace = Workspace::load(&root)?;
        return Ok(said(invariant.name, "", &outcome(&workspace, &[invariant])));
    }
    let mut failed = Vec::new();
    for step in STEPS.iter().filter(|step| !(options.fast && step.slow)) {
        if !report(step.name, &root, step.run) {
            failed.push(step.name);
        }
    }
    if failed.is_empty() {
        println!("check: ok");
    } else {
        println!("check: FAILED ({})", failed.join(", "));
    }
    Ok(failed.is_empty())
}

fn list() {
    println!("steps");
    for step in STEPS {
        println!("  {:20} {}{}", step.name, step.holds, if step.slow { " (not with --fast)" } else { "" });
    }
    println!("\ninvariants");
    for invariant in ALL {
        println!("  {:20} {}", invariant.name, invariant.rule);
    }
}

fn report(name: &str, root: &Path, run: fn(&Path) -> Result<Outcome, String>) -> bool {
    let start = Instant::now();
    let outcome = run(root).unwrap_or_else(|problem| Outcome::Failed {
        reason: problem,
        cure: "the check itself could not run; see the message".to_owned(),
    });
    let tenths = start.elapsed().as_millis() / 100;
    said(name, &format!(" [{}.{} s]", tenths / 10, tenths % 10), &outcome)
}

fn said(name: &str, duration: &str, outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Ok(what) => println!("ok       {name}: {what}{duration}"),
        Outcome::Skipped(why) => println!("skipped  {name}: {why}"),
        Outcome::Failed { reason, cure } => {
            println!("FAILED   {name}: {reason}{duration}\n         cure: {cure}");
        }
    }
    !matches!(outcome, Outcome::Failed { .. })
}

fn formatting(root: &Path) -> Result<Outcome, String> {
    let told = process::ask(root, "cargo", &["fmt", "--all", "--check", "--", "--files-with-diff"])?;
    if told.success {
        return Ok(Outcome::Ok("rustfmt would change nothing".to_owned()));
    }
    let root = format!("{}/", root.display());
    let files: Vec<String> = told.stdout.lines().map(|line| line.replace(&root, "")).collect();
    let reason = if files.is_empty() {
        format!("rustfmt stopped:\n{}", told.stderr.trim_end())
    } else {
        format!("{} files are not formatted\n{}", files.len(), indented(&files))
    };
    Ok(Outcome::Failed { reason, cure: "cargo fmt --all".to_owned() })
}

fn clippy(root: &Path) -> Result<Outcome, String> {
    let arguments = ["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"];
    Ok(if process::show(root, "cargo", &arguments)? {
        Outcome::Ok("no warnings".to_owned())
    } else {
        Outcome::Failed {
            reason: "warnings, shown above".to_owned(),
            cure: "correct them, or silence one with #[expect(…, reason = \"…\")]".to_owned(),
        }
    })
}

fn invariants(root: &Path) -> Result<Outcome, String> {
    let workspace = Workspace::load(root)?;
    for long in long_files(&workspace) {
        println!("warning  {}: {}", long.place, long.what);
    }
    Ok(outcome(&workspace, &ALL.iter().collect::<Vec<_>>()))
}

fn links(root: &Path) -> Result<Outcome, String> {
    Ok(outcome(&Workspace::load(root)?, &[&LINKS]))
}

fn openapi(root: &Path) -> Result<Outcome, String> {
    Ok(match drift(root, &described(root)?) {
        Drift::None => Outcome::Ok(format!("{FILE} is what the code says of itself")),
        Drift::At { line, kept, written } => Outcome::Failed {
            reason: format!("{FILE}:{line} says `{kept}`, the code says `{written}`"),
            cure: "cargo xtask openapi".to_owned(),
        },
    })
}

fn deny(root: &Path) -> Result<Outcome, String> {
    if !process::answers(root, "cargo", &["deny", "--version"]) {
        let why = "cargo-deny not installed (cure: cargo install cargo-deny --locked)";
        return Ok(Outcome::Skipped(why.to_owned()));
    }
    let passed = process::show(
        root,
        "cargo",
        &["deny", "--log-level", "error", "check", "bans", "licenses", "sources"],
    )?;
    Ok(if passed {
        Outcome::Ok("bans, licences and sources hold".to_owned())
    } else {
        Outcome::Failed {
            reason: "cargo-deny refused, shown above".to_owned(),
            cure: "drop the dependency, or change deny.toml and give the reason there".to_owned(),
        }
    })
}

/// Every breach under the rule it breaks, with the rule's own cure.
fn outcome(workspace: &Workspace, rules: &[&Invariant]) -> Outcome {
    let mut broken = Vec::new();
    let mut count = 0;
    for rule in rules {
        let breaches = (rule.breaches)(workspace);
        if breaches.is_empty() {
            continue;
        }
        count += breaches.len();
        let places: Vec<String> = breaches.iter().map(|one| format!("{}: {}", one.place, one.what)).collect();
        broken.push(format!(
            "  {}: {}\n{}\n    cure: {}",
            rule.name,
            rule.rule,
            indented(&places),
            rule.cure
        ));
    }
    match (rules, broken.is_empty()) {
        ([one], true) => Outcome::Ok(one.rule.to_owned()),
        (_, true) => Outcome::Ok(format!("{} rules hold", rules.len())),
        (_, false) => Outcome::Failed {
            reason: format!(
                "{} of {} rules broken, {count} places\n{}",
                broken.len(),
                rules.len(),
                broken.join("\n")
            ),
            cure: "under each rule above; one rule alone: cargo xtask check --only NAME".to_owned(),
        },
    }
}

fn indented(lines: &[String]) -> String {
    lines.iter().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}
