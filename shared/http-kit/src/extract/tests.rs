use super::*;
use serde::Deserialize;

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    customer: String,
    quantity: Option<u32>,
    #[serde(default)]
    tags: Vec<String>,
}

fn words(path: &str, message: &str) -> String {
    let (field, problem) = in_our_words(path.to_owned(), message);
    format!("{field} {problem}")
}

#[test]
fn what_is_wrong_is_said_without_what_was_sent() {
    assert_eq!(
        words("password", "invalid type: string \"hunter2, expected x\", expected u32 at line 1 column 9"),
        "password must be a whole number, not below 0 and not too large"
    );
    assert_eq!(
        words("quantity", "invalid value: integer `-1`, expected u32"),
        "quantity must be a whole number, not below 0 and not too large"
    );
    assert_eq!(words("cycle", "unknown variant `hunter2`, expected `a` or `b`"), "cycle must be `a` or `b`");
    assert_eq!(words("lines[2]", "missing field `offer` at line 3 column 1"), "lines[2].offer is missing");
    assert_eq!(words("", "missing field `offer`"), "offer is missing");
    assert_eq!(words("", "duplicate field `offer`"), "offer is given twice");
    assert_eq!(
        words("", "unknown field `ofer`, expected `offer` or `term`"),
        "ofer is not known; there is `offer` or `term`"
    );
    assert_eq!(
        words("lines[0].ofer", "unknown field `ofer`, there are no fields"),
        "lines[0].ofer is not known, there are no fields"
    );
    assert_eq!(
        words("id", "order id \"x\" is not valid: ord_ followed by digits"),
        "id order id \"x\" is not valid: ord_ followed by digits"
    );
    assert_eq!(words("", "invalid type: null, expected struct Order"), "body must be an object");
    assert_eq!(words("", "something new"), "body something new");
}

#[test]
fn a_form_may_leave_a_number_empty_and_repeat_a_name() {
    let order: Order =
        pairs(b"customer=A+%26+B&quantity=&tags=x&tags=y&csrf=c&once=o", &["csrf", "once"]).unwrap();
    assert_eq!(order, Order { customer: "A & B".into(), quantity: None, tags: vec!["x".into(), "y".into()] });
}

#[test]
fn a_form_that_is_wrong_names_the_field() {
    let wrong = |text: &str| pairs::<Order>(text.as_bytes(), &[]).unwrap_err().errors.remove(0);
    assert_eq!(wrong("customer=a&quantity=many").field, "quantity");
    assert_eq!(wrong("quantity=1").field, "customer");
    assert_eq!(wrong("customer=a&colour=red").field, "colour");
    assert_eq!(wrong("customer=a&customer=b").field, "customer");
}
