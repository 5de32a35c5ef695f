use super::{LINE, Line, line};
use crate::{PriceList, TermFrom, wire};
use domain::order::CatalogueOffer;
use domain::settings::PricePer;
use serde_json::{Value, json};
use std::borrow::Cow;

type Change = fn(&mut Value);

/// The line of the contract's example, changed.
fn changed(change: impl FnOnce(&mut Value)) -> Value {
    let mut value = serde_json::from_str(include_str!("../../../fixtures/price-list-line.json")).unwrap();
    change(&mut value);
    value
}

fn read(value: &Value, how: &PriceList) -> Result<Option<Line>, String> {
    let text = value.to_string();
    let members = wire::read_object(&text, LINE).unwrap();
    line(Some(&members), how).map_err(Cow::into_owned)
}

fn usual(value: &Value) -> Result<Option<Line>, String> {
    read(value, &PriceList::default())
}

fn offers(value: &Value) -> Vec<CatalogueOffer> {
    usual(value).unwrap().unwrap().offers().map(Result::unwrap).collect()
}

fn keys(value: &Value) -> Vec<String> {
    offers(value).iter().map(|offer| offer.key.to_string()).collect()
}

#[test]
fn the_documented_example_is_two_offers() {
    let found = offers(&changed(|_| ()));
    let shown: Vec<_> = found
        .iter()
        .map(|offer| {
            let (resale, cost, list) = (offer.prices.resale, offer.prices.cost, offer.prices.list);
            assert_eq!(resale, cost);
            format!("{} {} {} {}", offer.key, offer.name, resale.unwrap(), list.unwrap())
        })
        .collect();
    assert_eq!(
        shown,
        [
            "CFQ7TTC0LH16:0001/P1Y/monthly Exchange Online (Plan 1) 3.28 EUR 4.00 EUR",
            "CFQ7TTC0LH16:0001/P1Y/annual Exchange Online (Plan 1) 39.36 EUR 48.00 EUR",
        ]
    );
    assert_eq!((found[0].minimum, found[0].maximum), (1, Some(300)));
    assert_eq!(found[0].publisher.as_deref(), Some("Microsoft"));
}

#[test]
fn camel_case_and_names_for_numbers_are_read_alike() {
    let value = changed(|value| {
        value["AgreementType"] = json!("newCommerceCSPSeats");
        value["ProductVariant"]["AvailableBillingCycleIds"] = json!(["Monthly", "annual"]);
    });
    let camel = value
        .to_string()
        .replace("\"ProductVariant\"", "\"productVariant\"")
        .replace("\"Months\"", "\"months\"");
    assert_eq!(usual(&serde_json::from_str(&camel).unwrap()), usual(&changed(|_| ())));
}

#[test]
fn what_cannot_be_ordered_is_no_line() {
    let rows: [Change; 6] = [
        |value| value["ProductVariant"]["IsTrial"] = json!(true),
        |value| value["AgreementType"] = json!(6),
        |value| value["ProductVariant"]["MinimumCommitment"] = Value::Null,
        |value| value["ProductVariant"]["MinimumCommitment"]["Months"] = json!(0),
        |value| value["ProductVariant"]["MinimumCommitment"]["Months"] = json!(60),
        |value| value["ProductVariant"]["MinimumCommitment"]["Months"] = Value::Null,
    ];
    for change in rows {
        assert_eq!(usual(&changed(change)), Ok(None));
    }
}

