//! Plans: read, approved, applied.

use crate::world::{World, nothing};
use domain::access::{Role, Scope};
use domain::plan::{Change, Line, Plan, PlanHash, Verdict, Why};
use domain::ports::{Notice, PlanStore as _, RunStore as _};
use domain::record::ParkReason;
use domain::run::{RunMode, RunState};
use serde_json::{Value, json};
use testkit::builders;

fn line(n: usize) -> Line {
    let seen = builders::observed(&format!("{:05}", 10_000 + n));
    let verdict = if n % 5 == 4 {
        Verdict::Park { reason: ParkReason::CustomerUnlinked, detail: "tenant 500 has no client".into() }
    } else {
        let to = builders::service_state();
        Verdict::Change(Box::new(Change { service: None, from: None, to, why: vec![Why::New] }))
    };
    Line {
        digest: builders::digest(seen.id.as_str()),
        subscription: seen.id,
        name: seen.name,
        tenant: seen.tenant,
        customer: None,
        offer: seen.offer,
        base: 0,
        generation: 1,
        price: None,
        ended: false,
        verdict,
    }
}

async fn keep(world: &World, lines: usize) -> PlanHash {
    let plan = Plan::new(builders::organisation().id, (0..lines).map(line).collect());
    let hash = plan.hash();
    world.store.put_plan(&hash, &plan, &builders::run_id(1), builders::moment(0)).await.unwrap();
    hash
}

#[tokio::test]
async fn a_plan_is_found_by_the_first_digits_of_its_hash_and_shows_what_why_and_how_much() {
    let world = World::new().await;
    let token = world.reader().await;
    let hash = keep(&world, 5).await;
    let short = hash.as_str()[..8].to_uppercase();
    let plan = world.get(&token, &format!("/api/plans/{short}")).await.with(200).json();
    assert_eq!(plan["plan"], hash.as_str());
    assert_eq!((&plan["changes"], &plan["created"], &plan["parked"]), (&json!(4), &json!(4), &json!(1)));
    assert_eq!(plan["amounts"], json!({"EUR": "160.00"}));
    assert_eq!(plan["approved"], Value::Null);
    let lines = plan["lines"].as_array().unwrap();
    assert_eq!((&lines[0]["verdict"], &lines[0]["why"]), (&json!("create"), &json!(["new"])));
    assert_eq!(lines[0]["to"]["amount"], json!({"amount": "40.00", "currency": "EUR"}));
    assert_eq!((&lines[4]["verdict"], &lines[4]["reason"]), (&json!("park"), &json!("customer-unlinked")));
    assert!(lines[4]["cure"].as_str().unwrap().contains("link the customer"));
}

#[tokio::test]
async fn a_long_plan_is_read_in_pages_and_every_line_is_seen_once() {
    let world = World::new().await;
    let token = world.reader().await;
    let hash = keep(&world, 120).await;
    let (mut seen, mut next) = (Vec::new(), String::new());
    loop {
        let page = world.get(&token, &format!("/api/plans/{hash}?limit=50{next}")).await.with(200).json();
        let lines = page["lines"].as_array().unwrap();
        seen.extend(lines.iter().map(|line| line["subscription"].as_str().unwrap().to_owned()));
        assert_eq!(page["linesLeftOut"], 120 - seen.len());
        let Some(cursor) = page["next"].as_str() else { break };
        next = format!("&cursor={cursor}");
    }
    let wanted: Vec<_> = (0..120).map(|n| (10_000 + n).to_string()).collect();
    assert_eq!(seen, wanted);
}

