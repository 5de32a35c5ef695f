use super::json::{Json, NotJson};

fn text_of(json: &Json) -> &str {
    match json {
        Json::Number(text) | Json::Text(text) => text,
        Json::Null | Json::Bool(_) | Json::List(_) | Json::Map(_) => panic!("{json:?}"),
    }
}

#[test]
fn a_number_keeps_the_digits_that_were_sent() {
    let json = Json::parse(r#"{"a":0.1,"b":12.50,"c":99999999999999999999.99,"d":-3,"e":1.5E3}"#).unwrap();
    let digits: Vec<_> =
        ["a", "b", "c", "d", "e"].iter().map(|key| text_of(json.get(key).unwrap())).collect();
    assert_eq!(digits, ["0.1", "12.50", "99999999999999999999.99", "-3", "1.5E3"]);
}

#[test]
fn php_escapes_are_read() {
    let json = Json::parse("\u{feff} {\"a\\/b\":\"M\\u00fcller \\/ S\\u00f6hne\"} ").unwrap();
    assert_eq!(text_of(json.get("a/b").unwrap()), "Müller / Söhne");
}

#[test]
fn what_is_not_json_is_refused() {
    for text in
        ["", "   ", "<html></html>", "{\"a\":", "{\"a\":1}x", "nul", "\u{1f}", "{'a':1}", "{\"a\":01}"]
    {
        assert_eq!(Json::parse(text), Err(NotJson), "{text:?}");
    }
}

#[test]
fn bottomless_nesting_is_refused_and_does_not_overflow() {
    let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    assert_eq!(Json::parse(&deep), Err(NotJson));
}

#[test]
fn nothing_has_the_five_faces_of_php() {
    for text in ["null", "false", "\"\"", "[]", "{}"] {
        assert!(Json::parse(text).unwrap().is_nothing(), "{text}");
    }
    for text in ["0", "true", "\"0\"", "[null]", "{\"a\":null}"] {
        assert!(!Json::parse(text).unwrap().is_nothing(), "{text}");
    }
}

#[test]
fn its_debug_form_shows_no_content() {
    let json = Json::parse(r#"{"password":"hash"}"#).unwrap();
    assert_eq!(format!("{json:?}"), "Json(map)");
}
