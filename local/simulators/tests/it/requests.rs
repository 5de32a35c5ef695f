use std::time::Duration;

use simulators::Fault;
use simulators::crayon::{self, Crayon};
use simulators::hostbill::{self, HostBill};

use crate::wire::{Caller, call};

#[tokio::test]
async fn requests_are_counted_by_route_and_by_call() {
    let crayon = Crayon::start(crayon::Model::sample()).await.unwrap();
    let caller = Caller::of(&crayon).await;
    caller.get("subscriptions/120045").await;
    caller.get("Subscriptions/120046/").await;
    crayon.with(|model| {
        assert_eq!(model.requests.count("GET /subscriptions/{id}"), 2);
        assert_eq!(model.requests.count("post /connect/token"), 1);
        assert_eq!((model.requests.total(), model.requests.arrivals().count()), (3, 3));
        model.requests.reset();
        assert_eq!((model.requests.total(), model.requests.recent().count()), (0, 0));
    });
    let hostbill = HostBill::start(hostbill::Model::sample()).await.unwrap();
    call(&hostbill, "getClients", "").await;
    call(&hostbill, "getClients", "page=1").await;
    assert_eq!(hostbill.with(|model| model.requests.count("getClients")), 2);
}

#[tokio::test]
async fn the_log_of_requests_holds_no_credentials() {
    let crayon = Crayon::start(crayon::Model::sample()).await.unwrap();
    Caller::of(&crayon).await;
    let hostbill = HostBill::start(hostbill::Model::sample()).await.unwrap();
    call(&hostbill, "addClient", "email=a%40b.example&password=Secret-1&password2=Secret-1").await;
    let logged = format!(
        "{:?} {:?}",
        crayon.with(|model| model.requests.recent().cloned().collect::<Vec<_>>()),
        hostbill.with(|model| model.requests.recent().cloned().collect::<Vec<_>>()),
    );
    let (id, key) = hostbill.with(|model| model.credentials());
    for secret in ["s3cret", "ZGVtby1", "Secret-1", &id, &key] {
        assert!(!logged.contains(secret), "{logged}");
    }
    assert!(logged.contains("grant_type=password") && logged.contains("email=a%40b.example"));
}

#[tokio::test]
async fn the_most_requests_in_flight_are_known() {
    let hostbill = HostBill::start(hostbill::Model::sample()).await.unwrap();
    hostbill.with(|model| model.faults.add(Fault::Slow(Duration::from_millis(250)).always()));
    tokio::join!(
        call(&hostbill, "getClients", ""),
        call(&hostbill, "getClients", ""),
        call(&hostbill, "getClients", ""),
    );
    assert_eq!(hostbill.with(|model| model.requests.most_in_flight()), 3);
}

#[tokio::test]
async fn a_dropped_simulator_answers_no_more() {
    let crayon = Crayon::start(crayon::Model::sample()).await.unwrap();
    let url = format!("{}/api/v1/ping", crayon.url());
    assert_eq!(crate::wire::send("GET", &url, &[], "").await.unwrap().status, 200);
    crayon.stop().await;
    assert!(crate::wire::send("GET", &url, &[], "").await.is_err());
}
