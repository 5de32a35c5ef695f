use crate::world::{World, run};
use serve::exit::Exit;

#[tokio::test]
async fn what_is_exported_and_imported_is_the_same_table() {
    let world = World::ready().await;
    world.done(&["sync"]).await;
    let (one, two) = (world.dir.path().join("one.jsonl"), world.dir.path().join("two.jsonl"));
    world.done(&["export", one.to_str().unwrap()]).await;
    let other = world.dir.path().join("other.db");
    let other = [("BILLBRIDGE_DATA", other.to_str().unwrap())];
    let around = || world.around_with(&other);
    let (exit, captured) = run(&["import", one.to_str().unwrap()], around()).await;
    assert_eq!(exit, Exit::Done, "{}", captured.all());
    run(&["export", two.to_str().unwrap()], around()).await;
    assert_eq!(std::fs::read(&one).unwrap(), std::fs::read(&two).unwrap());
    let told = run(&["audit", "verify"], around()).await.1.results();
    assert!(told.contains("9 entries, whole"), "{told}");
    world.hostbill.with(|model| model.requests.reset());
    let (exit, _) = run(&["sync"], around()).await;
    assert_eq!(exit, Exit::Done);
    assert_eq!(
        world.hostbill.with(|model| model.requests.total()),
        0,
        "the new table knows all that was done"
    );
}

#[tokio::test]
async fn an_import_never_writes_over_a_table_unasked() {
    let world = World::ready().await;
    let file = world.dir.path().join("table.jsonl");
    world.done(&["export", file.to_str().unwrap()]).await;
    let (exit, captured) = world.line(&["import", file.to_str().unwrap()]).await;
    assert_eq!(exit, Exit::Usage, "{}", captured.all());
    assert!(captured.notes().contains("--into-non-empty"), "{}", captured.notes());
    world.done(&["import", file.to_str().unwrap(), "--into-non-empty"]).await;
    let (exit, _) = world.line(&["export", file.to_str().unwrap()]).await;
    assert_eq!(exit, Exit::Usage, "a file that is there is not written over");
}

#[tokio::test]
async fn a_file_that_is_no_export_is_refused_before_anything_is_written() {
    let world = World::ready().await;
    let whole = world.dir.path().join("table.jsonl");
    world.done(&["export", whole.to_str().unwrap()]).await;
    let text = std::fs::read_to_string(&whole).unwrap();
    let cut = world.file("cut.jsonl", &text[..text.len() - 20]);
    let other = world.dir.path().join("other.db");
    let other = [("BILLBRIDGE_DATA", other.to_str().unwrap())];
    let (exit, captured) = run(&["import", cut.to_str().unwrap()], world.around_with(&other)).await;
    assert_eq!(exit, Exit::Usage, "{}", captured.all());
    let (exit, _) = run(&["import", whole.to_str().unwrap()], world.around_with(&other)).await;
    assert_eq!(exit, Exit::Done, "the table was still empty");
}