#[test]
fn only_cycles_that_an_order_can_name_and_no_longer_than_the_term_are_offered() {
    let every = |months: u32| {
        changed(|value| {
            value["ProductVariant"]["MinimumCommitment"]["Months"] = json!(months);
            value["ProductVariant"]["AvailableBillingCycleIds"] = json!([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        })
    };
    assert_eq!(keys(&every(1)), ["CFQ7TTC0LH16:0001/P1M/monthly"]);
    assert_eq!(keys(&every(12)), ["CFQ7TTC0LH16:0001/P1Y/monthly", "CFQ7TTC0LH16:0001/P1Y/annual"]);
    assert_eq!(
        keys(&every(36)),
        [
            "CFQ7TTC0LH16:0001/P3Y/monthly",
            "CFQ7TTC0LH16:0001/P3Y/annual",
            "CFQ7TTC0LH16:0001/P3Y/three-years"
        ]
    );
    assert_eq!(
        keys(&changed(|value| value["ProductVariant"]["AvailableBillingCycleIds"] = Value::Null)),
        [""; 0]
    );
}

#[test]
fn a_term_may_stand_among_the_attributes() {
    let how = |name: &str| PriceList { term: TermFrom::Attribute(name.into()), ..PriceList::default() };
    let key = |line: &Line| line.offers().next().unwrap().unwrap().key.to_string();
    let found = read(&changed(|_| ()), &how("TermDuration")).unwrap().unwrap();
    assert_eq!(key(&found), "CFQ7TTC0LH16:0001/P3Y/monthly");
    for other in ["Segment", "Missing"] {
        assert_eq!(read(&changed(|_| ()), &how(other)), Ok(None));
    }
}

#[test]
fn a_price_that_covers_something_unknown_is_no_price() {
    let yearly = changed(|value| value["MonthMultiplier"] = json!(12));
    let problem = usual(&yearly).unwrap_err();
    assert_eq!(problem, "MonthMultiplier is not 1: what the price covers is not known");
    let per_cycle = PriceList { per: PricePer::Cycle, ..PriceList::default() };
    let found = read(&yearly, &per_cycle).unwrap().unwrap();
    let prices: Vec<_> =
        found.offers().map(|offer| offer.unwrap().prices.resale.unwrap().to_string()).collect();
    assert_eq!(prices, ["3.28 EUR", "3.28 EUR"]);
    let unstated = changed(|value| value["MonthMultiplier"] = Value::Null);
    assert_eq!(usual(&unstated), usual(&changed(|_| ())));
}

#[test]
fn each_price_has_its_own_currency_or_is_none() {
    let found = offers(&changed(|value| {
        value["SalesPrice"] = json!({"Value": "37.5", "CurrencyCode": "NOK"});
        value["RecommendedRetailPrice"] = json!({"Value": 4.0, "CurrencyCode": null});
    }));
    assert_eq!(found[0].prices.resale.unwrap().to_string(), "37.50 NOK");
    assert_eq!(found[0].prices.list, None);
    let found = offers(&changed(|value| value["SalesPrice"] = json!({"Value": null, "CurrencyCode": "EUR"})));
    assert_eq!((found[0].prices.resale, found[0].prices.cost), (None, None));
}

#[test]
fn limits_come_from_the_line_or_the_variant() {
    let found = offers(&changed(|value| {
        value["MinimumQuantity"] = Value::Null;
        value["MaximumQuantity"] = Value::Null;
        value["ProductVariant"]["MinimumQuantity"] = json!(5.0);
    }));
    assert_eq!((found[0].minimum, found[0].maximum), (5, Some(300)));
    let found = offers(&changed(|value| {
        value["MinimumQuantity"] = json!(0);
        value["MaximumQuantity"] = json!(0);
    }));
    assert_eq!((found[0].minimum, found[0].maximum), (1, None));
}

#[test]
fn an_odd_member_is_named() {
    let rows: [(Change, &str); 9] = [
        (|value| value["ProductVariant"] = json!(7), "ProductVariant is not an object"),
        (|value| value["ProductVariant"] = Value::Null, "ProductVariant is missing"),
        (|value| value["SalesPrice"] = json!(3.28), "SalesPrice is not an object"),
        (|value| value["SalesPrice"]["Value"] = json!(-1), "SalesPrice is negative"),
        (
            |value| value["SalesPrice"]["Value"] = json!("hunter2"),
            "SalesPrice is not an exact decimal number",
        ),
        (
            |value| value["SalesPrice"]["CurrencyCode"] = json!("hunter2"),
            "SalesPrice.CurrencyCode is not an ISO 4217 currency code",
        ),
        (|value| value["MinimumQuantity"] = json!(1.5), "MinimumQuantity is not a whole number"),
        (
            |value| value["ProductVariant"]["MinimumCommitment"]["Months"] = json!("a year"),
            "MinimumCommitment.Months is not a number",
        ),
        (
            |value| value["ProductVariant"]["AvailableBillingCycleIds"] = json!(1),
            "AvailableBillingCycleIds is not a list of numbers",
        ),
    ];
    for (change, said) in rows {
        assert_eq!(usual(&changed(change)), Err(said.to_owned()));
    }
    assert_eq!(line(None, &PriceList::default()).unwrap_err(), "the row is not an object");
}
