use super::counts;
use serde_json::json;

#[test]
fn a_pattern_counts_a_line_as_cloudwatch_does() {
    let line = json!({"level": "ERROR", "run.state": "finished", "parked": 2});
    let all = |pattern: &str| counts(pattern, &line);
    assert!(all(r#"{ $.level = "ERROR" }"#) && !all(r#"{ $.level = "WARN" }"#));
    assert!(all("{ $.parked > 1 }") && !all("{ $.parked > 2 }") && !all("{ $.left > 0 }"));
    assert!(all(r#"{ ($.['run.state'] = "finished") && (($.parked > 5) || ($.parked > 1)) }"#));
    assert!(!all(r#"{ ($.['run.state'] = "finished") && ($.parked > 5) }"#));
}
