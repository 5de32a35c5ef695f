//! From the order to the end, as the journal goes about it.

use crate::house::{CLIENT, PRODUCT, id, never, tenant, with_config, with_model};
use domain::failure::FailureKind;
use domain::id::{ClientId, ProductId};
use domain::ports::BillingTarget;
use domain::service::{BillingStatus, ServiceEdit, ServiceReference, ServiceStatus};
use domain::subscription::BillingCycle;
use simulators::Decimal;
use simulators::hostbill::Model;

fn mark() -> ServiceReference {
    ServiceReference::new(&id("nord"), &id("sub-5f2a"), 1)
}

#[tokio::test]
async fn a_service_is_ordered_marked_activated_priced_and_ended() {
    let (simulated, hostbill) = with_model(Model::sample()).await;
    let client: ClientId = id(CLIENT);

    let order = hostbill.place_order(&client, &id(PRODUCT), &BillingCycle::Annual, never()).await.unwrap();
    let placed = hostbill.find_order(&order, never()).await.unwrap().unwrap();
    assert!(!placed.active);
    let [service] = placed.services.as_slice() else {
        panic!("one service: {placed:?}");
    };
    let fresh = hostbill.find_service(service, never()).await.unwrap().unwrap();
    assert_eq!(
        (&fresh.client, &fresh.cycle, &fresh.status, fresh.mark.as_str()),
        (&client, &BillingCycle::Annual, &BillingStatus::Pending, "")
    );
    assert_eq!(fresh.order.as_ref(), Some(&order));

    let edit = ServiceEdit { mark: Some(mark()), ..ServiceEdit::default() };
    hostbill.edit_service(service, &edit, never()).await.unwrap();
    hostbill.activate_order(&order, never()).await.unwrap();
    let edit = ServiceEdit {
        amount: Some("1500.50 EUR".parse().unwrap()),
        next_due: Some("2027-11-05".parse().unwrap()),
        product: Some(id(91)),
        ..ServiceEdit::default()
    };
    hostbill.edit_service(service, &edit, never()).await.unwrap();

    let running = hostbill.find_service(service, never()).await.unwrap().unwrap();
    assert_eq!(running.status, BillingStatus::Known(ServiceStatus::Active));
    assert_eq!(running.mark, "bb-nord-sub-5f2a");
    assert_eq!(running.amount, Decimal::new(150_050, 2));
    assert_eq!(running.next_due, Some("2027-11-05".parse().unwrap()));
    assert_eq!(running.product, id::<ProductId>(91));
    let rows = hostbill.services_of(&client, never()).await.unwrap();
    assert_eq!((rows.len(), rows[0].mark.as_str()), (1, "bb-nord-sub-5f2a"));
    assert_eq!(rows[0].product_name, "Exchange Online (Plan 1)");

    hostbill.suspend(service, never()).await.unwrap();
    hostbill.unsuspend(service, never()).await.unwrap();
    hostbill.terminate(service, never()).await.unwrap();
    simulated.with(|model| {
        let actions: Vec<_> = model.module_calls.iter().map(|call| call.action.as_str()).collect();
        assert_eq!(actions, ["Create", "Suspend", "Unsuspend", "Terminate"]);
        assert_eq!(model.accounts.len(), 1);
        assert_eq!(model.orders[&2207].invoice, 0, "no invoice was made");
        assert!(model.invoices.is_empty());
    });
}

#[tokio::test]
async fn an_edit_changes_what_it_says_and_nothing_else() {
    let mut model = Model::sample();
    let account = model.add_account(CLIENT, PRODUCT, "m", "somebody.example");
    let (simulated, hostbill) = with_model(model).await;
    let edit = ServiceEdit { amount: Some("980 JPY".parse().unwrap()), ..ServiceEdit::default() };

    for _ in 0..2 {
        hostbill.edit_service(&id(account), &edit, never()).await.unwrap();
    }
    hostbill.edit_service(&id(account), &ServiceEdit::default(), never()).await.unwrap();

    simulated.with(|model| {
        assert_eq!(model.requests.count("editAccountDetails"), 2, "an empty edit is not sent");
        let changes: Vec<_> =
            model.accounts.get(account).unwrap().audit.iter().map(|c| c.field.as_str()).collect();
        assert_eq!(changes, ["total"], "said twice, changed once");
    });
}

