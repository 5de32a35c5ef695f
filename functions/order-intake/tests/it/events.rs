//! The samples in `events/order-intake` are handled as what they are.

use crate::world::World;
use domain::access::Scope;
use domain::clock::Clock as _;
use domain::clock::Deadline;
use lambda_kit::{Invocation, Outcome};
use order_intake::OrderIntake;
use serde_json::Value;
use std::path::PathBuf;

fn samples() -> Vec<(String, Value)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../events/order-intake");
    let mut all: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| {
            let path = file.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            (path.file_name().unwrap().to_string_lossy().into_owned(), serde_json::from_str(&text).unwrap())
        })
        .collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

async fn handled(world: &World, intake: &OrderIntake, mut payload: Value) -> Outcome {
    if let Some(shown) = payload.pointer_mut("/headers/authorization") {
        world.knows("usr_anna").await;
        let token = world.token(Some("usr_anna"), &[Scope::Read, Scope::OrdersWrite]).await;
        *shown = format!("Bearer {token}").into();
    }
    if let Some(body) = payload["body"].as_str().map(str::to_owned) {
        payload["body"] = body.replace("5312", &world.tenants[0].to_string()).into();
    }
    let deadline = Deadline(world.clock.now() + jiff::SignedDuration::from_mins(2));
    intake.handle(Invocation { payload, deadline, request: "request-1".into() }).await
}

#[tokio::test]
async fn every_sample_is_handled() {
    let mut seen = Vec::new();
    for (name, payload) in samples() {
        let world = World::new().await;
        let intake = OrderIntake::from(world.process().deps);
        let outcome = handled(&world, &intake, payload).await;
        let Outcome::Done(answer) = outcome else { panic!("{name}: {outcome:?}") };
        let status = answer["statusCode"].as_u64();
        let wanted = match name.as_str() {
            "get-orders.json" => Some(200),
            "post-order.json" => Some(201),
            // It was signed long ago, with the secret of an example.
            "post-hook.json" => Some(401),
            "order-approved.json" | "sync-finished.json" | "scheduled.json" => None,
            other => panic!("{other} is not told of here"),
        };
        assert_eq!(status, wanted, "{name}: {answer}");
        seen.push(name);
    }
    assert_eq!(seen.len(), 6);
}

#[tokio::test]
async fn what_is_no_event_of_ours_is_not_tried_again() {
    let world = World::new().await;
    let intake = OrderIntake::from(world.process().deps);
    for payload in [Value::Null, serde_json::json!({"source": "aws.s3", "detail-type": "Object Created"})] {
        let outcome = handled(&world, &intake, payload).await;
        assert!(matches!(outcome, Outcome::Terminal(_)), "{outcome:?}");
    }
}
