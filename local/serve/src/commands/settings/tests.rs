use super::{STARTER, without_comments};
use store_dynamodb::settings::parse_settings;

#[test]
fn the_starter_document_can_be_applied_as_it_is() {
    let text = STARTER
        .replace("{organisation}", "main")
        .replace("{supplierOrganisation}", "4013280")
        .replace("{currency}", "EUR");
    let settings = parse_settings(&without_comments(&text)).unwrap();
    assert_eq!(settings.organisations.len(), 1);
    assert_eq!(settings.price_rules.iter().count(), 1);
}

#[test]
fn comments_leave_line_numbers_alone() {
    assert_eq!(without_comments("{\n  // a word\n  \"a\": \"//b\"\n}"), "{\n\n  \"a\": \"//b\"\n}");
}
