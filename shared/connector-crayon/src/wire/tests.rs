use super::{
    Problem, Raw, Wanted, number, patched, read_list, read_object, read_values, text, text_or_number,
};

const ID_NAME: Wanted<2> = Wanted(["Id", "Name"]);

type Rows<'a> = Vec<Option<[Raw<'a>; 2]>>;

fn list(body: &str) -> Result<(Rows<'_>, Option<u64>), Problem> {
    read_list(body.as_bytes(), ID_NAME).map(|list| (list.rows, list.total))
}

#[test]
fn both_casings_and_both_shapes_give_the_same_rows() {
    let row = Some([Some("7"), Some("\"a\"")]);
    assert_eq!(list(r#"{"Items":[{"Id":7,"Name":"a"}],"TotalHits":3}"#), Ok((vec![row], Some(3))));
    assert_eq!(
        list("\u{feff}\r\n{\"totalHits\":\"3\",\"x\":[{}],\"items\":[{\"name\":\"a\",\"iD\":7}]}"),
        Ok((vec![row], Some(3)))
    );
    assert_eq!(list(r#" [ {"ID" : 7 , "more" : {"Id":8} , "NAME" : "a"} ] "#), Ok((vec![row], None)));
    assert_eq!(list(r#"{"Items":[{"Id":7,"Name":"a"}]}"#), Ok((vec![row], None)));
}

#[test]
fn missing_and_null_are_alike() {
    assert_eq!(list(r#"{"Items":[{"Id":null},{}],"TotalHits":null}"#), Ok((vec![Some([None; 2]); 2], None)));
    assert_eq!(list(r#"{"Items":null,"TotalHits":0}"#), Ok((vec![], Some(0))));
    assert_eq!(list(r#"{"TotalHits":0}"#), Ok((vec![], Some(0))));
    assert_eq!(list("[]"), Ok((vec![], None)));
}

#[test]
fn a_row_that_is_no_object_costs_that_row() {
    let mut expected = vec![None; 6];
    expected.push(Some([Some("7"), None]));
    assert_eq!(list(r#"[null, 1, -1, true, "x", [[1],{}], {"Id":7}]"#), Ok((expected, None)));
}

#[test]
fn a_body_that_is_no_list_says_why() {
    let rows = [
        ("", Problem::Empty),
        ("\u{feff} \r\n", Problem::Empty),
        ("<!doctype html><p>hunter2", Problem::Page),
        ("hunter2", Problem::NotJson { line: 1, column: 1 }),
        ("[{}]\n x", Problem::NotJson { line: 2, column: 2 }),
        ("{\"Items\":[{\"Id\":7", Problem::CutOff),
        ("[{\"Id\":7},", Problem::CutOff),
        ("null", Problem::NotAList),
        ("true", Problem::NotAList),
        ("\"Items\"", Problem::NotAList),
        ("17", Problem::NotAList),
        ("1.5", Problem::Surprise { line: 1, column: 3 }),
        ("[{\"Id\":1},\n1.5]", Problem::Surprise { line: 2, column: 3 }),
        ("{}", Problem::NoItems),
        ("{\"ErrorCode\":\"400\",\"Message\":\"x\"}", Problem::NoItems),
        ("{\"Items\":null}", Problem::NoItems),
        ("{\"Items\":{},\"TotalHits\":0}", Problem::OddItems),
        ("{\"Items\":\"x\",\"TotalHits\":0}", Problem::OddItems),
        ("{\"Items\":[],\"TotalHits\":-1}", Problem::Total),
        ("{\"Items\":[],\"TotalHits\":1.5}", Problem::Total),
        ("{\"Items\":[],\"TotalHits\":[]}", Problem::Total),
    ];
    for (body, problem) in rows {
        let shown = problem.to_string();
        assert_eq!(list(body), Err(problem), "{body}");
        assert!(!shown.contains("hunter2"));
    }
    assert_eq!(read_list(b"[\"\xff\"]", ID_NAME).map(|list| list.total), Err(Problem::NotUnicode));
    assert_eq!(read_object("[]", ID_NAME), Err(Problem::NotAnObject));
    assert_eq!(read_object("null", ID_NAME), Err(Problem::NotAnObject));
}

#[test]
fn a_list_of_values_is_read_in_either_shape() {
    for body in
        ["[7, \"x\", null]", "{\"items\":[7,\"x\"],\"TotalHits\":2}", "\u{feff}\r\n[\r\n  7,\r\n  \"x\"\r\n]"]
    {
        assert_eq!(read_values(body.as_bytes()), Ok(vec!["7", "\"x\""]), "{body}");
    }
    assert_eq!(read_values(b"[]"), Ok(vec![]));
    let rows = [
        ("", Problem::Empty),
        ("<html>", Problem::Page),
        ("null", Problem::NotAList),
        ("7", Problem::NotAList),
        ("\"7\"", Problem::NotAList),
        ("{}", Problem::NoItems),
        ("{\"Items\":null}", Problem::NoItems),
        ("{\"Items\":7}", Problem::OddItems),
        ("[7", Problem::CutOff),
        ("[7] 8", Problem::NotJson { line: 1, column: 5 }),
    ];
    for (body, problem) in rows {
        assert_eq!(read_values(body.as_bytes()), Err(problem), "{body}");
    }
}

#[test]
fn texts_and_numbers_are_read_from_their_raw_form() {
    assert_eq!(text(r#""plain""#).as_deref(), Some("plain"));
    assert_eq!(text(r#""\u00e9\"\\\ud83e\uddfe""#).as_deref(), Some("é\"\\🧾"));
    assert_eq!(text(r#""\ud83e""#), None);
    assert_eq!(text("17"), None);
    assert_eq!(text_or_number("-17").as_deref(), Some("-17"));
    assert_eq!(text_or_number("\"17\"").as_deref(), Some("17"));
    assert_eq!(text_or_number("true"), None);
    assert_eq!(number("3.2800").map(|n| n.to_string()).as_deref(), Some("3.2800"));
    assert_eq!(number("\"3.28\"").map(|n| n.to_string()).as_deref(), Some("3.28"));
    assert_eq!(number("[]"), None);
}

#[test]
fn a_patch_leaves_every_other_byte_alone() {
    let text = include_str!("../../fixtures/subscription-details.json");
    let change = [("Quantity", "30".to_owned()), ("AutoRenewEnabled", "false".to_owned())];
    let expected = text.replacen("\"Quantity\": 25", "\"Quantity\": 30", 1).replacen(
        "\"AutoRenewEnabled\": true",
        "\"AutoRenewEnabled\": false",
        1,
    );
    let expected = expected.strip_suffix("\r\n}").unwrap();
    assert_eq!(patched(text, &change), Ok(format!("{expected}}}")));
    assert!(expected.contains("0.1000000000000000000000000000000001"));
}

#[test]
fn a_patch_finds_members_in_any_case_and_adds_missing_ones() {
    let change = [("Quantity", "30".to_owned()), ("Name", "\"ä\"".to_owned())];
    assert_eq!(patched(r#"{"quantity":null}"#, &change).as_deref(), Ok(r#"{"quantity":30,"Name":"ä"}"#));
    assert_eq!(patched("{ }", &change).as_deref(), Ok(r#"{"Quantity":30,"Name":"ä"}"#));
    assert_eq!(
        patched(r#"{"x":{"Quantity":1},"QUANTITY":1,"quantity":2}"#, &change[..1]).as_deref(),
        Ok(r#"{"x":{"Quantity":1},"QUANTITY":30,"quantity":30}"#)
    );
    assert_eq!(patched("[1]", &change), Err(Problem::Surprise { line: 1, column: 0 }));
}
