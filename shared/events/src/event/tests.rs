use super::*;
use domain::id::OrderId;
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

fn order() -> OrderId {
    "ord_1793836800000d4e5f6".parse().unwrap()
}

fn requested(mode: RunMode) -> Notice {
    Notice::SyncRequested { organisation: nordic(), mode, actor: "anna".into(), run: None }
}

fn numbered(mode: RunMode) -> Notice {
    Notice::SyncRequested { organisation: nordic(), mode, actor: "anna".into(), run: Some(run()) }
}

fn of_an_order() -> RunMode {
    let subscription = "503711".parse().unwrap();
    RunMode::Order(OrderedBilling { order: order(), subscription, approved: "39.36 EUR".parse().unwrap() })
}

/// Every form there ever was, with the notice it tells of. The newest forms are the ones we write.
fn golden() -> Vec<(&'static str, Notice)> {
    vec![
        ("sync.requested.v1", requested(RunMode::Sync)),
        ("sync.requested.dry-run.v1", requested(RunMode::DryRun)),
        ("sync.requested.apply.v1", requested(RunMode::Apply(PLAN.parse().unwrap()))),
        ("sync.requested.numbered.v1", numbered(RunMode::DryRun)),
        ("sync.requested.order.v1", numbered(of_an_order())),
        ("sync.continued.v1", Notice::SyncContinued { organisation: nordic(), run: run(), checkpoint: 2 }),
        (
            "sync.finished.v1",
            Notice::SyncFinished { organisation: nordic(), run: run(), state: "finished".into() },
        ),
        ("order.approved.v1", Notice::OrderApproved { organisation: nordic(), order: order() }),
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

fn ordered(field: &str, value: &str) -> Value {
    let mut detail = file("sync.requested.order.v1");
    detail["order"][field] = json!(value);
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
        "event \"sync.demanded\" is not known: expected sync.requested, sync.continued, sync.finished or \
         order.approved"
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
fn an_approved_sum_crosses_the_bus_to_the_last_digit() {
    for sum in ["39.36 EUR", "980 JPY", "1.005 KWD", "0.00 EUR", "1234567890123456789.0123 EUR"] {
        let RunMode::Order(ordered) = of_an_order() else { panic!("an order's run") };
        let approved = sum.parse().unwrap();
        let notice = numbered(RunMode::Order(OrderedBilling { approved, ..ordered }));
        let detail = Event::of(&notice).detail;
        assert_eq!(Event::read("sync.requested", &detail).unwrap(), notice, "{sum}");
    }
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
            "event sync.requested: field `mode`: expected sync, dry-run, apply or order",
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
        (
            "order.approved",
            with("order.approved.v1", "order", json!("42")),
            "event order.approved: field `order`: order id \"42\" is",
        ),
        (
            "order.approved",
            without("order.approved.v1", "organisation"),
            "event order.approved: field `.`: missing field `organisation`",
        ),
        ("sync.finished", json!("text"), "event sync.finished: field `version`: is missing"),
    ];
    for (detail_type, detail, expected) in table {
        let said = refusal(detail_type, &detail);
        assert!(said.starts_with(expected), "{said}");
    }
}

#[test]
fn every_refusal_of_a_number_or_an_order_names_the_field() {
    let order = file("sync.requested.order.v1")["order"].clone();
    let table = [
        (
            with("sync.requested.order.v1", "plan", json!(PLAN)),
            "event sync.requested: field `plan`: only apply takes one",
        ),
        (
            with("sync.requested.numbered.v1", "run", json!("42")),
            "event sync.requested: field `run`: run id \"42\" is not valid",
        ),
        (
            without("sync.requested.order.v1", "order"),
            "event sync.requested: field `order`: is missing: order needs what was bought",
        ),
        (
            with("sync.requested.v1", "order", order.clone()),
            "event sync.requested: field `order`: only order takes one",
        ),
        (
            with("sync.requested.apply.v1", "order", order.clone()),
            "event sync.requested: field `order`: only order takes one",
        ),
        (
            with("sync.requested.order.v1", "order", json!({"order": "ord_1", "subscription": "1"})),
            "event sync.requested: field `order`: missing field `approved`",
        ),
        (ordered("order", "42"), "event sync.requested: field `order.order`: order id \"42\" is"),
        (ordered("subscription", ""), "event sync.requested: field `order.subscription`: subscription"),
        (
            ordered("approved", "39.36"),
            "event sync.requested: field `order.approved`: \"39.36\" is not an amount",
        ),
        (
            ordered("approved", "39.36 EURO"),
            "event sync.requested: field `order.approved`: \"EURO\" is not an ISO 4217",
        ),
    ];
    for (detail, expected) in table {
        let said = refusal("sync.requested", &detail);
        assert!(said.starts_with(expected), "{said}");
    }
}
