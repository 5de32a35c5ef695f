use super::{AGREEMENT, PLACED, Placed, SCHEDULED, is_accepted, placed, scheduled, subscription_id};
use crate::wire;
use std::borrow::Cow;

fn answer(body: &str) -> Result<Result<Option<String>, String>, String> {
    let members = wire::read_object(body, PLACED).unwrap();
    match placed(&members).map_err(Cow::into_owned)? {
        Placed::Accepted(reference) => Ok(Ok(reference.map(Into::into))),
        Placed::Refused(reason) => Ok(Err(reason)),
    }
}

#[test]
fn only_a_plain_yes_is_a_yes() {
    let rows = [
        (r#"{"IsSuccessful":true,"NewCommerceOrderId":"3d0a"}"#, Ok(Ok(Some("3d0a")))),
        (r#"{"isSuccessful":true,"newCommerceOrderId":null}"#, Ok(Ok(None))),
        (r#"{"IsSuccessful":true,"NewCommerceOrderId":""}"#, Ok(Ok(None))),
        (r#"{"IsSuccessful":true,"NewCommerceOrderId":{}}"#, Ok(Ok(None))),
        (r#"{"IsSuccessful":true,"ErrorReasonCode":"None"}"#, Ok(Ok(None))),
        (r#"{"IsSuccessful":false}"#, Ok(Err("no reason was given"))),
        (r#"{"IsSuccessful":false,"ErrorReasonCode":"800002"}"#, Ok(Err("800002"))),
        (r#"{"IsSuccessful":false,"ErrorReasonCode":7,"ErrorDescription":"No."}"#, Ok(Err("7: No."))),
        (r#"{"IsSuccessful":"true"}"#, Err("IsSuccessful is neither true nor false")),
        (r#"{"IsSuccessful":1}"#, Err("IsSuccessful is neither true nor false")),
        (r#"{"IsSuccessful":null}"#, Err("IsSuccessful is missing")),
        (r#"{"NewCommerceOrderId":"3d0a"}"#, Err("IsSuccessful is missing")),
    ];
    for (body, expected) in rows {
        let expected = expected
            .map(|answer| answer.map(|id| id.map(str::to_owned)).map_err(str::to_owned))
            .map_err(str::to_owned);
        assert_eq!(answer(body), expected, "{body}");
    }
}

#[test]
fn a_refusals_words_are_one_short_line_without_addresses() {
    let words = format!("Ask\\r\\nada@fjordkaffe.example {}", "again ".repeat(100));
    let body = format!(r#"{{"IsSuccessful":false,"ErrorDescription":"{words}"}}"#);
    let said = answer(&body).unwrap().unwrap_err();
    assert!(said.starts_with("Ask [address] again"), "{said}");
    assert!(said.chars().count() <= 201 && !said.contains('\n'), "{said}");
}

#[test]
fn only_the_customer_agreement_counts() {
    for (body, accepted) in [
        (r#"{"AgreementType":1}"#, true),
        (r#"{"agreementType":"microsoftCustomerAgreement"}"#, true),
        (r#"{"FirstName":"Ada"}"#, true),
        (r#"{"AgreementType":0}"#, false),
        (r#"{"AgreementType":"MicrosoftCloudAgreement"}"#, false),
    ] {
        assert_eq!(is_accepted(&wire::read_object(body, AGREEMENT).unwrap()), accepted, "{body}");
    }
}

#[test]
fn a_subscription_of_an_order_is_a_number() {
    assert_eq!(subscription_id("120045").unwrap().as_str(), "120045");
    for odd in ["0", "-1", "true", "{}", "1.5"] {
        assert!(subscription_id(odd).is_err(), "{odd}");
    }
}

#[test]
fn waiting_purchases_are_named_by_reference_and_number() {
    let row = r#"{"OrderReferenceId":"r-1","OrderItems":[
        {"OrderNumber":1,"CatalogId":"CFQ7TTC0LH16:0001:CFQ7TTC0K5RX","Name":"Exchange","Quantity":4,
         "ScheduledDate":"2026-03-20T00:00:00Z"},
        {"OrderNumber":"A2","Quantity":5}]}"#;
    let found = scheduled(Some(&wire::read_object(row, SCHEDULED).unwrap())).unwrap();
    let shown: Vec<_> = found
        .iter()
        .map(|one| {
            let (part, day) = (one.part_number.as_deref(), one.day.map(|day| day.to_string()));
            format!("{}/{} {:?} {} {part:?} {day:?}", one.reference, one.number, one.name, one.quantity)
        })
        .collect();
    assert_eq!(
        shown,
        [r#"r-1/1 "Exchange" 4 Some("CFQ7TTC0LH16:0001") Some("2026-03-20")"#, r#"r-1/A2 "" 5 None None"#]
    );
    for (row, said) in [
        (r#"{"OrderItems":[]}"#, "OrderReferenceId is missing"),
        (r#"{"OrderReferenceId":"r","OrderItems":7}"#, "OrderItems is not a list"),
        (r#"{"OrderReferenceId":"r","OrderItems":[7]}"#, "an order item is not an object"),
        (r#"{"OrderReferenceId":"r","OrderItems":[{"Quantity":1}]}"#, "OrderNumber is missing"),
        (r#"{"OrderReferenceId":"r","OrderItems":[{"OrderNumber":1}]}"#, "Quantity is missing"),
    ] {
        let members = wire::read_object(row, SCHEDULED).unwrap();
        assert_eq!(scheduled(Some(&members)).unwrap_err(), said);
    }
    assert_eq!(scheduled(None).unwrap_err(), "a row is not an object");
}
