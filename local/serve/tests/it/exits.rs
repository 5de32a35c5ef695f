use crate::world::World;
use serve::exit::Exit;
use simulators::Fault;

#[tokio::test]
async fn an_unknown_organisation_is_an_error_of_the_caller_and_names_the_known_ones() {
    let world = World::ready().await;
    for line in [
        vec!["sync", "--org", "nordik"],
        vec!["sync", "--dry-run", "--org", "NORDIC!"],
        vec!["runs", "--org", "nordik"],
        vec!["records", "--org", "nordik"],
        vec!["links", "suggest", "--org", "nordik"],
        vec!["audit", "verify", "--org", "nordik"],
    ] {
        let (exit, captured) = world.line(&line).await;
        assert_eq!(exit, Exit::Usage, "{line:?}");
        assert!(captured.notes().contains("the settings have: nordic"), "{}", captured.notes());
    }
    assert_eq!(world.services(), 0);
}

#[tokio::test]
async fn what_is_not_there_or_not_readable_is_an_error_of_the_caller_with_a_cure() {
    let world = World::ready().await;
    let odd = world.file("odd.csv", "name,id\nx,1\n");
    let odd = odd.to_str().unwrap();
    for line in [
        vec!["plan", "show", "0123456789abcdef"],
        vec!["plan", "show", "abc"],
        vec!["plan", "show", "nothexatall"],
        vec!["sync", "--apply", "0123456789abcdef"],
        vec!["runs", "show", "run_1"],
        vec!["runs", "show", "what is this"],
        vec!["records", "show", "999999"],
        vec!["links", "import", "/nowhere/links.csv"],
        vec!["links", "import", odd],
        vec!["links", "remove", "cus_unknown"],
        vec!["settings", "apply", "/nowhere/settings.json"],
        vec!["import", "/nowhere/table.jsonl"],
        vec!["export", "/nowhere/table.jsonl"],
    ] {
        let (exit, captured) = world.line(&line).await;
        assert_eq!(exit, Exit::Usage, "{line:?}: {}", captured.all());
        assert!(captured.notes().contains('→'), "{line:?} has no cure: {}", captured.notes());
    }
    assert_eq!(world.services(), 0);
}

#[tokio::test]
async fn before_there_are_settings_everything_says_how_to_make_them() {
    let world = World::new().await;
    for line in [vec!["sync"], vec!["runs"], vec!["settings", "show"], vec!["serve", "--once"]] {
        let (exit, captured) = world.line(&line).await;
        assert_eq!(exit, Exit::Usage, "{line:?}");
        assert!(captured.notes().contains("settings init"), "{}", captured.notes());
    }
}

#[tokio::test]
async fn a_plan_behind_the_brake_waits_and_is_applied_by_its_hash() {
    let world = World::ready().await;
    world.settle(r#"{"maxChanges": 3}"#).await;
    let (exit, captured) = world.line(&["sync"]).await;
    assert_eq!(exit, Exit::Waits, "{}", captured.all());
    assert!(captured.results().contains("the brake: 9 changes"), "{}", captured.results());
    assert_eq!(world.services(), 0);
    let hash = world.dry_run().await;
    let (exit, captured) = world.line(&["sync", "--apply", &hash[..8]]).await;
    assert_eq!(exit, Exit::Done, "{}", captured.all());
    assert_eq!(world.services(), 9);
}

#[tokio::test]
async fn a_refused_change_shows_in_the_exit_code_and_the_rest_is_done() {
    let world = World::ready().await;
    world.hostbill.with(|model| model.faults.add(Fault::Refused(vec!["out of stock".into()]).on("addOrder")));
    let (exit, captured) = world.line(&["sync"]).await;
    assert_eq!(exit, Exit::Partly, "{}", captured.all());
    assert!(captured.results().contains("out of stock"), "{}", captured.results());
    assert_eq!(world.services(), 8);
    world.done(&["sync"]).await;
    assert_eq!(world.services(), 9);
}

#[tokio::test]
async fn a_supplier_that_is_down_is_a_failure() {
    let world = World::ready().await;
    world.crayon.with(|model| model.faults.add(Fault::status(401).always()));
    let (exit, captured) = world.line(&["sync"]).await;
    assert_eq!(exit, Exit::Failed, "{}", captured.all());
    assert!(captured.notes().contains("billbridge check"), "{}", captured.notes());
}
