use crate::world::World;
use serve::house::House;

#[tokio::test(flavor = "multi_thread")]
async fn a_report_can_be_read_while_another_process_has_the_table_open() {
    let world = World::ready().await;
    let open = House::open(world.around()).await.unwrap();
    world.done(&["sync"]).await;
    let told = world.done(&["runs"]).await.results();
    assert!(told.contains("finished"), "{told}");
    drop(open);
    let told = world.done(&["runs"]).await.results();
    assert!(told.contains("finished"), "what was done is in the file: {told}");
}

#[tokio::test]
async fn a_table_in_a_place_that_cannot_be_is_a_clear_failure() {
    let world = World::new().await;
    let around = world.around_with(&[("BILLBRIDGE_DATA", "/nowhere/at/all.db")]);
    let (exit, captured) = crate::world::run(&["links", "list"], around).await;
    assert_eq!(exit, serve::exit::Exit::Failed);
    assert!(captured.notes().contains("BILLBRIDGE_DATA"), "{}", captured.notes());
}
