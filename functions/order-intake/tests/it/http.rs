//! The routes: who may do what, what is answered, and the same request twice.

use crate::world::{OFFER, World};
use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use domain::access::Scope;
use domain::order::OrderState;
use domain::ports::{Notice, OrderFilter, OrderStore as _};
use http_body_util::BodyExt as _;
use order_intake::{openapi, router};
use serde_json::{Value, json};
use tower::ServiceExt as _;

struct Client {
    router: Router,
    token: String,
}

struct Answer {
    status: StatusCode,
    headers: axum::http::HeaderMap,
    body: Value,
}

impl Answer {
    fn code(&self) -> (u16, &str) {
        (self.status.as_u16(), self.body["code"].as_str().unwrap_or_default())
    }
}

impl Client {
    async fn new(world: &World, owner: &str, scopes: &[Scope]) -> Self {
        world.knows(owner).await;
        Self { router: router(&world.process().deps), token: world.token(Some(owner), scopes).await }
    }

    async fn ask(&self, method: Method, path: &str, key: Option<&str>, body: Option<&Value>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        request = request.header("Authorization", format!("Bearer {}", self.token));
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        let request = match body {
            Some(body) => {
                request.header("Content-Type", "application/json").body(Body::from(body.to_string()))
            }
            None => request.body(Body::empty()),
        };
        answered(&self.router, request.unwrap()).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, None, None).await
    }

    async fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask(Method::POST, path, None, Some(body)).await
    }
}

async fn answered(router: &Router, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let body = response.into_body().collect().await.unwrap().to_bytes();
    Answer { status, headers, body: serde_json::from_slice(&body).unwrap_or(Value::Null) }
}

async fn clerk(world: &World) -> Client {
    Client::new(world, "usr_anna", &[Scope::Read, Scope::OrdersWrite]).await
}

async fn approver(world: &World) -> Client {
    Client::new(world, "usr_bo", &[Scope::Read, Scope::OrdersWrite, Scope::OrdersApprove]).await
}

fn wanted(world: &World, quantity: u32) -> Value {
    let tenant = world.tenants[0].to_string();
    json!({"organisation": "nordic", "tenant": tenant, "offer": OFFER, "quantity": quantity})
}

fn eur(amount: &str) -> Value {
    json!({"total": {"amount": amount, "currency": "EUR"}})
}

#[tokio::test]
async fn an_order_is_quoted_taken_approved_and_read_over_http() {
    let world = World::new().await;
    let (anna, bo) = (clerk(&world).await, approver(&world).await);
    let quoted = anna.post("/api/orders/quote", &wanted(&world, 12)).await;
    assert_eq!(quoted.status, StatusCode::OK, "{}", quoted.body);
    assert_eq!(quoted.body["quote"]["total"], json!({"amount": "39.36", "currency": "EUR"}));
    assert_eq!(quoted.body["needs"], "someone-else");
    assert_eq!(
        world.store.list_orders(&world.organisation.id, OrderFilter::All, None, 9).await.unwrap().items,
        []
    );
    let taken = anna.post("/api/orders", &wanted(&world, 12)).await;
    assert_eq!(taken.status, StatusCode::CREATED, "{}", taken.body);
    let address = taken.headers["location"].to_str().unwrap().to_owned();
    assert_eq!(address, format!("/api/orders/{}", taken.body["id"].as_str().unwrap()));
    assert_eq!(
        (&taken.body["state"], &taken.body["customerName"]),
        (&json!("pending_approval"), &json!("Fjord Kaffe AB"))
    );
    assert_eq!(world.bus.all(), [], "there is nothing to do yet");
    let own = anna_approves(&world, &address).await;
    assert_eq!(own.code(), (403, "own-order"));
    let other = bo.post(&format!("{address}/approve"), &eur("39.35")).await;
    assert_eq!(other.code(), (409, "another-total"));
    let approved = bo.post(&format!("{address}/approve"), &eur("39.360")).await;
    assert_eq!((approved.status, &approved.body["state"]), (StatusCode::OK, &json!("approved")));
    assert!(matches!(world.bus.all()[..], [Notice::OrderApproved { .. }]));
    let read = anna.get(&address).await;
    let steps: Vec<_> = read.body["timeline"].as_array().unwrap().iter().map(|step| &step["to"]).collect();
    assert_eq!(steps, ["draft", "pending_approval", "approved"]);
    let listed = anna.get("/api/orders?state=open&organisation=nordic").await;
    assert_eq!(listed.body["items"][0]["id"], read.body["id"]);
    assert_eq!(listed.body["items"][0].get("timeline"), None);
}

