use super::{Drift, first_difference};

fn told(kept: &str, written: &str) -> Option<(usize, String, String)> {
    match first_difference(kept, written) {
        Drift::None => None,
        Drift::At { line, kept, written } => Some((line, kept, written)),
    }
}

#[test]
fn the_same_text_has_not_drifted() {
    assert_eq!(told("{\n  \"a\": 1\n}\n", "{\n  \"a\": 1\n}\n"), None);
}

#[test]
fn the_first_line_that_differs_is_shown_from_both_sides() {
    let found = told("{\n  \"a\": 1\n}\n", "{\n  \"a\": 2\n}\n");
    assert_eq!(found, Some((2, "\"a\": 1".to_owned(), "\"a\": 2".to_owned())));
}

#[test]
fn a_file_that_is_missing_or_ends_early_differs_where_it_ends() {
    assert_eq!(told("", "{}\n"), Some((1, "(the end)".to_owned(), "{}".to_owned())));
    assert_eq!(told("{}", "{}\n"), Some((2, "(the end)".to_owned(), "(the end)".to_owned())));
}
