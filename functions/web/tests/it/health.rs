//! Whether everything answers.

use crate::world::World;
use serde_json::json;
use simulators::Fault;
use testkit::Moment;

#[tokio::test]
async fn liveness_is_told_to_everybody_and_asks_nobody() {
    let world = World::new().await;
    world.store.fail_after(1, Moment::Before);
    let answer = world.get("", "/health").await.with(200);
    assert_eq!(answer.json(), json!({"status": "ok"}));
}

#[tokio::test]
async fn when_everything_answers_all_is_well_and_nobody_can_hammer_the_suppliers() {
    let world = World::new().await;
    let token = world.reader().await;
    let calls = || world.crayon.with(|m| m.requests.total()) + world.hostbill.with(|m| m.requests.total());
    let health = world.get(&token, "/api/health").await.with(200).json();
    assert_eq!(health["status"], "ok");
    let names: Vec<_> = health["systems"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
    assert_eq!(names, ["table", "crayon", "hostbill"]);
    let after = calls();
    assert!(after > 0);
    for _ in 0..20 {
        world.get(&token, "/api/health").await.with(200);
    }
    assert_eq!(calls(), after, "it is looked at once in half a minute");
    world.clock.advance(jiff::SignedDuration::from_secs(31));
    world.get(&token, "/api/health").await.with(200);
    assert!(calls() > after, "and then again");
}

#[tokio::test]
async fn a_system_that_is_down_is_named_with_the_cure_and_the_status_says_so() {
    let world = World::new().await;
    let token = world.reader().await;
    world.hostbill.with(|model| model.faults.add(Fault::DropBefore.always()));
    let health = world.get(&token, "/api/health").await.with(503);
    assert_eq!(health.header("content-type"), "application/json");
    let health = health.json();
    assert_eq!(health["status"], "down");
    for system in health["systems"].as_array().unwrap() {
        let wanted = if system["name"] == "hostbill" { "down" } else { "ok" };
        assert_eq!(system["status"], wanted, "{system}");
    }
    let tried = health["systems"][2]["tried"].as_array().unwrap();
    let failed: Vec<_> = tried.iter().filter(|one| one["ok"] == false).collect();
    assert!(!failed.is_empty() && failed.iter().all(|one| one["cure"].is_string()), "{failed:?}");
}

#[tokio::test]
async fn when_the_table_fails_nothing_is_well() {
    let world = World::new().await;
    let token = world.reader().await;
    world.get(&token, "/api/me").await.with(200);
    // The first call finds the token; the second is the look at the table.
    world.store.fail_after(2, Moment::Before);
    let health = world.get(&token, "/api/health").await.with(503).json();
    assert_eq!((&health["status"], &health["systems"][0]["status"]), (&json!("down"), &json!("down")));
    world.clock.advance(jiff::SignedDuration::from_secs(31));
    world.get(&token, "/api/health").await.with(200);
}

#[tokio::test]
async fn a_connection_that_the_settings_name_and_nobody_configured_is_down() {
    let world = World::new().await;
    let token = world.reader().await;
    world.store.edit_settings(|settings| {
        settings.organisations[0].billing = testkit::builders::parsed("hostbill-eu");
    });
    let health = world.get(&token, "/api/health").await.with(503).json();
    let missing =
        health["systems"].as_array().unwrap().iter().find(|one| one["name"] == "hostbill-eu").unwrap();
    assert_eq!(missing["status"], "down");
}
