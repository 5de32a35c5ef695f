use super::{Attempt, cure, explain};
use connector_kit::{Reply, failure_kind};
use domain::failure::{Failure, FailureKind};

fn said(body: &[u8]) -> Option<String> {
    let reply =
        Reply { status: 400, content_type: None, retry_after: None, request: None, body: body.to_vec() };
    explain(&reply)
}

#[test]
fn crayons_own_words_are_found_in_every_shape() {
    let rows: [(&[u8], Option<&str>); 13] = [
        (include_bytes!("../../fixtures/error-400.json"), Some("Invalid organization id")),
        (include_bytes!("../../fixtures/error-500-camel-case.json"), Some("Ops. Something broke")),
        (
            include_bytes!("../../fixtures/error-400-object.json"),
            Some("Validation failed (Quantity is above the maximum)"),
        ),
        (b"{\"AccessToken\":null,\"Error\":\"invalid_grant\"}", Some("invalid_grant")),
        (b"{\"Message\":\"user ada@nord.example is locked\"}", Some("user [address] is locked")),
        (b"<html>hunter2</html>", Some("a web page, not Cloud-iQ's own error")),
        (b"", None),
        (b" \r\n", None),
        (b"null", None),
        (b"\"hunter2\"", None),
        (b"{\"Message\":", None),
        (b"{\"Message\":17}", None),
        (b"\xff\xfe", None),
    ];
    for (body, words) in rows {
        assert_eq!(said(body).as_deref(), words, "{}", String::from_utf8_lossy(body));
    }
}

#[test]
fn statuses_mean_what_the_port_says() {
    let rows = [
        (400, FailureKind::Refused),
        (401, FailureKind::Unauthorised),
        (403, FailureKind::Unauthorised),
        (404, FailureKind::NotFound),
        (405, FailureKind::Refused),
        (409, FailureKind::Conflict),
        (429, FailureKind::RateLimited(None)),
        (500, FailureKind::Unavailable),
        (503, FailureKind::Unavailable),
    ];
    for (status, kind) in rows {
        assert_eq!(failure_kind(status), kind, "{status}");
    }
}

#[test]
fn every_failure_has_a_cure() {
    let attempts =
        [Attempt::SignIn, Attempt::Own, Attempt::Organisation, Attempt::Agreements, Attempt::Subscriptions];
    let kinds = [
        FailureKind::NotSent,
        FailureKind::Unavailable,
        FailureKind::RateLimited(None),
        FailureKind::Refused,
        FailureKind::NotFound,
        FailureKind::Conflict,
        FailureKind::Unauthorised,
        FailureKind::Malformed,
        FailureKind::OutOfTime,
        FailureKind::LeaseLost,
    ];
    for attempt in attempts {
        for kind in kinds {
            let failure = Failure::new(kind, &"crayon".parse().unwrap(), "x");
            assert!(!cure(attempt, &failure).is_empty(), "{attempt:?} {kind:?}");
        }
    }
}
