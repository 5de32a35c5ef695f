use super::*;
use domain::run::OrderedBilling;
use serde_json::json;
use std::fs;
use std::path::Path;

const PLAN: &str = "1850a7d6eec741fc6b9875576af85d19c3f96dc67de02b7620570007d137d28a";

fn sample(name: &str) -> Incoming {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events/subscription-sync");
    let text = fs::read_to_string(folder.join(format!("{name}.json"))).unwrap();
    Incoming::parse(&serde_json::from_str(&text).unwrap()).unwrap()
}

fn requested(mode: RunMode, actor: &str) -> Incoming {
    Incoming::Notice(Notice::SyncRequested {
        organisation: "nordic".parse().unwrap(),
        mode,
        actor: actor.into(),
        run: None,
    })
}

fn refusal(payload: &Value) -> String {
    Incoming::parse(payload).unwrap_err().to_string()
}

#[test]
fn every_sample_event_says_what_its_name_says() {
    let continued = Notice::SyncContinued {
        organisation: "nordic".parse().unwrap(),
        run: "run_1793836800000a1b2c3".parse().unwrap(),
        checkpoint: 2,
    };
    let ordered = OrderedBilling {
        order: "ord_1793836800000d4e5f6".parse().unwrap(),
        subscription: "503711".parse().unwrap(),
        approved: "39.36 EUR".parse().unwrap(),
    };
    let order = Notice::SyncRequested {
        organisation: "nordic".parse().unwrap(),
        mode: RunMode::Order(ordered),
        actor: "anna".into(),
        run: Some("run_1793836800000a1b2c3".parse().unwrap()),
    };
    let table = [
        ("scheduled", Incoming::Scheduled),
        ("sync-requested", requested(RunMode::Sync, "anna")),
        ("sync-requested-dry-run", requested(RunMode::DryRun, "anna")),
        ("sync-requested-apply", requested(RunMode::Apply(PLAN.parse().unwrap()), "anna")),
        ("sync-requested-order", Incoming::Notice(order)),
        ("sync-continued", Incoming::Notice(continued)),
        ("invoke-by-hand", requested(RunMode::DryRun, "by hand")),
    ];
    for (name, expected) in table {
        assert_eq!(sample(name), expected, "{name}");
    }
}

#[test]
fn the_schedule_is_recognised_whoever_keeps_it() {
    let table = [
        json!({"source": "aws.scheduler", "detail-type": "Scheduled Event"}),
        json!({"source": "aws.scheduler", "detail-type": "Scheduled Event", "detail": "{}"}),
        json!({"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}),
    ];
    for payload in table {
        assert_eq!(Incoming::parse(&payload).unwrap(), Incoming::Scheduled, "{payload}");
    }
}

#[test]
fn what_the_template_sends_is_understood() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../template.yaml");
    let template = fs::read_to_string(path).unwrap();
    let input = template.lines().find_map(|line| line.trim().strip_prefix("Input: '"));
    let input = serde_json::from_str(input.unwrap().trim_end_matches('\'')).unwrap();
    assert_eq!(Incoming::parse(&input).unwrap(), Incoming::Scheduled);

    for detail_type in [Event::SYNC_REQUESTED, Event::SYNC_CONTINUED] {
        let pattern = format!("Pattern: {{ source: [{SOURCE}], detail-type: [{detail_type}] }}");
        assert!(template.contains(&pattern), "{pattern}");
    }
}

#[test]
fn a_person_may_ask_for_a_run_a_dry_run_or_a_plan() {
    let table = [
        (json!({"organisation": "nordic"}), requested(RunMode::Sync, "by hand")),
        (
            json!({"organisation": "nordic", "dryRun": true, "actor": "anna"}),
            requested(RunMode::DryRun, "anna"),
        ),
        (
            json!({"organisation": "nordic", "plan": PLAN}),
            requested(RunMode::Apply(PLAN.parse().unwrap()), "by hand"),
        ),
    ];
    for (payload, expected) in table {
        assert_eq!(Incoming::parse(&payload).unwrap(), expected, "{payload}");
    }
}

#[test]
fn a_misspelt_dry_run_never_becomes_a_real_run() {
    let said = refusal(&json!({"organisation": "nordic", "dryrun": true}));
    assert!(said.starts_with("invocation by hand: field `dryrun`: unknown field `dryrun`"), "{said}");
}

#[test]
fn nobody_bills_an_order_or_numbers_a_run_by_hand() {
    for field in ["order", "run", "mode"] {
        let said = refusal(&json!({"organisation": "nordic", field: "ord_1"}));
        assert!(said.starts_with(&format!("invocation by hand: field `{field}`: unknown field")), "{said}");
    }
}

#[test]
fn an_invocation_by_hand_names_the_field_that_is_wrong() {
    let table = [
        (json!({"organisation": 7}), "field `organisation`: invalid type"),
        (
            json!({"organisation": "Nordic AS"}),
            "field `organisation`: organisation \"Nordic AS\" is not valid",
        ),
        (
            json!({"organisation": "nordic", "dryRun": "yes"}),
            "field `dryRun`: invalid type: string \"yes\", expected a boolean",
        ),
        (json!({"organisation": "nordic", "plan": "1850"}), "field `plan`: \"1850\" is not a plan hash"),
        (
            json!({"organisation": "nordic", "plan": PLAN, "dryRun": true}),
            "field `plan`: a dry run takes none, it makes one",
        ),
    ];
    for (payload, expected) in table {
        let said = refusal(&payload);
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn an_event_of_ours_that_is_wrong_says_why() {
    let payload = json!({"source": "billbridge", "detail-type": "sync.requested"});
    assert_eq!(refusal(&payload), "event sync.requested: field `version`: is missing");
}

#[test]
fn anything_else_is_described_and_what_was_expected_is_named() {
    let table = [
        (json!(null), "an empty payload is not a known payload: expected "),
        (json!({}), "an empty object is not a known payload"),
        (json!([1]), "something that is no JSON object is not"),
        (json!({"Records": [], "b": 1}), "an object with the fields Records, b is not"),
        (
            json!({"source": "aws.s3", "detail-type": "Object Created"}),
            "an event of source \"aws.s3\" and type \"Object Created\" is not",
        ),
        (
            json!({"source": "someone", "detail-type": "Scheduled Event"}),
            "an event of source \"someone\" and type \"Scheduled Event\" is not",
        ),
        (json!({"detail-type": 1}), "an event of source none and type none is not"),
        (json!({"scheduled": true}), "an object with the fields scheduled is not"),
    ];
    for (payload, expected) in table {
        let said = refusal(&payload);
        assert!(said.starts_with(expected), "{said}");
        assert!(said.contains("by hand {\"organisation\": \"…\", \"dryRun\": true}"), "{said}");
    }
}