#[tokio::test]
async fn a_cursor_that_was_changed_or_given_to_somebody_else_is_refused() {
    let world = World::new().await;
    let (mine, theirs) = (world.reader().await, world.reader().await);
    let hash = keep(&world, 20).await;
    let other = keep(&world, 21).await;
    let page = world.get(&mine, &format!("/api/plans/{hash}?limit=5")).await.with(200).json();
    let cursor = page["next"].as_str().unwrap();
    world.get(&mine, &format!("/api/plans/{hash}?limit=5&cursor={cursor}")).await.with(200);
    let mut changed = cursor.to_owned();
    let last = changed.pop().unwrap();
    changed.push(if last == 'A' { 'B' } else { 'A' });
    for (token, place) in [
        (&mine, format!("/api/plans/{hash}?cursor={changed}")),
        (&mine, format!("/api/plans/{other}?cursor={cursor}")),
        (&mine, format!("/api/links?cursor={cursor}")),
        (&mine, format!("/api/plans/{hash}?cursor=5")),
        (&theirs, format!("/api/plans/{hash}?cursor={cursor}")),
    ] {
        assert_eq!(world.get(token, &place).await.with(400).code(), "bad-cursor", "{place}");
    }
}

#[tokio::test]
async fn a_plan_that_there_is_not_is_not_found_whatever_it_is_called() {
    let world = World::new().await;
    let token = world.token(&[Scope::Read, Scope::Sync]).await;
    keep(&world, 1).await;
    for hash in [
        "0000000000",
        "00000000",
        &"0".repeat(64),
        &"0".repeat(65),
        "short",
        "zzzzzzzzzz",
        "%00%00%00%00%00%00%00%00",
    ] {
        world.get(&token, &format!("/api/plans/{hash}")).await.with(404);
        world.post(&token, &format!("/api/plans/{hash}/approve"), &nothing()).await.with(404);
        world.post(&token, &format!("/api/plans/{hash}/apply"), &nothing()).await.with(404);
    }
    assert_eq!(world.bus.all(), []);
}

#[tokio::test]
async fn the_first_approval_stands() {
    let world = World::new().await;
    let hash = keep(&world, 2).await;
    let (ada, adas) = world.person("ada", Role::Clerk).await;
    let (_, bobs) = world.person("bob", Role::Clerk).await;
    let place = format!("/api/plans/{hash}/approve");
    let first = world.post(&adas, &place, &nothing()).await.with(200).json();
    let by = format!("ada ({})", ada.id);
    assert_eq!(first["approved"]["by"], by);
    let second = world.post(&bobs, &place, &nothing()).await.with(200).json();
    assert_eq!(second["approved"]["by"], by);
    let stored = world.store.find_plan(&hash).await.unwrap().unwrap();
    assert_eq!(stored.approved.unwrap().0, by);
    assert_eq!(world.bus.all(), [], "an approval alone begins nothing");
}

#[tokio::test]
async fn applying_a_plan_asks_for_a_run_of_exactly_that_plan_once_however_often_it_is_pressed() {
    let world = World::new().await;
    let hash = keep(&world, 2).await;
    let (_, token) = world.person("ada", Role::Clerk).await;
    let place = format!("/api/plans/{}/apply", &hash.as_str()[..12]);
    let answer = world.post_once(&token, &place, &nothing(), "press").await.with(202);
    world.post_once(&token, &place, &nothing(), "press").await.with(202);
    let organisation = builders::organisation().id;
    let [run] = world.store.runs(&organisation, 10).await.unwrap().try_into().unwrap();
    assert_eq!((&run.mode, &run.state), (&RunMode::Apply(hash.clone()), &RunState::Requested));
    assert_eq!(answer.header("location"), format!("/api/runs/acme/{}", run.id));
    assert_eq!(answer.json()["wanted"], hash.as_str());
    let [Notice::SyncRequested { mode, run: Some(announced), .. }] = &world.bus.all()[..] else {
        panic!("one notice")
    };
    assert_eq!((mode, announced), (&RunMode::Apply(hash.clone()), &run.id));
    let stored = world.store.find_plan(&hash).await.unwrap().unwrap();
    assert!(stored.approved.is_some(), "who applies a plan approves it");
}
