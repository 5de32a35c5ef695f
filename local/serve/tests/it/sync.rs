use crate::world::World;
use serve::exit::Exit;

#[tokio::test]
async fn a_dry_run_changes_nothing_and_says_what_to_type_next() {
    let world = World::ready().await;
    let captured = world.done(&["sync", "--dry-run"]).await;
    let told = captured.results();
    assert!(told.contains("plan show") && told.contains("sync --apply"), "{told}");
    assert_eq!(world.services(), 0);
}

#[tokio::test]
async fn a_plan_is_shown_customer_by_customer_with_every_price_explained() {
    let world = World::ready().await;
    let hash = world.dry_run().await;
    let told = world.done(&["plan", "show", &hash[..12], "--full"]).await.results();
    assert!(
        told.contains("10 × 5.00 = 50.00 monthly") || told.contains("10 × 5.00 = 50.00 EUR monthly"),
        "{told}"
    );
    assert!(told.contains("resale 4.00 EUR + 25 % = 5.00 EUR"), "{told}");
    assert!(told.contains("9 changes: 9 to create"), "{told}");
    assert!(told.contains("+450.00 EUR"), "{told}");
}

#[tokio::test]
async fn a_stale_hash_is_refused_and_nothing_is_changed() {
    let world = World::ready().await;
    let hash = world.dry_run().await;
    world.crayon.with(|model| model.change_every(1));
    let (exit, captured) = world.line(&["sync", "--apply", &hash]).await;
    assert_eq!(exit, Exit::Waits, "{}", captured.all());
    assert!(captured.results().contains("the world moved"), "{}", captured.results());
    assert_eq!(world.services(), 0);
}

#[tokio::test]
async fn twice_is_once_and_the_record_tells_who_did_what_and_why() {
    let world = World::ready().await;
    world.done(&["sync", "--yes"]).await;
    world.hostbill.with(|model| model.requests.reset());
    world.done(&["sync", "--yes"]).await;
    assert_eq!(world.hostbill.with(|model| model.requests.total()), 0);
    let subscription = world.crayon.with(|model| model.subscriptions.iter().next().unwrap().id.to_string());
    let told = world.done(&["records", "show", &subscription]).await.results();
    for text in ["synced", "price by rule standard", "resale 4.00 EUR + 25 %", "(ada)", "because: new"] {
        assert!(told.contains(text), "{text:?} is not in:\n{told}");
    }
    let told = world.done(&["audit", "verify"]).await.results();
    assert!(told.contains("nordic: 9 entries, whole"), "{told}");
    let told = world.done(&["runs"]).await.results();
    assert_eq!(told.matches("finished").count(), 2, "{told}");
}

#[tokio::test]
async fn what_is_not_linked_is_parked_listed_and_cured() {
    let world = World::ready().await;
    let links = world.done(&["links", "list", "--kind", "customer", "--json"]).await.results();
    let links: serde_json::Value = serde_json::from_str(&links).unwrap();
    let customer = links[0]["id"].as_str().unwrap();
    world.done(&["links", "remove", customer]).await;
    let captured = world.done(&["sync"]).await;
    assert!(captured.results().contains("--state parked"), "{}", captured.results());
    assert_eq!(world.services(), 6);
    let told = world.done(&["records", "--state", "parked"]).await.results();
    assert_eq!(told.matches("customer-unlinked").count(), 3, "{told}");
    let told = world.done(&["records", "--state", "synced"]).await.results();
    assert_eq!(told.matches("synced").count(), 6, "{told}");
}
