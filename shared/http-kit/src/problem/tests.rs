use super::*;
use domain::failure::{Failure, FailureKind};
use domain::id::SystemId;

fn failed(kind: FailureKind) -> Problem {
    Problem::from(Failure::new(
        kind,
        &"crayon".parse::<SystemId>().unwrap(),
        "table arn:aws:secret-name is gone",
    ))
}

#[test]
fn a_problem_names_what_is_wrong_and_where() {
    let problem =
        Problem::invalid("the order cannot be taken").field("lines[2].quantity", "must be at least 1");
    insta::assert_snapshot!(problem.to_json(), @r#"{"type":"urn:problem-type:billbridge:invalid","title":"What was sent is not valid","status":422,"detail":"the order cannot be taken","code":"invalid","errors":[{"field":"lines[2].quantity","problem":"must be at least 1"}]}"#);
    let response = problem.into_response();
    assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(response.headers()[CONTENT_TYPE], PROBLEM_TYPE);
}

#[test]
fn the_callers_are_not_told_what_is_inside() {
    for kind in [
        FailureKind::NotSent,
        FailureKind::Unavailable,
        FailureKind::RateLimited(None),
        FailureKind::NotFound,
        FailureKind::Conflict,
        FailureKind::Unauthorised,
        FailureKind::Malformed,
        FailureKind::OutOfTime,
        FailureKind::LeaseLost,
    ] {
        let problem = failed(kind);
        assert!(!problem.to_json().contains("arn:aws"), "{kind:?}");
        assert!(problem.cause().unwrap().contains("arn:aws"), "{kind:?}");
    }
}

#[test]
fn a_systems_own_no_is_passed_on_in_its_words() {
    let system: SystemId = "crayon".parse().unwrap();
    let problem = Problem::from(Failure::new(FailureKind::Refused, &system, "the agreement is not accepted"));
    assert_eq!(problem.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(problem.detail.as_deref(), Some("crayon: the agreement is not accepted"));
}

#[test]
fn a_busy_system_says_when_to_come_back() {
    let problem = failed(FailureKind::RateLimited(Some("2026-03-01T10:00:00Z".parse().unwrap())));
    let response = problem.into_response();
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(response.headers()[RETRY_AFTER], "Sun, 01 Mar 2026 10:00:00 GMT");
}

#[test]
fn a_problem_fits_into_an_error_without_a_box() {
    assert!(size_of::<Problem>() < 128, "{}", size_of::<Problem>());
}
