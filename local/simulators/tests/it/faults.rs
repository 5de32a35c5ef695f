use std::time::Duration;

use serde_json::json;
use simulators::crayon::{self, Crayon};
use simulators::hostbill::{self, HostBill};
use simulators::{Fault, ListFault};

use crate::wire::{Caller, call, done, try_call};

async fn sample() -> (Crayon, Caller) {
    let crayon = Crayon::start(crayon::Model::sample()).await.unwrap();
    let caller = Caller::of(&crayon).await;
    (crayon, caller)
}

const LIST: &str = "/api/v1/subscriptions?Statuses=511&PageSize=2&Page=";

const ORDER: &str = "client_id=512&product=91&cycle=m&confirm=0&invoice_generate=0&invoice_info=0";

#[tokio::test]
async fn statuses_come_with_crayons_own_body_and_retry_after() {
    let (crayon, caller) = sample().await;
    crayon.with(|model| {
        model.faults.add(Fault::status(500).on("GET /subscriptions"));
        model.faults.add(Fault::too_many(Some(3)).on("GET /subscriptions").skip(1));
        model.faults.add(Fault::Status { code: 401, retry_after: None, empty: true }.skip(2));
    });
    let broken = caller.get("subscriptions").await;
    assert_eq!((broken.status, &broken.json()["Message"]), (500, &json!("Ops. Something broke")));
    let limited = caller.get("subscriptions").await;
    assert_eq!((limited.status, limited.header("retry-after").as_deref()), (429, Some("3")));
    let empty = caller.get("subscriptions").await;
    assert_eq!((empty.status, empty.body.as_str()), (401, ""));
    assert_eq!(caller.get("subscriptions").await.status, 200);
}

#[tokio::test]
async fn bodies_can_be_web_pages_empty_or_half() {
    let (crayon, caller) = sample().await;
    crayon.with(|model| {
        model.faults.add(Fault::Html.times(1));
        model.faults.add(Fault::Empty.skip(1));
        model.faults.add(Fault::Truncated.skip(2));
    });
    assert!(caller.get("me").await.body.contains("<html>"));
    assert_eq!(caller.get("me").await.body, "");
    assert!(serde_json::from_str::<serde_json::Value>(&caller.get("me").await.body).is_err());
    assert_eq!(caller.get("me").await.status, 200);
}

#[tokio::test]
async fn a_connection_can_end_before_the_effect_after_it_or_in_mid_answer() {
    let hostbill = HostBill::start(hostbill::Model::sample()).await.unwrap();
    hostbill.with(|model| {
        model.faults.add(Fault::DropBefore.on("addOrder"));
        model.faults.add(Fault::DropAfter.on("addOrder").skip(1));
        model.faults.add(Fault::CutAfter(40).on("addOrder").skip(2));
    });
    for stored in [0, 1, 2] {
        assert!(try_call(&hostbill, "addOrder", ORDER).await.is_err());
        assert_eq!(hostbill.with(|model| model.orders.len()), stored);
    }
    done(&hostbill, "addOrder", ORDER).await;
    assert_eq!(hostbill.with(|model| model.orders.len()), 3);
}

#[tokio::test]
async fn a_reply_lost_after_the_effect_leaves_the_order_stored() {
    let hostbill = HostBill::start(hostbill::Model::sample()).await.unwrap();
    for (at, fault) in
        [Fault::LostStatus(504), Fault::LostGarbage, Fault::LostHtml, Fault::LostEmpty, Fault::Truncated]
            .into_iter()
            .enumerate()
    {
        hostbill.with(|model| model.faults.add(fault.on("addOrder")));
        let answer = try_call(&hostbill, "addOrder", ORDER).await.unwrap();
        assert!(serde_json::from_str::<serde_json::Value>(&answer.body).is_err());
        assert_eq!(hostbill.with(|model| model.orders.len()), at + 1);
    }
}

