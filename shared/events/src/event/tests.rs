use super::*;
use serde_json::json;
use std::fs;
use std::path::Path;

const PLAN: &str = "1850a7d6eec741fc6b9875576af85d19c3f96dc67de02b7620570007d137d28a";

fn nordic() -> OrganisationId {
    "nordic".parse().unwrap()
}

fn run() -> RunId {
    "run_1793836800000a1b2c3".parse().unwrap()
}

fn requested(mode: RunMode) -> Notice {
    Notice::SyncRequested { organisation: nordic(), mode, actor: "anna".into(), run: None }
}

/// Every form there ever was, with the notice it tells of. The newest forms are the ones we write.
fn golden() -> Vec<(&'static str, Notice)> {
    vec![
        ("sync.requested.v1", requested(RunMode::Sync)),
        ("sync.requested.dry-run.v1", requested(RunMode::DryRun)),
        ("sync.requested.apply.v1", requested(RunMode::Apply(PLAN.parse().unwrap()))),
        ("sync.continued.v1", Notice::SyncContinued { organisation: nordic(), run: run(), checkpoint: 2 }),
        (
            "sync.finished.v1",
            Notice::SyncFinished { organisation: nordic(), run: run(), state: "finished".into() },
        ),
    ]
}

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden")
}

fn file(name: &str) -> Value {
    let text = fs::read_to_string(folder().join(format!("{name}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn with(name: &str, field: &str, value: Value) -> Value {
    let mut detail = file(name);
    detail[field] = value;
    detail
}

fn without(name: &str, field: &str) -> Value {
    let mut detail = file(name);
    detail.as_object_mut().unwrap().remove(field);
    detail
}

fn refusal(detail_type: &str, detail: &Value) -> String {
    Event::read(detail_type, detail).unwrap_err().to_string()
}

#[test]
fn every_form_there_ever_was_is_still_read() {
    for (name, notice) in golden() {
        let detail_type = Event::of(&notice).detail_type;
        assert_eq!(Event::read(detail_type, &file(name)).unwrap(), notice, "{name}");
    }
}

#[test]
fn notices_are_written_in_the_newest_form() {
    for (name, notice) in golden() {
        assert_eq!(Event::of(&notice).detail, file(name), "{name}");
    }
}

#[test]
fn no_golden_file_is_left_unread() {
    let mut known: Vec<String> = golden().iter().map(|(name, _)| format!("{name}.json")).collect();
    let mut found: Vec<String> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    known.sort();
    found.sort();
    assert_eq!(found, known);
}

#[test]
fn a_field_added_later_is_passed_over() {
    let detail = with("sync.continued.v1", "added-later", json!({"any": 1}));
    assert!(Event::read("sync.continued", &detail).is_ok());
}

#[test]
fn an_event_that_is_not_ours_is_refused_by_name() {
    assert_eq!(
        refusal("sync.demanded", &json!({"version": 1})),
        "event \"sync.demanded\" is not known: expected sync.requested, sync.continued or sync.finished"
    );
}

#[test]
fn a_form_from_the_future_is_refused() {
    let detail = with("sync.continued.v1", "version", json!(2));
    assert_eq!(
        refusal("sync.continued", &detail),
        "event sync.continued has version 2: this build reads up to 1, deploy the newer one"
    );
}

#[test]
fn every_refusal_names_the_field() {
    let table = [
        (
            "sync.requested",
            without("sync.requested.v1", "version"),
            "event sync.requested: field `version`: is missing",
        ),
        (
            "sync.requested",
            with("sync.requested.v1", "version", json!("1")),
            "event sync.requested: field `version`: expected a whole number",
        ),
        (
            "sync.requested",
            without("sync.requested.v1", "organisation"),
            "event sync.requested: field `.`: missing field `organisation`",
        ),
        (
            "sync.requested",
            with("sync.requested.v1", "organisation", json!("Nordic AS")),
            "event sync.requested: field `organisation`: organisation \"Nordic AS\" is not valid: lower",
        ),
        (
            "sync.requested",
            with("sync.requested.v1", "mode", json!("wet-run")),
            "event sync.requested: field `mode`: expected sync, dry-run or apply",
        ),
        (
            "sync.requested",
            with("sync.requested.v1", "actor", json!("")),
            "event sync.requested: field `actor`: expected between 1 and 500 characters",
        ),
        (
            "sync.requested",
            without("sync.requested.apply.v1", "plan"),
            "event sync.requested: field `plan`: is missing: apply needs a plan's hash",
        ),
        (
            "sync.requested",
            with("sync.requested.dry-run.v1", "plan", json!(PLAN)),
            "event sync.requested: field `plan`: only apply takes one",
        ),
        (
            "sync.requested",
            with("sync.requested.apply.v1", "plan", json!("1850a7")),
            "event sync.requested: field `plan`: \"1850a7\" is not a plan hash",
        ),
        (
            "sync.continued",
            with("sync.continued.v1", "checkpoint", json!("2")),
            "event sync.continued: field `checkpoint`: invalid type: string \"2\", expected u32",
        ),
        (
            "sync.continued",
            with("sync.continued.v1", "checkpoint", json!(0)),
            "event sync.continued: field `checkpoint`: counts from 1",
        ),
        (
            "sync.finished",
            with("sync.finished.v1", "run", json!("42")),
            "event sync.finished: field `run`: run id \"42\" is not valid",
        ),
        ("sync.finished", json!("text"), "event sync.finished: field `version`: is missing"),
    ];
    for (detail_type, detail, expected) in table {
        let said = refusal(detail_type, &detail);
        assert!(said.starts_with(expected), "{said}");
    }
}