#[tokio::test]
async fn an_amount_that_hostbill_would_round_is_refused_before_it_is_sent() {
    let (simulated, hostbill) = with_model(Model::sample()).await;
    let edit = ServiceEdit { amount: Some("12.505 EUR".parse().unwrap()), ..ServiceEdit::default() };
    let failure = hostbill.edit_service(&id(1), &edit, never()).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused);
    assert_eq!(simulated.with(|model| model.requests.total()), 0);
}

#[tokio::test]
async fn a_cycle_that_hostbill_does_not_have_is_refused_before_it_is_sent() {
    let (simulated, hostbill) = with_model(Model::sample()).await;
    let cycle = BillingCycle::Other("fortnightly".into());
    assert!(!hostbill.has_cycle(&cycle));
    assert!(hostbill.has_cycle(&BillingCycle::ThreeYears));
    let order = hostbill.place_order(&id(CLIENT), &id(PRODUCT), &cycle, never()).await;
    let product = hostbill.create_product("A", "B", &cycle, never()).await;
    for failure in [order.unwrap_err(), product.unwrap_err()] {
        assert_eq!(failure.kind, FailureKind::Refused);
    }
    assert_eq!(simulated.with(|model| model.requests.total()), 0);
}

#[tokio::test]
async fn a_created_client_is_found_by_its_tenant_and_by_nothing_else() {
    let (simulated, hostbill) = with_model(Model::sample()).await;
    let new = tenant("7741", Some("it@skagerrak.example"));

    let client = hostbill.create_client(&new, never()).await.unwrap();

    let found = hostbill.clients_of_tenant(&new.id, never()).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].id, client);
    assert_eq!(found[0].name, "Skagerrak Rederi AS");
    assert_eq!(found[0].email_domain.as_deref(), Some("skagerrak.example"));
    // The filter contains rather than equals here, and finds the same client for a part of its id.
    assert!(hostbill.clients_of_tenant(&id("774"), never()).await.unwrap().is_empty());
    simulated.with(|model| {
        let created = model.clients.values().last().unwrap();
        assert_eq!(created.column("type"), "Company");
        let sent = model.requests.recent().find(|seen| seen.label == "addClient").unwrap();
        assert!(!sent.body.contains("notify"), "no credentials are mailed");
    });
}

#[tokio::test]
async fn a_tenant_without_an_address_gets_no_client() {
    let (simulated, hostbill) = with_model(Model::sample()).await;
    let failure = hostbill.create_client(&tenant("7741", None), never()).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused);
    assert_eq!(simulated.with(|model| model.requests.total()), 0);
}

#[tokio::test]
async fn a_product_is_created_only_where_hostbill_offers_it() {
    let (simulated, hostbill) = with_model(Model::sample()).await;
    let create = || hostbill.create_product("Seat", "CFQ7:0001", &BillingCycle::Annual, never());
    let failure = create().await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused);
    assert!(failure.what.contains("does not offer addProduct"), "{failure}");
    assert_eq!(simulated.with(|model| model.requests.count("addProduct")), 0);

    let mut model = Model::sample();
    model.missing_calls.clear();
    let (_simulated, hostbill) = with_model(model).await;
    let product = hostbill.create_product("Seat", "CFQ7:0001", &BillingCycle::Annual, never()).await.unwrap();
    let found = hostbill.find_product(&product, never()).await.unwrap().unwrap();
    assert_eq!((found.name.as_str(), found.code.as_deref()), ("Seat", Some("CFQ7:0001")));
    assert_eq!(found.cycles, [BillingCycle::Annual]);
}

#[tokio::test]
async fn a_product_is_put_on_the_page_that_is_configured() {
    let mut model = Model::sample();
    model.missing_calls.clear();
    let page = simulators::hostbill::OrderPage { id: 15, name: "Licences".to_owned() };
    model.order_pages.insert(15, page);
    let create = async |hostbill: &connector_hostbill::HostBill| {
        hostbill.create_product("Seat", "CFQ7:0001", &BillingCycle::Monthly, never()).await
    };
    let (simulated, hostbill) = with_model(model).await;
    let failure = create(&hostbill).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused, "which of two pages is not guessed");

    let model = simulated.with(std::mem::take);
    let (simulated, hostbill) =
        with_config(model, |config| config.new_products.order_page = Some("15".to_owned())).await;
    create(&hostbill).await.unwrap();
    simulated.with(|model| {
        let created = model.products.values().last().unwrap();
        assert_eq!((created.page, created.visible), (15, 0), "hidden until somebody shows it");
    });
}
