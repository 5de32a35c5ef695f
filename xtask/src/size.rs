//! `cargo xtask size`: what each function weighs when it is uploaded and what its start costs, against its budgets.

use std::collections::BTreeMap;
use std::path::Path;

use crate::process::{answers, ask, show};
use crate::toml_text::entries;
use crate::workspace::{Place, built, place};

#[cfg(test)]
mod tests;

const BUDGETS: &str = "xtask/budgets.toml";
const HEAD: &str = "\
# What each function weighs and what its start costs. `budget` is about bytes as Lambda receives them: the release
# binary, zipped as `bootstrap`. `start_budget` is about instructions from the start of the process to its first
# question for work, as valgrind counts them: unlike milliseconds they are the same on a busy machine.
# A budget is a decision and is changed by hand, with the reason in the commit. What was recorded is written by
# `cargo xtask size --update`; growth by more than a tenth over it fails, so that it is noticed once.
";
/// The runner in local/e2e that starts functions.
const RUNNER: &str = "bench";

/// What was decided and what was last measured, of one figure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Budget {
    budget: Option<u64>,
    recorded: Option<u64>,
}

/// Of one function.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Budgets {
    size: Budget,
    start: Budget,
}

/// What was measured, by function.
type Figures = BTreeMap<String, u64>;

pub(crate) fn run(update: bool) -> Result<bool, String> {
    let place = place()?;
    let file = place.root.join(BUDGETS);
    let text = std::fs::read_to_string(&file).unwrap_or_default();
    let mut budgets = parse(&text)?;
    let sizes = measure(&place)?;
    let starts = starts(&place)?;
    if update {
        record(&mut budgets, &sizes, &starts);
        std::fs::write(&file, written(&budgets))
            .map_err(|error| format!("cannot write {BUDGETS}: {error}"))?;
    }
    let mut passed = true;
    for name in sizes.keys() {
        let budgets = budgets.get(name).copied().unwrap_or_default();
        let weighed = sizes.get(name).map(|bytes| verdict(*bytes, "bytes", budgets.size));
        let started = starts.get(name).map(|count| verdict(*count, "instructions to start", budgets.start));
        for verdict in weighed.into_iter().chain(started) {
            match verdict {
                Ok(line) => println!("ok       {name}: {line}"),
                Err(line) => {
                    println!("FAILED   {name}: {line}");
                    passed = false;
                }
            }
        }
    }
    if sizes.is_empty() {
        return Err("no package in functions/ has a binary".to_owned());
    }
    Ok(passed)
}

fn measure(place: &Place) -> Result<Figures, String> {
    let functions = place.members.iter().filter(|member| member.is_in("functions"));
    let names: Vec<&str> = functions.flat_map(|one| one.binaries.iter().map(String::as_str)).collect();
    if names.is_empty() {
        return Ok(BTreeMap::new());
    }
    // Always the whole workspace's features: narrowing by package would measure another build.
    let mut arguments = vec!["build", "--release", "--workspace"];
    arguments.extend(names.iter().flat_map(|name| ["--bin", name]));
    if !show(&place.root, "cargo", &arguments)? {
        return Err("the release build failed".to_owned());
    }
    let sizes = names.into_iter().map(|name| {
        let folder = place.target.join("size").join(name);
        Ok((name.to_owned(), zipped(&built(&place.target, "release", name), &folder)?))
    });
    sizes.collect()
}

/// The instructions of each release binary's start; none where valgrind is not installed.
fn starts(place: &Place) -> Result<Figures, String> {
    if !answers(&place.root, "valgrind", &["--version"]) {
        println!("skipped  starts: valgrind is not installed (apt-get install valgrind)");
        return Ok(Figures::new());
    }
    // Only what is started matters here: the runner is built as tests are.
    if !show(&place.root, "cargo", &["build", "--workspace", "--bin", RUNNER])? {
        return Err(format!("{RUNNER} could not be built"));
    }
    let runner = built(&place.target, "debug", RUNNER);
    let said = ask(&place.root, &runner.to_string_lossy(), &["cold", "--instructions", "--of", "release"])?;
    if !said.success {
        return Err(format!("the starts could not be counted: {}", said.stderr.trim_end()));
    }
    counts(&said.stdout)
}

/// A name and a number a line.
fn counts(text: &str) -> Result<Figures, String> {
    let read = |line: &str| {
        let (name, count) = line.rsplit_once(' ')?;
        Some((name.to_owned(), count.parse().ok()?))
    };
    text.lines().map(|line| read(line).ok_or_else(|| format!("no name and number: {line}"))).collect()
}

