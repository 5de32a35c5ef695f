use super::*;

fn reach(changes: u32, reduced: u32, amount: &str) -> Reach {
    let amounts = BTreeMap::from([("EUR".parse().unwrap(), amount.parse().unwrap())]);
    Reach { changes, created: 0, reduced, amounts }
}

#[test]
fn the_brake_trips_on_a_forty_percent_drop() {
    let tripped = Brake::default().check(&reach(40, 40, "-900"), 100);
    assert_eq!(
        tripped.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["40 of 100 known subscriptions would be reduced, suspended or ended, more than 10 %"]
    );
}

#[test]
fn everyday_changes_pass() {
    assert!(Brake::default().check(&reach(12, 9, "-90"), 100).is_empty());
    assert!(Brake::default().check(&reach(3, 3, "-90"), 4).is_empty(), "three of four is no catastrophe");
}

#[test]
fn too_many_changes_or_too_much_money_wait_for_a_person() {
    let brake = Brake { max_amount: Some("1000".parse().unwrap()), ..Brake::default() };
    let said = |reach| brake.check(&reach, 10_000).iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(said(reach(501, 0, "0")), ["501 changes, more than the 500 allowed without approval"]);
    assert_eq!(
        said(reach(1, 0, "-1000.01")),
        ["the sum charged would change by -1000.01 EUR, more than 1000"]
    );
}
