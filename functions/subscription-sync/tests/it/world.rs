//! A small reseller: two customers, three offers' worth of subscriptions, both systems, and us.

use async_trait::async_trait;
use connections::{Connections, Keeper};
use connector_crayon::{Crayon, CrayonConfig, Credentials};
use connector_hostbill::{HostBill, HostBillConfig};
use domain::clock::Deadline;
use domain::failure::Failure;
use domain::link::Link;
use domain::ports::{AuditStore as _, BillingTarget, Bus, LinkStore as _, Notice, SubscriptionSource};
use domain::price::{Basis, Method, PriceRule, PriceRules, Scope};
use domain::record::SyncRecord;
use domain::run::{OrderedBilling, Run, RunMode};
use domain::secret::Secret;
use domain::settings::{Organisation, Policy, PricePer, Settings};
use domain::subscription::OfferKey;
use simulators::crayon::{Cycle, Status, Term};
use simulators::hostbill::Account;
use simulators::{Decimal, crayon, hostbill};
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};
use subscription_sync::{Command, Deps, Limits, sync};
use testkit::{Faulty, FaultyBilling, FixedClock, MemoryStore};

pub(crate) const PART: &str = "CFQ7TTC0LH16:0001";
pub(crate) const START: &str = "2026-03-02T08:00:00Z";

/// What was published.
#[derive(Clone, Default)]
pub(crate) struct Published(Arc<Mutex<Vec<Notice>>>);

impl Published {
    pub(crate) fn all(&self) -> Vec<Notice> {
        self.0.lock().unwrap().clone()
    }
}

#[async_trait]
impl Bus for Published {
    async fn publish(&self, notice: &Notice) -> Result<(), Failure> {
        self.0.lock().unwrap().push(notice.clone());
        Ok(())
    }
}

pub(crate) struct World {
    pub(crate) crayon: crayon::Crayon,
    pub(crate) hostbill: hostbill::HostBill,
    pub(crate) store: MemoryStore,
    pub(crate) clock: FixedClock,
    pub(crate) bus: Published,
    pub(crate) organisation: Organisation,
    pub(crate) tenants: [u32; 2],
    pub(crate) clients: [u32; 2],
    pub(crate) product: u32,
    pub(crate) subscriptions: Vec<u32>,
    pub(crate) links: Vec<Link>,
    pub(crate) page_size: u32,
}

pub(crate) type Process = Deps<Faulty<MemoryStore>>;

impl World {
    /// `n` subscriptions, alternating between two linked customers, all of one offer, two seats each and up.
    pub(crate) async fn new(n: u32) -> Self {
        let mut supplier = crayon::Model::empty();
        let organisation = supplier.add_organisation("Reseller [T2/EUR]", "EUR");
        let tenants = [
            supplier.add_tenant(organisation, "Fjord Kaffe AB", "fjordkaffe"),
            supplier.add_tenant(organisation, "Fjord Kaffe AB Nord", "fjordkaffenord"),
        ];
        let subscriptions = (0..n)
            .map(|i| {
                supplier.add_subscription(
                    tenants[i as usize % 2],
                    PART,
                    2 + i,
                    Some(Term::Year),
                    Cycle::Monthly,
                )
            })
            .collect();
        let mut billing = hostbill::Model::empty();
        let clients = [
            billing.add_client("it@fjordkaffe.example", "Fjord Kaffe AB"),
            billing.add_client("it@nord.example", "Fjord Kaffe AB Nord"),
        ];
        let product = billing.add_product("Exchange Online", &[("m", Decimal::new(400, 2))]);
        let mut world = Self {
            crayon: crayon::Crayon::start(supplier).await.unwrap(),
            hostbill: hostbill::HostBill::start(billing).await.unwrap(),
            store: MemoryStore::default(),
            clock: FixedClock::at(START),
            bus: Published::default(),
            organisation: organisation_of(organisation),
            tenants,
            clients,
            product,
            subscriptions,
            links: Vec::new(),
            page_size: 3,
        };
        world.link(0);
        world.link(1);
        world.link_product(&offer_key());
        world.save().await;
        world
    }

    pub(crate) fn link(&mut self, at: usize) {
        let customer: domain::id::CustomerId = format!("cus_{at}").parse().unwrap();
        let system = self.organisation.supplier.clone();
        let tenant = self.tenants[at].to_string().parse().unwrap();
        self.links.push(Link::Tenant { customer: customer.clone(), system, tenant });
        let (system, client) =
            (self.organisation.billing.clone(), self.clients[at].to_string().parse().unwrap());
        self.links.push(Link::Client { customer, system, client, currency: "EUR".parse().unwrap() });
    }

