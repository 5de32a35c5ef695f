//! Sample events of the HTTP API, as `sam local invoke` sends them.

use crate::world::World;
use domain::access::Scope;
use domain::clock::Deadline;
use lambda_kit::{Invocation, Outcome};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use web::handle;

fn samples() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events/web");
    let mut samples: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            (path.file_name().unwrap().to_string_lossy().into_owned(), serde_json::from_str(&text).unwrap())
        })
        .collect();
    samples.sort_by(|a, b| a.0.cmp(&b.0));
    samples
}

async fn answered(world: &World, mut event: Value, token: &str) -> Value {
    event["headers"]["authorization"] = json!(format!("Bearer {token}"));
    let invocation = Invocation { payload: event, deadline: Deadline::never(), request: "sample".into() };
    match handle(&world.router, invocation).await {
        Outcome::Done(answer) => answer,
        Outcome::Retry(problem) | Outcome::Terminal(problem) => panic!("{problem}"),
    }
}

#[tokio::test]
async fn every_sample_event_is_answered() {
    let world = World::new().await;
    let token = world.token(&[Scope::Read, Scope::Sync]).await;
    let mut statuses = Vec::new();
    for (name, event) in samples() {
        let answer = answered(&world, event, &token).await;
        statuses.push((name, answer["statusCode"].as_u64().unwrap()));
    }
    let told: Vec<_> = statuses.iter().map(|(name, status)| (name.as_str(), *status)).collect();
    assert_eq!(
        told,
        [
            ("get-health.json", 200),
            ("get-records.json", 200),
            ("get-sync-stats.json", 200),
            ("post-sync-manual.json", 202),
        ]
    );
    assert_eq!(world.bus.all().len(), 1);
}

#[tokio::test]
async fn what_is_no_request_over_http_is_for_good_not_ours() {
    let world = World::new().await;
    let payload = json!({"source": "aws.scheduler", "detail-type": "Scheduled Event", "detail": {}});
    let invocation = Invocation { payload, deadline: Deadline::never(), request: "sample".into() };
    assert!(matches!(handle(&world.router, invocation).await, Outcome::Terminal(_)));
}
