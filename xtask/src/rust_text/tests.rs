use super::{RustText, lines_with};

#[test]
fn comments_and_strings_are_not_code() {
    let text = "// f64 here\nlet a = \"f64 \\\" f64\"; /* f64 /* f64 */ f64 */ let b = r#\"f64 \"f64\"#;\nlet c: f64;\n";
    let rust = RustText::new(text);
    assert_eq!(lines_with(&rust.code, "f64"), [3]);
    assert_eq!(rust.code.len(), text.len());
}

#[test]
fn a_lifetime_does_not_open_a_character() {
    let rust =
        RustText::new("fn a<'a>(x: &'a str) -> char { let q = '\"'; let e = '\\''; f64 }\n// \" '\nf64");
    assert_eq!(lines_with(&rust.code, "f64"), [1, 3]);
}

#[test]
fn a_name_inside_a_longer_name_is_another_name() {
    assert_eq!(lines_with("let xf64 = f64x;\nlet y: f64;", "f64"), [2]);
    assert_eq!(lines_with("a.todo!();\nmytodo!()", "todo!"), [1]);
}

#[test]
fn items_under_cfg_test_are_not_production() {
    let text = "fn a() { one() }\n#[cfg(test)]\nmod tests {\n    fn b() { two() }\n}\n#[cfg(test)]\nmod more;\nfn c() { three() }\n";
    let rust = RustText::new(text);
    assert!(rust.production.contains("one") && rust.production.contains("three"));
    assert!(!rust.production.contains("two") && !rust.production.contains("more"));
    assert!(rust.tests.contains("two") && !rust.tests.contains("three"));
    assert_eq!(lines_with(&rust.tests, "two"), [4]);
}

#[test]
fn it_is_known_which_lines_carry_a_comment() {
    let rust = RustText::new("a(); // why\nb();\n/* c\nd */ e();\nf(\"// not one\");\n");
    let commented: Vec<bool> = (1..=5).map(|line| rust.has_comment(line)).collect();
    assert_eq!(commented, [true, false, true, true, false]);
}

#[test]
fn letters_outside_ascii_do_not_disturb_it() {
    let rust = RustText::new("let x = 'ä'; let s = \"→ f64\"; // ünï\nlet y: f64;");
    assert_eq!(lines_with(&rust.code, "f64"), [2]);
}

#[test]
fn strings_are_kept_where_a_rule_is_about_them() {
    let rust = RustText::new("#[cfg(feature = \"local\")] // \"local\"\nfn a() {}");
    assert_eq!(rust.production_with_strings.matches("\"local\"").count(), 1);
}
