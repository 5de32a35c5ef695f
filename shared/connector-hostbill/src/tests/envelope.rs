use crate::envelope::{Answer, Effect, kind_of, open};
use domain::failure::FailureKind::{self, Malformed, NotFound, Refused, Unauthorised};

fn kind(body: &str, effect: Effect) -> Result<(), FailureKind> {
    open(body.as_bytes(), effect).map(|_| ()).map_err(|trouble| trouble.kind)
}

#[test]
fn the_body_decides_what_an_answer_means() {
    let table = [
        (r#"{"success":true,"call":"x"}"#, Ok(()), Ok(())),
        (r#"{"success":"1","error":[]}"#, Ok(()), Ok(())),
        (r#"{"success":true,"error":{"0":""},"info":["not found"]}"#, Ok(()), Ok(())),
        (r#"{"success":false,"error":["Wrong API ID or key"]}"#, Err(Unauthorised), Err(Unauthorised)),
        (r#"{"success":false,"error":"ip_banned_login"}"#, Err(Unauthorised), Err(Unauthorised)),
        (r#"{"success":false,"error":["Account not found"]}"#, Err(NotFound), Err(NotFound)),
        (r#"{"success":false,"error":{"id":"It does not exist"}}"#, Err(NotFound), Err(NotFound)),
        (r#"{"success":false,"error":["Wrong parameter: id"]}"#, Err(Refused), Err(Refused)),
        (r#"{"success":false}"#, Err(Refused), Err(Refused)),
        (r#"{"success":null,"error":["no"]}"#, Err(Refused), Err(Refused)),
        (r#"{"error":["no"]}"#, Err(Refused), Err(Refused)),
        (r#"{"success":"perhaps"}"#, Err(Malformed), Err(Malformed)),
        (r#"{"call":"x"}"#, Err(Malformed), Err(Malformed)),
        // Done and complained: a read is told the complaint, of a mutation nobody knows.
        (r#"{"success":true,"error":["Account not found"]}"#, Err(NotFound), Err(Malformed)),
        ("[]", Err(Malformed), Err(Malformed)),
        ("\"ok\"", Err(Malformed), Err(Malformed)),
        ("", Err(Malformed), Err(Malformed)),
        ("<html>Fatal error</html>", Err(Malformed), Err(Malformed)),
        (r#"{"success":true,"order_id":"22"#, Err(Malformed), Err(Malformed)),
        ("null", Err(Malformed), Ok(())),
    ];
    for (body, read, mutation) in table {
        assert_eq!(kind(body, Effect::Read), read, "reading {body}");
        assert_eq!(kind(body, Effect::Mutation), mutation, "changing {body}");
    }
    assert_eq!(kind("null", Effect::Mutation), Ok(()));
    assert!(matches!(open(b" null\n", Effect::Mutation), Ok(Answer::Null)));
    assert!(open(b"\xff\xfe", Effect::Read).is_err());
}

#[test]
fn only_a_missing_thing_is_not_found() {
    for text in ["Client not found", "Order #7 does not exist", "ACCOUNT NOT FOUND"] {
        assert_eq!(kind_of(text), NotFound, "{text}");
    }
    for text in [
        "API method not found",
        "Called function does not exist",
        "Module class not found",
        "Template file not found",
    ] {
        assert_eq!(kind_of(text), Refused, "{text}: a service would be believed gone");
    }
}

#[test]
fn all_texts_of_an_error_are_told() {
    let told = |body: &str| open(body.as_bytes(), Effect::Mutation).map(|_| ()).unwrap_err().what;
    assert_eq!(told(r#"{"success":false,"error":["one","two"]}"#), "one; two");
    assert_eq!(told(r#"{"success":false,"error":{"a":"one","b":["two",""]}}"#), "one; two");
    assert_eq!(told(r#"{"success":false,"error":true}"#), "an error without a text");
    assert_eq!(told(r#"{"success":false,"error":7}"#), "error 7");
    assert_eq!(told(r#"{"success":false,"error":false}"#), "refused without a reason");
    assert_eq!(
        told(r#"{"success":true,"error":["module failed"]}"#),
        "success and an error together (module failed): unknown whether it was done"
    );
    assert_eq!(told("<html>"), "the answer is a web page instead of JSON");
    assert_eq!(told("  "), "the answer is empty");
    assert_eq!(told("{\"succ"), "the answer is cut off or no JSON");
    assert_eq!(told("Fatal error: hunter2"), "the answer is no JSON");
}
