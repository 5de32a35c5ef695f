//! Runs that are asked for.

use crate::world::World;
use domain::access::{Role, Scope};
use domain::id::OrganisationId;
use domain::ports::{FiguresStore as _, Notice, RunStore as _};
use domain::run::{Run, RunMode, RunState};
use serde_json::json;
use testkit::builders;

fn acme() -> OrganisationId {
    builders::organisation().id
}

async fn runs(world: &World) -> Vec<Run> {
    world.store.runs(&acme(), 10).await.unwrap()
}

#[tokio::test]
async fn a_run_that_is_asked_for_is_kept_as_requested_and_announced_under_the_address_that_was_answered() {
    let world = World::new().await;
    let (clerk, token) = world.person("ada", Role::Clerk).await;
    let asked = json!({"organisation": "acme", "dryRun": true});
    let answer = world.post(&token, "/api/sync/manual", &asked).await.with(202);
    let [run] = runs(&world).await.try_into().unwrap();
    assert_eq!((&run.state, &run.mode), (&RunState::Requested, &RunMode::DryRun));
    assert_eq!(run.actor, format!("ada ({})", clerk.id), "who asked is known for good");
    let notice = Notice::SyncRequested {
        organisation: acme(),
        mode: RunMode::DryRun,
        actor: run.actor.clone(),
        run: Some(run.id.clone()),
    };
    assert_eq!(world.bus.all(), [notice]);
    let address = answer.header("location").to_owned();
    assert_eq!(address, format!("/api/runs/acme/{}", run.id));
    let report = world.get(&token, &address).await.with(200).json();
    assert_eq!((&report["run"], &report["state"]), (&json!(run.id.as_str()), &json!("requested")));
    assert_eq!(report, answer.json());
}

#[tokio::test]
async fn the_same_request_under_the_same_key_is_one_run_and_one_notice() {
    let world = World::new().await;
    let token = world.token(&[Scope::Sync]).await;
    let asked = json!({"organisation": "acme"});
    let first = world.post_once(&token, "/api/sync/manual", &asked, "monday").await.with(202);
    let again = world.post_once(&token, "/api/sync/manual", &asked, "monday").await.with(202);
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(
        (first.text, first.headers["location"].clone()),
        (again.text, again.headers["location"].clone())
    );
    assert_eq!((runs(&world).await.len(), world.bus.all().len()), (1, 1));
    let other = json!({"organisation": "acme", "dryRun": true});
    let refused = world.post_once(&token, "/api/sync/manual", &other, "monday").await.with(422);
    assert_eq!(refused.code(), "key-used");
    assert_eq!((runs(&world).await.len(), world.bus.all().len()), (1, 1));
}

#[tokio::test]
async fn without_a_key_two_requests_are_two_runs() {
    let world = World::new().await;
    let token = world.token(&[Scope::Sync]).await;
    for _ in 0..2 {
        world.post(&token, "/api/sync/manual", &json!({"organisation": "acme"})).await.with(202);
    }
    assert_eq!((runs(&world).await.len(), world.bus.all().len()), (2, 2));
}

#[tokio::test]
async fn an_organisation_that_there_is_not_is_not_synced() {
    let world = World::new().await;
    let token = world.token(&[Scope::Sync]).await;
    let answer = world.post(&token, "/api/sync/manual", &json!({"organisation": "nobody"})).await.with(404);
    assert_eq!(answer.code(), "unknown");
    let answer = world.post(&token, "/api/sync/manual", &json!({"organisation": "No One"})).await.with(422);
    assert_eq!(answer.json()["errors"][0]["field"], "organisation");
    assert_eq!((runs(&world).await.len(), world.bus.all().len()), (0, 0));
}

#[tokio::test]
async fn a_run_that_could_not_be_handed_over_says_so_and_can_be_asked_for_again() {
    let world = World::new().await;
    let token = world.token(&[Scope::Sync]).await;
    let asked = json!({"organisation": "acme"});
    world.bus.lose_next();
    let answer = world.post_once(&token, "/api/sync/manual", &asked, "tuesday").await.with(503);
    assert_eq!(answer.code(), "not-handed-over");
    let [run] = runs(&world).await.try_into().unwrap();
    assert!(matches!(&run.state, RunState::Failed(why) if why.contains("handed over")), "{:?}", run.state);
    world.post_once(&token, "/api/sync/manual", &asked, "tuesday").await.with(202);
    assert_eq!(world.bus.all().len(), 1);
    assert!(runs(&world).await.iter().any(|run| run.state == RunState::Requested));
}

