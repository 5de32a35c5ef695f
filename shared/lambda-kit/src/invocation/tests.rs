use super::*;
use domain::failure::FailureKind;
use domain::id::SystemId;
use lambda_runtime::Context;

fn failure(kind: FailureKind) -> Failure {
    let system: SystemId = "hostbill".parse().unwrap();
    Failure::new(kind, &system, "orders are not listed")
}

#[test]
fn lambda_tries_again_exactly_what_may_succeed_later() {
    let table = [
        (FailureKind::NotSent, true),
        (FailureKind::Unavailable, true),
        (FailureKind::RateLimited(None), true),
        (FailureKind::OutOfTime, true),
        (FailureKind::Refused, false),
        (FailureKind::NotFound, false),
        (FailureKind::Conflict, false),
        (FailureKind::Unauthorised, false),
        (FailureKind::Malformed, false),
        (FailureKind::LeaseLost, false),
    ];
    for (kind, again) in table {
        let outcome = Outcome::from(failure(kind));
        assert_eq!(matches!(outcome, Outcome::Retry(_)), again, "{kind:?}");
        assert_eq!(answer(outcome).is_err(), again, "{kind:?}");
    }
}

#[test]
fn a_failure_for_good_is_answered_so_that_lambda_stops() {
    let outcome = Outcome::from(failure(FailureKind::Refused));
    assert_eq!(
        answer(outcome).unwrap(),
        json!({"outcome": "terminal", "problem": "hostbill: orders are not listed"})
    );
}

#[test]
fn a_result_becomes_an_outcome() {
    let done: Result<Value, Failure> = Ok(json!({"runs": 2}));
    assert_eq!(Outcome::from(done), Outcome::Done(json!({"runs": 2})));
    let failed: Result<Value, Failure> = Err(failure(FailureKind::Unavailable));
    assert_eq!(Outcome::from(failed), Outcome::Retry("hostbill: orders are not listed".into()));
    assert_eq!(
        Outcome::terminal(&failure(FailureKind::Unavailable)),
        Outcome::Terminal("hostbill: orders are not listed".into())
    );
}

#[test]
fn the_deadline_is_the_one_lambda_states() {
    let mut context = Context::default();
    context.request_id = "r-1".into();
    context.deadline = 1_793_836_800_000;
    let read = invocation(LambdaEvent::new(json!({"organisation": "nordic"}), context));
    assert_eq!(read.payload, json!({"organisation": "nordic"}));
    assert_eq!(read.request, "r-1");
    assert_eq!(read.deadline, Deadline("2026-11-05T00:00:00Z".parse().unwrap()));
}
