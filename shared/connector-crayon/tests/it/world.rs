//! A simulated Cloud-iQ and a connection to it.

use connector_crayon::{Crayon, CrayonConfig, Credentials};
use connector_kit::{RetryPolicy, http_client};
use domain::clock::{Clock, Deadline};
use domain::failure::Failure;
use domain::ports::{SubscriptionPage, SubscriptionSource};
use domain::secret::Secret;
use domain::settings::{Organisation, Policy, PricePer};
use jiff::{SignedDuration, Timestamp};
use simulators::crayon::{self as sim, Cycle, Model, Term};
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub(crate) const TOKEN: &str = "POST /connect/token";
pub(crate) const LIST: &str = "GET /subscriptions";
pub(crate) const ONE: &str = "GET /subscriptions/{id}";
pub(crate) const PUT: &str = "PUT /subscriptions/{id}";

/// Stands still until moved, together with the simulator's.
pub(crate) struct Hands(Mutex<Timestamp>);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

pub(crate) struct World {
    pub(crate) cloud: sim::Crayon,
    pub(crate) clock: Arc<Hands>,
    pub(crate) crayon: Crayon,
    pub(crate) organisation: Organisation,
}

impl World {
    /// One organisation, one tenant, so many subscriptions; pages of ten rows.
    pub(crate) async fn with(subscriptions: u32) -> Self {
        let mut model = Model::empty();
        let organisation = model.add_organisation("Reseller [T2/EUR]", "EUR");
        let tenant = model.add_tenant(organisation, "Fjord Kaffe AB", "fjordkaffe");
        for _ in 0..subscriptions {
            model.add_subscription(tenant, "CFQ7TTC0LH16:0001", 25, Some(Term::Year), Cycle::Monthly);
        }
        Self::of(model, |_| ()).await
    }

    pub(crate) async fn of(model: Model, adjust: impl FnOnce(&mut CrayonConfig)) -> Self {
        let now = Timestamp::from_millisecond(model.clock.now().millis()).unwrap();
        let organisation = organisation(*model.organisations.keys().next().unwrap(), "EUR");
        let login = model.credentials();
        let cloud = sim::Crayon::start(model).await.unwrap();
        let clock = Arc::new(Hands(Mutex::new(now)));
        let mut config = config(&cloud, &login);
        adjust(&mut config);
        let clocked: Arc<dyn Clock> = Arc::<Hands>::clone(&clock);
        let crayon = Crayon::new(http_client().unwrap(), clocked, &config);
        Self { cloud, clock, crayon, organisation }
    }

    pub(crate) async fn page(&self, page: u32) -> Result<SubscriptionPage, Failure> {
        self.crayon.page(&self.organisation, page, Deadline::never()).await
    }

    pub(crate) fn count(&self, label: &str) -> u64 {
        self.cloud.with(|model| model.requests.count(label))
    }

    /// Lets time pass on both sides.
    pub(crate) fn pass(&self, seconds: i64) {
        self.cloud.with(|model| model.clock.set(model.clock.now().plus_seconds(seconds)));
        *self.clock.0.lock().unwrap() += SignedDuration::from_secs(seconds);
    }

    pub(crate) fn deadline_in(&self, millis: i64) -> Deadline {
        Deadline(self.clock.now() + SignedDuration::from_millis(millis))
    }
}

pub(crate) fn config(cloud: &sim::Crayon, login: &sim::Credentials) -> CrayonConfig {
    let credentials = Credentials {
        client_id: login.client_id.clone(),
        client_secret: Secret::new(login.client_secret.as_str()),
        username: login.username.clone(),
        password: Secret::new(login.password.as_str()),
    };
    let mut config = CrayonConfig::new("crayon".parse().unwrap(), cloud.url().parse().unwrap(), credentials);
    config.page_size = 10.try_into().unwrap();
    config.requests_per_second = 10_000.try_into().unwrap();
    config.read_timeout = Duration::from_secs(5);
    config.retry = RetryPolicy { first_wait: Duration::from_millis(1), ..RetryPolicy::default() };
    config
}

pub(crate) fn organisation(theirs: u32, currency: &str) -> Organisation {
    Organisation {
        id: "nord".parse().unwrap(),
        supplier: "crayon".parse().unwrap(),
        supplier_organisation: theirs.to_string(),
        billing: "hostbill".parse().unwrap(),
        currency: currency.parse().unwrap(),
        price_per: PricePer::Cycle,
        policy: Policy::default(),
    }
}

/// The ids on a page; every row must be readable.
pub(crate) fn ids(page: &SubscriptionPage) -> Vec<u32> {
    page.rows.iter().map(|row| row.as_ref().unwrap().id.as_str().parse().unwrap()).collect()
}
