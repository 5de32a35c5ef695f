use super::*;

#[test]
fn every_answer_says_what_may_be_done_next() {
    for (code, status, kind) in [
        ("ProvisionedThroughputExceededException", 400, FailureKind::RateLimited(None)),
        ("ThrottlingException", 400, FailureKind::RateLimited(None)),
        ("TransactionConflictException", 400, FailureKind::RateLimited(None)),
        ("ResourceNotFoundException", 400, FailureKind::NotFound),
        ("ConditionalCheckFailedException", 400, FailureKind::Conflict),
        ("AccessDeniedException", 400, FailureKind::Unauthorised),
        ("ExpiredTokenException", 403, FailureKind::Unauthorised),
        ("ValidationException", 400, FailureKind::Refused),
        ("InternalServerError", 500, FailureKind::Unavailable),
        ("", 503, FailureKind::Unavailable),
    ] {
        assert_eq!(kind_of(code, Some(status)), kind, "{code}");
    }
}
