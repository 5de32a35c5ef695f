//! `cargo xtask size`: what each function weighs when it is uploaded, against its budget.

use std::collections::BTreeMap;
use std::path::Path;

use crate::process::{answers, ask, show};
use crate::toml_text::entries;
use crate::workspace::{Place, built, place};

#[cfg(test)]
mod tests;

const BUDGETS: &str = "xtask/budgets.toml";
const HEAD: &str = "\
# Bytes of each function as Lambda receives it: the release binary, zipped as `bootstrap`.
# `budget` is a decision and is changed by hand, with the reason in the commit. `recorded` is written by
# `cargo xtask size --update`; growth by more than a tenth over it fails, so that it is noticed once.
";

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Budget {
    budget: Option<u64>,
    recorded: Option<u64>,
}

pub(crate) fn run(update: bool) -> Result<bool, String> {
    let place = place()?;
    let file = place.root.join(BUDGETS);
    let text = std::fs::read_to_string(&file).unwrap_or_default();
    let mut budgets = parse(&text)?;
    let sizes = measure(&place)?;
    if update {
        record(&mut budgets, &sizes);
        std::fs::write(&file, written(&budgets))
            .map_err(|error| format!("cannot write {BUDGETS}: {error}"))?;
    }
    let mut passed = true;
    for (name, bytes) in &sizes {
        let budget = budgets.get(name).copied().unwrap_or_default();
        match verdict(*bytes, budget) {
            Ok(line) => println!("ok       {name}: {line}"),
            Err(line) => {
                println!("FAILED   {name}: {line}");
                passed = false;
            }
        }
    }
    if sizes.is_empty() {
        return Err("no package in functions/ has a binary".to_owned());
    }
    Ok(passed)
}

fn measure(place: &Place) -> Result<BTreeMap<String, u64>, String> {
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

fn verdict(bytes: u64, budget: Budget) -> Result<String, String> {
    let Some(limit) = budget.budget else {
        return Err(format!("{bytes} bytes and no budget in {BUDGETS} (cure: cargo xtask size --update)"));
    };
    if bytes > limit {
        return Err(format!(
            "{bytes} bytes, {} over its budget of {limit} (cure: find what came in, or raise the budget and say why)",
            bytes - limit
        ));
    }
    let Some(recorded) = budget.recorded else {
        return Ok(format!("{bytes} bytes of {limit}, nothing recorded yet"));
    };
    if bytes.saturating_mul(10) > recorded.saturating_mul(11) {
        return Err(format!(
            "{bytes} bytes, more than a tenth above the recorded {recorded} (cure: find what came in, or --update)"
        ));
    }
    Ok(format!("{bytes} bytes of {limit}, recorded {recorded}"))
}

fn record(budgets: &mut BTreeMap<String, Budget>, sizes: &BTreeMap<String, u64>) {
    budgets.retain(|name, _| sizes.contains_key(name));
    for (name, bytes) in sizes {
        let budget = budgets.entry(name.clone()).or_default();
        budget.recorded = Some(*bytes);
        budget.budget = budget.budget.or(Some((bytes + bytes / 4).next_multiple_of(100_000)));
    }
}

fn parse(text: &str) -> Result<BTreeMap<String, Budget>, String> {
    let mut budgets: BTreeMap<String, Budget> = BTreeMap::new();
    for entry in entries(text) {
        let bytes = entry.value.replace('_', "").parse();
        let bytes =
            bytes.map_err(|_| format!("{BUDGETS}: {} of {} is no number", entry.key, entry.section))?;
        let budget = budgets.entry(entry.section).or_default();
        match entry.key.as_str() {
            "budget" => budget.budget = Some(bytes),
            "recorded" => budget.recorded = Some(bytes),
            other => return Err(format!("{BUDGETS}: `{other}` is neither budget nor recorded")),
        }
    }
    Ok(budgets)
}

fn written(budgets: &BTreeMap<String, Budget>) -> String {
    let sections = budgets.iter().map(|(name, budget)| {
        let line =
            |key: &str, bytes: Option<u64>| bytes.map_or(String::new(), |bytes| format!("{key} = {bytes}\n"));
        format!("\n[{name}]\n{}{}", line("budget", budget.budget), line("recorded", budget.recorded))
    });
    HEAD.to_owned() + &sections.collect::<String>()
}
