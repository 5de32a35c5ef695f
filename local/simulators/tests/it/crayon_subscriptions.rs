use serde_json::{Value, json};
use simulators::Moment;
use simulators::crayon::{Crayon, Model, Status};

use crate::wire::Caller;

async fn sample() -> (Crayon, Caller) {
    let crayon = Crayon::start(Model::sample()).await.unwrap();
    let caller = Caller::of(&crayon).await;
    (crayon, caller)
}

async fn put(caller: &Caller, id: u32, change: impl FnOnce(&mut Value)) -> crate::wire::Answer {
    let mut whole = caller.get(&format!("subscriptions/{id}")).await.json();
    change(&mut whole);
    caller.send("PUT", &format!("subscriptions/{id}"), &whole.to_string()).await
}

#[tokio::test]
async fn a_single_subscription_shows_pricing_and_year_9999_for_legacy() {
    let (_crayon, caller) = sample().await;
    let row = caller.get("subscriptions/120045").await.json();
    assert_eq!(
        row["Pricing"],
        json!({"CurrencyCode": "EUR", "PurchasePrice": 3.28, "RecommendedRetailPrice": 4.0})
    );
    assert_eq!(row["OriginalAgreementId"], 82049);
    let legacy = caller.get("subscriptions/120047").await.json();
    assert_eq!(legacy["CommitmentEndDate"], "9999-12-31T00:00:00+00:00");
    assert!(legacy["TermDuration"].is_null() && legacy["AutoRenewEnabled"].is_null());
    let price = caller.get("subscriptions/120045/price").await.json();
    assert_eq!(price, json!({"Value": 3.28, "CurrencyCode": "EUR"}));
    assert_eq!(caller.get("subscriptions/999").await.status, 404);
}

#[tokio::test]
async fn seats_change_by_putting_the_whole_object_back() {
    let (crayon, caller) = sample().await;
    let answer = put(&caller, 120_045, |whole| whole["Quantity"] = json!(30)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["Quantity"], 30);
    crayon.with(|model| {
        let row = model.subscription(120_045).unwrap();
        assert_eq!((row.quantity, row.status, row.auto_renew), (30, Status::ACTIVE, Some(true)));
        assert!(row.name.is_none());
    });
}

#[tokio::test]
async fn a_put_of_a_part_is_refused_because_missing_members_count_as_nothing() {
    let (crayon, caller) = sample().await;
    let answer = caller.send("PUT", "subscriptions/120045", r#"{"Quantity": 30}"#).await;
    assert_eq!(answer.status, 400);
    assert_eq!(crayon.with(|model| model.subscription(120_045).unwrap().quantity), 25);
}

#[tokio::test]
async fn quantities_stay_within_limits_and_fall_only_while_the_window_is_open() {
    let (crayon, caller) = sample().await;
    for quantity in [0, 301, 24] {
        assert_eq!(
            put(&caller, 120_045, |whole| whole["Quantity"] = json!(quantity)).await.status,
            400,
            "{quantity}"
        );
    }
    crayon.with(|model| {
        let until = model.clock.now().plus_days(1);
        model.subscription_mut(120_045).unwrap().cancellable_until = Some(until);
    });
    assert_eq!(put(&caller, 120_045, |whole| whole["Quantity"] = json!(24)).await.status, 200);
}

#[tokio::test]
async fn only_active_subscriptions_change_but_a_suspended_one_may_be_activated() {
    let (crayon, caller) = sample().await;
    assert_eq!(put(&caller, 120_048, |whole| whole["Quantity"] = json!(9)).await.status, 400);
    assert_eq!(put(&caller, 120_048, |whole| whole["Status"] = json!(1)).await.status, 200);
    assert_eq!(put(&caller, 120_048, |whole| whole["Status"] = json!(2)).await.status, 200);
    assert_eq!(crayon.with(|model| model.subscription(120_048).unwrap().status), Status::SUSPENDED);
    assert_eq!(put(&caller, 120_047, |whole| whole["Status"] = json!(8)).await.status, 200);
    assert_eq!(
        crayon.with(|model| model.subscription(120_047).unwrap().status),
        Status::CUSTOMER_CANCELLATION
    );
}

#[tokio::test]
async fn create_wants_term_and_cycle_for_new_commerce() {
    let (crayon, caller) = sample().await;
    let mut body = json!({"name": "x", "customerTenant": {"id": 5312}, "product": {"partNumber": "CFQ7TTC0LH16:0001"}, "quantity": 3});
    assert_eq!(caller.send("POST", "subscriptions", &body.to_string()).await.status, 400);
    body["billingCycle"] = json!(1);
    body["termDuration"] = json!("P1M");
    let made = caller.send("POST", "subscriptions", &body.to_string()).await.json();
    assert_eq!(made["Id"], 120_050);
    assert_eq!(made["Status"], 1);
    crayon.with(|model| model.choices.create_pending = true);
    let pending = caller.send("POST", "subscriptions", &body.to_string()).await.json();
    assert_eq!(pending["Status"], 64);
    crayon.with(Model::tick);
    assert_eq!(caller.get("subscriptions/120051").await.json()["Status"], 1);
}

#[tokio::test]
async fn tags_are_replaced_as_a_whole_and_all_null_deletes_them() {
    let (crayon, caller) = sample().await;
    let set = |body: &'static str| caller.send("POST", "subscriptions/120045/tags", body);
    assert_eq!(set(r#"{"CostCenter": "42", "Owner": "Ada"}"#).await.body, "true");
    set(r#"{"Project": "P"}"#).await;
    let tags = caller.get("subscriptions/120045/tags").await.json();
    assert_eq!(tags["Project"], "P");
    assert!(tags["CostCenter"].is_null());
    set(r#"{"Project": null}"#).await;
    let gone =
        crayon.with(|model| model.subscription(120_045).unwrap().extra.as_ref().unwrap().tags.is_none());
    assert!(gone);
}

#[tokio::test]
async fn at_the_end_of_a_term_a_subscription_renews_as_instructed_or_expires() {
    let (crayon, caller) = sample().await;
    crayon.with(|model| {
        model.subscription_mut(120_046).unwrap().auto_renew = Some(false);
        model.advance_to(Moment::ymd(2026, 4, 2));
    });
    let caller_again = Caller::of(&crayon).await;
    assert_eq!(caller.get("me").await.status, 401);
    let renewed = caller_again.get("subscriptions/120049").await.json();
    assert_eq!((&renewed["Quantity"], &renewed["TermDuration"]), (&json!(9), &json!("P1Y")));
    assert_eq!(renewed["StartDate"], "2026-04-01T00:00:00");
    assert_eq!(renewed["EndDate"], "2027-03-31T23:59:59");
    assert_eq!(renewed["CancellationAllowedUntilDate"], "2026-04-08T00:00:00Z");
    assert!(renewed["ScheduledNextTermInstructions"].is_null());
    assert_eq!(caller_again.get("subscriptions/120046").await.json()["Status"], 32);
}