async fn anna_approves(world: &World, address: &str) -> Answer {
    let anna = Client::new(world, "usr_anna", &[Scope::OrdersApprove]).await;
    anna.post(&format!("{address}/approve"), &eur("39.36")).await
}

#[tokio::test]
async fn the_same_request_sent_twice_is_one_order() {
    let world = World::new().await;
    let anna = clerk(&world).await;
    let body = wanted(&world, 3);
    let first = anna.ask(Method::POST, "/api/orders", Some("click-1"), Some(&body)).await;
    let second = anna.ask(Method::POST, "/api/orders", Some("click-1"), Some(&body)).await;
    assert_eq!((first.status, second.status), (StatusCode::CREATED, StatusCode::CREATED));
    assert_eq!(first.body, second.body);
    assert_eq!(second.headers["idempotency-replayed"], "true");
    let another = anna.ask(Method::POST, "/api/orders", Some("click-1"), Some(&wanted(&world, 4))).await;
    assert_eq!(another.code(), (422, "key-used"));
    let listed = anna.get("/api/orders").await;
    assert_eq!(listed.body["items"].as_array().unwrap().len(), 1);
}

/// A process whose table fails or dies at a step, as Anna sees it.
async fn ask_at_a_step(
    world: &World,
    anna: &Client,
    step: u64,
    prepare: impl Fn(&crate::world::Process),
) -> Answer {
    let process = world.process();
    let troubled = Client { router: router(&process.deps), token: anna.token.clone() };
    prepare(&process);
    let body = wanted(world, 3);
    let asked = troubled.ask(Method::POST, "/api/orders", Some("click-1"), Some(&body)).await;
    assert!(process.store.steps() >= step, "step {step} was not reached");
    asked
}

#[tokio::test]
async fn whatever_fails_while_it_is_taken_the_same_request_sent_again_makes_one_order_at_most() {
    let steps = {
        let world = World::new().await;
        let anna = clerk(&world).await;
        let process = world.process();
        let clean = Client { router: router(&process.deps), token: anna.token.clone() };
        clean.ask(Method::POST, "/api/orders", Some("click-1"), Some(&wanted(&world, 3))).await;
        process.store.steps()
    };
    assert!(steps >= 5, "only {steps} steps");
    for step in 1..=steps {
        for moment in testkit::Moment::BOTH {
            for dies in [false, true] {
                let world = World::new().await;
                let anna = clerk(&world).await;
                let trouble = |process: &crate::world::Process| {
                    if dies {
                        process.store.kill_at(step, moment);
                    } else {
                        process.store.fail_after(step, moment);
                    }
                };
                let first = ask_at_a_step(&world, &anna, step, trouble).await;
                world.later(2);
                let again =
                    anna.ask(Method::POST, "/api/orders", Some("click-1"), Some(&wanted(&world, 3))).await;
                let kept = anna.get("/api/orders").await;
                let orders = kept.body["items"].as_array().unwrap();
                let when = format!("step {step} {moment:?}, dies: {dies}: {} {}", first.body, again.body);
                assert!(orders.len() <= 1, "{} orders, {when}", orders.len());
                match again.code() {
                    (201, _) => assert_eq!(again.body["id"], orders[0]["id"], "{when}"),
                    (409, "order-unclear") => assert_eq!(first.code(), again.code(), "{when}"),
                    _ => panic!("{when}"),
                }
            }
        }
    }
}

