//! Reads: what is not there, what cannot be read, and what is asked again.

use crate::house::{CLIENT, PRODUCT, config, connect, id, never, tenant, with_model};
use domain::failure::FailureKind;
use domain::id::{ProductId, ServiceId};
use domain::ports::BillingTarget;
use domain::subscription::BillingCycle;
use simulators::Fault;
use simulators::hostbill::{ClientField, Matching, Model};

#[tokio::test]
async fn what_hostbill_does_not_know_is_nothing() {
    let (_simulated, hostbill) = with_model(Model::sample()).await;
    assert_eq!(hostbill.find_service(&id(9), never()).await, Ok(None));
    assert_eq!(hostbill.find_order(&id(9), never()).await, Ok(None));
    assert_eq!(hostbill.find_client(&id(9), never()).await, Ok(None));
    assert_eq!(hostbill.find_product(&id(9), never()).await, Ok(None));
}

#[tokio::test]
async fn a_wrong_address_never_means_that_a_service_is_gone() {
    let (simulated, _) = with_model(Model::sample()).await;
    let wrong = simulated.url().replace("/admin/", "/control/").replace("api.php", "ap.php");
    let hostbill = connect(config(&wrong, "id", "key"));
    let failure = hostbill.find_service(&id(9), never()).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused, "{failure}");
}

#[tokio::test]
async fn a_call_that_is_not_offered_never_means_that_a_service_is_gone() {
    let mut model = Model::sample();
    model.missing_calls.insert("getAccountDetailsBasic".to_owned());
    let (_simulated, hostbill) = with_model(model).await;
    assert!(hostbill.find_service(&id(9), never()).await.is_err());
}

#[tokio::test]
async fn a_read_is_asked_again_when_the_trouble_may_pass() {
    for fault in [
        Fault::Html,
        Fault::Empty,
        Fault::Truncated,
        Fault::LostGarbage,
        Fault::status(500),
        Fault::status(503),
        Fault::DropBefore,
        Fault::DropAfter,
    ] {
        let mut model = Model::sample();
        let account = model.add_account(CLIENT, PRODUCT, "m", "");
        let (simulated, hostbill) = with_model(model).await;
        simulated.with(|model| model.faults.add(fault.clone().on("getAccountDetailsBasic")));
        let found = hostbill.find_service(&id(account), never()).await;
        assert!(matches!(found, Ok(Some(_))), "{fault:?}: {found:?}");
    }
}

#[tokio::test]
async fn a_read_that_never_answers_properly_fails_and_says_how() {
    for (fault, kind, says) in [
        (Fault::Html, FailureKind::Malformed, "a web page instead of JSON"),
        (Fault::Empty, FailureKind::Malformed, "the answer is empty"),
        (Fault::Null, FailureKind::Malformed, "no object"),
        (Fault::Truncated, FailureKind::Malformed, "cut off"),
        (Fault::status(500), FailureKind::Unavailable, "500"),
        (Fault::status(401), FailureKind::Unauthorised, "401"),
    ] {
        let (simulated, hostbill) = with_model(Model::sample()).await;
        simulated.with(|model| model.faults.add(fault.clone().always()));
        let failure = hostbill.find_service(&id(9), never()).await.unwrap_err();
        assert_eq!(failure.kind, kind, "{fault:?}: {failure}");
        assert!(failure.what.starts_with("getAccountDetailsBasic: "), "{failure}");
        assert!(failure.what.contains(says), "{failure}");
    }
}

#[tokio::test]
async fn the_details_with_the_services_password_are_never_asked_for() {
    let mut model = Model::sample();
    let account = model.add_account(CLIENT, PRODUCT, "m", "");
    let (simulated, hostbill) = with_model(model).await;
    hostbill.find_service(&id(account), never()).await.unwrap();
    hostbill.services_of(&id(CLIENT), never()).await.unwrap();
    assert_eq!(simulated.with(|model| model.requests.count("getAccountDetails")), 0);
}

#[tokio::test]
async fn a_client_is_charged_in_its_own_currency() {
    let (simulated, hostbill) = with_model(Model::sample()).await;
    for (client, currency) in [(CLIENT, "EUR"), (CLIENT + 1, "NOK"), (CLIENT, "EUR")] {
        let found = hostbill.find_client(&id(client), never()).await.unwrap().unwrap();
        assert_eq!(found.currency.unwrap().code(), currency);
    }
    assert_eq!(simulated.with(|model| model.requests.count("getCurrencies")), 1, "asked once in a process");
}

