use super::{
    DETAILED, DETAILED_TENANT, OrderCycle, StatusFlags, SubscriptionCycle, TENANT, detailed_tenant, details,
    row, tenant,
};
use crate::wire;
use domain::ports::UnreadableRow;
use domain::settings::{Organisation, Policy, PricePer};
use domain::subscription::{BillingCycle, ObservedSubscription, SupplierStatus, Term};
use serde_json::{Value, json};

const PAGE: &[u8] = include_bytes!("../../fixtures/subscriptions-page.json");
const CAMEL: &[u8] = include_bytes!("../../fixtures/subscriptions-bare-camel-case.json");
const DETAILS: &str = include_str!("../../fixtures/subscription-details.json");

fn organisation() -> Organisation {
    Organisation {
        id: "nord".parse().unwrap(),
        supplier: "crayon".parse().unwrap(),
        supplier_organisation: "4013280".to_owned(),
        billing: "hostbill".parse().unwrap(),
        currency: "EUR".parse().unwrap(),
        price_per: PricePer::Cycle,
        policy: Policy::default(),
    }
}

fn rows(body: &[u8]) -> Vec<Result<ObservedSubscription, UnreadableRow>> {
    let list = wire::read_list(body, DETAILED).unwrap();
    list.rows.iter().map(|members| row(members.as_ref(), &organisation())).collect()
}

/// The first row of the page, with a member replaced.
fn with(name: &str, value: Value) -> Result<ObservedSubscription, UnreadableRow> {
    let mut page: Value = serde_json::from_slice(PAGE).unwrap();
    page["Items"][0][name] = value;
    rows(page.to_string().as_bytes()).remove(0)
}

fn problem(name: &str, value: Value) -> String {
    let unreadable = with(name, value).unwrap_err();
    let expected = if name == "Id" { None } else { Some("120045".to_owned()) };
    assert_eq!(unreadable.id, expected, "{name}");
    unreadable.problem
}

#[test]
fn a_list_row_becomes_a_subscription() {
    let rows = rows(PAGE);
    let first = rows[0].as_ref().unwrap();
    assert_eq!(first.id.as_str(), "120045");
    assert_eq!(first.name, "Exchange Online (Plan 1)");
    assert_eq!(first.tenant.as_str(), "5312");
    assert_eq!(first.publisher.as_deref(), Some("Microsoft"));
    assert_eq!(first.offer.to_string(), "CFQ7TTC0LH16:0001/P1Y/monthly");
    assert_eq!(first.quantity, 25);
    assert_eq!(first.status, SupplierStatus::Active);
    assert_eq!(first.prices.resale, Some("3.28 EUR".parse().unwrap()));
    assert_eq!((first.prices.cost, first.prices.list), (None, None));
    assert_eq!(first.term_start, Some("2025-03-02".parse().unwrap()));
    assert_eq!(first.term_end, Some("2026-03-01".parse().unwrap()));
}

#[test]
fn a_legacy_row_has_no_term_and_its_products_part_number() {
    let rows = rows(PAGE);
    let legacy = rows[1].as_ref().unwrap();
    assert_eq!(legacy.name, "Büro \"Essentials\" 旧 🧾");
    assert_eq!(legacy.offer.to_string(), "031c9e47-4802-4248-838e-778fb1d2cc05/none/monthly");
    assert_eq!(legacy.status, SupplierStatus::Suspended);
    assert_eq!(legacy.term_start, Some("2023-04-30".parse().unwrap()));
    assert_eq!(legacy.term_end, None);
}

#[test]
fn the_other_casing_shape_and_enumerations_mean_the_same() {
    assert_eq!(rows(CAMEL)[0], rows(PAGE)[0]);
}

#[test]
fn details_carry_cost_and_list_price_in_their_own_currency() {
    let members = wire::read_object(DETAILS, DETAILED).unwrap();
    let read = details(&members, &organisation()).unwrap();
    assert_eq!(read.prices.resale, Some("3.28 EUR".parse().unwrap()));
    assert_eq!(read.prices.cost, Some("36.15 NOK".parse().unwrap()));
    assert_eq!(read.prices.list, Some("45.2000 NOK".parse().unwrap()));
    let unpriced = with("Pricing", json!({"CurrencyCode": null, "PurchasePrice": 1})).unwrap();
    assert_eq!(unpriced.prices.cost, None);
}

