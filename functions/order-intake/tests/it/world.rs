//! A small reseller: two linked customers, one linked offer, Cloud-iQ, and us. Billing is what its records say.

use crate::fakes::{People, Published};
use connections::{Connections, Keeper, SignInAs};
use connector_crayon::{Crayon, CrayonConfig, Credentials};
use domain::access::{Actor, Scope};
use domain::clock::{Clock as _, Deadline};
use domain::id::{OrderId, RunId};
use domain::link::Link;
use domain::money::Money;
use domain::order::{HoldReason, Order, OrderState};
use domain::ports::{
    AccessStore as _, AuditStore as _, LeaseStore as _, LinkStore as _, Notice, OrderStore as _,
    PersonalCredentials, RecordStore as _, RunStore as _,
};
use domain::price::{Basis, Method, PriceRule, PriceRules};
use domain::record::{SyncRecord, SyncState};
use domain::run::{OrderedBilling, Run, RunMode, RunState};
use domain::secret::Secret;
use domain::service::{ServiceState, ServiceStatus};
use domain::settings::{Organisation, Settings};
use domain::subscription::OfferKey;
use http_kit::{Access, Guarding, NewToken, SigningKey};
use jiff::SignedDuration;
use lambda_kit::{Invocation, Outcome};
use order_intake::{Deps, Limits, handle};
use orders::{Desk, NewOrder, NewWanted};
use serde_json::{Value, json};
use simulators::{Decimal, crayon};
use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use testkit::builders::parsed;
use testkit::{Faulty, FixedClock, MemoryStore};

pub(crate) const PART: &str = "CFQ7TTC0LH16:0001";
pub(crate) const OFFER: &str = "CFQ7TTC0LH16:0001/P1Y/monthly";
pub(crate) const START: &str = "2026-03-02T08:00:00Z";
pub(crate) const HOOK_SECRET: &str = "a secret that only HostBill and we know";

pub(crate) struct World {
    pub(crate) crayon: crayon::Crayon,
    pub(crate) store: MemoryStore,
    pub(crate) clock: FixedClock,
    pub(crate) bus: Published,
    pub(crate) people: People,
    pub(crate) organisation: Organisation,
    pub(crate) tenants: [u32; 2],
}

/// What dies together with a process.
pub(crate) struct Process {
    pub(crate) deps: Arc<Deps>,
    pub(crate) store: Arc<Faulty<MemoryStore>>,
}

impl World {
    pub(crate) async fn new() -> Self {
        let mut supplier = crayon::Model::empty();
        let id = supplier.add_organisation("Reseller [T2/EUR]", "EUR");
        let tenants = [
            supplier.add_tenant(id, "Fjord Kaffe AB", "fjordkaffe"),
            supplier.add_tenant(id, "Nord Bygg AB", "nordbygg"),
        ];
        supplier.add_product(PART, "Exchange Online (Plan 1)", Decimal::new(328, 2), Decimal::new(400, 2));
        supplier.choices.order_polls = 0;
        let organisation = Organisation {
            id: parsed("nordic"),
            supplier_organisation: id.to_string(),
            ..testkit::builders::organisation()
        };
        let world = Self {
            crayon: crayon::Crayon::start(supplier).await.unwrap(),
            store: MemoryStore::default(),
            clock: FixedClock::at(START),
            bus: Published::default(),
            people: People::default(),
            organisation,
            tenants,
        };
        world.set_price(Method::PassThrough(Basis::Resale));
        world.store.change_links(&world.links(), &[]).await.unwrap();
        world
    }

    pub(crate) fn settings(&self, method: Method) -> Settings {
        let rule = PriceRule { method, ..testkit::builders::price_rule("standard") };
        Settings {
            organisations: vec![self.organisation.clone()],
            price_rules: PriceRules::new(vec![rule]),
            ..testkit::builders::settings()
        }
    }

    pub(crate) fn set_price(&self, method: Method) {
        self.store.set_settings(self.settings(method));
    }

    pub(crate) fn links(&self) -> Vec<Link> {
        let (supplier, billing) = (self.organisation.supplier.clone(), self.organisation.billing.clone());
        let offer = offer().id(&supplier);
        let mut links = vec![
            Link::Offer { offer: offer.clone(), system: supplier.clone(), key: offer_key() },
            Link::Product { offer, system: billing.clone(), product: parsed("33") },
        ];
        for (at, tenant) in self.tenants.iter().enumerate() {
            let customer: domain::id::CustomerId = parsed(&format!("cus_{at}"));
            let tenant = parsed(&tenant.to_string());
            links.push(Link::Tenant { customer: customer.clone(), system: supplier.clone(), tenant });
            let (client, currency) = (parsed(&format!("90{at}")), parsed("EUR"));
            links.push(Link::Client { customer, system: billing.clone(), client, currency });
        }
        links
    }

