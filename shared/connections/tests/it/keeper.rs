use crate::world::{World, crayon_system};
use connections::{Connections, Keeper};
use domain::failure::FailureKind;
use domain::id::SystemId;
use domain::secret::Secret;
use futures::future::join_all;
use futures::poll;
use lambda_kit::env::{ConfigProblems, Env};
use std::pin::pin;
use std::sync::Arc;

fn hostbill() -> SystemId {
    "hostbill".parse().unwrap()
}

#[tokio::test]
async fn a_rotated_secret_is_used_without_a_restart() {
    let world = World::new().await;
    assert_eq!(world.call().await, Ok(()));
    world.rotate_at_crayon("n3w-s3cret");
    world.pass(61);
    assert_eq!(world.call().await, Err(FailureKind::Unauthorised));
    world.crayon.with(|model| model.tokens.requests_per_token = None);
    world.store.set("CRAYON_PASSWORD", "n3w-s3cret");
    // Whoever was refused says so, and the next call is made with what the store holds now.
    world.keeper.doubt();
    assert_eq!(world.call().await, Ok(()));
    assert_eq!(world.store.reads(), 2);
}

#[tokio::test]
async fn a_rotated_secret_is_used_after_five_minutes_even_if_nobody_doubts() {
    let world = World::new().await;
    let before = world.keeper.current().await.unwrap();
    world.store.set("HOSTBILL_API_KEY", "another");
    world.pass(299);
    assert!(Arc::ptr_eq(&before, &world.keeper.current().await.unwrap()));
    assert_eq!(world.store.reads(), 1);
    world.pass(1);
    assert!(!Arc::ptr_eq(&before, &world.keeper.current().await.unwrap()));
    assert_eq!(world.store.reads(), 2);
}

#[tokio::test]
async fn unchanged_secrets_keep_the_same_connections() {
    let world = World::new().await;
    let before = world.keeper.current().await.unwrap();
    assert_eq!(world.call().await, Ok(()));
    for _ in 0..3 {
        world.pass(300);
        assert!(Arc::ptr_eq(&before, &world.keeper.current().await.unwrap()));
    }
    assert_eq!(world.store.reads(), 4);
}

#[tokio::test]
async fn another_systems_rotation_signs_nobody_out() {
    let world = World::new().await;
    assert_eq!(world.call().await, Ok(()));
    let before = world.keeper.current().await.unwrap();
    world.store.set("HOSTBILL_API_KEY", "another");
    world.pass(300);
    assert_eq!(world.call().await, Ok(()));
    assert!(!Arc::ptr_eq(&before, &world.keeper.current().await.unwrap()));
    assert_eq!(world.sign_ins(), 1);
}

#[tokio::test]
async fn a_secret_store_that_is_down_keeps_the_last_good_connections() {
    let world = World::new().await;
    let before = world.keeper.current().await.unwrap();
    world.store.be_down(true);
    world.pass(300);
    assert!(Arc::ptr_eq(&before, &world.keeper.current().await.unwrap()));
    assert_eq!(world.call().await, Ok(()));
    assert_eq!(world.store.reads(), 2, "it is left alone for a minute");
    world.store.be_down(false);
    world.store.set("HOSTBILL_API_KEY", "another");
    world.pass(60);
    assert!(!Arc::ptr_eq(&before, &world.keeper.current().await.unwrap()));
    assert_eq!(world.store.reads(), 3);
}

#[tokio::test]
async fn a_rotation_that_leaves_something_out_keeps_the_last_good_connections() {
    let world = World::new().await;
    let before = world.keeper.current().await.unwrap();
    world.store.forget("CRAYON_PASSWORD");
    world.keeper.doubt();
    world.pass(60);
    assert!(Arc::ptr_eq(&before, &world.keeper.current().await.unwrap()));
    world.store.set("CRAYON_PASSWORD", "n3w-s3cret");
    world.pass(60);
    assert!(!Arc::ptr_eq(&before, &world.keeper.current().await.unwrap()), "the doubt was not forgotten");
}

#[tokio::test]
async fn doubts_read_the_secrets_once_a_minute_at_most() {
    let world = World::new().await;
    world.keeper.current().await.unwrap();
    for _ in 0..50 {
        world.keeper.doubt();
        world.keeper.current().await.unwrap();
    }
    assert_eq!(world.store.reads(), 1);
    world.pass(60);
    for _ in 0..50 {
        world.keeper.doubt();
        world.keeper.current().await.unwrap();
    }
    assert_eq!(world.store.reads(), 2);
    world.pass(60);
    world.keeper.current().await.unwrap();
    world.keeper.current().await.unwrap();
    assert_eq!(world.store.reads(), 3, "the last doubts are settled by one more");
    world.pass(60);
    world.keeper.current().await.unwrap();
    assert_eq!(world.store.reads(), 3);
}

#[tokio::test]
async fn all_who_ask_at_first_share_one_reading() {
    let world = World::new().await;
    let all = join_all((0..8).map(|_| world.keeper.current())).await;
    let all: Vec<Arc<Connections>> = all.into_iter().map(Result::unwrap).collect();
    assert!(all.iter().all(|one| Arc::ptr_eq(one, &all[0])));
    assert_eq!(world.store.reads(), 1);
}