    pub(crate) fn link_product(&mut self, key: &OfferKey) {
        let offer = key.id(&self.organisation.supplier);
        let system = self.organisation.supplier.clone();
        self.links.push(Link::Offer { offer: offer.clone(), system, key: key.clone() });
        let (system, product) =
            (self.organisation.billing.clone(), self.product.to_string().parse().unwrap());
        self.links.push(Link::Product { offer, system, product });
    }

    /// Writes settings and links as they are now.
    pub(crate) async fn save(&self) {
        self.save_settings();
        let before = self.store.links().await.unwrap();
        self.store.change_links(&self.links, &[]).await.unwrap();
        let gone: Vec<_> = before.into_iter().filter(|link| !self.links.contains(link)).collect();
        self.store.change_links(&[], &gone).await.unwrap();
    }

    pub(crate) fn save_settings(&self) {
        self.store.set_settings(Settings {
            organisations: vec![self.organisation.clone()],
            price_rules: PriceRules::new(vec![PriceRule {
                id: "all".parse().unwrap(),
                scope: Scope::default(),
                valid_from: None,
                valid_until: None,
                method: Method::PassThrough(Basis::Resale),
                rounding: domain::money::RoundingMode::HalfUp,
                decimals: None,
            }]),
            rates: Vec::new(),
            orders: domain::order::OrderPolicy::default(),
        });
    }

    pub(crate) fn source(&self) -> Crayon {
        let credentials = self.crayon.with(|model| model.credentials());
        let mut config = CrayonConfig::new(
            self.organisation.supplier.clone(),
            self.crayon.url().parse().unwrap(),
            Credentials {
                client_id: credentials.client_id,
                client_secret: Secret::new(credentials.client_secret),
                username: credentials.username,
                password: Secret::new(credentials.password),
            },
        );
        config.page_size = NonZeroU32::new(self.page_size).unwrap();
        config.requests_per_second = NonZeroU32::new(10_000).unwrap();
        config.retry = quick();
        Crayon::new(connector_kit::http_client().unwrap(), Arc::new(self.clock.clone()), &config)
    }

    pub(crate) fn target(&self) -> HostBill {
        let (id, key) = self.hostbill.with(|model| model.credentials());
        let mut config = HostBillConfig::new(
            self.organisation.billing.clone(),
            self.hostbill.url().parse().unwrap(),
            Secret::new(id),
            Secret::new(key),
        );
        config.requests_per_second = NonZeroU32::new(10_000).unwrap();
        config.retry = quick();
        config.read_timeout = std::time::Duration::from_millis(400);
        config.mutation_timeout = std::time::Duration::from_millis(400);
        config.module_timeout = std::time::Duration::from_millis(400);
        config.least_time_for_mutation = std::time::Duration::from_millis(100);
        HostBill::new(connector_kit::http_client().unwrap(), Arc::new(self.clock.clone()), config)
    }

    /// A process of its own: whatever it was told in memory is gone with it, the store and both systems stay.
    pub(crate) fn process(&self) -> Process {
        let store = Faulty::new(self.store.clone());
        let target: Arc<dyn BillingTarget> = Arc::new(self.target());
        let billing: Arc<dyn BillingTarget> = Arc::new(FaultyBilling::new(target, store.faults()));
        let source: Arc<dyn SubscriptionSource> = Arc::new(self.source());
        Deps {
            connections: connected(vec![source], vec![billing]),
            store,
            bus: Arc::new(self.bus.clone()),
            clock: Arc::new(self.clock.clone()),
            entropy: || fastrand::u64(..),
            limits: Limits { in_flight: 2, ..Limits::default() },
        }
    }

    pub(crate) fn command(&self, mode: RunMode) -> Command {
        Command::Start { organisation: self.organisation.id.clone(), mode, actor: "ada".into(), run: None }
    }

    pub(crate) async fn run(&self, mode: RunMode) -> Run {
        self.try_run(&self.process(), mode).await.unwrap()
    }

    pub(crate) async fn try_run(&self, process: &Process, mode: RunMode) -> Result<Run, Failure> {
        sync(process, &self.command(mode), Deadline::never()).await
    }

    pub(crate) async fn sync(&self) -> Run {
        self.run(RunMode::Sync).await
    }

    /// Everything billing holds, without those that are over.
    pub(crate) fn accounts(&self) -> Vec<Account> {
        self.hostbill
            .with(|model| model.accounts.iter().filter(|a| a.status != "Terminated").cloned().collect())
    }