#[test]
fn a_row_that_cannot_be_read_names_its_field() {
    let table = [
        ("Id", json!(null), "Id is missing"),
        ("Id", json!(0), "Id is not an id"),
        ("Id", json!(-5), "Id is not an id"),
        ("Id", json!(1.5), "Id is not an id"),
        ("Id", json!("../5"), "Id is not an id"),
        ("CustomerTenant", json!(null), "CustomerTenant.Id is missing"),
        ("CustomerTenant", json!(5312), "CustomerTenant is not an object"),
        ("CustomerTenant", json!({"Id": {}}), "CustomerTenant.Id is not an id"),
        (
            "Organization",
            json!({"Id": 4_013_281}),
            "Organization.Id is not the organisation that was asked for",
        ),
        ("Quantity", json!(null), "Quantity is missing"),
        ("Quantity", json!(-1), "Quantity is not a whole number from 0 to 4294967295"),
        ("Quantity", json!(1.5), "Quantity is not a whole number from 0 to 4294967295"),
        ("Quantity", json!(4_294_967_296_u64), "Quantity is not a whole number from 0 to 4294967295"),
        ("Quantity", json!("many"), "Quantity is not a whole number from 0 to 4294967295"),
        ("Status", json!(null), "Status is missing"),
        ("Status", json!([1]), "Status is neither a number nor a name"),
        ("BillingCycle", json!(true), "BillingCycle is neither a number nor a name"),
        ("TermDuration", json!(12), "TermDuration is not a text"),
        ("PartNumber", json!(12), "PartNumber is not a text"),
        ("SalesPrice", json!("free"), "SalesPrice is not an exact decimal number"),
        ("SalesPrice", json!(-0.01), "SalesPrice is negative"),
        ("StartDate", json!("soon"), "StartDate is not a timestamp"),
        ("EndDate", json!(20_260_301), "EndDate is not a timestamp"),
        ("Publisher", json!([]), "Publisher is not an object"),
        (
            "Pricing",
            json!({"CurrencyCode": "€", "PurchasePrice": 1}),
            "Pricing.CurrencyCode is not an ISO 4217 currency code",
        ),
    ];
    for (name, value, expected) in table {
        assert_eq!(problem(name, value.clone()), expected, "{name}: {value}");
    }
    let neither = rows(br#"[{"Id":1,"Product":{}}, 5]"#);
    assert_eq!(neither[0].as_ref().unwrap_err().problem, "PartNumber is missing");
    assert_eq!(neither[1].as_ref().unwrap_err().problem, "the row is not an object");
}

#[test]
fn zero_is_a_price_and_missing_is_none() {
    assert_eq!(with("SalesPrice", json!(0.0)).unwrap().prices.resale, Some("0.0 EUR".parse().unwrap()));
    assert_eq!(with("SalesPrice", json!(null)).unwrap().prices.resale, None);
    assert_eq!(with("Quantity", json!(0)).unwrap().quantity, 0);
    assert_eq!(with("Quantity", json!("7")).unwrap().quantity, 7);
    assert_eq!(with("Quantity", json!(7.0)).unwrap().quantity, 7);
}

#[test]
fn a_name_is_shown_as_it_is() {
    let long = format!("  {}\t漢字 🧾", "x".repeat(10_000));
    assert_eq!(with("Name", json!(long)).unwrap().name, long);
    assert_eq!(with("Name", json!(null)).unwrap().name, "CFQ7TTC0LH16:0001");
    assert_eq!(with("Name", json!(17)).unwrap().name, "17");
}

#[test]
fn every_status_has_its_word() {
    let table = [
        (json!(0), "none"),
        (json!(1), "active"),
        (json!(2), "suspended"),
        (json!(4), "deleted"),
        (json!(8), "cancelled"),
        (json!(16), "converted"),
        (json!(32), "expired"),
        (json!(64), "pending"),
        (json!(128), "cancelled"),
        (json!(256), "disabled"),
        (json!(3), "status-3"),
        (json!(512), "status-512"),
        (json!("Active"), "active"),
        (json!("customercancellation"), "cancelled"),
        (json!("Active, Suspended"), "status-3"),
        (json!("Disabled"), "disabled"),
        (json!("None"), "none"),
        (json!("Frozen"), "Frozen"),
    ];
    for (value, word) in table {
        assert_eq!(with("Status", value.clone()).unwrap().status.as_str(), word, "{value}");
    }
    assert!(matches!(StatusFlags::DISABLED.status(), SupplierStatus::Unknown(_)));
    assert!(matches!(StatusFlags(3).status(), SupplierStatus::Unknown(_)));
}

#[test]
fn every_cycle_has_its_word() {
    let table = [
        (json!(null), "unknown"),
        (json!(0), "unknown"),
        (json!(1), "monthly"),
        (json!(2), "annual"),
        (json!(3), "none"),
        (json!(4), "one-time"),
        (json!(5), "semi-annual"),
        (json!(6), "cycle-6"),
        (json!(7), "two-years"),
        (json!(8), "three-years"),
        (json!(9), "quarterly"),
        (json!(-1), "cycle--1"),
        (json!("threeyears"), "three-years"),
        (json!("Now/Then"), "Now-Then"),
    ];
    for (value, word) in table {
        assert_eq!(with("BillingCycle", value.clone()).unwrap().offer.cycle.as_str(), word, "{value}");
    }
    assert_eq!(with("BillingCycle", json!(3)).unwrap().offer.cycle, BillingCycle::Other("none".into()));
}

#[test]
fn an_offers_text_form_reads_back_whatever_the_supplier_wrote() {
    for (name, value) in
        [("TermDuration", json!("P1/Y")), ("BillingCycle", json!("a/b")), ("TermDuration", json!(""))]
    {
        let offer = with(name, value).unwrap().offer;
        assert_eq!(offer.to_string().parse(), Ok(offer));
    }
    assert_eq!(with("TermDuration", json!(null)).unwrap().offer.term, Term::None);
}

#[test]
fn the_two_cycle_enumerations_never_share_a_five() {
    assert_eq!(SubscriptionCycle::find("5"), Some(SubscriptionCycle::BiAnnually));
    assert_eq!(OrderCycle::find("5"), Some(OrderCycle::Triennial));
    assert_eq!(OrderCycle::try_from(SubscriptionCycle::ThreeYears).map(OrderCycle::number), Ok(5));
    assert_eq!(SubscriptionCycle::from(OrderCycle::Triennial).number(), 8);
    for number in 0..5_u32 {
        let cycle = SubscriptionCycle::find(&number.to_string()).unwrap();
        let order = OrderCycle::try_from(cycle).unwrap();
        assert_eq!((order.number(), SubscriptionCycle::from(order)), (number, cycle));
        assert_eq!(OrderCycle::find(order.name()), Some(order));
    }
    for cycle in [SubscriptionCycle::BiAnnually, SubscriptionCycle::TwoYears, SubscriptionCycle::Quarterly] {
        assert!(OrderCycle::try_from(cycle).is_err(), "{cycle:?}");
    }
}

#[test]
fn a_tenant_keeps_its_evidence() {
    let list = wire::read_list(include_bytes!("../../fixtures/tenants-page.json"), TENANT).unwrap();
    let tenants: Vec<_> = list.rows.iter().map(|row| tenant(row.as_ref()).unwrap()).collect();
    assert_eq!(tenants[0].id.as_str(), "5312");
    assert_eq!(tenants[0].name, "Fjord Kaffe AB");
    assert_eq!(tenants[0].publisher_id.as_deref(), Some("8a4d5b0a-61a0-4a0f-8d8d-5d0b3c1f9e20"));
    assert_eq!(tenants[0].domain.as_deref(), Some("fjordkaffe.onmicrosoft.example"));
    assert_eq!(tenants[0].reference.as_deref(), Some("K-1007"));
    assert_eq!((&tenants[0].registration, &tenants[0].email), (&None, &None));
    assert_eq!(tenants[1].publisher_id.as_deref(), Some("20732"));
    assert_eq!((&tenants[1].domain, &tenants[1].reference), (&None, &None));
}

#[test]
fn a_tenants_details_add_registration_and_address_and_drop_the_password() {
    let body = include_str!("../../fixtures/tenant-detailed.json");
    let tenant = detailed_tenant(&wire::read_object(body, DETAILED_TENANT).unwrap()).unwrap();
    assert_eq!(tenant.registration.as_deref(), Some("556000-0000"));
    assert_eq!(tenant.email.as_deref(), Some("ada@fjordkaffe.example"));
    assert!(!format!("{tenant:?}").contains("hunter2"));
    let odd = [
        ("{}", "Tenant is missing"),
        (r#"{"Tenant":5}"#, "Tenant is not an object"),
        (r#"{"Tenant":{}}"#, "Tenant.Id is missing"),
    ];
    for (body, problem) in odd {
        let members = wire::read_object(body, DETAILED_TENANT).unwrap();
        assert_eq!(detailed_tenant(&members).unwrap_err(), problem);
    }
}
