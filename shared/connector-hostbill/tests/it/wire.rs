//! Bodies as HostBill is documented to send them, with the oddities it is known for.

use crate::house::{config, connect, id, never};
use crate::replay::Replay;
use connector_hostbill::HostBill;
use domain::failure::FailureKind;
use domain::ports::{BillingClient, BillingTarget};
use domain::service::{BillingStatus, ServiceEdit, ServiceStatus};
use domain::subscription::BillingCycle;

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("../../fixtures/", $name, ".json"))
    };
}

async fn replayed(bodies: &[&str]) -> (Replay, HostBill) {
    let replay = Replay::of(bodies).await;
    let hostbill = connect(config(replay.url(), "id", "key"));
    (replay, hostbill)
}

#[tokio::test]
async fn a_services_details_are_read() {
    let (_replay, hostbill) = replayed(&[fixture!("getAccountDetailsBasic")]).await;
    let found = hostbill.find_service(&id(3310), never()).await.unwrap().unwrap();
    assert_eq!(found.order, Some(id(2207)));
    assert_eq!((found.client, found.product), (id(513), id(92)));
    assert_eq!(found.mark, "bb-nord-5f2a");
    assert_eq!(found.status, BillingStatus::Known(ServiceStatus::Active));
    assert_eq!(found.amount.to_string(), "12.50");
    assert_eq!(found.next_due, Some("2031-01-09".parse().unwrap()));
    assert_eq!(found.cycle, BillingCycle::Monthly);
}

#[tokio::test]
async fn a_services_oddities_are_read() {
    let (_replay, hostbill) = replayed(&[fixture!("getAccountDetailsBasic.odd")]).await;
    let found = hostbill.find_service(&id(3311), never()).await.unwrap().unwrap();
    assert_eq!((found.order, found.next_due, found.mark.as_str()), (None, None, ""));
    assert_eq!(found.amount.to_string(), "0.1", "exactly as written");
    assert_eq!(found.status, BillingStatus::Other("Transfer Request".into()));
    assert_eq!(found.cycle, BillingCycle::ThreeYears);
}

