use serde_json::{Value, json};
use simulators::crayon::{Crayon, Model, OrderState};
use simulators::{Fault, Moment};

use crate::wire::Caller;

async fn sample() -> (Crayon, Caller) {
    let crayon = Crayon::start(Model::sample()).await.unwrap();
    let caller = Caller::of(&crayon).await;
    (crayon, caller)
}

fn order() -> Value {
    json!({"CustomerTenantId": 5312, "PartNumber": "CFQ7TTC0LH16:0001", "BillingCycle": 1, "TermDuration": "P1Y",
           "Quantity": 4, "CustomTermEndDate": null, "ScheduledDate": null})
}

const ORDERS: &str = "subscriptions/new-commerce-orders";

#[tokio::test]
async fn an_order_answers_a_guid_and_its_subscription_after_a_tick() {
    let (crayon, caller) = sample().await;
    let placed = caller.send("POST", ORDERS, &order().to_string()).await.json();
    assert_eq!(placed["IsSuccessful"], true);
    let path = format!("{ORDERS}/{}", placed["NewCommerceOrderId"].as_str().unwrap());
    assert_eq!(caller.get(&path).await.json(), json!([]));
    let made = caller.get(&path).await.json();
    assert_eq!(made, json!([120_050]));
    assert_eq!(crayon.with(|model| model.subscription(120_050).unwrap().quantity), 4);
    assert_eq!(caller.get(&path).await.json(), made);
    assert_eq!(caller.get(&format!("{ORDERS}/3d0a5a52-0000-0000-0000-000000000000")).await.status, 404);
}

#[tokio::test]
async fn a_refused_order_is_a_200_that_says_no() {
    let (crayon, caller) = sample().await;
    for (member, value) in [
        ("CustomerTenantId", json!(5313)),
        ("PartNumber", json!("NOPE:0001")),
        ("TermDuration", json!("P9Y")),
        ("BillingCycle", json!(8)),
        ("Quantity", json!(0)),
    ] {
        let mut body = order();
        body[member] = value;
        let answer = caller.send("POST", ORDERS, &body.to_string()).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.json()["IsSuccessful"], false, "{member}");
        assert!(answer.json()["NewCommerceOrderId"].is_null());
    }
    assert!(crayon.with(|model| model.orders.is_empty()));
}

#[tokio::test]
async fn five_means_triennial_on_an_order_and_eight_on_its_subscription() {
    let (crayon, caller) = sample().await;
    let mut body = order();
    body["BillingCycle"] = json!(5);
    body["TermDuration"] = json!("P3Y");
    caller.send("POST", ORDERS, &body.to_string()).await;
    crayon.with(Model::tick);
    assert_eq!(caller.get("subscriptions/120050").await.json()["BillingCycle"], 8);
}

#[tokio::test]
async fn the_same_order_twice_is_two_orders_even_when_the_first_reply_is_lost() {
    let (crayon, caller) = sample().await;
    crayon.with(|model| model.faults.add(Fault::DropAfter.on("POST /subscriptions/new-commerce-orders")));
    let body = order().to_string();
    let lost = caller.try_send("POST", &format!("/api/v1/{ORDERS}"), &body).await;
    assert!(lost.is_err());
    assert_eq!(crayon.with(|model| model.orders.len()), 1);
    caller.send("POST", ORDERS, &body).await;
    assert_eq!(crayon.with(|model| model.orders.len()), 2);
    let seen = caller.get("purchaserequest/orders?customerTenantId=5312").await.json();
    assert_eq!(seen["TotalHits"], 2);
    assert_eq!(seen["Items"][0]["OrderState"], "Processing");
}

#[tokio::test]
async fn a_scheduled_order_waits_for_its_day_or_is_cancelled_once() {
    let (crayon, caller) = sample().await;
    let mut body = order();
    body["ScheduledDate"] = json!("2026-03-20");
    assert!(caller.send("POST", ORDERS, &body.to_string()).await.json()["NewCommerceOrderId"].is_null());
    caller.send("POST", ORDERS, &body.to_string()).await;
    let listed = caller.get("scheduledpurchaserequest?resellerCustomerId=5312").await.json();
    assert_eq!(listed.as_array().unwrap().len(), 2);
    let reference = listed[0]["OrderReferenceId"].as_str().unwrap();
    let path = format!("scheduledpurchaserequest/cancel-order/{reference}/1");
    assert_eq!(caller.send("PUT", &path, "").await.status, 200);
    assert_eq!(caller.send("PUT", &path, "").await.status, 400);
    crayon.with(|model| {
        model.advance_to(Moment::ymd(2026, 3, 21));
        let states: Vec<OrderState> = model.orders.iter().map(|order| order.state).collect();
        assert_eq!(states, [OrderState::Cancelled, OrderState::Succeeded]);
    });
}

#[tokio::test]
async fn next_term_instructions_are_kept_as_text() {
    let (_crayon, caller) = sample().await;
    let body = json!({"Quantity": 20, "BillingCycle": 5, "TermDuration": "P3Y"}).to_string();
    let answer = caller.send("POST", "subscriptions/120045/next-term-instructions", &body).await;
    assert_eq!(
        answer.json(),
        json!({"IsSuccessful": true, "ErrorReasonCode": null, "ErrorDescription": null})
    );
    let next = &caller.get("subscriptions/120045").await.json()["ScheduledNextTermInstructions"];
    assert_eq!(next["Quantity"], 20);
    assert_eq!(next["Product"]["BillingCycle"], "Triennial");
    assert_eq!(next["Product"]["ProductId"], "CFQ7TTC0LH16");
    let refused = caller.send("POST", "subscriptions/120047/next-term-instructions", "{}").await;
    assert_eq!((refused.status, &refused.json()["IsSuccessful"]), (200, &json!(false)));
}
