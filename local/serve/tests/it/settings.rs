use crate::world::World;
use serde_json::Value;
use serve::exit::Exit;

#[tokio::test]
async fn every_problem_of_a_document_is_told_at_once_and_nothing_is_stored() {
    let world = World::new().await;
    let text = r#"{"organisations": [{"id": "Nordic", "supplier": "crayon", "billing": "hostbill", "currency": "EURO"}],
        "priceRules": [{"id": "standard", "basis": "cost"}], "colour": "blue"}"#;
    let file = world.file("odd.json", text);
    let (exit, captured) = world.line(&["settings", "apply", file.to_str().unwrap()]).await;
    assert_eq!(exit, Exit::Usage);
    for path in [
        "organisations[0].id",
        "organisations[0].currency",
        "supplierOrganisation",
        "markupPercent",
        "colour",
    ] {
        assert!(captured.notes().contains(path), "{path} is not in:\n{}", captured.notes());
    }
    let (exit, _) = world.line(&["settings", "show"]).await;
    assert_eq!(exit, Exit::Usage);
}

#[tokio::test]
async fn the_starter_document_is_applied_as_printed_and_every_version_is_kept() {
    let world = World::new().await;
    let starter =
        world.done(&["settings", "init", "--organisation", "nordic", "--currency", "NOK"]).await.results();
    let file = world.file("starter.json", &starter);
    let file = file.to_str().unwrap();
    world.done(&["settings", "apply", file, "--dry-run"]).await;
    world.done(&["settings", "apply", file]).await;
    world.settle("{}").await;
    let history = world.done(&["settings", "history", "--json"]).await.results();
    let history: Value = serde_json::from_str(&history).unwrap();
    assert_eq!(history[0]["version"], 2);
    assert_eq!(history[1]["version"], 1);
    assert_eq!(history[1]["by"], "ada");
    let shown = world.done(&["settings", "show", "--json"]).await.results();
    let shown: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(
        (&shown["version"], &shown["settings"]["organisations"][0]["id"]),
        (&2.into(), &"nordic".into())
    );
}