    fn connections(&self) -> Connections {
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
        config.requests_per_second = NonZeroU32::new(10_000).unwrap();
        config.retry = connector_kit::RetryPolicy {
            first_wait: Duration::from_millis(1),
            longest_wait: Duration::from_millis(2),
            ..connector_kit::RetryPolicy::default()
        };
        let http = connector_kit::http_client().unwrap();
        let crayon = Arc::new(Crayon::new(http, Arc::new(self.clock.clone()), &config));
        let person = crayon.clone();
        let sign_in: SignInAs = Arc::new(move |who: &PersonalCredentials| Arc::new(person.signed_in_as(who)));
        Connections {
            sources: vec![crayon.clone()],
            orders: vec![crayon.clone()],
            catalogues: vec![crayon],
            people: BTreeMap::from([(self.organisation.supplier.clone(), sign_in)]),
            hook_secrets: BTreeMap::from([(self.organisation.billing.clone(), Secret::new(HOOK_SECRET))]),
            ..Connections::default()
        }
    }

    /// A process of its own: whatever it was told in memory is gone with it, the table and Cloud-iQ stay.
    pub(crate) fn process(&self) -> Process {
        let store = Arc::new(Faulty::new(self.store.clone()));
        let deps = Deps {
            store: store.clone(),
            bus: Arc::new(self.bus.clone()),
            connections: Arc::new(Keeper::fixed(self.connections())),
            personal: Some(Arc::new(self.people.clone())),
            access: self.access(),
            clock: Arc::new(self.clock.clone()),
            entropy,
            limits: Limits { waits: vec![Duration::ZERO; 2], ..Limits::default() },
        };
        Process { deps: Arc::new(deps), store }
    }

    pub(crate) fn access(&self) -> Access {
        Access::new(Guarding {
            access: Arc::new(self.store.clone()),
            answers: Arc::new(self.store.clone()),
            clock: Arc::new(self.clock.clone()),
            key: SigningKey::new(&Secret::new("0123456789abcdef0123456789abcdef")).unwrap(),
            secure_cookies: true,
            requests_per_minute: 10_000,
        })
    }

    /// A person of this id, who may do everything that a token of theirs says.
    pub(crate) async fn knows(&self, id: &str) {
        let name = id.trim_start_matches("usr_");
        let user = testkit::builders::user(name, domain::access::Role::Admin);
        self.store.put_user(&user).await.unwrap();
    }

    /// A token with these scopes, as its text.
    pub(crate) async fn token(&self, owner: Option<&str>, scopes: &[Scope]) -> String {
        let new = NewToken {
            name: "test".into(),
            owner: owner.map(parsed),
            scopes: scopes.iter().copied().collect(),
            expires: None,
            created_by: "usr_root".into(),
        };
        self.access().create_token(new).await.unwrap().1.expose().to_owned()
    }

    pub(crate) fn desk(&self) -> Desk {
        self.process().deps.desk()
    }

    pub(crate) fn new_order(&self, quantity: u32) -> NewOrder {
        NewOrder {
            organisation: self.organisation.id.clone(),
            tenant: parsed(&self.tenants[0].to_string()),
            customer_name: "Fjord Kaffe AB".into(),
            what: NewWanted::Subscription { offer: offer_key(), quantity },
            scheduled: None,
            reference: None,
        }
    }

    /// Takes an order as Anna.
    pub(crate) async fn take(&self, new: NewOrder) -> Order {
        self.taken_by(&anna(), new).await
    }

    pub(crate) async fn taken_by(&self, author: &Actor, new: NewOrder) -> Order {
        let process = self.process();
        let connections = process.deps.connections.current().await.unwrap();
        let catalogue = connections.catalogue(&self.organisation.supplier).unwrap().clone();
        let (now, seed) = (self.clock.now(), entropy());
        let desk = process.deps.desk();
        desk.take(new, catalogue.as_ref(), author, now, seed, Deadline::never()).await.unwrap()
    }

    /// Takes an order as Anna and approves it as Bo.
    pub(crate) async fn approved(&self, new: NewOrder) -> Order {
        let order = self.take(new).await;
        self.approve(&order).await
    }

    pub(crate) async fn approve(&self, order: &Order) -> Order {
        let desk = self.desk();
        desk.approve(&order.organisation, &order.id, &bo(), order.quote.total).await.unwrap()
    }

    /// An order of so many seats, placed, with its subscription and a run asked for.
    pub(crate) async fn placed(&self, quantity: u32) -> Order {
        let order = self.approved(self.new_order(quantity)).await;
        self.told(&order).await;
        let order = self.order(&order.id).await;
        assert_eq!(order.state, OrderState::PlacedAtSupplier, "{:?}", last(&order));
        order
    }

    pub(crate) async fn order(&self, id: &OrderId) -> Order {
        self.store.find_order(&self.organisation.id, id).await.unwrap().unwrap()
    }

    /// The event that an approval publishes.
    pub(crate) fn event(&self, order: &Order) -> Value {
        json!({
            "source": "billbridge", "detail-type": "order.approved",
            "detail": {"version": 1, "organisation": self.organisation.id.as_str(), "order": order.id.as_str()},
        })
    }

    pub(crate) async fn told(&self, order: &Order) -> Outcome {
        self.handled(&self.process(), self.event(order)).await
    }

