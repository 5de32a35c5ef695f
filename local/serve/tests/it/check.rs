use crate::world::{World, run, surroundings};
use lambda_kit::env::Env;
use serve::exit::Exit;
use std::sync::Arc;

#[tokio::test]
async fn all_is_well_once_everything_is_set_up() {
    let world = World::ready().await;
    let captured = world.done(&["check"]).await;
    let told = captured.results();
    for what in [
        "sign in",
        "see organisation nordic",
        "place orders",
        "client field crayontenant",
        "nordic uses crayon",
    ] {
        assert!(told.contains(what), "{what:?} is not in:\n{told}");
    }
    assert!(!told.contains('✘'), "{told}");
}

#[tokio::test]
async fn every_problem_of_the_configuration_is_told_at_once_by_name_with_its_cure() {
    let env =
        [("BILLBRIDGE_DATA", ":memory:"), ("SYNC_IN_FLIGHT", "many"), ("HOSTBILL_URL", "billing.example")];
    let around = surroundings(Env::from_pairs(env), Arc::new(crate::world::StillClock));
    let names = [
        "SYNC_IN_FLIGHT",
        "CRAYON_URL",
        "CRAYON_CLIENT_ID",
        "CRAYON_CLIENT_SECRET",
        "CRAYON_USERNAME",
        "CRAYON_PASSWORD",
        "HOSTBILL_URL",
        "HOSTBILL_API_ID",
        "HOSTBILL_API_KEY",
    ];
    for (line, code) in
        [(vec!["check"], Exit::Failed), (vec!["sync"], Exit::Usage), (vec!["serve"], Exit::Usage)]
    {
        let (exit, captured) = run(&line, around.clone()).await;
        assert_eq!(exit, code, "{line:?}: {}", captured.all());
        for name in names {
            assert!(captured.all().contains(name), "{line:?} does not name {name}:\n{}", captured.all());
        }
    }
}

#[tokio::test]
async fn each_thing_is_tried_by_itself_and_comes_with_a_cure() {
    let world = World::ready().await;
    world.hostbill.with(|model| model.missing_calls.insert("accountTerminate".into()));
    let (exit, captured) = run(&["check"], world.around_with(&[("CRAYON_PASSWORD", "another")])).await;
    let told = captured.results();
    assert_eq!(exit, Exit::Failed);
    assert_eq!(told.matches('✘').count(), 2, "{told}");
    assert!(told.contains("accountTerminate") && told.contains("API Access"), "{told}");
    assert!(told.contains("check client id"), "{told}");
}
