//! What is known, listed and looked at.

use crate::world::World;
use domain::access::Scope;
use domain::audit::AuditDraft;
use domain::ports::{FiguresStore as _, LeaseStore as _, OrderStore as _, RecordStore as _};
use domain::record::{ParkReason, SyncRecord, SyncState};
use serde_json::{Value, json};
use testkit::builders;

async fn keep(world: &World, records: &[SyncRecord]) {
    let (now, until) = (builders::moment(0), builders::moment(60));
    let lease = world.store.acquire("acme", &builders::run_id(1), now, until).await.unwrap().unwrap();
    world.store.put_records(&lease, records).await.unwrap();
}

fn parked(id: &str) -> SyncRecord {
    let detail = "tenant 500 has no client".to_owned();
    let state = SyncState::Parked { reason: ParkReason::CustomerUnlinked, detail };
    SyncRecord { state, applied: None, service: None, ..builders::record(id) }
}

async fn estate(world: &World) {
    let synced = (0..30).map(|n| builders::record(&format!("s{n:02}")));
    let set_aside = (0..5).map(|n| parked(&format!("p{n}")));
    keep(world, &synced.chain(set_aside).collect::<Vec<_>>()).await;
}

async fn every_page(world: &World, token: &str, place: &str) -> Vec<Value> {
    let (mut items, mut cursor) = (Vec::new(), String::new());
    for _ in 0..100 {
        let page = world.get(token, &format!("{place}{cursor}")).await.with(200).json();
        items.extend(page["items"].as_array().unwrap().clone());
        let Some(next) = page["next"].as_str() else { return items };
        cursor = format!("&cursor={next}");
    }
    panic!("{place} does not end")
}

