//! Credentials that are rotated while the process runs.

use crate::world::{Process, World};
use async_trait::async_trait;
use connections::Keeper;
use domain::failure::{Failure, FailureKind};
use domain::ports::{RunStore as _, VariableSource};
use domain::run::{RunMode, RunState};
use domain::secret::Secret;
use jiff::SignedDuration;
use lambda_kit::env::Env;
use simulators::Fault;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

const NEW_KEY: &str = "rotated-in-the-middle";

/// A secret store whose one value can be changed.
struct Rotating {
    name: &'static str,
    value: Mutex<String>,
    read: AtomicU32,
}

impl Rotating {
    fn new(name: &'static str, value: String) -> Arc<Self> {
        Arc::new(Self { name, value: Mutex::new(value), read: AtomicU32::new(0) })
    }

    fn put(&self, value: &str) {
        value.clone_into(&mut self.value.lock().unwrap());
    }

    fn read(&self) -> u32 {
        self.read.load(Ordering::Relaxed)
    }
}

#[async_trait]
impl VariableSource for Rotating {
    async fn variables(&self) -> Result<BTreeMap<String, Secret>, Failure> {
        self.read.fetch_add(1, Ordering::Relaxed);
        let value = self.value.lock().unwrap().clone();
        Ok(BTreeMap::from([(self.name.to_owned(), Secret::new(value))]))
    }
}

/// A process whose connections follow this secret store; what it holds is not in the environment.
fn following(world: &World, secrets: &Arc<Rotating>) -> Process {
    let mut process = world.process();
    let clock = Arc::new(world.clock.clone());
    process.connections = Arc::new(Keeper::new(environment(world, secrets.name), secrets.clone(), clock));
    process
}

/// The variables of both connections, all but this one.
fn environment(world: &World, without: &str) -> Env {
    let crayon = world.crayon.with(|model| model.credentials());
    let (id, key) = world.hostbill.with(|model| model.credentials());
    let all = [
        ("CRAYON_URL", world.crayon.url().to_string()),
        ("CRAYON_CLIENT_ID", crayon.client_id),
        ("CRAYON_CLIENT_SECRET", crayon.client_secret),
        ("CRAYON_USERNAME", crayon.username),
        ("CRAYON_PASSWORD", crayon.password),
        ("HOSTBILL_URL", world.hostbill.url().to_string()),
        ("HOSTBILL_API_ID", id),
        ("HOSTBILL_API_KEY", key),
        ("HOSTBILL_REQUESTS_PER_SECOND", "100000".to_owned()),
    ];
    Env::from_pairs(all.into_iter().filter(|(name, _)| *name != without))
}

#[tokio::test]
async fn a_rotated_password_fails_one_run_and_is_used_by_the_next_without_a_restart() {
    let world = World::new(2).await;
    let password = world.crayon.with(|model| model.credentials().password);
    let secrets = Rotating::new("CRAYON_PASSWORD", password);
    let process = following(&world, &secrets);
    let run = world.try_run(&process, RunMode::Sync).await.unwrap();
    assert_eq!((run.state, run.counts.created, secrets.read()), (RunState::Finished, 2, 1));

    // Rotated at the supplier, its old tokens withdrawn; not yet in the secret store.
    world.crayon.with(|model| {
        model.users[0].password = "rotated".into();
        model.tokens.requests_per_token = Some(0);
    });
    world.clock.advance(SignedDuration::from_mins(2));
    let failure = world.try_run(&process, RunMode::Sync).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unauthorised);
    assert!(!failure.to_string().contains("rotated"), "{failure}");

    secrets.put("rotated");
    world.crayon.with(|model| model.tokens.requests_per_token = None);
    world.change(world.subscriptions[0], |s| s.quantity = 30);
    world.clock.advance(SignedDuration::from_mins(1));
    let run = world.try_run(&process, RunMode::Sync).await.unwrap();
    assert_eq!((run.state, run.counts.changed), (RunState::Finished, 1));
    world.assert_one_service_each();
    assert_eq!(secrets.read(), 3, "read again because they were doubted, once for each refusal");
}

/// From its n-th request on, HostBill knows the new key and no longer the old one.
fn rotate_at(world: &World, n: u32) -> String {
    world.hostbill.with(|model| {
        let mut key = model.keys[0].clone();
        let old = std::mem::replace(&mut key.key, NEW_KEY.to_owned());
        model.keys.push(key);
        model
            .faults
            .add(Fault::Refused(vec!["Wrong API ID or key".into()]).always().skip(n).containing(&old));
        old
    })
}

#[tokio::test]
async fn a_key_rotated_at_whatever_moment_of_a_run_is_taken_up_by_that_run() {
    let mut rotated = 0;
    for n in 0..14 {
        let world = World::new(3).await;
        let secrets = Rotating::new("HOSTBILL_API_KEY", rotate_at(&world, n));
        let process = following(&world, &secrets);
        process.connections.current().await.unwrap();
        secrets.put(NEW_KEY);
        world.clock.advance(SignedDuration::from_mins(2));

        let run = world.try_run(&process, RunMode::Sync).await.unwrap();

        assert_eq!((&run.state, run.counts.refused), (&RunState::Finished, 0), "at request {n}: {run:?}");
        assert_eq!(run.counts.created + run.counts.adopted, 3, "at request {n}: {run:?}");
        assert_eq!(world.hostbill.with(|model| model.orders.len()), 3, "at request {n}");
        world.assert_one_service_each();
        rotated += u32::from(secrets.read() == 2);
        world.forget_requests();
        assert_eq!(world.sync().await.counts.unchanged, 3, "at request {n}");
        world.assert_audit_holds().await;
    }
    assert!(rotated >= 10, "the key was rotated in the middle of {rotated} runs");
}

#[tokio::test]
async fn a_key_that_is_refused_stops_the_run_at_once_instead_of_refusing_every_change() {
    let world = World::new(8).await;
    let secrets = Rotating::new("HOSTBILL_API_KEY", rotate_at(&world, 6));
    let process = following(&world, &secrets);
    process.connections.current().await.unwrap();
    world.clock.advance(SignedDuration::from_mins(2));

    let failure = world.try_run(&process, RunMode::Sync).await.unwrap_err();

    assert_eq!((failure.kind, failure.is_transient()), (FailureKind::Unauthorised, false));
    let run = world.store.runs(&world.organisation.id, 1).await.unwrap().remove(0);
    assert!(matches!(run.state, RunState::Failed(_)), "{run:?}");
    assert!(run.counts.refused == 0 && run.counts.left >= 4, "{run:?}");
    secrets.put(NEW_KEY);
    world.clock.advance(SignedDuration::from_mins(2));
    let run = world.try_run(&process, RunMode::Sync).await.unwrap();
    assert_eq!(run.state, RunState::Finished, "{run:?}");
    assert_eq!(world.hostbill.with(|model| model.orders.len()), 8);
    world.assert_one_service_each();
}
