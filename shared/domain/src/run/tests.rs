use super::*;
use crate::digest::Digest;
use crate::money::Money;
use crate::plan::{Change, Line, Verdict, Why};
use crate::record::WaitReason;
use crate::service::ServiceState;
use crate::subscription::BillingCycle;

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

fn ordered() -> OrderedBilling {
    OrderedBilling {
        order: "ord_1793836800000a1b2c3".parse().unwrap(),
        subscription: "42".parse().unwrap(),
        approved: money("39.36 EUR"),
    }
}

fn line(subscription: &str, verdict: Verdict) -> Line {
    Line {
        subscription: subscription.parse().unwrap(),
        name: "Exchange Online".into(),
        tenant: "1".parse().unwrap(),
        customer: None,
        offer: "CFQ7TTC0LH16:0001/P1Y/monthly".parse().unwrap(),
        base: 0,
        generation: 1,
        digest: Digest::LOOK,
        price: None,
        ended: false,
        verdict,
    }
}

fn change(subscription: &str, amount: &str, status: ServiceStatus) -> Line {
    let to = ServiceState {
        client: "11".parse().unwrap(),
        product: "90".parse().unwrap(),
        cycle: BillingCycle::Monthly,
        quantity: 12,
        unit_price: money("3.28 EUR"),
        amount: money(amount),
        status,
        next_due: None,
    };
    let change = Change { service: None, from: None, to, why: vec![Why::New] };
    line(subscription, Verdict::Change(Box::new(change)))
}

fn coverage(lines: Vec<Line>) -> Coverage {
    ordered().covers(&Plan::new("nordic".parse().unwrap(), lines))
}

#[test]
fn the_approval_of_an_order_covers_its_one_change_at_exactly_the_approved_sum() {
    for amount in ["39.36 EUR", "39.360 EUR"] {
        assert_eq!(coverage(vec![change("42", amount, ServiceStatus::Active)]), Coverage::Covered);
    }
}

#[test]
fn what_changes_nothing_in_billing_needs_no_approval() {
    let wait = line("42", Verdict::Wait(WaitReason::SupplierPending));
    assert_eq!(coverage(vec![]), Coverage::Unneeded);
    assert_eq!(coverage(vec![wait]), Coverage::Unneeded);
}

#[test]
fn anything_else_is_beyond_the_approval_and_names_both_sums() {
    let active = ServiceStatus::Active;
    let table = [
        (vec![change("42", "39.37 EUR", active)], "charges 39.37 EUR"),
        (vec![change("42", "39.35 EUR", active)], "charges 39.35 EUR"),
        (vec![change("42", "39.36 USD", active)], "charges 39.36 USD"),
        (vec![change("43", "39.36 EUR", active)], "changes subscription 43"),
        (
            vec![change("42", "39.36 EUR", ServiceStatus::Suspended)],
            "leaves a service of 39.36 EUR suspended",
        ),
        (
            vec![change("42", "39.36 EUR", active), change("43", "1.00 EUR", active)],
            "changes 2 subscriptions",
        ),
    ];
    for (lines, said) in table {
        let expected =
            format!("order ord_1793836800000a1b2c3 was approved at 39.36 EUR each cycle, this plan {said}");
        assert_eq!(coverage(lines), Coverage::Beyond(expected));
    }
}

#[test]
fn a_run_keeps_its_first_problems_in_words() {
    let (id, nordic) = ("run_1793836800000a1b2c3".parse().unwrap(), "nordic".parse().unwrap());
    let mut run = Run::requested(id, nordic, RunMode::Order(ordered()), "ada".into(), Timestamp::UNIX_EPOCH);
    for n in 0..=Run::MAX_PROBLEMS {
        run.problem(format!("problem {n}"));
    }
    assert_eq!((run.problems.len(), run.problems[0].as_str()), (20, "problem 0"));
    assert_eq!((run.mode.word(), run.state.word()), ("order", "requested"));
}
