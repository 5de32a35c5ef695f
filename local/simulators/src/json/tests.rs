//! What comes out of the writer.

use rust_decimal::Decimal;

use super::Json;

#[test]
fn objects_are_indented_with_crlf_and_empty_ones_stay_on_the_line() {
    let mut json = Json::new(false);
    json.object(|json| {
        json.put("Name", "a\"\\\n\u{1}ø");
        json.put("Price", Decimal::new(400, 2));
        json.put("Rate", Decimal::new(328, 2));
        json.put_array("List", |json| {
            json.item();
            json.value(1_u32);
            json.item();
            json.value(2_u32);
        });
        json.put_array("Empty", |_| {});
        json.put_object("None", |_| {});
    });
    let expected = "{\r\n  \"Name\": \"a\\\"\\\\\\n\\u0001ø\",\r\n  \"Price\": 4.0,\r\n  \"Rate\": 3.28,\r\n  \
                    \"List\": [\r\n    1,\r\n    2\r\n  ],\r\n  \"Empty\": [],\r\n  \"None\": {}\r\n}";
    assert_eq!(json.finish(), expected);
}

#[test]
fn camel_case_changes_the_first_letter_only() {
    let mut json = Json::new(true);
    json.object(|json| json.put("TotalHits", 1_u32));
    assert_eq!(json.finish(), "{\r\n  \"totalHits\": 1\r\n}");
}
