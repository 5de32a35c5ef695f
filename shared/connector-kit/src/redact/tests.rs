use super::{shown_url, tame};

#[test]
fn an_address_is_shown_without_credentials_and_query() {
    let url =
        "https://user:hunter2@billing.example:8443/admin/api.php?api_key=hunter2#hunter2".parse().unwrap();
    assert_eq!(shown_url(&url), "https://billing.example:8443/admin/api.php");
}

#[test]
fn a_foreign_text_stays_on_one_line_and_short() {
    assert_eq!(tame(" Ops.\r\n  Something\u{1b}[31m broke\0 ", 80), "Ops. Something [31m broke");
    assert_eq!(tame("abcdef", 3), "abc…");
    assert_eq!(tame("ab def", 3), "ab…");
    assert_eq!(tame("äöü", 3), "äöü");
    assert_eq!(tame(" \r\n", 3), "");
}