#[tokio::test]
async fn two_people_who_approve_at_once_both_see_it_approved_once() {
    let world = World::new().await;
    let order = world.take(world.new_order(12)).await;
    let (bo, cy) = (approver(&world).await, Client::new(&world, "usr_cy", &[Scope::OrdersApprove]).await);
    let path = format!("/api/orders/{}/approve", order.id);
    let sum = eur("39.36");
    let (one, two) = tokio::join!(bo.post(&path, &sum), cy.post(&path, &sum));
    assert_eq!((one.status, two.status), (StatusCode::OK, StatusCode::OK), "{} {}", one.body, two.body);
    assert_eq!(one.body["approval"], two.body["approval"]);
    let kept = world.order(&order.id).await;
    let approvals = kept.steps.iter().filter(|step| step.to == OrderState::Approved).count();
    assert_eq!((kept.version, approvals), (2, 1));
    let again = bo.post(&path, &sum).await;
    assert!(again.status == StatusCode::OK || again.code() == (409, "illegal-step"), "{}", again.body);
    assert_eq!(world.order(&order.id).await, kept);
}

#[tokio::test]
async fn every_operation_wants_its_scope() {
    let world = World::new().await;
    let order = world.take(world.new_order(12)).await;
    let document = serde_json::to_value(openapi()).unwrap();
    let nobody = router(&world.process().deps);
    let poor = Client::new(&world, "usr_di", &[Scope::GenAi]).await;
    let mut guarded = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let security = operation["security"].as_array().unwrap();
            if security.is_empty() {
                assert!(path.starts_with("/hooks/"), "{path} is open");
                continue;
            }
            guarded += 1;
            let path = path.replace("{id}", order.id.as_str());
            let method: Method = method.to_uppercase().parse().unwrap();
            let bare = Request::builder().method(&method).uri(&path).body(Body::empty()).unwrap();
            assert_eq!(answered(&nobody, bare).await.code(), (401, "not-signed-in"), "{method} {path}");
            let under = poor.ask(method.clone(), &path, None, Some(&json!({}))).await;
            assert_eq!(under.code(), (403, "missing-scope"), "{method} {path}");
            for status in ["401", "403", "429", "503"] {
                assert!(
                    operation["responses"].get(status).is_some(),
                    "{method} {path} does not tell of {status}"
                );
            }
        }
    }
    assert_eq!(guarded, 8);
    assert_eq!(world.order(&order.id).await, order);
}

