use crate::world::{ADA, BO, DISCOVERY, KEYS, World};
use simulators::Fault;
use simulators::oidc::{Lie, Model, Signing};

#[tokio::test]
async fn a_key_rotation_at_the_provider_is_followed_without_a_restart() {
    let world = World::sample().await;
    world.sign_in(ADA).await.unwrap();
    world.provider.with(Model::rotate);
    assert_eq!(world.sign_in(BO).await.unwrap().name, "Bo Nilsen");
    assert_eq!(world.count(KEYS), 2);
    world.sign_in(ADA).await.unwrap();
    assert_eq!(world.count(KEYS), 2);
}

#[tokio::test]
async fn a_provider_may_change_how_it_signs() {
    let world = World::sample().await;
    world.sign_in(ADA).await.unwrap();
    world.provider.with(|model| {
        model.signing = Signing::Rs256;
        model.rotate();
    });
    assert_eq!(world.sign_in(ADA).await.unwrap().subject.subject, ADA);
}

#[tokio::test]
async fn unknown_keys_make_us_ask_at_most_once_a_minute() {
    let world = World::sample().await;
    world.provider.with(|model| model.lie = Some(Lie::UnknownKey));
    for _ in 0..5 {
        assert!(world.sign_in(ADA).await.is_err());
    }
    assert_eq!((world.count(DISCOVERY), world.count(KEYS)), (2, 2));
    world.pass(59);
    assert!(world.sign_in(ADA).await.is_err());
    assert_eq!(world.count(KEYS), 2);
    world.pass(1);
    assert!(world.sign_in(ADA).await.is_err());
    assert_eq!(world.count(KEYS), 3);
}

#[tokio::test]
async fn keys_that_cannot_be_read_again_fail_this_sign_in_and_not_the_next() {
    let world = World::sample().await;
    world.sign_in(ADA).await.unwrap();
    world.provider.with(|model| {
        model.rotate();
        model.faults.add(Fault::status(503).on(KEYS).times(2));
    });
    let failure = world.sign_in(ADA).await.unwrap_err();
    assert!(failure.is_transient(), "{failure}");
    world.pass(60);
    assert!(world.sign_in(ADA).await.is_ok());
}
