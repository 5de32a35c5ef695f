//! Two functions in one process: neither waits for the other.

use crate::open::{eventually, token};
use crate::wire::Caller;
use crate::world::World;
use async_trait::async_trait;
use connections::{Connections, Keeper};
use domain::clock::Deadline;
use domain::failure::Failure;
use domain::id::{SubscriptionId, SystemId, TenantId};
use domain::ports::{Probe, SubscriptionPage, SubscriptionSource, Tenant};
use domain::settings::Organisation;
use domain::subscription::ObservedSubscription;
use serde_json::{Value, json};
use serve::bus::InProcessBus;
use serve::commands::serve::open;
use serve::door::Door;
use serve::front::Front;
use serve::house::House;
use serve::serving::Rhythm;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Semaphore;

/// A supplier whose list nobody gets to see before the gate is open.
struct Gated {
    source: Arc<dyn SubscriptionSource>,
    waiting: Arc<AtomicBool>,
    gate: Arc<Semaphore>,
}

#[async_trait]
impl SubscriptionSource for Gated {
    fn system(&self) -> &SystemId {
        self.source.system()
    }

    fn page_size(&self) -> u32 {
        self.source.page_size()
    }

    async fn page(
        &self,
        organisation: &Organisation,
        page: u32,
        deadline: Deadline,
    ) -> Result<SubscriptionPage, Failure> {
        self.waiting.store(true, Ordering::SeqCst);
        let opened = self.gate.acquire().await.unwrap();
        let read = self.source.page(organisation, page, deadline).await;
        drop(opened);
        read
    }

    async fn find_details(
        &self,
        organisation: &Organisation,
        id: &SubscriptionId,
        deadline: Deadline,
    ) -> Result<Option<ObservedSubscription>, Failure> {
        self.source.find_details(organisation, id, deadline).await
    }

    async fn tenants(&self, organisation: &Organisation, deadline: Deadline) -> Result<Vec<Tenant>, Failure> {
        self.source.tenants(organisation, deadline).await
    }

    async fn find_tenant(&self, id: &TenantId, deadline: Deadline) -> Result<Option<Tenant>, Failure> {
        self.source.find_tenant(id, deadline).await
    }

    async fn probe(&self, organisations: &[&Organisation], deadline: Deadline) -> Vec<Probe> {
        self.source.probe(organisations, deadline).await
    }
}

async fn ask(caller: &Caller, path: &str, key: &str, body: &Value, status: u16) -> Value {
    let answer = caller.post(path, key, body).await;
    assert_eq!(answer.status, status, "{path}: {}", answer.body);
    answer.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_placed_while_a_run_waits_for_the_supplier() {
    let world = World::ready().await;
    let house =
        House::open(world.around_with(&[("BILLBRIDGE_REQUESTS_PER_MINUTE", "1000000")])).await.unwrap();
    let (gate, waiting) = (Arc::new(Semaphore::new(0)), Arc::new(AtomicBool::new(false)));
    let connections = house.connections().unwrap();
    let behind = |source: &Arc<dyn SubscriptionSource>| -> Arc<dyn SubscriptionSource> {
        Arc::new(Gated { source: source.clone(), waiting: waiting.clone(), gate: gate.clone() })
    };
    let gated = Connections { sources: connections.sources.iter().map(behind).collect(), ..connections };
    let bus = InProcessBus::default();
    let deps = house.deps_with(Arc::new(Keeper::fixed(gated)), Arc::new(bus.clone())).unwrap();
    let door = Door::open(house.env(), Some("127.0.0.1:0")).await.unwrap();
    let address = door.address;
    let front = Front::open(&house, &house.keeper().unwrap(), &bus, address).unwrap();
    let hour = Duration::from_hours(1);
    let rhythm = Rhythm { every: hour, first: hour, tries: vec![Duration::ZERO; 2] };

    let story = async {
        let clerk = with_token(address, &token(&world, &["read", "sync", "orders:write"]).await);
        let approver = with_token(address, &token(&world, &["read", "orders:approve"]).await);
        let run = ask(&clerk, "/api/sync/manual", "1", &json!({"organisation": "nordic"}), 202).await;
        let run = format!("/api/runs/nordic/{}", run["run"].as_str().unwrap());
        eventually("the run waits", || std::future::ready(waiting.load(Ordering::SeqCst).then_some(())))
            .await;

        let wanted = json!({
            "organisation": "nordic", "tenant": world.tenants[0].to_string(),
            "offer": "CFQ7TTC0LH16:0001/P1Y/monthly", "quantity": 4,
        });
        let order = ask(&clerk, "/api/orders", "2", &wanted, 201).await;
        let path = format!("/api/orders/{}", order["id"].as_str().unwrap());
        let approval = json!({"total": order["quote"]["total"]});
        ask(&approver, &format!("{path}/approve"), "3", &approval, 200).await;
        let state = |wanted: &'static str| {
            let (clerk, path) = (clerk.clone(), path.clone());
            eventually(wanted, move || {
                let (clerk, path) = (clerk.clone(), path.clone());
                async move {
                    let order = clerk.get(&path).await.json();
                    assert_ne!(order["state"], "held", "{order}");
                    (order["state"] == wanted).then_some(())
                }
            })
        };
        state("placed_at_supplier").await;
        assert_eq!(clerk.get(&run).await.json()["state"], "running");
        assert_eq!(world.services(), 0);

        gate.add_permits(1);
        state("active").await;
        assert_eq!(clerk.get(&run).await.json()["state"], "finished");
        assert_eq!(world.services(), 10, "nine that were there before, and the one that was ordered");
        house.around.stop.ask();
    };
    let both = async { tokio::join!(open(&house, &deps, (front, door), &bus, rhythm), story) };
    let (served, ()) = tokio::time::timeout(Duration::from_mins(3), Box::pin(both)).await.unwrap();
    assert_eq!(served.unwrap().parked, Vec::new());
}

fn with_token(address: std::net::SocketAddr, secret: &str) -> Caller {
    Caller { address, header: Some(("Authorization", format!("Bearer {secret}"))) }
}
