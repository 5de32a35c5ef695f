use super::{Look, Sheet, amount, count, name, of};

#[test]
fn thousands_are_set_apart_by_a_narrow_space() {
    assert_eq!(count(7_u32), "7");
    assert_eq!(count(1_234_567_u32), "1\u{202f}234\u{202f}567");
    assert_eq!(amount("-12345.60"), "−12\u{202f}345.60");
    assert_eq!(amount("980"), "980");
    assert_eq!(of(1_u32, "seat", "seats"), "1 seat");
}

#[test]
fn a_plain_table_has_no_escapes_and_no_trailing_spaces() {
    let mut sheet = Sheet::new(&["what", ">how many"]);
    sheet.row(["seats", "12"]);
    sheet.row(["a longer word", "3"]);
    let text = sheet.text(Look::plain());
    assert!(!text.contains('\u{1b}'), "{text}");
    assert!(text.lines().all(|line| line.trim_end() == line), "{text:?}");
    assert!(text.contains("seats"), "{text}");
}

#[test]
fn a_foreign_name_cannot_break_a_table_or_a_terminal() {
    assert_eq!(name("two\nlines\u{1b}[31m"), "two lines [31m");
    assert!(name(&"x".repeat(200)).chars().count() <= 35);
}
