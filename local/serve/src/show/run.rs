//! Runs as people read them: what was seen, done and left, what it moves, why it waits, and what to do next.

use super::plan::sums;
use super::{Look, Sheet, count};
use crate::json::why;
use domain::plan::PlanHash;
use domain::run::{Run, RunMode, RunState};

/// Several runs, one a row.
pub fn sheet(look: Look, runs: &[Run]) -> String {
    let mut sheet = Sheet::new(&[
        "organisation",
        "mode",
        "state",
        ">observed",
        ">unchanged",
        ">planned",
        ">created",
        ">adopted",
        ">changed",
        ">parked",
        ">refused",
        ">in doubt",
        ">left",
    ]);
    for run in runs {
        let counts = &run.counts;
        let numbers = [
            counts.observed,
            counts.unchanged,
            counts.planned,
            counts.created,
            counts.adopted,
            counts.changed,
            counts.parked,
            counts.refused,
            counts.in_doubt,
            counts.left,
        ];
        let words = [run.organisation.to_string(), run.mode.word().to_owned(), state(look, run)];
        sheet.row(words.into_iter().chain(numbers.into_iter().map(count)));
    }
    sheet.without_zeros(&["observed", "unchanged", "planned"]).text(look)
}

fn state(look: Look, run: &Run) -> String {
    let word = run.state.word();
    match run.state {
        RunState::Finished => look.good(word),
        RunState::Failed(_) => look.bad(word),
        RunState::AwaitingApproval | RunState::Refused(_) | RunState::Continued { .. } => look.warn(word),
        RunState::Requested | RunState::Running => word.to_owned(),
    }
}

/// What there is to say about a run besides its counts.
pub fn remarks(look: Look, run: &Run) -> Vec<String> {
    let mut lines = Vec::new();
    let id = &run.organisation;
    if let Some(text) = why(&run.state) {
        lines.push(format!("{} {id}: {text}", look.bad("✘")));
    }
    if let Some(text) = &run.unproven {
        lines.push(format!(
            "{} {id}: the list is not proven whole, so nothing was ended: {text}",
            look.warn("!")
        ));
    }
    for text in &run.brake {
        lines.push(format!("{} {id}: the brake: {text}", look.warn("!")));
    }
    for text in &run.problems {
        lines.push(format!("{} {id}: {text}", look.warn("!")));
    }
    let kept = run.problems.len() as u64;
    let all = run.counts.refused + run.counts.in_doubt;
    if run.problems.len() == Run::MAX_PROBLEMS && all > kept {
        lines.push(
            look.dim(&format!(
                "  … the counts have all {all}; `billbridge records --state error` lists them"
            )),
        );
    }
    lines.extend(sums(look, &run.amounts));
    lines.extend(next(look, run));
    lines
}

/// What a person types next.
fn next(look: Look, run: &Run) -> Vec<String> {
    let mut lines = Vec::new();
    let mut say = |what: &str, command: String| {
        lines.push(format!("  → {what}: {}", look.code(&command)));
    };
    match (&run.state, &run.mode, &run.plan) {
        (RunState::AwaitingApproval, _, Some(hash)) => {
            say("look at the plan", format!("billbridge plan show {}", short(hash)));
            say("approve and apply it", format!("billbridge sync --apply {}", short(hash)));
        }
        (RunState::Finished, RunMode::DryRun, Some(hash)) => {
            say("look at the plan", format!("billbridge plan show {}", short(hash)));
            if run.counts.planned > 0 {
                say("apply it", format!("billbridge sync --apply {}", short(hash)));
            }
        }
        (RunState::Refused(_), RunMode::Apply(_), _) => {
            say("make a new plan", format!("billbridge sync --dry-run --org {}", run.organisation));
        }
        (RunState::Refused(_), RunMode::Order(ordered), _) => {
            say("how it stands", format!("billbridge records show {}", ordered.subscription));
        }
        (RunState::Continued { .. }, _, _) => {
            say("go on with it", format!("billbridge sync --org {}", run.organisation));
        }
        _ => {}
    }
    if run.counts.parked > 0 {
        let command = format!("billbridge records --org {} --state parked", run.organisation);
        say("what is parked", command);
    }
    lines
}

fn short(hash: &PlanHash) -> &str {
    hash.short()
}

/// A whole page about one run.
pub fn page(look: Look, run: &Run) -> Vec<String> {
    let mut lines = vec![
        look.bold(&format!("Run {}", run.id)),
        format!(
            "  asked by {}, {} to {}",
            run.actor,
            run.started.strftime("%F %H:%M:%SZ"),
            run.updated.strftime("%F %H:%M:%SZ")
        ),
        format!("  {} pages read", count(run.counts.pages)),
    ];
    if let RunMode::Order(ordered) = &run.mode {
        lines.push(format!(
            "  for order {}: subscription {}, approved at {} each cycle",
            ordered.order, ordered.subscription, ordered.approved
        ));
    }
    if let Some(hash) = &run.plan {
        lines.push(format!("  plan {hash}"));
    }
    lines.push(String::new());
    lines.push(sheet(look, std::slice::from_ref(run)));
    lines.extend(remarks(look, run));
    lines
}

#[cfg(test)]
mod tests;