#[tokio::test]
async fn a_client_whose_currency_is_not_listed_has_none() {
    let (simulated, hostbill) = with_model(Model::sample()).await;
    simulated.with(|model| model.clients.get_mut(&CLIENT).unwrap().currency_id = 9);
    let found = hostbill.find_client(&id(CLIENT), never()).await.unwrap().unwrap();
    assert_eq!(found.currency, None);
}

#[tokio::test]
async fn a_clients_further_fields_are_its_evidence() {
    let (_simulated, hostbill) = with_model(Model::sample()).await;
    let found = hostbill.find_client(&id(CLIENT), never()).await.unwrap().unwrap();
    assert_eq!(found.fields, [("companyregno".to_owned(), "5560000000".to_owned())]);
}

#[tokio::test]
async fn a_tenants_clients_are_compared_exactly_whatever_the_filter_means() {
    for matching in [Matching::Contains, Matching::Exact] {
        let mut model = Model::sample();
        model.settings.matching = matching;
        for (client, value) in [(CLIENT, "77"), (CLIENT + 1, "7741")] {
            let fields = &mut model.clients.get_mut(&client).unwrap().fields;
            fields.insert("crayontenant".to_owned(), value.to_owned());
        }
        let (_simulated, hostbill) = with_model(model).await;
        let found = hostbill.clients_of_tenant(&id("77"), never()).await.unwrap();
        assert_eq!(found.iter().map(|client| client.id.as_str()).collect::<Vec<_>>(), ["512"]);
    }
}

#[tokio::test]
async fn a_filter_that_is_not_applied_is_noticed_before_every_client_is_read() {
    let mut model = Model::sample();
    for field in &mut model.client_fields {
        *field = ClientField { searchable: false, ..field.clone() };
    }
    for number in 0..70 {
        model.add_client(&format!("post@c{number}.example"), "A");
    }
    let (simulated, hostbill) = with_model(model).await;
    let failure = hostbill.clients_of_tenant(&tenant("7741", None).id, never()).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused);
    assert!(failure.what.contains("is the field crayontenant marked searchable?"), "{failure}");
    assert_eq!(simulated.with(|model| model.requests.count("getClientDetails")), 0);
}

#[tokio::test]
async fn products_of_all_pages_are_listed_with_the_cycles_they_have_a_price_for() {
    let mut model = Model::sample();
    let page = simulators::hostbill::OrderPage { id: 15, name: "Licences".to_owned() };
    model.order_pages.insert(15, page);
    model.products.get_mut(&93).unwrap().page = 15;
    let columns = &mut model.products.get_mut(&PRODUCT).unwrap().columns;
    columns.insert("code".to_owned(), "CFQ7TTC0LH16:0001".to_owned());
    let (_simulated, hostbill) = with_model(model).await;

    let products = hostbill.products(never()).await.unwrap();
    let named: Vec<_> = products.iter().map(|product| product.name.as_str()).collect();
    assert_eq!(named, ["Exchange Online (Plan 1)", "Office Suite Business", "Backup", "Cloud usage"]);
    assert_eq!(products[1].cycles, [BillingCycle::Monthly, BillingCycle::Annual]);
    assert_eq!(products[2].cycles, [BillingCycle::Monthly]);
    assert!(products.iter().all(|product| product.code.is_none()), "lists show no code");

    let found = hostbill.find_product(&id(PRODUCT), never()).await.unwrap().unwrap();
    assert_eq!(found.id, id::<ProductId>(PRODUCT));
    assert_eq!(found.code.as_deref(), Some("CFQ7TTC0LH16:0001"));
}

#[tokio::test]
async fn a_deadline_that_has_come_sends_nothing() {
    let (simulated, hostbill) = with_model(Model::sample()).await;
    let past = domain::clock::Deadline("2026-11-05T07:59:59Z".parse().unwrap());
    let service: ServiceId = id(9);
    let failures = [
        hostbill.find_service(&service, past).await.unwrap_err(),
        hostbill.suspend(&service, past).await.unwrap_err(),
    ];
    assert!(failures.iter().all(|failure| failure.kind == FailureKind::OutOfTime));
    assert_eq!(simulated.with(|model| model.requests.total()), 0);
}
