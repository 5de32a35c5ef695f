use super::json::Json;
use super::node::Node;
use domain::id::{BillingOrderId, ServiceId};

fn with(text: &str, check: impl FnOnce(Node<'_>)) {
    let json = Json::parse(text).unwrap();
    check(Node::root(&json));
}

#[test]
fn a_decimal_is_read_from_text_and_number_alike() {
    with(r#"{"a":"12.50","b":12.50,"c":6,"d":"1.0000","e":"","f":null,"g":"1e2","h":-0.01}"#, |n| {
        let read = |key: &str| n.find_decimal(key).unwrap().map(|d| d.to_string());
        assert_eq!(read("a").as_deref(), Some("12.50"));
        assert_eq!(read("b").as_deref(), Some("12.50"));
        assert_eq!(read("c").as_deref(), Some("6"));
        assert_eq!(read("d").as_deref(), Some("1.0000"));
        assert_eq!(read("e"), None);
        assert_eq!(read("f"), None);
        assert_eq!(read("g").as_deref(), Some("100"));
        assert_eq!(read("h").as_deref(), Some("-0.01"));
        assert_eq!(read("not there"), None);
    });
}

#[test]
fn an_amount_that_is_no_number_is_named_and_not_shown() {
    with(r#"{"details":{"total":"12,50 hunter2"}}"#, |n| {
        let problem = n.get("details").unwrap().decimal("total").unwrap_err();
        assert_eq!(problem.to_string(), "details.total is not a number");
    });
    with(r#"{"details":{"total":0.12345678901234567890123456789012345}}"#, |n| {
        assert!(n.get("details").unwrap().decimal("total").is_err(), "digits are never dropped");
    });
}

#[test]
fn an_id_is_a_text_or_a_number_and_zero_is_none() {
    with(r#"{"a":"58","b":58,"c":"0","d":0,"e":"","f":null,"g":"5 8","h":[1]}"#, |n| {
        let id: ServiceId = "58".parse().unwrap();
        assert_eq!(n.id::<ServiceId>("a").unwrap(), id);
        assert_eq!(n.id::<ServiceId>("b").unwrap(), id);
        for none in ["c", "d", "e", "f", "not there"] {
            assert_eq!(n.find_id::<BillingOrderId>(none).unwrap(), None, "{none}");
            assert_eq!(n.id::<BillingOrderId>(none).unwrap_err().to_string(), format!("{none} has no id"));
        }
        assert_eq!(n.id::<ServiceId>("g").unwrap_err().to_string(), "g is not a valid id");
        assert_eq!(n.id::<ServiceId>("h").unwrap_err().to_string(), "h is not a text");
    });
}

#[test]
fn a_flag_has_many_forms() {
    with(
        r#"{"t":["1",1,true,"on","yes","Yes"],"f":["0",0,false,"",null,"off","no"],"odd":["2","maybe",[],{}]}"#,
        |n| {
            for (key, expected) in [("t", Some(true)), ("f", Some(false)), ("odd", None)] {
                for item in n.get(key).unwrap().items().unwrap() {
                    assert_eq!(super::node::flag(item.value()), expected, "{item:?}");
                }
            }
        },
    );
}

#[test]
fn unset_dates_are_none_and_odd_ones_are_named() {
    with(
        r#"{"a":"2031-01-09","b":"2031-01-09 10:05:00","c":"0000-00-00","d":"0000-00-00 00:00:00","e":"","f":null,"g":"09.01.2031","h":false}"#,
        |n| {
            let day = "2031-01-09".parse().unwrap();
            assert_eq!(n.find_date("a").unwrap(), Some(day));
            assert_eq!(n.find_date("b").unwrap(), Some(day));
            for none in ["c", "d", "e", "f", "h", "not there"] {
                assert_eq!(n.find_date(none).unwrap(), None, "{none}");
            }
            assert_eq!(n.find_date("g").unwrap_err().to_string(), "g is not a date");
        },
    );
}

#[test]
fn a_collection_is_a_list_a_map_or_nothing() {
    with(
        r#"{"a":[{"id":1},{"id":2}],"b":{"7":{"id":1}},"c":[],"d":false,"e":null,"f":{},"g":"x","h":""}"#,
        |n| {
            let count = |key: &str| n.get(key).unwrap().items().map(|items| items.len());
            assert_eq!(count("a"), Ok(2));
            assert_eq!(count("b"), Ok(1));
            for empty in ["c", "d", "e", "f", "h"] {
                assert_eq!(count(empty), Ok(0), "{empty}");
            }
            assert_eq!(count("g").unwrap_err().to_string(), "g is not a collection");
            let second = &n.get("a").unwrap().items().unwrap()[1];
            assert_eq!(second.get("status").unwrap_err().to_string(), "a[1].status is missing");
        },
    );
}
