//! Rolling back: what a newer version left in the table, met by this one.

use crate::world::{World, run};
use serde_json::{Value, json};
use serve::exit::Exit;

/// The items of a table, with the moved table's own file.
async fn exported(world: &World, name: &str, data: &[(&str, &str)]) -> Vec<Value> {
    let file = world.dir.path().join(name);
    let (exit, captured) = run(&["export", file.to_str().unwrap()], world.around_with(data)).await;
    assert_eq!(exit, Exit::Done, "{}", captured.all());
    let text = std::fs::read_to_string(file).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn key(item: &Value) -> String {
    format!("{} {}", item["PK"]["S"].as_str().unwrap(), item["SK"]["S"].as_str().unwrap())
}

/// All but who holds the lease, what was planned, and how runs went: a run that is refused says so in its report.
fn lasting(mut items: Vec<Value>) -> Vec<Value> {
    items.retain(|item| !["LEASE#", "PLAN", "RUN#"].iter().any(|kind| key(item).starts_with(kind)));
    items
}

/// Every service as billing has it.
fn billed(world: &World) -> Vec<String> {
    world.hostbill.with(|model| model.accounts.iter().map(|account| format!("{account:?}")).collect())
}

#[tokio::test]
async fn whatever_a_newer_version_wrote_is_refused_with_the_cure_and_nothing_is_changed() {
    let world = World::ready().await;
    world.done(&["sync", "--yes"]).await;
    world.crayon.with(|model| model.change_every(1));
    let kinds = ["SETTINGS CURRENT", "LINKS cus_", "LINKS ofr_", "IDX#", "ORG#", "AUD#nordic HEAD"];
    for (number, kind) in kinds.into_iter().enumerate() {
        let mut items = exported(&world, &format!("{number}.jsonl"), &[]).await;
        let mut newer = 0;
        for item in items.iter_mut().filter(|item| key(item).starts_with(kind)) {
            item["schema"] = json!({"N": "2"});
            newer += 1;
        }
        assert!(newer > 0, "there is no {kind}");
        let lines: Vec<_> = items.iter().map(Value::to_string).collect();
        let file = world.file(&format!("{number}-newer.jsonl"), &lines.join("\n"));
        let table = world.dir.path().join(format!("{number}.db"));
        let data = [("BILLBRIDGE_DATA", table.to_str().unwrap())];
        let (exit, captured) = run(&["import", file.to_str().unwrap()], world.around_with(&data)).await;
        assert_eq!(exit, Exit::Done, "a copy keeps what it does not understand: {}", captured.all());
        let before = lasting(exported(&world, &format!("{number}-before.jsonl"), &data).await);
        let services = billed(&world);

        let (exit, captured) = run(&["sync", "--yes"], world.around_with(&data)).await;

        assert_ne!(exit, Exit::Done, "{kind}: {}", captured.all());
        let told = captured.all();
        assert!(told.contains("schema 2") && told.contains("update it"), "{kind}: {told}");
        let after = lasting(exported(&world, &format!("{number}-after.jsonl"), &data).await);
        assert_eq!(before, after, "{kind}: the table is as it was");
        assert_eq!(services, billed(&world), "{kind}: so is billing");
    }
    world.done(&["sync", "--yes"]).await;
}
