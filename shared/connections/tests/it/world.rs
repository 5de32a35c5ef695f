//! A simulated Cloud-iQ and HostBill, and a secret store that does as it is told.

use async_trait::async_trait;
use connections::Keeper;
use domain::clock::{Clock, Deadline};
use domain::failure::{Failure, FailureKind};
use domain::id::{SystemId, TenantId};
use domain::ports::VariableSource;
use domain::secret::Secret;
use jiff::{SignedDuration, Timestamp};
use lambda_kit::Error;
use lambda_kit::env::{ConfigProblems, Env};
use simulators::{crayon, hostbill};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tokio::sync::RwLock;

pub(crate) const TOKEN: &str = "POST /connect/token";

/// Stands still until moved, together with the simulators'.
pub(crate) struct Hands(Mutex<Timestamp>);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// Secrets that are what the test says.
pub(crate) struct Store {
    kept: Mutex<Kept>,
    /// Whoever holds it for writing lets the store take its time.
    pub(crate) gate: RwLock<()>,
}

struct Kept {
    variables: BTreeMap<String, Secret>,
    reads: u32,
    down: bool,
}

#[async_trait]
impl VariableSource for Store {
    async fn variables(&self) -> Result<BTreeMap<String, Secret>, Failure> {
        // Lets others come in between, as a real store would.
        tokio::task::yield_now().await;
        let _passed = self.gate.read().await;
        let mut kept = self.kept.lock().unwrap();
        kept.reads += 1;
        if kept.down {
            let system: SystemId = "secrets-manager".parse().unwrap();
            return Err(Failure::new(FailureKind::Unavailable, &system, "could not read: it is down"));
        }
        Ok(kept.variables.clone())
    }
}

impl Store {
    pub(crate) fn set(&self, name: &str, value: &str) {
        self.kept.lock().unwrap().variables.insert(name.to_owned(), Secret::new(value));
    }

    pub(crate) fn forget(&self, name: &str) {
        self.kept.lock().unwrap().variables.remove(name);
    }

    pub(crate) fn be_down(&self, down: bool) {
        self.kept.lock().unwrap().down = down;
    }

    pub(crate) fn reads(&self) -> u32 {
        self.kept.lock().unwrap().reads
    }
}

pub(crate) struct World {
    pub(crate) crayon: crayon::Crayon,
    pub(crate) hostbill: hostbill::HostBill,
    pub(crate) clock: Arc<Hands>,
    pub(crate) store: Arc<Store>,
    pub(crate) env: Env,
    pub(crate) keeper: Keeper,
}

impl World {
    /// Addresses stand in the environment, credentials in the secret store.
    pub(crate) async fn new() -> Self {
        Self::with(&[]).await
    }

    /// With these variables in the environment besides.
    pub(crate) async fn with(more: &[(&str, &str)]) -> Self {
        let (cloud, house) = (crayon::Model::sample(), hostbill::Model::sample());
        let now = Timestamp::from_millisecond(cloud.clock.now().millis()).unwrap();
        let (login, (api_id, api_key)) = (cloud.credentials(), house.credentials());
        let crayon = crayon::Crayon::start(cloud).await.unwrap();
        let hostbill = hostbill::HostBill::start(house).await.unwrap();
        let kept = Mutex::new(Kept { variables: BTreeMap::new(), reads: 0, down: false });
        let store = Store { kept, gate: RwLock::new(()) };
        for (name, value) in [
            ("CRAYON_CLIENT_ID", login.client_id.as_str()),
            ("CRAYON_CLIENT_SECRET", &login.client_secret),
            ("CRAYON_USERNAME", &login.username),
            ("CRAYON_PASSWORD", &login.password),
            ("HOSTBILL_API_ID", &api_id),
            ("HOSTBILL_API_KEY", &api_key),
        ] {
            store.set(name, value);
        }
        let mut env = vec![("CRAYON_URL", crayon.url()), ("HOSTBILL_URL", hostbill.url())];
        env.extend(more);
        let env = Env::from_pairs(env);
        let (clock, store) = (Arc::new(Hands(Mutex::new(now))), Arc::new(store));
        let clocked: Arc<dyn Clock> = Arc::<Hands>::clone(&clock);
        let keeper = Keeper::new(env.clone(), Arc::<Store>::clone(&store), clocked);
        Self { crayon, hostbill, clock, store, env, keeper }
    }

    /// As a function begins.
    pub(crate) async fn begin<T>(
        &self,
        settings: impl FnOnce(&Env) -> Result<T, ConfigProblems>,
    ) -> Result<(Keeper, T), Error> {
        let clock: Arc<dyn Clock> = Arc::<Hands>::clone(&self.clock);
        Keeper::begin(self.env.clone(), Arc::<Store>::clone(&self.store), clock, settings).await
    }

    /// Lets time pass.
    pub(crate) fn pass(&self, seconds: i64) {
        self.crayon.with(|model| model.clock.set(model.clock.now().plus_seconds(seconds)));
        *self.clock.0.lock().unwrap() += SignedDuration::from_secs(seconds);
    }

    /// Somebody changes the password of Billbridge's user at Cloud-iQ, which ends the tokens given for the old
    /// one.
    pub(crate) fn rotate_at_crayon(&self, password: &str) {
        self.crayon.with(|model| {
            password.clone_into(&mut model.users[0].password);
            model.tokens.requests_per_token = Some(0);
        });
    }

    pub(crate) fn sign_ins(&self) -> u64 {
        self.crayon.with(|model| model.requests.count(TOKEN))
    }

    pub(crate) fn tenant(&self) -> TenantId {
        self.crayon.with(|model| model.tenants.keys().next().unwrap().to_string().parse().unwrap())
    }

    /// One call to Cloud-iQ through the connections of now.
    pub(crate) async fn call(&self) -> Result<(), FailureKind> {
        let connections = self.keeper.current().await.map_err(|failure| failure.kind)?;
        let orders = connections.order_target(&crayon_system()).unwrap();
        let found = orders.customer_agreement(&self.tenant(), Deadline::never()).await;
        found.map(drop).map_err(|failure| failure.kind)
    }
}

pub(crate) fn crayon_system() -> SystemId {
    "crayon".parse().unwrap()
}