#[tokio::test]
async fn nobody_waits_for_a_slow_secret_store_while_there_are_good_connections() {
    let world = World::new().await;
    let before = world.keeper.current().await.unwrap();
    world.store.set("HOSTBILL_API_KEY", "another");
    world.pass(300);
    let slow = world.store.gate.write().await;
    let mut reader = pin!(world.keeper.current());
    assert!(poll!(reader.as_mut()).is_pending());
    assert!(Arc::ptr_eq(&before, &world.keeper.current().await.unwrap()));
    // What is doubted while it is being read is read once more.
    world.keeper.doubt();
    drop(slow);
    let after = reader.await.unwrap();
    assert!(!Arc::ptr_eq(&before, &after));
    assert!(Arc::ptr_eq(&after, &world.keeper.current().await.unwrap()));
    assert_eq!(world.store.reads(), 2);
    world.pass(60);
    world.keeper.current().await.unwrap();
    assert_eq!(world.store.reads(), 3);
}

#[tokio::test]
async fn a_reading_that_is_given_up_holds_nobody_up() {
    let world = World::new().await;
    let slow = world.store.gate.write().await;
    {
        let mut reader = pin!(world.keeper.current());
        assert!(poll!(reader.as_mut()).is_pending());
    }
    drop(slow);
    assert!(world.keeper.current().await.is_ok());
}

#[tokio::test]
async fn without_any_good_connections_the_reason_is_told_and_never_a_value() {
    let world = World::new().await;
    world.store.be_down(true);
    assert_eq!(world.keeper.current().await.unwrap_err().kind, FailureKind::Unavailable);
    world.store.be_down(false);
    world.store.forget("CRAYON_PASSWORD");
    world.store.set("HOSTBILL_API_KEY", " ");
    let failure = world.keeper.current().await.unwrap_err();
    assert_eq!((failure.kind, failure.system.as_str()), (FailureKind::Refused, "billbridge"));
    assert!(failure.what.contains("CRAYON_PASSWORD is missing"), "{failure}");
    assert!(failure.what.contains("HOSTBILL_API_KEY is missing"), "{failure}");
    assert!(!failure.what.contains("demo-secret") && !failure.what.contains('\n'), "{failure}");
    world.store.set("CRAYON_PASSWORD", "s3cret!");
    world.store.set("HOSTBILL_API_KEY", "key");
    assert_eq!(world.call().await, Ok(()));
}

#[tokio::test]
async fn the_environment_overrides_a_secret() {
    let world =
        World::with(&[("CRAYON_PASSWORD", "wrong"), ("HOSTBILL_HOOK_SECRET", "of the environment")]).await;
    world.store.set("HOSTBILL_HOOK_SECRET", "of the store");
    let connections = world.keeper.current().await.unwrap();
    assert_eq!(connections.hook_secret(&hostbill()).unwrap().expose(), "of the environment");
    assert_eq!(world.call().await, Err(FailureKind::Unauthorised));
}

#[tokio::test]
async fn a_web_hooks_secret_is_rotated_like_every_other() {
    let world = World::new().await;
    assert_eq!(world.keeper.current().await.unwrap().hook_secret(&hostbill()), None);
    world.store.set("HOSTBILL_HOOK_SECRET", "whsec-42");
    world.pass(300);
    let connections = world.keeper.current().await.unwrap();
    assert_eq!(connections.hook_secret(&hostbill()).unwrap().expose(), "whsec-42");
    assert_eq!(connections.hook_secret(&crayon_system()), None);
}

#[tokio::test]
async fn fixed_connections_stay_whatever_is_doubted() {
    let keeper = Keeper::fixed(Connections::default());
    let before = keeper.current().await.unwrap();
    keeper.doubt();
    assert!(Arc::ptr_eq(&before, &keeper.current().await.unwrap()));
}

#[tokio::test]
async fn nothing_secret_is_shown() {
    let world = World::new().await;
    world.store.set("HOSTBILL_HOOK_SECRET", "whsec-42");
    let connections = world.keeper.current().await.unwrap();
    let shown = format!("{:?} {connections:?}", world.keeper);
    for secret in ["demo-secret", "s3cret!", "whsec-42", "0c4d7e8f9a1b2c3d4e5f"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert_eq!(
        world.hostbill.with(|model| model.requests.total()),
        0,
        "nothing is sent before it is asked for"
    );
}

/// A setting of the function's own, out of a secret.
fn colour(env: &Env) -> Result<Secret, ConfigProblems> {
    let mut read = env.read();
    let colour = read.secret("COLOUR", "a colour, for example red");
    read.finish(|| colour)
}

#[tokio::test]
async fn what_a_process_begins_with_is_read_once() {
    let world = World::new().await;
    world.store.set("COLOUR", "r3d");
    let (keeper, secret) = world.begin(colour).await.unwrap();
    assert_eq!(secret.expose(), "r3d");
    let connections = keeper.current().await.unwrap();
    assert_eq!((connections.sources.len(), connections.billing.len()), (1, 1));
    assert_eq!(world.store.reads(), 1);
    world.pass(300);
    keeper.current().await.unwrap();
    assert_eq!(world.store.reads(), 2, "from then on it follows its secrets like any other");
}

#[tokio::test]
async fn nothing_begins_with_half_a_configuration_and_everything_wrong_is_said_at_once() {
    let world = World::new().await;
    world.store.forget("CRAYON_PASSWORD");
    let problem = world.begin(colour).await.unwrap_err().to_string();
    assert!(
        problem.contains("COLOUR is missing") && problem.contains("CRAYON_PASSWORD is missing"),
        "{problem}"
    );
    assert!(!problem.contains("demo-secret"), "{problem}");
    world.store.be_down(true);
    let problem = world.begin(colour).await.unwrap_err().to_string();
    assert!(problem.contains("it is down") && !problem.contains("COLOUR"), "{problem}");
}