#[tokio::test]
async fn a_run_that_began_although_its_receipt_was_lost_is_not_called_failed() {
    let world = World::new().await;
    let token = world.token(&[Scope::Sync]).await;
    world.bus.lose_next_receipt(&world.store);
    let answer = world.post(&token, "/api/sync/manual", &json!({"organisation": "acme"})).await.with(202);
    assert_eq!(answer.json()["state"], "running");
    let [run] = runs(&world).await.try_into().unwrap();
    assert_eq!(run.state, RunState::Running);
}

#[tokio::test]
async fn whatever_write_fails_a_request_that_is_repeated_leads_to_one_run_that_is_announced() {
    let whole = {
        let world = World::new().await;
        let token = world.token(&[Scope::Sync]).await;
        world.post(&token, "/api/me", &json!({})).await;
        let before = world.store.steps();
        world.post_once(&token, "/api/sync/manual", &json!({"organisation": "acme"}), "k").await.with(202);
        world.store.steps() - before
    };
    for step in 1..=whole {
        for moment in testkit::Moment::BOTH {
            let world = World::new().await;
            let token = world.token(&[Scope::Sync]).await;
            world.post(&token, "/api/me", &json!({})).await;
            let asked = json!({"organisation": "acme"});
            world.store.fail_after(step, moment);
            let first = world.post_once(&token, "/api/sync/manual", &asked, "k").await;
            // A request that was begun and not answered is taken up again after a minute.
            world.clock.advance(jiff::SignedDuration::from_secs(90));
            let again = world.post_once(&token, "/api/sync/manual", &asked, "k").await.with(202);
            let place = format!("step {step} {moment:?}: first {}", first.status);
            let announced = world.bus.all();
            let Some(Notice::SyncRequested { run: Some(last), .. }) = announced.last() else {
                panic!("{place}: nothing was announced")
            };
            assert_eq!(again.json()["run"], last.as_str(), "{place}");
            let live = runs(&world).await;
            let live: Vec<_> = live.iter().filter(|run| run.state == RunState::Requested).collect();
            assert_eq!(live.last().map(|run| &run.id), Some(last), "{place}");
        }
    }
}

#[tokio::test]
async fn how_things_stand_is_told_by_organisation_with_the_last_figures_and_the_last_run() {
    let world = World::new().await;
    let token = world.reader().await;
    let before = world.get(&token, "/api/sync/stats").await.with(200).json();
    assert_eq!(before["organisations"][0]["counted"], json!(null));
    assert_eq!(before["organisations"][0]["lastRun"], json!(null));
    world.store.put_figures(&builders::figures(builders::parsed("2026-11-04"))).await.unwrap();
    world.store.put_figures(&builders::figures(builders::parsed("2026-11-05"))).await.unwrap();
    let sync = world.token(&[Scope::Sync]).await;
    world.post(&sync, "/api/sync/manual", &json!({"organisation": "acme"})).await.with(202);
    let stats = world.get(&token, "/api/sync/stats").await.with(200).json();
    let acme = &stats["organisations"][0];
    assert_eq!(acme["records"], json!({"parked": 2, "synced": 12}));
    assert_eq!(acme["parked"], json!({"customer-unlinked": 2}));
    assert_eq!(acme["recurring"]["EUR"]["revenue"], json!({"amount": "39.20", "currency": "EUR"}));
    assert_eq!(acme["recurring"]["EUR"]["margin"]["amount"], "2.40");
    assert_eq!(acme["lastRun"]["state"], "requested");
}

#[tokio::test]
async fn runs_are_listed_newest_first_and_only_as_many_as_asked_for() {
    let world = World::new().await;
    let token = world.token(&[Scope::Sync, Scope::Read]).await;
    for _ in 0..3 {
        world.post(&token, "/api/sync/manual", &json!({"organisation": "acme"})).await.with(202);
        world.clock.advance(jiff::SignedDuration::from_secs(1));
    }
    let all = world.get(&token, "/api/runs?organisation=acme").await.with(200).json();
    let ids: Vec<_> = all["items"].as_array().unwrap().iter().map(|run| run["run"].clone()).collect();
    let mut sorted = ids.clone();
    sorted.sort_by_key(|id| std::cmp::Reverse(id.to_string()));
    assert_eq!((ids.len(), &ids), (3, &sorted));
    let two = world.get(&token, "/api/runs?limit=2").await.with(200).json();
    assert_eq!(two["items"].as_array().unwrap().len(), 2);
    for limit in ["0", "101", "-1", "many"] {
        world.get(&token, &format!("/api/runs?limit={limit}")).await.with(422);
    }
}
