//! HostBill's web hooks: believed when they are signed just now, taken once, and only ever a hint.

use crate::world::{HOOK_SECRET, World};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use domain::clock::Clock as _;
use domain::ports::Notice;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http_body_util::BodyExt as _;
use order_intake::router;
use serde_json::Value;
use sha2::Sha256;
use tower::ServiceExt as _;

const BODY: &str = r#"{"account_id":"7001"}"#;

/// What HostBill writes into `HB-Signature`.
fn signature(secret: &str, timestamp: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(timestamp.as_bytes());
    mac.update(body.as_bytes());
    domain::digest::hex(&mac.finalize().into_bytes())
}

struct Sent<'a> {
    path: &'a str,
    secret: &'a str,
    /// Seconds from now.
    age: i64,
    body: &'a str,
}

impl Default for Sent<'_> {
    fn default() -> Self {
        Self { path: "/hooks/hostbill", secret: HOOK_SECRET, age: 0, body: BODY }
    }
}

async fn send(world: &World, sent: &Sent<'_>) -> (StatusCode, Value) {
    let timestamp = (world.clock.now().as_second() - sent.age).to_string();
    let request = Request::post(sent.path)
        .header("HB-Hook", "4")
        .header("HB-Event", "after_accountcreate")
        .header("HB-Timestamp", &timestamp)
        .header("HB-Signature", signature(sent.secret, &timestamp, BODY))
        .header("Content-Type", "application/json")
        .body(Body::from(sent.body.to_owned()))
        .unwrap();
    answer(world, request).await
}

async fn answer(world: &World, request: Request<Body>) -> (StatusCode, Value) {
    let response = router(&world.process().deps).oneshot(request).await.unwrap();
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

#[tokio::test]
async fn a_good_web_hook_has_the_orders_looked_at_that_wait_for_this_billing_and_changes_nothing() {
    let world = World::new().await;
    let waiting = world.placed(3).await;
    let pending = world.take(world.new_order(5)).await;
    world.bus.forget();
    let (status, _) = send(&world, &Sent::default()).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (organisation, order) = (waiting.organisation.clone(), waiting.id.clone());
    assert_eq!(world.bus.all(), [Notice::OrderApproved { organisation, order }]);
    assert_eq!(world.order(&waiting.id).await, waiting);
    assert_eq!(world.order(&pending.id).await, pending);
}

#[tokio::test]
async fn a_web_hook_that_comes_again_is_refused() {
    let world = World::new().await;
    world.placed(3).await;
    assert_eq!(send(&world, &Sent::default()).await.0, StatusCode::NO_CONTENT);
    world.bus.forget();
    for age in [0, 0] {
        let (status, problem) = send(&world, &Sent { age, ..Sent::default() }).await;
        assert_eq!((status, &problem["code"]), (StatusCode::CONFLICT, &Value::from("hook-replayed")));
    }
    assert_eq!(world.bus.all(), []);
}

#[tokio::test]
async fn forged_stale_and_early_web_hooks_are_not_believed() {
    let world = World::new().await;
    world.placed(3).await;
    world.bus.forget();
    let forged = Sent { secret: "another secret", ..Sent::default() };
    let changed = Sent { body: r#"{"account_id":"7002"}"#, ..Sent::default() };
    let (stale, early) = (Sent { age: 61, ..Sent::default() }, Sent { age: -61, ..Sent::default() });
    let cases = [
        (forged, "hook-forged"),
        (changed, "hook-forged"),
        (stale, "hook-untimely"),
        (early, "hook-untimely"),
    ];
    for (sent, code) in cases {
        let (status, problem) = send(&world, &sent).await;
        assert_eq!((status, &problem["code"]), (StatusCode::UNAUTHORIZED, &Value::from(code)));
        assert!(!problem.to_string().contains(HOOK_SECRET));
    }
    assert_eq!(world.bus.all(), []);
}

#[tokio::test]
async fn a_web_hook_without_its_headers_is_refused() {
    let world = World::new().await;
    let request = Request::post("/hooks/hostbill").body(Body::from(BODY)).unwrap();
    let (status, problem) = answer(&world, request).await;
    assert_eq!((status, &problem["code"]), (StatusCode::BAD_REQUEST, &Value::from("hook-header")));
}

#[tokio::test]
async fn where_no_web_hooks_are_configured_there_is_nothing_and_it_says_so() {
    let world = World::new().await;
    for path in ["/hooks/hostbill/hostbill-eu", "/hooks/hostbill/crayon", "/hooks/hostbill/%20"] {
        let (status, problem) = send(&world, &Sent { path, ..Sent::default() }).await;
        let code = &problem["code"];
        assert_eq!((status, code), (StatusCode::NOT_FOUND, &Value::from("hook-not-configured")), "{path}");
    }
    let (status, _) = send(&world, &Sent { path: "/hooks/hostbill/hostbill", ..Sent::default() }).await;
    assert_eq!(status, StatusCode::NO_CONTENT, "the usual connection has a name too");
}

#[tokio::test]
async fn a_web_hook_that_nobody_could_be_told_of_may_be_sent_again() {
    let world = World::new().await;
    world.placed(3).await;
    world.bus.break_down(true);
    assert_eq!(send(&world, &Sent::default()).await.0, StatusCode::SERVICE_UNAVAILABLE);
    world.bus.break_down(false);
    assert_eq!(send(&world, &Sent::default()).await.0, StatusCode::NO_CONTENT);
}
