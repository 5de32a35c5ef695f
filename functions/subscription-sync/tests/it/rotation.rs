//! Credentials that are rotated while the process runs.

use crate::world::World;
use async_trait::async_trait;
use connections::Keeper;
use domain::failure::{Failure, FailureKind};
use domain::ports::VariableSource;
use domain::run::{RunMode, RunState};
use domain::secret::Secret;
use jiff::SignedDuration;
use lambda_kit::env::Env;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

/// A secret store whose password can be changed.
struct Rotating {
    password: Mutex<String>,
    read: AtomicU32,
}

#[async_trait]
impl VariableSource for Rotating {
    async fn variables(&self) -> Result<BTreeMap<String, Secret>, Failure> {
        self.read.fetch_add(1, Ordering::Relaxed);
        let password = self.password.lock().unwrap().clone();
        Ok(BTreeMap::from([("CRAYON_PASSWORD".to_owned(), Secret::new(password))]))
    }
}

/// The variables of both connections, all but the password.
fn environment(world: &World) -> Env {
    let crayon = world.crayon.with(|model| model.credentials());
    let (id, key) = world.hostbill.with(|model| model.credentials());
    Env::from_pairs([
        ("CRAYON_URL", world.crayon.url().to_string()),
        ("CRAYON_CLIENT_ID", crayon.client_id),
        ("CRAYON_CLIENT_SECRET", crayon.client_secret),
        ("CRAYON_USERNAME", crayon.username),
        ("HOSTBILL_URL", world.hostbill.url().to_string()),
        ("HOSTBILL_API_ID", id),
        ("HOSTBILL_API_KEY", key),
    ])
}

#[tokio::test]
async fn a_rotated_password_fails_one_run_and_is_used_by_the_next_without_a_restart() {
    let world = World::new(2).await;
    let password = world.crayon.with(|model| model.credentials().password);
    let secrets = Arc::new(Rotating { password: Mutex::new(password), read: AtomicU32::new(0) });
    let clock = Arc::new(world.clock.clone());
    let mut process = world.process();
    process.connections = Arc::new(Keeper::new(environment(&world), secrets.clone(), clock));
    let run = world.try_run(&process, RunMode::Sync).await.unwrap();
    assert_eq!(
        (run.state, run.counts.created, secrets.read.load(Ordering::Relaxed)),
        (RunState::Finished, 2, 1)
    );

    // Rotated at the supplier, its old tokens withdrawn; not yet in the secret store.
    world.crayon.with(|model| {
        model.users[0].password = "rotated".into();
        model.tokens.requests_per_token = Some(0);
    });
    world.clock.advance(SignedDuration::from_mins(2));
    let failure = world.try_run(&process, RunMode::Sync).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unauthorised);
    assert!(!failure.to_string().contains("rotated"), "{failure}");

    *secrets.password.lock().unwrap() = "rotated".into();
    world.crayon.with(|model| model.tokens.requests_per_token = None);
    world.change(world.subscriptions[0], |s| s.quantity = 30);
    world.clock.advance(SignedDuration::from_mins(1));
    let run = world.try_run(&process, RunMode::Sync).await.unwrap();
    assert_eq!((run.state, run.counts.changed), (RunState::Finished, 1));
    world.assert_one_service_each();
    assert_eq!(secrets.read.load(Ordering::Relaxed), 2, "read again because they were doubted, not before");
}
