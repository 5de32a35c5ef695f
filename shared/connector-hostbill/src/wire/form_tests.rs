use super::form::{Form, is_variable};

#[test]
fn nested_parameters_carry_phps_brackets() {
    let form = Form::new()
        .with("page", "0")
        .nested(&["filter", "crayontenant"], "CP-7741")
        .nested(&["custom", "7", "19"], "a&b=c")
        .nested(&["status", ""], "Active")
        .with_some("domain", None::<&str>)
        .with_some("total", Some("1.00"));
    let sent: Vec<_> = form.into_pairs().into_iter().map(|(name, value)| format!("{name} {value}")).collect();
    assert_eq!(
        sent,
        ["page 0", "filter[crayontenant] CP-7741", "custom[7][19] a&b=c", "status[] Active", "total 1.00"]
    );
}

#[test]
fn its_debug_form_shows_names_only() {
    assert!(Form::new().is_empty());
    let form = Form::new().with("api_key", "hunter2").with("page", "0");
    assert_eq!(format!("{form:?}"), r#"["api_key", "page"]"#);
}

#[test]
fn a_variable_name_cannot_break_out_of_its_brackets() {
    assert!(is_variable("crayontenant") && is_variable("vat_no-2"));
    for name in ["", "a]", "a[b", "a b", "a.b", "a&b", "ä"] {
        assert!(!is_variable(name), "{name:?}");
    }
}
