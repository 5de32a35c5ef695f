use super::shown;

#[test]
fn the_providers_words_are_shown_on_one_line_without_addresses() {
    let words = "AADSTS70008: The code\r\n has expired.\u{7} User: ana@example.com";
    assert_eq!(
        shown(words, &["code-1"]),
        Some("AADSTS70008: The code has expired. User: [address]".to_owned())
    );
    assert_eq!(shown(" ", &[]), None);
}

#[test]
fn the_providers_words_are_left_out_when_they_repeat_what_was_sent() {
    assert_eq!(shown("code 'hunter2' is unknown", &["code-1", "hunter2"]), None);
}