#[tokio::test]
async fn hostbill_can_say_no_as_list_or_object_and_yes_with_an_error() {
    let hostbill = HostBill::start(hostbill::Model::sample()).await.unwrap();
    hostbill.with(|model| {
        model.faults.add(Fault::Refused(vec!["a".into(), "b".into()]).on("addOrder"));
        model.faults.add(Fault::RefusedAsObject(vec![("product".into(), "c".into())]).on("addOrder").skip(1));
        model.faults.add(Fault::SuccessWithError("d".into()).on("addOrder").skip(2));
        model.faults.add(Fault::Null.on("addOrder").skip(3));
    });
    assert_eq!(call(&hostbill, "addOrder", ORDER).await["error"], json!(["a", "b"]));
    assert_eq!(call(&hostbill, "addOrder", ORDER).await["error"], json!({"product": "c"}));
    assert_eq!(hostbill.with(|model| model.orders.len()), 0);
    let both = call(&hostbill, "addOrder", ORDER).await;
    assert_eq!((&both["success"], &both["error"]), (&json!(true), &json!(["d"])));
    assert_eq!(hostbill.with(|model| model.orders.len()), 1);
    assert!(call(&hostbill, "addOrder", ORDER).await.is_null());
}

#[tokio::test]
async fn a_slow_request_is_worked_on_even_when_the_caller_has_left() {
    let hostbill = HostBill::start(hostbill::Model::sample()).await.unwrap();
    hostbill.with(|model| model.faults.add(Fault::Slow(Duration::from_millis(30)).on("addOrder")));
    let left = tokio::time::timeout(Duration::from_millis(5), try_call(&hostbill, "addOrder", ORDER)).await;
    assert!(left.is_err());
    let stored = async {
        while hostbill.with(|model| model.orders.is_empty()) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), stored).await.unwrap();
}

#[tokio::test]
async fn a_list_can_drop_repeat_and_miscount() {
    let (crayon, caller) = sample().await;
    let page = |page: u32| {
        let path = format!("{LIST}{page}");
        let caller = &caller;
        async move {
            let page = caller.try_send("GET", &path, "").await.unwrap().json();
            (crate::wire::ids(&page), page["TotalHits"].as_i64().unwrap())
        }
    };
    let add = |fault| crayon.with(|model| model.faults.add(Fault::List(fault).on("GET /subscriptions")));
    add(ListFault::DropRow { page: 1, row: 1 });
    assert_eq!(page(1).await, (vec![120_045], 5));
    add(ListFault::RepeatPage { page: 2 });
    assert_eq!(page(2).await, (vec![120_045, 120_046], 5));
    add(ListFault::TotalHits(-1));
    assert_eq!(page(3).await, (vec![120_049], 4));
    add(ListFault::RowDeleted { after: 1 });
    assert_eq!(page(2).await, (vec![120_048, 120_049], 4));
    add(ListFault::RowInserted { after: 1 });
    assert_eq!(page(2).await, (vec![120_046, 120_047], 6));
    assert_eq!(page(2).await, (vec![120_047, 120_048], 5));
}

#[tokio::test]
async fn faults_counters_and_time_can_be_driven_from_outside() {
    let (crayon, caller) = sample().await;
    let post = |path: &'static str, body: &'static str| {
        let url = format!("{}{path}", crayon.url());
        async move { crate::wire::send("POST", &url, &[], body).await.unwrap() }
    };
    post("/_sim/faults", r#"{"fault":"status","code":503,"on":"GET /me"}"#).await;
    assert_eq!(caller.get("me").await.status, 503);
    assert_eq!(caller.get("me").await.status, 200);
    let counters =
        crate::wire::send("GET", &format!("{}/_sim/counters", crayon.url()), &[], "").await.unwrap().json();
    assert_eq!(counters["counts"]["GET /me"], 2);
    post("/_sim/reset", "").await;
    assert_eq!(crayon.with(|model| model.requests.total()), 0);
    assert_eq!(post("/_sim/clock", r#"{"advance_days":30}"#).await.json()["now"], "2026-04-01 08:00:00");
    assert_eq!(post("/_sim/change-percent", r#"{"percent":100}"#).await.json()["changed"], 5);
    assert_eq!(post("/_sim/faults", r#"{"fault":"nonsense"}"#).await.status, 400);
    assert_eq!(post("/_sim/nothing", "").await.status, 404);
}
