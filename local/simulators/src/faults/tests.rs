//! When rules strike.

use axum::body::Bytes;
use serde_json::json;

use super::{Fault, Faults, ListFault, rules_from_json};
use crate::http::Request;
use crate::listing::view;

fn request(query: &str) -> Request {
    Request {
        method: "GET".to_owned(),
        path: "/api/v1/subscriptions".to_owned(),
        query: query.to_owned(),
        headers: Vec::new(),
        body: Bytes::new(),
        peer: [127, 0, 0, 1].into(),
    }
}

#[test]
fn a_rule_lets_some_pass_then_strikes_then_is_gone() {
    let mut faults = Faults::default();
    faults.add(Fault::status(503).on("/subscriptions").skip(1).times(2));
    let struck: Vec<bool> =
        (0..5).map(|_| !faults.strike("GET /subscriptions", &request("")).is_empty()).collect();
    assert_eq!(struck, [false, true, true, false, false]);
    assert!(faults.rules().is_empty());
}

#[test]
fn rules_compose_and_look_at_the_target_and_the_text() {
    let mut faults = Faults::default();
    faults.add(Fault::DropAfter.on("addOrder").always());
    faults.add(Fault::Html.containing("Page=2").always());
    faults.add(Fault::Truncated.always());
    assert_eq!(faults.strike("GET /subscriptions", &request("Page=1")), [Fault::Truncated]);
    assert_eq!(
        faults.strike("ADDORDER", &request("Page=2")),
        [Fault::DropAfter, Fault::Html, Fault::Truncated]
    );
}

#[test]
fn rules_can_be_given_as_json() {
    let rules = rules_from_json(&json!([
        {"fault": "status", "code": 429, "retry_after": 2, "on": "GET /subscriptions", "times": "always"},
        {"fault": "drop-row", "page": 3, "row": 1, "skip": 2},
    ]))
    .unwrap();
    assert_eq!(rules[0].fault, Fault::too_many(Some(2)));
    assert_eq!((rules[0].times, rules[1].times, rules[1].skip), (None, Some(1), 2));
    assert_eq!(rules[1].fault, Fault::List(ListFault::DropRow { page: 3, row: 1 }));
    assert!(rules_from_json(&json!({"fault": "no such thing"})).is_err());
}

#[test]
fn a_list_can_lie_in_every_way() {
    let page = |page, faults: &[ListFault]| {
        let view = view(10, page, 4, faults);
        (view.rows, view.total)
    };
    assert_eq!(page(3, &[]), (vec![8, 9], 10));
    assert_eq!(page(9, &[]), (vec![], 10));
    assert_eq!(page(2, &[ListFault::DropRow { page: 2, row: 0 }]), (vec![5, 6, 7], 10));
    assert_eq!(page(2, &[ListFault::RepeatPage { page: 2 }]), (vec![0, 1, 2, 3], 10));
    assert_eq!(page(2, &[ListFault::RepeatRow { page: 2 }]), (vec![3, 4, 5, 6], 10));
    assert_eq!(page(2, &[ListFault::RowDeleted { after: 1 }]), (vec![5, 6, 7, 8], 9));
    assert_eq!(page(2, &[ListFault::RowInserted { after: 1 }]), (vec![3, 4, 5, 6], 11));
    assert_eq!(page(2, &[ListFault::PageCap(3)]), (vec![3, 4, 5], 10));
    assert_eq!(page(2, &[ListFault::IgnorePage]), (vec![0, 1, 2, 3], 10));
    assert_eq!(page(2, &[ListFault::TotalHits(-2)]), (vec![4, 5, 6, 7], 8));
    let shuffled: Vec<usize> = (1..=3).flat_map(|at| page(at, &[ListFault::Shuffle]).0).collect();
    assert_eq!(shuffled.len(), 10);
    assert_ne!(shuffled, (0..10).collect::<Vec<_>>());
}