    /// The service of a subscription: there must be exactly one that is not over.
    pub(crate) fn service(&self, subscription: u32) -> Account {
        let prefix = format!("bb-{}-{subscription}", self.organisation.id);
        let found: Vec<_> = self
            .accounts()
            .into_iter()
            .filter(|a| a.domain == prefix || a.domain.starts_with(&format!("{prefix}.g")))
            .collect();
        assert_eq!(found.len(), 1, "services marked for subscription {subscription}");
        found.into_iter().next().unwrap()
    }

    pub(crate) fn record(&self, subscription: u32) -> SyncRecord {
        self.store.record_of(&self.organisation.id, &subscription.to_string()).unwrap()
    }

    /// Changes a subscription at the supplier.
    pub(crate) fn change(&self, subscription: u32, change: impl FnOnce(&mut crayon::Subscription)) {
        self.crayon.with(|model| change(model.subscription_mut(subscription).unwrap()));
    }

    pub(crate) fn set_status(&self, subscription: u32, status: Status) {
        self.change(subscription, |s| s.status = status);
    }

    pub(crate) fn forget_requests(&self) {
        self.crayon.with(|model| model.requests.reset());
        self.hostbill.with(|model| model.requests.reset());
    }

    pub(crate) fn hostbill_calls(&self) -> u64 {
        self.hostbill.with(|model| model.requests.total())
    }

    pub(crate) fn calls(&self, call: &str) -> u64 {
        self.hostbill.with(|model| model.requests.count(call))
    }

    /// Every subscription has exactly one active service with its amount, and nothing else is there.
    pub(crate) fn assert_one_service_each(&self) {
        assert_eq!(self.accounts().len(), self.subscriptions.len(), "services in billing");
        for id in &self.subscriptions {
            let (quantity, price) =
                self.crayon.with(|m| m.subscription(*id).map(|s| (s.quantity, s.sales_price)).unwrap());
            let service = self.service(*id);
            assert_eq!(service.status, "Active", "subscription {id}");
            assert_eq!(service.total, price * Decimal::from(quantity), "subscription {id}");
        }
    }

    /// The audit chain holds.
    pub(crate) async fn assert_audit_holds(&self) {
        let entries = self.store.audit_entries(&self.organisation.id, 0, 10_000).await.unwrap();
        domain::audit::verify(&entries).unwrap();
    }

    /// The moment so many seconds from now.
    pub(crate) fn clock_after(&self, seconds: i64) -> jiff::Timestamp {
        use domain::clock::Clock as _;
        self.clock.now() + jiff::SignedDuration::from_secs(seconds)
    }

    /// Both systems and we are a number of days later.
    pub(crate) fn later(&self, days: i64) {
        self.clock.advance(jiff::SignedDuration::from_hours(days * 24));
    }
}

/// A clock on which every glance costs a second.
pub(crate) struct Ticking(pub(crate) testkit::FixedClock);

impl domain::clock::Clock for Ticking {
    fn now(&self) -> jiff::Timestamp {
        self.0.advance(jiff::SignedDuration::from_secs(1));
        domain::clock::Clock::now(&self.0)
    }
}

/// Order 7, which bought this subscription and was approved at this sum.
pub(crate) fn orders_run(subscription: u32, approved: &str) -> RunMode {
    RunMode::Order(OrderedBilling {
        order: "ord_7".parse().unwrap(),
        subscription: subscription.to_string().parse().unwrap(),
        approved: approved.parse().unwrap(),
    })
}

pub(crate) fn euro(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// Connections that stay as they are.
pub(crate) fn connected(
    sources: Vec<Arc<dyn SubscriptionSource>>,
    billing: Vec<Arc<dyn BillingTarget>>,
) -> Arc<Keeper> {
    Arc::new(Keeper::fixed(Connections { sources, billing, ..Connections::default() }))
}

pub(crate) fn offer_key() -> OfferKey {
    format!("{PART}/P1Y/monthly").parse().unwrap()
}

fn organisation_of(id: u32) -> Organisation {
    Organisation {
        id: "nordic".parse().unwrap(),
        supplier: "crayon".parse().unwrap(),
        supplier_organisation: id.to_string(),
        billing: "hostbill".parse().unwrap(),
        currency: "EUR".parse().unwrap(),
        price_per: PricePer::Cycle,
        policy: Policy::default(),
    }
}

/// Retries without waiting worth mentioning.
fn quick() -> connector_kit::RetryPolicy {
    connector_kit::RetryPolicy {
        first_wait: std::time::Duration::from_millis(1),
        longest_wait: std::time::Duration::from_millis(2),
        ..connector_kit::RetryPolicy::default()
    }
}
