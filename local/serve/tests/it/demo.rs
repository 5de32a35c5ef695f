use crate::world::run;
use lambda_kit::env::Env;
use serve::exit::Exit;
use serve::surroundings::Surroundings;

#[tokio::test(flavor = "multi_thread")]
async fn the_demonstration_keeps_and_prints_its_promises() {
    let (exit, captured) = run(&["demo"], Surroundings::new(Env::default())).await;
    let told = captured.results();
    assert_eq!(exit, Exit::Done, "{told}");
    assert!(!told.contains('✘'), "{told}");
    for promise in [
        "the brake: 691 changes, more than the 500 allowed",
        "the same hash again is refused",
        "it was found by looking, not sent again",
        "0 calls to HostBill",
        "to the cent",
        "751 services compared one by one, 0 differences",
        "the chain of hashes is whole",
        "Every promise held.",
        "What to do next",
    ] {
        assert!(told.contains(promise), "{promise:?} is not in:\n{told}");
    }
    assert!(!told.contains('\u{1b}'), "plain output has no colours");
    for secret in ["demo-secret", "s3cret!", "0c4d7e8f9a1b2c3d4e5f"] {
        assert!(!captured.all().contains(secret));
    }
}