#[tokio::test]
async fn what_is_wrong_is_said_by_field_and_changes_nothing() {
    let world = World::new().await;
    let anna = clerk(&world).await;
    let with = |change: &dyn Fn(&mut Value)| {
        let mut body = wanted(&world, 12);
        change(&mut body);
        body
    };
    let cases = [
        (with(&|b| b["organisation"] = json!("Nordic!")), 422, "organisation"),
        (with(&|b| b["organisation"] = json!("elsewhere")), 404, "organisation"),
        (with(&|b| b["tenant"] = json!("999999")), 422, "tenant"),
        (with(&|b| b["offer"] = json!("nothing")), 422, "offer"),
        (with(&|b| b["offer"] = json!("CFQ7TTC0XXXX:0001/P1Y/monthly")), 422, "offer"),
        (with(&|b| b["offer"] = json!("CFQ7TTC0LH16:0001/P1M/monthly")), 422, "offer"),
        (with(&|b| b["quantity"] = json!(0)), 422, "quantity"),
        (with(&|b| b["quantity"] = json!(301)), 422, "quantity"),
        (with(&|b| b["quantity"] = json!(-1)), 422, "quantity"),
        (with(&|b| b["quantity"] = json!("12")), 422, "quantity"),
        (with(&|b| b["scheduled"] = json!("tomorrow")), 422, "scheduled"),
        (with(&|b| b["scheduled"] = json!("2026-03-02")), 422, "scheduled"),
        (with(&|b| b["reference"] = json!("a\u{0}b")), 422, "reference"),
        (with(&|b| b["subscription"] = json!("1")), 422, "subscription"),
        (with(&|b| b["price"] = json!("1.00")), 422, "price"),
    ];
    for (body, status, field) in cases {
        let answer = anna.post("/api/orders", &body).await;
        assert_eq!(answer.status.as_u16(), status, "{body}: {}", answer.body);
        assert_eq!(answer.body["errors"][0]["field"], field, "{body}: {}", answer.body);
    }
    let missing = anna.get("/api/orders/ord_0000000000000000000").await;
    assert_eq!(missing.code(), (404, "order-not-found"));
    assert_eq!(anna.get("/api/orders/..%2f..").await.status, StatusCode::NOT_FOUND);
    assert_eq!(anna.get("/api/orders?state=nonsense").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(anna.get("/api/orders?cursor=bm90aGluZw").await.code(), (400, "bad-cursor"));
    assert_eq!(anna.get("/api/orders").await.body["items"], json!([]));
}

#[tokio::test]
async fn a_list_is_paged_and_its_cursor_is_good_for_its_owner_only() {
    let world = World::new().await;
    for quantity in 1..=5 {
        world.take(world.new_order(quantity)).await;
    }
    let (anna, bo) = (clerk(&world).await, approver(&world).await);
    let (mut seen, mut path) = (Vec::new(), "/api/orders?limit=2".to_owned());
    loop {
        let page = anna.get(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        seen.extend(page.body["items"].as_array().unwrap().iter().map(|order| order["quantity"].clone()));
        let Some(next) = page.body["next"].as_str() else { break };
        path = format!("/api/orders?limit=2&cursor={next}");
        assert_eq!(bo.get(&path).await.code(), (400, "bad-cursor"));
    }
    assert_eq!(seen, [5, 4, 3, 2, 1]);
}

#[tokio::test]
async fn rejecting_and_cancelling_need_a_reason_and_are_said_once() {
    let world = World::new().await;
    let (anna, bo) = (clerk(&world).await, approver(&world).await);
    let (first, second) = (world.take(world.new_order(1)).await, world.take(world.new_order(2)).await);
    let reject = format!("/api/orders/{}/reject", first.id);
    assert_eq!(bo.post(&reject, &json!({"why": " "})).await.body["errors"][0]["field"], "why");
    for _ in 0..2 {
        let rejected = bo.post(&reject, &json!({"why": "too dear"})).await;
        assert_eq!((rejected.status, &rejected.body["state"]), (StatusCode::OK, &json!("rejected")));
    }
    let cancel = format!("/api/orders/{}/cancel", second.id);
    assert_eq!(anna.post(&cancel, &json!({"why": "not needed"})).await.body["state"], "cancelled");
    let retry = anna.post(&format!("/api/orders/{}/retry", second.id), &json!({})).await;
    assert_eq!(retry.code(), (409, "illegal-step"));
    let late = bo.post(&format!("/api/orders/{}/approve", second.id), &eur("6.56")).await;
    assert_eq!(late.code(), (409, "illegal-step"));
    assert_eq!(world.order(&first.id).await.version, 2);
}

#[tokio::test]
async fn a_held_order_says_what_to_do() {
    let world = World::new().await;
    let anna = clerk(&world).await;
    world.crayon.with(|model| model.tenants.get_mut(&world.tenants[0]).unwrap().mca_accepted = false);
    let order = world.approved(world.new_order(2)).await;
    world.told(&order).await;
    let read = anna.get(&format!("/api/orders/{}", order.id)).await;
    assert_eq!(read.body["hold"]["reason"], "agreement-missing");
    assert!(read.body["hold"]["cure"].as_str().unwrap().contains("Microsoft Customer Agreement"));
}

#[tokio::test]
async fn a_catalogue_that_does_not_answer_is_503_and_no_order_is_kept() {
    let world = World::new().await;
    let anna = clerk(&world).await;
    let broken = simulators::Fault::status(503).on("GET /agreementproducts").always();
    world.crayon.with(|model| model.faults.add(broken));
    let answer = anna.post("/api/orders", &wanted(&world, 12)).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.body);
    assert_eq!(anna.get("/api/orders").await.body["items"], json!([]));
}

#[tokio::test]
async fn the_document_names_every_operation_once_and_resolves() {
    let document = serde_json::to_value(openapi()).unwrap();
    let mut ids: Vec<String> = Vec::new();
    for item in document["paths"].as_object().unwrap().values() {
        for operation in item.as_object().unwrap().values() {
            ids.push(operation["operationId"].as_str().unwrap().to_owned());
        }
    }
    ids.sort();
    assert_eq!(
        ids,
        [
            "approveOrder",
            "cancelOrder",
            "getOrder",
            "hostbillHook",
            "listOrders",
            "namedHostbillHook",
            "quoteOrder",
            "rejectOrder",
            "retryOrder",
            "takeOrder"
        ]
    );
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"").skip(1) {
        let pointer = reference.split('"').next().unwrap().trim_start_matches('#');
        assert!(document.pointer(pointer).is_some(), "{pointer} is nowhere");
    }
}