    pub(crate) async fn sync_finished(&self) -> Outcome {
        let event = json!({
            "source": "billbridge", "detail-type": "sync.finished",
            "detail": {"version": 1, "organisation": "nordic", "run": "run_1", "state": "finished"},
        });
        self.handled(&self.process(), event).await
    }

    pub(crate) async fn scheduled(&self) -> Outcome {
        let event = json!({"source": "aws.scheduler", "detail-type": "Scheduled Event"});
        self.handled(&self.process(), event).await
    }

    pub(crate) async fn handled(&self, process: &Process, payload: Value) -> Outcome {
        let (deadline, request) = (Deadline::never(), "request-1".to_owned());
        handle(&process.deps, Invocation { payload, deadline, request }).await
    }

    pub(crate) fn later(&self, minutes: i64) {
        self.clock.advance(SignedDuration::from_mins(minutes));
    }

    /// How many orders Cloud-iQ has taken.
    pub(crate) fn bought(&self) -> usize {
        self.crayon.with(|model| model.orders.len())
    }

    /// The runs that were asked for and not begun.
    pub(crate) async fn asked_for(&self) -> Vec<Run> {
        let runs = self.store.runs(&self.organisation.id, 50).await.unwrap();
        runs.into_iter().filter(|run| run.state == RunState::Requested).collect()
    }

    /// The latest run ends like this.
    pub(crate) async fn run_ends(&self, change: impl FnOnce(&mut Run)) -> Run {
        let mut run = self.store.runs(&self.organisation.id, 1).await.unwrap().remove(0);
        run.state = RunState::Finished;
        run.updated = self.clock.now();
        change(&mut run);
        self.store.put_run(&run).await.unwrap();
        run
    }

    /// What the sync writes about a subscription.
    pub(crate) async fn record(&self, order: &Order, change: impl FnOnce(&mut SyncRecord)) -> SyncRecord {
        let subscription = order.subscription.clone().unwrap();
        let total = order.approval.as_ref().map_or(order.quote.total, |approval| approval.total);
        self.record_of(subscription.as_str(), order.wanted.quantity(), total, change).await
    }

    pub(crate) async fn record_of(
        &self,
        subscription: &str,
        quantity: u32,
        amount: Money,
        change: impl FnOnce(&mut SyncRecord),
    ) -> SyncRecord {
        let usual = testkit::builders::record(subscription);
        let before = self.store.record_of(&self.organisation.id, subscription);
        let mut record = SyncRecord {
            organisation: self.organisation.id.clone(),
            subscription: parsed(subscription),
            tenant: parsed(&self.tenants[0].to_string()),
            offer: offer_key(),
            service: Some(parsed("7001")),
            applied: Some(ServiceState {
                client: parsed("900"),
                product: parsed("33"),
                quantity,
                amount,
                status: ServiceStatus::Active,
                ..testkit::builders::service_state()
            }),
            state: SyncState::Synced,
            updated: self.clock.now(),
            revision: before.map_or(1, |before| before.revision),
            ..usual
        };
        change(&mut record);
        let now = self.clock.now();
        let until = now + SignedDuration::from_mins(1);
        let lease =
            self.store.acquire("sync/nordic", &parsed("run_sync"), now, until).await.unwrap().unwrap();
        self.store.put_records(&lease, std::slice::from_ref(&record)).await.unwrap();
        self.store.release(&lease).await.unwrap();
        record
    }

    pub(crate) async fn assert_audit_holds(&self) {
        let entries = self.store.audit_entries(&self.organisation.id, 0, 10_000).await.unwrap();
        domain::audit::verify(&entries).unwrap();
        assert!(!entries.is_empty());
    }

    /// What an order last asked a run for, as it was published: what to bill, and under which id.
    pub(crate) fn asked(&self, order: &Order) -> Option<(OrderedBilling, RunId)> {
        self.bus.all().into_iter().rev().find_map(|notice| match notice {
            Notice::SyncRequested { mode: RunMode::Order(billing), run, .. } if billing.order == order.id => {
                Some((billing, run?))
            }
            Notice::SyncRequested { .. }
            | Notice::SyncContinued { .. }
            | Notice::SyncFinished { .. }
            | Notice::OrderApproved { .. } => None,
        })
    }
}

pub(crate) fn anna() -> Actor {
    Actor { id: "usr_anna".into(), name: "Anna".into() }
}

pub(crate) fn bo() -> Actor {
    Actor { id: "usr_bo".into(), name: "Bo".into() }
}

pub(crate) fn offer_key() -> OfferKey {
    parsed(OFFER)
}

fn offer() -> OfferKey {
    offer_key()
}

/// Every number once.
fn entropy() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// What the last step says.
pub(crate) fn last(order: &Order) -> (OrderState, &str) {
    order.steps.last().map(|step| (step.to, step.why.as_str())).unwrap()
}

/// Why it is held, and what the hold says.
pub(crate) fn held(order: &Order) -> (HoldReason, &str) {
    assert_eq!(order.state, OrderState::Held, "{:?}", last(order));
    order.hold.as_ref().map(|hold| (hold.reason, hold.detail.as_str())).unwrap()
}
