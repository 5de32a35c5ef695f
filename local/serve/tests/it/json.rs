use crate::world::World;
use serde_json::Value;
use serve::exit::Exit;

#[tokio::test]
async fn everything_that_prints_data_prints_json_on_request() {
    let world = World::ready().await;
    let hash = world.dry_run().await;
    world.done(&["sync"]).await;
    let runs = world.done(&["runs", "--json"]).await.results();
    let runs: Value = serde_json::from_str(&runs).unwrap();
    let run = runs[0]["run"].as_str().unwrap();
    let subscription = world.crayon.with(|model| model.subscriptions.iter().next().unwrap().id.to_string());
    let links = world.dir.path().join("links.csv");
    let table = world.dir.path().join("table.jsonl");
    for line in [
        vec!["check"],
        vec!["sync", "--dry-run"],
        vec!["plan", "show", &hash],
        vec!["runs", "show", run],
        vec!["records"],
        vec!["records", "show", &subscription],
        vec!["links", "suggest"],
        vec!["links", "import", links.to_str().unwrap(), "--dry-run"],
        vec!["links", "list"],
        vec!["settings", "show"],
        vec!["settings", "history"],
        vec!["audit", "verify"],
        vec!["audit", "show"],
        vec!["export", table.to_str().unwrap()],
        vec!["serve", "--once"],
    ] {
        let mut line = line.clone();
        line.push("--json");
        let (exit, captured) = world.line(&line).await;
        assert_eq!(exit, Exit::Done, "{line:?}: {}", captured.all());
        let parsed: Result<Value, _> = serde_json::from_str(&captured.results());
        assert!(parsed.is_ok(), "{line:?}: {}", captured.results());
    }
}

#[tokio::test]
async fn a_problem_is_json_too() {
    let world = World::ready().await;
    let (_, captured) = world.line(&["runs", "show", "nothing", "--json"]).await;
    let value: Value = serde_json::from_str(&captured.results()).unwrap();
    assert_eq!(value["exit"], 2);
    assert!(value["cure"].is_string());
}
