use super::*;
use async_trait::async_trait;
use domain::audit::AuditEntry;
use domain::clock::Deadline;
use domain::id::SystemId;
use domain::order::{Accepted, ApprovalRule, CatalogueOffer, HoldReason, OrderPolicy, OrderState};
use domain::ports::CatalogueSource;
use domain::record::SyncRecord;
use domain::settings::{Organisation, PriceHold, Settings};
use domain::subscription::{OfferKey, SupplierPrices};
use jiff::Timestamp;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use testkit::builders::{actor, euro, moment, offer, organisation, parsed, settings, supplier};
use testkit::{Faulty, FixedClock, MemoryStore, Moment};

mod decisions;
mod quoting;
mod taking;

/// A catalogue with one offer, at one price; counts how often it is asked.
struct Catalogue {
    system: SystemId,
    price: Mutex<Option<domain::money::Money>>,
    asked: AtomicU64,
}

#[async_trait]
impl CatalogueSource for Catalogue {
    fn system(&self) -> &SystemId {
        &self.system
    }

    async fn search(
        &self,
        _: &Organisation,
        _: &str,
        _: u32,
        _: Deadline,
    ) -> Result<Vec<CatalogueOffer>, Failure> {
        Ok(Vec::new())
    }

    async fn find_offer(
        &self,
        _: &Organisation,
        key: &OfferKey,
        _: Deadline,
    ) -> Result<Option<CatalogueOffer>, Failure> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let Some(price) = *self.price.lock().unwrap() else {
            return Err(Failure::new(FailureKind::Unavailable, &self.system, "GET agreementproducts: 503"));
        };
        let prices = SupplierPrices { resale: Some(price), cost: Some(price), list: None };
        Ok((*key == offer()).then(|| CatalogueOffer {
            key: key.clone(),
            name: "Microsoft 365 Business Basic".into(),
            publisher: Some("Microsoft".into()),
            prices,
            minimum: 1,
            maximum: Some(300),
        }))
    }
}

/// Remembers what was published, or fails.
#[derive(Default)]
struct Heard {
    notices: Mutex<Vec<Notice>>,
    deaf: Mutex<bool>,
}

#[async_trait]
impl Bus for Heard {
    async fn publish(&self, notice: &Notice) -> Result<(), Failure> {
        if *self.deaf.lock().unwrap() {
            return Err(Failure::new(FailureKind::Unavailable, &parsed("bus"), "publish: nobody listens"));
        }
        self.notices.lock().unwrap().push(notice.clone());
        Ok(())
    }
}

struct House {
    memory: MemoryStore,
    clock: FixedClock,
    bus: Arc<Heard>,
    catalogue: Catalogue,
}

impl House {
    async fn new() -> Self {
        let memory = MemoryStore::with_settings(settings());
        memory.change_links(&testkit::builders::links(&["500", "501"]), &[]).await.unwrap();
        let catalogue =
            Catalogue { system: supplier(), price: Mutex::new(Some(euro("4.00"))), asked: AtomicU64::new(0) };
        Self { memory, clock: FixedClock::default(), bus: Arc::default(), catalogue }
    }

    fn desk(&self) -> Desk {
        self.desk_on(Arc::new(self.memory.clone()))
    }

    fn desk_on(&self, store: Arc<dyn DeskStore>) -> Desk {
        Desk { store, bus: self.bus.clone(), clock: Arc::new(self.clock.clone()), entropy: || 7 }
    }

    fn with_policy(&self, rules: Vec<ApprovalRule>) {
        self.memory.set_settings(Settings { orders: OrderPolicy { rules }, ..settings() });
    }

    async fn take(&self, desk: &Desk, new: NewOrder) -> Result<Order, OrderProblem> {
        let never = Deadline::never();
        desk.take(new, &self.catalogue, &actor("anna"), moment(0), 1, never).await
    }

    async fn pending(&self) -> Order {
        self.take(&self.desk(), new_order(10)).await.unwrap()
    }

    /// The pending order, put into any state with a hold.
    async fn put_in(&self, state: OrderState, hold: Option<HoldReason>) -> Order {
        let mut order = self.pending().await;
        order.version += 1;
        order.state = state;
        order.hold = hold.map(|reason| domain::order::Hold { reason, detail: "detail".into() });
        let audit = super::audit(&order, &actor("anna"), "a test", testkit::builders::run_id(1));
        self.memory.put_order(&order, audit).await.unwrap();
        self.bus.notices.lock().unwrap().clear();
        order
    }

    async fn order(&self, order: &Order) -> Order {
        self.memory.find_order(&order.organisation, &order.id).await.unwrap().unwrap()
    }

    fn heard(&self) -> usize {
        self.bus.notices.lock().unwrap().len()
    }

    fn audit(&self) -> Vec<AuditEntry> {
        let entries = self.memory.all_audit(&organisation().id);
        domain::audit::verify(&entries).unwrap();
        entries
    }
}

fn new_order(quantity: u32) -> NewOrder {
    NewOrder {
        organisation: organisation().id,
        tenant: parsed("500"),
        customer_name: "Fjord Kaffe".into(),
        what: NewWanted::Subscription { offer: offer(), quantity },
        scheduled: None,
        reference: Some("PO 7".into()),
    }
}
