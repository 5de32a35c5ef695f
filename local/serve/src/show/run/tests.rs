use super::*;
use domain::run::{Counts, OrderedBilling};
use std::collections::BTreeMap;

const HASH: &str = "1850a7d6eec741fc6b9875576af85d19c3f96dc67de02b7620570007d137d28a";

fn orders_run(state: RunState, plan: Option<&str>, brake: &[&str]) -> Run {
    Run {
        id: "run_1793836800000a1b2c3".parse().unwrap(),
        organisation: "nordic".parse().unwrap(),
        mode: RunMode::Order(OrderedBilling {
            order: "ord_7".parse().unwrap(),
            subscription: "120045".parse().unwrap(),
            approved: "39.36 EUR".parse().unwrap(),
        }),
        actor: "bea".into(),
        started: "2026-11-05T08:12:31Z".parse().unwrap(),
        updated: "2026-11-05T08:12:33Z".parse().unwrap(),
        state,
        plan: plan.map(|hash| hash.parse().unwrap()),
        unproven: None,
        brake: brake.iter().map(|&why| why.to_owned()).collect(),
        amounts: BTreeMap::new(),
        counts: Counts { observed: 1, ..Counts::default() },
        problems: Vec::new(),
    }
}

fn shown(run: &Run) -> String {
    page(Look::plain(), run).join("\n")
}

#[test]
fn an_orders_run_says_what_was_ordered_and_what_was_approved() {
    let text = shown(&orders_run(RunState::Finished, None, &[]));
    let said = "  for order ord_7: subscription 120045, approved at 39.36 EUR each cycle";
    assert!(text.lines().any(|line| line == said), "{text}");
    assert!(text.contains(" order ") && text.contains("finished"), "{text}");
    assert!(!text.contains("not proven whole"), "it reads no list:\n{text}");
}

#[test]
fn an_orders_plan_that_waits_says_both_sums_and_how_to_approve_it() {
    let why = "order ord_7 was approved at 39.36 EUR each cycle, this plan charges 41.00 EUR";
    let text = shown(&orders_run(RunState::AwaitingApproval, Some(HASH), &[why]));
    assert!(text.contains(&format!("! nordic: the brake: {why}")), "{text}");
    assert!(text.contains("approve and apply it: billbridge sync --apply 1850a7d6eec7"), "{text}");
}

#[test]
fn an_orders_run_that_was_kept_from_working_says_where_to_look() {
    let why = "run run_1 is at work until 2026-11-05T08:32:31Z at most; try again then";
    let text = shown(&orders_run(RunState::Refused(why.into()), None, &[]));
    assert!(text.contains(why), "{text}");
    assert!(text.contains("how it stands: billbridge records show 120045"), "{text}");
}

#[test]
fn a_run_that_nobody_has_begun_is_shown_as_requested() {
    assert!(shown(&orders_run(RunState::Requested, None, &[])).contains("requested"));
}
