//! A list is whole or it is no list.

use crate::house::{CLIENT, PRODUCT, id, never, with_model};
use domain::failure::{Failure, FailureKind};
use domain::ports::BillingTarget;
use domain::service::ServiceRow;
use simulators::hostbill::Model;
use simulators::{Fault, ListFault};
use std::collections::BTreeSet;

/// A client with 60 services: three pages.
fn sixty() -> Model {
    let mut model = Model::sample();
    for number in 0..60 {
        model.add_account(CLIENT, PRODUCT, "m", &format!("bb-nord-{number}"));
    }
    model.add_account(CLIENT + 1, PRODUCT, "m", "somebody-else");
    model
}

async fn listed(model: Model, fault: Option<simulators::Rule>) -> (Result<Vec<ServiceRow>, Failure>, u64) {
    let (simulated, hostbill) = with_model(model).await;
    if let Some(fault) = fault {
        simulated.with(|model| model.faults.add(fault.on("getClientAccounts")));
    }
    let rows = hostbill.services_of(&id(CLIENT), never()).await;
    (rows, simulated.with(|model| model.requests.count("getClientAccounts")))
}

fn marks(rows: &[ServiceRow]) -> usize {
    rows.iter().map(|row| row.mark.as_str()).collect::<BTreeSet<_>>().len()
}

#[tokio::test]
async fn all_pages_are_read_and_the_first_once_more() {
    let (rows, requests) = listed(sixty(), None).await;
    let rows = rows.unwrap();
    assert_eq!((rows.len(), marks(&rows), requests), (60, 60, 4));
}

#[tokio::test]
async fn a_short_list_is_one_request_with_or_without_a_sorter() {
    for omit in [false, true] {
        let mut model = Model::sample();
        model.settings.omit_short_sorter = omit;
        model.add_account(CLIENT, PRODUCT, "m", "bb-nord-1");
        let (rows, requests) = listed(model, None).await;
        assert_eq!(rows.unwrap().len(), 1);
        assert_eq!(requests, if omit { 2 } else { 1 }, "without a sorter the next page tells the end");
    }
}

#[tokio::test]
async fn a_client_without_services_has_an_empty_list() {
    let (rows, _) = listed(Model::sample(), None).await;
    assert_eq!(rows, Ok(vec![]));
}

#[tokio::test]
async fn a_list_that_moved_once_is_read_again() {
    // How many requests one reading takes: a page that repeats ends it early.
    for (fault, requests) in [
        (ListFault::DropRow { page: 2, row: 3 }, 4),
        (ListFault::RepeatRow { page: 2 }, 4),
        (ListFault::RepeatPage { page: 2 }, 2),
        (ListFault::RowDeleted { after: 1 }, 4),
        (ListFault::TotalHits(-1), 4),
        (ListFault::TotalHits(7), 4),
    ] {
        let (rows, _) = listed(sixty(), Some(Fault::List(fault).times(requests))).await;
        assert_eq!(rows.map(|rows| marks(&rows)), Ok(60), "{fault:?}");
    }
}

#[tokio::test]
async fn a_list_that_never_holds_still_is_not_believed() {
    for fault in [
        ListFault::DropRow { page: 2, row: 3 },
        ListFault::RowDeleted { after: 1 },
        ListFault::IgnorePage,
        ListFault::TotalHits(1),
    ] {
        let (rows, _) = listed(sixty(), Some(Fault::List(fault).always())).await;
        let failure = rows.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Malformed, "{fault:?}");
        assert!(failure.what.contains("getClientAccounts: the listing did not become stable"), "{failure}");
    }
}

#[tokio::test]
async fn rows_that_come_twice_count_once() {
    for fault in [ListFault::Shuffle, ListFault::RowInserted { after: 1 }] {
        let (rows, _) = listed(sixty(), Some(Fault::List(fault).always())).await;
        // Whole or refused; never short, never doubled.
        match rows {
            Ok(rows) => assert_eq!((rows.len(), marks(&rows)), (60, 60), "{fault:?}"),
            Err(failure) => assert_eq!(failure.kind, FailureKind::Malformed, "{fault:?}"),
        }
    }
}

#[tokio::test]
async fn all_clients_are_listed() {
    let mut model = Model::sample();
    for number in 0..70 {
        model.add_client(&format!("post@c{number}.example"), &format!("Company {number}"));
    }
    let (_simulated, hostbill) = with_model(model).await;
    let clients = hostbill.clients(never()).await.unwrap();
    assert_eq!(clients.len(), 72);
    let domains: BTreeSet<_> = clients.iter().filter_map(|client| client.email_domain.as_deref()).collect();
    assert!(domains.len() == 72 && domains.contains("c69.example"));
}