/// The bytes of `binary` as `bootstrap` in an archive, deflated as hard as it goes.
fn zipped(binary: &Path, folder: &Path) -> Result<u64, String> {
    const PYTHON: &str = "import zipfile\n\
        with zipfile.ZipFile('bootstrap.zip', 'w', zipfile.ZIP_DEFLATED, compresslevel=9) as archive:\n    \
        archive.write('bootstrap')";
    let failed = |error: std::io::Error| format!("cannot prepare {}: {error}", folder.display());
    if folder.exists() {
        std::fs::remove_dir_all(folder).map_err(failed)?;
    }
    std::fs::create_dir_all(folder).map_err(failed)?;
    std::fs::copy(binary, folder.join("bootstrap")).map_err(failed)?;
    let said = if answers(folder, "python3", &["--version"]) {
        ask(folder, "python3", &["-c", PYTHON])?
    } else if answers(folder, "zip", &["-v"]) {
        ask(folder, "zip", &["-9", "-X", "-q", "bootstrap.zip", "bootstrap"])?
    } else {
        return Err("neither python3 nor zip is installed: one of them is needed to zip".to_owned());
    };
    if !said.success {
        return Err(format!("zipping {} failed: {}", binary.display(), said.stderr.trim_end()));
    }
    std::fs::metadata(folder.join("bootstrap.zip")).map(|file| file.len()).map_err(failed)
}

fn verdict(measured: u64, unit: &str, budget: Budget) -> Result<String, String> {
    let Some(limit) = budget.budget else {
        return Err(format!(
            "{measured} {unit} and no budget in {BUDGETS} (cure: cargo xtask size --update)"
        ));
    };
    if measured > limit {
        return Err(format!(
            "{measured} {unit}, {} over its budget of {limit} (cure: find what came in, or raise the budget and say why)",
            measured - limit
        ));
    }
    let Some(recorded) = budget.recorded else {
        return Ok(format!("{measured} {unit} of {limit}, nothing recorded yet"));
    };
    if measured.saturating_mul(10) > recorded.saturating_mul(11) {
        return Err(format!(
            "{measured} {unit}, more than a tenth above the recorded {recorded} (cure: find what came in, or --update)"
        ));
    }
    Ok(format!("{measured} {unit} of {limit}, recorded {recorded}"))
}

fn record(budgets: &mut BTreeMap<String, Budgets>, sizes: &Figures, starts: &Figures) {
    budgets.retain(|name, _| sizes.contains_key(name));
    let keep = |budget: &mut Budget, measured: u64| {
        budget.recorded = Some(measured);
        budget.budget = budget.budget.or(Some((measured + measured / 4).next_multiple_of(100_000)));
    };
    for (name, bytes) in sizes {
        let budgets = budgets.entry(name.clone()).or_default();
        keep(&mut budgets.size, *bytes);
        if let Some(instructions) = starts.get(name) {
            keep(&mut budgets.start, *instructions);
        }
    }
}

fn parse(text: &str) -> Result<BTreeMap<String, Budgets>, String> {
    let mut budgets: BTreeMap<String, Budgets> = BTreeMap::new();
    for entry in entries(text) {
        let number = entry.value.replace('_', "").parse();
        let number =
            number.map_err(|_| format!("{BUDGETS}: {} of {} is no number", entry.key, entry.section))?;
        let budgets = budgets.entry(entry.section).or_default();
        match entry.key.as_str() {
            "budget" => budgets.size.budget = Some(number),
            "recorded" => budgets.size.recorded = Some(number),
            "start_budget" => budgets.start.budget = Some(number),
            "start_recorded" => budgets.start.recorded = Some(number),
            other => return Err(format!("{BUDGETS}: `{other}` is neither a budget nor recorded")),
        }
    }
    Ok(budgets)
}

fn written(budgets: &BTreeMap<String, Budgets>) -> String {
    let sections = budgets.iter().map(|(name, budgets)| {
        let lines = [
            ("budget", budgets.size.budget),
            ("recorded", budgets.size.recorded),
            ("start_budget", budgets.start.budget),
            ("start_recorded", budgets.start.recorded),
        ];
        let lines = lines.iter().filter_map(|(key, number)| Some(format!("{key} = {}\n", (*number)?)));
        format!("\n[{name}]\n{}", lines.collect::<String>())
    });
    HEAD.to_owned() + &sections.collect::<String>()
}