#[tokio::test]
async fn records_are_read_in_pages_each_once_and_picked_by_state() {
    let world = World::new().await;
    let token = world.reader().await;
    estate(&world).await;
    let all = every_page(&world, &token, "/api/records?limit=7").await;
    let mut ids: Vec<_> = all.iter().map(|one| one["subscription"].to_string()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!((all.len(), ids.len()), (35, 35));
    for (state, count) in [("parked", 5), ("synced", 30), ("ended", 0), ("pending", 0), ("error", 0)] {
        let some = every_page(&world, &token, &format!("/api/records?limit=3&state={state}")).await;
        assert_eq!(some.len(), count, "{state}");
        assert!(some.iter().all(|one| one["state"] == state), "{state}");
    }
}

#[tokio::test]
async fn what_is_parked_says_why_and_what_to_do_about_it() {
    let world = World::new().await;
    let token = world.reader().await;
    estate(&world).await;
    let items = every_page(&world, &token, "/api/parked?limit=2").await;
    assert_eq!(items.len(), 5);
    assert_eq!(items[0]["reason"], "customer-unlinked");
    assert_eq!(items[0]["detail"], "tenant 500 has no client");
    assert!(items[0]["cure"].as_str().unwrap().contains("link the customer"));
}

#[tokio::test]
async fn a_record_shows_its_price_and_its_history_the_newest_first() {
    let world = World::new().await;
    let token = world.reader().await;
    estate(&world).await;
    for n in 0..40 {
        let mut order = builders::order(n);
        let about = if n % 4 == 0 { "s01" } else { "s02" };
        order.subscription = Some(builders::parsed(about));
        let audit = AuditDraft { what: format!("number {n}"), ..builders::order_audit(&order) };
        world.store.put_order(&order, audit).await.unwrap();
    }
    let shown = world.get(&token, "/api/records/acme/s01").await.with(200).json();
    assert_eq!(shown["record"]["price"]["explanation"], "resale 4.00 EUR");
    assert_eq!(shown["record"]["applied"]["amount"], json!({"amount": "40.00", "currency": "EUR"}));
    let history: Vec<_> = shown["history"].as_array().unwrap().iter().map(|one| &one["what"]).collect();
    assert_eq!((history.len(), history[0], history[9]), (10, &json!("number 36"), &json!("number 0")));
    assert_eq!(shown["before"], Value::Null);
    // More is written: what was learnt about the log's length does not hide it.
    let mut order = builders::order(90);
    order.subscription = Some(builders::parsed("s01"));
    let audit = AuditDraft { what: "the newest".into(), ..builders::order_audit(&order) };
    world.store.put_order(&order, audit).await.unwrap();
    let shown = world.get(&token, "/api/records/acme/s01").await.with(200).json();
    assert_eq!(shown["history"][0]["what"], "the newest");
    let further = world.get(&token, "/api/records/acme/s01?before=10").await.with(200).json();
    let further: Vec<_> =
        further["history"].as_array().unwrap().iter().map(|one| one["sequence"].clone()).collect();
    assert_eq!(further, [9, 5, 1]);
    for nobody in [
        "/api/records/acme/s99",
        "/api/records/nobody/s01",
        "/api/records/acme/%F0%9F",
        "/api/records/a%2Fb/x",
    ] {
        world.get(&token, nobody).await.with(404);
    }
}

#[tokio::test]
async fn the_audit_log_is_read_in_order_and_can_be_verified_by_whoever_reads_it() {
    let world = World::new().await;
    let token = world.reader().await;
    for n in 0..12 {
        let order = builders::order(n);
        world.store.put_order(&order, builders::order_audit(&order)).await.unwrap();
    }
    let (mut after, mut seen) = (0, Vec::new());
    loop {
        let page = world.get(&token, &format!("/api/audit?limit=5&after={after}")).await.with(200).json();
        seen.extend(page["items"].as_array().unwrap().clone());
        let Some(next) = page["next"].as_u64() else { break };
        after = next;
    }
    assert_eq!(seen.len(), 12);
    for pair in seen.windows(2) {
        assert_eq!(pair[0]["hash"], pair[1]["previous"]);
    }
}

#[tokio::test]
async fn figures_are_given_for_the_days_that_were_counted() {
    let world = World::new().await;
    let token = world.reader().await;
    for day in ["2026-10-01", "2026-11-03", "2026-11-05"] {
        world.store.put_figures(&builders::figures(builders::parsed(day))).await.unwrap();
    }
    let days = |answer: Value| -> Vec<String> {
        answer["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["day"].as_str().unwrap().to_owned())
            .collect()
    };
    let usual = world.get(&token, "/api/figures").await.with(200).json();
    assert_eq!(days(usual.clone()), ["2026-11-03", "2026-11-05"]);
    assert_eq!(usual["items"][0]["atStake"], json!({"EUR": "8.00", "JPY": "980"}));
    assert_eq!(usual["items"][0]["drift"], json!({"day": 1, "older": 1}));
    let asked = world.get(&token, "/api/figures?from=2026-10-01&to=2026-11-03").await.with(200).json();
    assert_eq!(days(asked), ["2026-10-01", "2026-11-03"]);
    for odd in [
        "from=2026-11-06&to=2026-11-05",
        "from=1970-01-01",
        "from=yesterday",
        "to=9999-99-99",
        "from=-9999-01-01&to=9999-12-31",
    ] {
        world.get(&token, &format!("/api/figures?{odd}")).await.with(422);
    }
}

#[tokio::test]
async fn customers_are_asked_for_once_in_ten_minutes_and_stay_while_the_supplier_is_away() {
    let world = World::new().await;
    let token = world.reader().await;
    let asked = || world.crayon.with(|model| model.requests.total());
    let customers = world.get(&token, "/api/customers").await.with(200).json();
    let names: Vec<_> =
        customers["items"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
    assert_eq!(names, ["Fjord Kaffe AB", "Nordlys Regnskap AS"]);
    assert_eq!(
        (&customers["items"][0]["linked"], &customers["items"][1]["linked"]),
        (&json!(true), &json!(false))
    );
    let once = asked();
    world.get(&token, "/api/customers?linked=false").await.with(200);
    assert_eq!(asked(), once, "the list is remembered");
    world.clock.advance(jiff::SignedDuration::from_mins(11));
    world.crayon.with(|model| model.faults.add(simulators::Fault::DropBefore.always()));
    let stale = world.get(&token, "/api/customers?linked=false").await.with(200).json();
    assert_eq!(
        stale["items"].as_array().unwrap().len(),
        1,
        "the last list serves while the supplier is away"
    );
    assert!(asked() > once, "and is asked for anew");
}

#[tokio::test]
async fn a_supplier_that_cannot_be_asked_is_said_to_be_away() {
    let world = World::new().await;
    let token = world.reader().await;
    world.crayon.with(|model| model.faults.add(simulators::Fault::DropBefore.always()));
    assert_eq!(world.get(&token, "/api/customers").await.with(503).code(), "unavailable");
    assert_eq!(world.get(&token, "/api/catalogue?search=exchange").await.with(503).code(), "unavailable");
}

#[tokio::test]
async fn the_catalogue_is_searched_and_says_what_is_linked() {
    let world = World::new().await;
    let token = world.reader().await;
    let found = world.get(&token, "/api/catalogue?organisation=acme&search=Exchange").await.with(200).json();
    let items = found["items"].as_array().unwrap();
    let monthly = items.iter().find(|one| one["offer"] == crate::world::offer_key().to_string()).unwrap();
    assert_eq!(monthly["product"], world.product.to_string());
    assert_eq!(monthly["name"], "Exchange Online (Plan 1)");
    assert_eq!(monthly["prices"]["cost"]["currency"], "EUR");
    for odd in
        ["", "search=", "search=x", "search=%00%00", "search=exchange&limit=0", "search=exchange&limt=1"]
    {
        world.get(&token, &format!("/api/catalogue?{odd}")).await.with(422);
    }
}

#[tokio::test]
async fn where_there_are_several_organisations_one_has_to_be_named() {
    let world = World::new().await;
    let token = world.reader().await;
    world.store.edit_settings(|settings| {
        let mut other = settings.organisations[0].clone();
        other.id = builders::parsed("other");
        settings.organisations.push(other);
    });
    for list in ["records", "parked", "runs", "audit", "figures", "customers"] {
        let answer = world.get(&token, &format!("/api/{list}")).await.with(422);
        assert!(answer.text.contains("acme, other"), "{list}: {}", answer.text);
        world.get(&token, &format!("/api/{list}?organisation=other")).await.with(200);
        world.get(&token, &format!("/api/{list}?organisation=third")).await.with(404);
    }
}

#[tokio::test]
async fn a_filter_that_is_mistyped_is_refused_rather_than_ignored() {
    let world = World::new().await;
    let token = world.reader().await;
    for place in [
        "records?stat=parked",
        "parked?state=x",
        "links?knd=tenant",
        "runs?lmit=1",
        "audit?from=1",
        "customers?serach=x",
        "figures?since=2026-01-01",
    ] {
        let answer = world.get(&token, &format!("/api/{place}")).await.with(422);
        assert_eq!(answer.code(), "invalid", "{place}");
    }
}

#[tokio::test]
async fn the_settings_are_shown_as_the_operator_writes_them() {
    let world = World::new().await;
    let token = world.reader().await;
    let settings = world.get(&token, "/api/settings").await.with(200).json();
    let acme = &settings["organisations"][0];
    assert_eq!(
        (&acme["id"], &acme["supplier"], &acme["pricePer"]),
        (&json!("acme"), &json!("crayon"), &json!("cycle"))
    );
    assert_eq!(acme["policy"]["brake"]["maxReducedPercent"], "10");
    assert_eq!(settings["priceRules"][0]["method"], "pass-through");
    assert_eq!(settings["orders"]["approval"], json!([]));
}

#[tokio::test]
async fn a_price_is_worked_out_with_the_arithmetic_in_words() {
    let world = World::new().await;
    let token = world.reader().await;
    world.store.edit_settings(|settings| {
        let mut rule = builders::price_rule("markup");
        rule.method = domain::price::Method::Markup {
            percent: builders::parsed("15"),
            basis: domain::price::Basis::Cost,
        };
        settings.price_rules = domain::price::PriceRules::new(vec![rule]);
    });
    let place = "/api/price-rules/example?currency=EUR&cost=2.85&quantity=12";
    let worked = world.get(&token, place).await.with(200).json();
    assert_eq!(worked["price"]["explanation"], "cost 2.85 EUR + 15 % = 3.2775 EUR → 3.28 EUR (half-up)");
    assert_eq!(worked["total"], json!({"amount": "39.36", "currency": "EUR"}));
    assert_eq!(worked["margin"], json!({"amount": "5.16", "currency": "EUR"}));
    let none = world.get(&token, "/api/price-rules/example?currency=EUR&list=4").await.with(422);
    assert_eq!(none.code(), "no-price");
    for odd in [
        "cost=2.85",
        "currency=EUR&cost=-1",
        "currency=EUR&cost=1e9",
        "currency=EUR&cost=1&quantity=0",
        "currency=XXY&cost=1",
        "currency=EUR&cost=99999999999999999999999999999999",
        "currency=EUR&cost=1&day=today",
        "currency=EUR&cost=1&rule=%20",
    ] {
        world.get(&token, &format!("/api/price-rules/example?{odd}")).await.with(422);
    }
}

#[tokio::test]
async fn the_document_is_served_to_everybody_and_is_the_one_that_was_prepared() {
    let world = World::new().await;
    let served = world.get("", "/api/openapi.json").await.with(200);
    assert_eq!(served.header("content-type"), "application/json");
    assert_eq!(served.json(), serde_json::to_value(web::openapi()).unwrap());
    let reference = world.app.document.reference().unwrap();
    let calls: Vec<_> = reference.groups.iter().flat_map(|group| &group.calls).collect();
    let sync = calls.iter().find(|call| call.id == "requestSync").unwrap();
    assert_eq!((sync.method.as_str(), sync.path.as_str()), ("POST", "/api/sync/manual"));
    assert_eq!(sync.scopes, [Scope::Sync.as_str()]);
    assert_eq!(sync.body.as_ref().unwrap().shape.as_deref(), Some("ManualSync"));
    assert!(sync.parameters.iter().any(|one| one.name == "Idempotency-Key"));
    assert!(reference.shapes.iter().any(|shape| shape.name == "ManualSync" && shape.fields.len() == 2));
}

#[tokio::test]
async fn a_long_log_is_looked_through_from_its_end_and_further_back_when_asked() {
    let world = World::new().await;
    let token = world.reader().await;
    keep(&world, &[builders::record("s01")]).await;
    let order = builders::order(0);
    for n in 1_u32..=4_100 {
        let mut order = domain::order::Order { version: n, ..order.clone() };
        order.subscription = Some(builders::parsed(if n % 1_000 == 1 { "s01" } else { "s02" }));
        world.store.put_order(&order, builders::order_audit(&order)).await.unwrap();
    }
    let seen = |answer: &Value| -> Vec<u64> {
        answer["history"].as_array().unwrap().iter().map(|one| one["sequence"].as_u64().unwrap()).collect()
    };
    let newest = world.get(&token, "/api/records/acme/s01").await.with(200).json();
    assert_eq!((seen(&newest), &newest["before"]), (vec![4_001, 3_001], &json!(2_101)));
    let further = world.get(&token, "/api/records/acme/s01?before=2101").await.with(200).json();
    assert_eq!((seen(&further), &further["before"]), (vec![2_001, 1_001], &json!(101)));
    let oldest = world.get(&token, "/api/records/acme/s01?before=101").await.with(200).json();
    assert_eq!((seen(&oldest), &oldest["before"]), (vec![1], &Value::Null));
    // The log's length is remembered: another look reads what it shows and one entry more.
    let before = world.store.steps();
    world.get(&token, "/api/records/acme/s01").await.with(200);
    assert!(world.store.steps() - before <= 8, "{} calls", world.store.steps() - before);
}