#[tokio::test]
async fn what_is_not_as_promised_names_the_call_and_the_field() {
    let (_replay, hostbill) = replayed(&[fixture!("getAccountDetailsBasic.broken")]).await;
    let failure = hostbill.find_service(&id(3310), never()).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Malformed);
    assert_eq!(failure.what, "getAccountDetailsBasic: details.total is not a number");

    let (_replay, hostbill) = replayed(&[fixture!("getAccountDetailsBasic")]).await;
    let failure = hostbill.find_service(&id(1), never()).await.unwrap_err();
    assert_eq!(failure.what, "getAccountDetailsBasic: details.id is another than was asked for");

    let (_replay, hostbill) = replayed(&[r#"{"success":true,"accounts":[]}"#]).await;
    let failure = hostbill.find_service(&id(1), never()).await.unwrap_err();
    assert_eq!(failure.what, "getAccountDetailsBasic: details is missing");
}

#[tokio::test]
async fn a_list_without_a_sorter_ends_when_a_page_repeats() {
    let (replay, hostbill) = replayed(&[fixture!("getClientAccounts")]).await;
    let rows = hostbill.services_of(&id(513), never()).await.unwrap();
    let short: Vec<_> = rows.iter().map(|row| (row.id.as_str(), row.mark.as_str())).collect();
    assert_eq!(short, [("3310", "bb-nord-5f2a"), ("3311", "")]);
    assert_eq!(rows[0].status, BillingStatus::Known(ServiceStatus::Suspended));
    assert_eq!(rows[1].status, BillingStatus::Other("Cancelled".into()));
    let pages: Vec<_> = replay.asked().iter().map(|asked| asked.contains("&page=0&")).collect();
    assert_eq!(pages, [true, false], "counted from zero");
}

#[tokio::test]
async fn an_order_is_read_and_its_services_are_a_list_or_a_map() {
    let (_replay, hostbill) = replayed(&[fixture!("getOrderDetails")]).await;
    let order = hostbill.find_order(&id(2207), never()).await.unwrap().unwrap();
    assert_eq!((order.active, order.services), (false, vec![id(3310)]));

    let (_replay, hostbill) = replayed(&[fixture!("getOrderDetails.odd")]).await;
    let order = hostbill.find_order(&id(2207), never()).await.unwrap().unwrap();
    assert_eq!((order.active, order.services), (true, vec![id(3310), id(3311)]));
}

#[tokio::test]
async fn orders_and_edits_send_what_the_reference_asks_for() {
    let (replay, hostbill) = replayed(&[fixture!("addOrder")]).await;
    let order = hostbill.place_order(&id(513), &id(92), &BillingCycle::OneTime, never()).await.unwrap();
    assert_eq!(order, id(2207));
    let sent = "client_id=513&product=92&cycle=Once&confirm=0&invoice_generate=0&invoice_info=0";
    assert!(replay.asked()[0].ends_with(sent), "{:?}", replay.asked());

    let (_replay, hostbill) = replayed(&[fixture!("setOrderActive")]).await;
    assert_eq!(hostbill.activate_order(&id(2207), never()).await, Ok(()));

    let (replay, hostbill) = replayed(&[fixture!("editAccountDetails")]).await;
    let edit = ServiceEdit {
        amount: Some("25 EUR".parse().unwrap()),
        next_due: Some("2031-01-31".parse().unwrap()),
        ..ServiceEdit::default()
    };
    assert_eq!(hostbill.edit_service(&id(3310), &edit, never()).await, Ok(()));
    assert!(replay.asked()[0].ends_with("&id=3310&total=25.00&next_due=2031-01-31"));
}

#[tokio::test]
async fn errors_are_read_in_every_form() {
    let place = async |body: &str| {
        let (_replay, hostbill) = replayed(&[body]).await;
        hostbill.place_order(&id(513), &id(92), &BillingCycle::Monthly, never()).await.unwrap_err()
    };
    let failure = place(fixture!("error.wrong-key")).await;
    assert_eq!(failure.kind, FailureKind::Unauthorised);
    assert_eq!(failure.what, "addOrder: Wrong API ID or key");
    let failure = place(fixture!("error.as-map")).await;
    assert_eq!(failure.kind, FailureKind::Refused);
    assert_eq!(failure.what, "addOrder: This product is not available in the chosen billing cycle");
    let failure = place(fixture!("success-with-error")).await;
    assert_eq!(failure.kind, FailureKind::Malformed);
    assert!(failure.what.contains("unknown whether it was done"), "{failure}");
    let failure = place(r#"{"success":true,"info":["New Order created"]}"#).await;
    assert_eq!(failure.kind, FailureKind::Malformed, "an order that cannot be named is in doubt");

    let (_replay, hostbill) = replayed(&[fixture!("accountSuspend.refused")]).await;
    let failure = hostbill.suspend(&id(3310), never()).await.unwrap_err();
    assert_eq!(failure.what, "accountSuspend: Provider refused: subscription is locked");
}

#[tokio::test]
async fn clients_are_read() {
    let (_replay, hostbill) = replayed(&[fixture!("getClients")]).await;
    let clients = hostbill.clients(never()).await.unwrap();
    let short = |client: &BillingClient| (client.name.clone(), client.email_domain.clone());
    assert_eq!(short(&clients[0]), ("Ole Moor".to_owned(), None));
    assert_eq!(short(&clients[1]), ("Varga Logistik".to_owned(), Some("varga.example".to_owned())));

    let (_replay, hostbill) = replayed(&[fixture!("getClientDetails"), fixture!("getCurrencies")]).await;
    let client = hostbill.find_client(&id(512), never()).await.unwrap().unwrap();
    assert_eq!(client.currency.unwrap().code(), "NOK");
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(client.fields, [field("crayontenant", "7741"), field("vatnumber", "ATU00000000")]);

    let (replay, hostbill) = replayed(&[fixture!("addClient")]).await;
    let new = crate::house::tenant("7741", Some("it@skagerrak.example"));
    assert_eq!(hostbill.create_client(&new, never()).await, Ok(id(513)));
    let sent = "&type=Company&companyname=Skagerrak+Rederi+AS&crayontenant=7741";
    assert!(replay.asked()[0].ends_with(sent), "{:?}", replay.asked());
}

#[tokio::test]
async fn a_tenant_is_searched_with_phps_brackets() {
    let (replay, hostbill) = replayed(&[r#"{"success":true,"clients":[]}"#]).await;
    assert_eq!(hostbill.clients_of_tenant(&id("7741"), never()).await, Ok(vec![]));
    assert!(replay.asked()[0].ends_with("&page=0&filter%5Bcrayontenant%5D=7741"), "{:?}", replay.asked());
}

#[tokio::test]
async fn products_are_read_from_a_map() {
    let (_replay, hostbill) = replayed(&[fixture!("getOrderPages"), fixture!("getProducts")]).await;
    let products = hostbill.products(never()).await.unwrap();
    let short: Vec<_> =
        products.iter().map(|product| (product.name.as_str(), product.cycles.clone())).collect();
    assert_eq!(
        short,
        [("Cloud usage", vec![]), ("Workspace seat", vec![BillingCycle::Monthly, BillingCycle::Annual])]
    );

    let (_replay, hostbill) = replayed(&[fixture!("getProductDetails")]).await;
    let product = hostbill.find_product(&id(92), never()).await.unwrap().unwrap();
    assert_eq!(product.code.as_deref(), Some("CFQ7TTC0LH16:0001"));
    assert_eq!(product.cycles, [BillingCycle::Monthly, BillingCycle::Annual], "enabled at no price, too");
}

#[tokio::test]
async fn a_call_that_is_missing_from_the_list_is_reported() {
    let (_replay, hostbill) = replayed(&[fixture!("getAPIMethods")]).await;
    let failure = hostbill.create_product("A", "B", &BillingCycle::Monthly, never()).await.unwrap_err();
    assert!(failure.what.starts_with("addProduct: this HostBill installation does not offer addProduct"));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Replay::of(&["{}"]).await;
    let replay = Replay::with_status(&[(302, elsewhere.url())]).await;
    let failure = connect(config(replay.url(), "id", "key"))
        .place_order(&id(513), &id(92), &BillingCycle::Monthly, never())
        .await
        .unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused, "{failure}");
    assert!(elsewhere.asked().is_empty());
}
