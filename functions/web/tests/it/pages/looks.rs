//! Believable things to look at: records in every state, runs, a plan, orders, figures. And the worst of names.

use crate::world::{World, offer_key};
use domain::id::OrganisationId;
use domain::order::{HoldReason, Order, OrderState};
use domain::plan::{Change, Line, Plan, PlanHash, Verdict, Why};
use domain::ports::{
    AccessStore as _, FiguresStore as _, LeaseStore as _, OrderStore as _, PlanStore as _, RecordStore as _,
    RunStore as _,
};
use domain::record::{ParkReason, SyncRecord, SyncState, WaitReason};
use domain::run::{Counts, Run, RunMode, RunState};
use jiff::SignedDuration;
use std::collections::BTreeMap;
use testkit::builders::{self, moment, parsed, run_id};

/// What somebody may call a customer, an offer or an order.
pub(crate) const WORST: &str = "<script>alert(1)</script>";

pub(crate) fn acme() -> OrganisationId {
    builders::organisation().id
}

pub(crate) fn record(world: &World, id: &str, state: SyncState) -> SyncRecord {
    let mut record = SyncRecord { state, offer: offer_key(), ..builders::record(id) };
    record.tenant = parsed(&world.tenants[0].to_string());
    record
}

pub(crate) async fn put_records(world: &World, records: &[SyncRecord]) {
    let (now, later) = (moment(0), moment(60));
    let lease = world.store.acquire("sync/acme", &run_id(1), now, later).await.unwrap().unwrap();
    world.store.put_records(&lease, records).await.unwrap();
    world.store.release(&lease).await.unwrap();
}

pub(crate) fn run(n: u32, mode: RunMode, state: RunState) -> Run {
    let started = moment(i64::from(n) * 3_600);
    Run {
        id: run_id(n),
        organisation: acme(),
        mode,
        actor: "schedule".into(),
        started,
        updated: started + SignedDuration::from_secs(42),
        state,
        plan: None,
        unproven: None,
        brake: Vec::new(),
        amounts: BTreeMap::new(),
        counts: Counts { observed: 1_000, planned: 2, ..Counts::default() },
        problems: Vec::new(),
    }
}

/// A plan of one new service of 40.00 EUR and one parked subscription.
pub(crate) fn plan(world: &World) -> Plan {
    let line = |id: &str, verdict: Verdict| Line {
        subscription: parsed(id),
        name: format!("Exchange Online ({id}) {WORST}"),
        tenant: parsed(&world.tenants[0].to_string()),
        customer: None,
        offer: offer_key(),
        base: 0,
        generation: 1,
        digest: builders::digest(id),
        price: builders::record(id).price,
        ended: false,
        verdict,
    };
    let change = Change { service: None, from: None, to: builders::service_state(), why: vec![Why::New] };
    let park =
        Verdict::Park { reason: ParkReason::CustomerUnlinked, detail: "customer 77 has no client".into() };
    Plan::new(acme(), vec![line("9001", Verdict::Change(Box::new(change))), line("9002", park)])
}

pub(crate) async fn put_plan(world: &World) -> PlanHash {
    let plan = plan(world);
    let hash = plan.hash();
    let mut run = run(7, RunMode::DryRun, RunState::AwaitingApproval);
    run.plan = Some(hash.clone());
    run.brake = vec!["1 changes, more than the 0 allowed without approval".into()];
    run.amounts = BTreeMap::from([(parsed("EUR"), parsed("40.00"))]);
    world.store.put_run(&run).await.unwrap();
    world.store.put_plan(&hash, &plan, &run.id, moment(7)).await.unwrap();
    hash
}

/// The n-th order of Ada's, in this state.
pub(crate) async fn put_order(world: &World, n: u32, states: &[OrderState]) -> Order {
    let mut order = builders::order(n);
    order.tenant = parsed(&world.tenants[0].to_string());
    order.offer = offer_key();
    order.customer_name = format!("Fjord Kaffe {WORST}");
    order.offer_name = format!("Exchange Online {WORST}");
    order.reference = Some(format!("PO 4711 {WORST}"));
    let by = order.author.clone();
    for state in states {
        if *state == OrderState::Held {
            order.hold(HoldReason::SupplierUnclear, "no answer came", &by, moment(90)).unwrap();
        } else {
            order.step(*state, &by, "as asked", moment(80)).unwrap();
        }
    }
    world.store.put_order(&order, builders::order_audit(&order)).await.unwrap();
    order
}

/// Something of everything.
pub(crate) async fn furnish(world: &World) -> PlanHash {
    let mut worst = record(world, "s-synced", SyncState::Synced);
    worst.name = format!("Exchange {WORST}");
    let unlinked = |id: &str| {
        let detail = format!("customer {WORST} has no client");
        record(world, id, SyncState::Parked { reason: ParkReason::CustomerUnlinked, detail })
    };
    let offer = SyncState::Parked { reason: ParkReason::OfferUnlinked, detail: "no product".into() };
    let error = SyncState::Error { message: "billing did not answer".into(), since: moment(5) };
    put_records(
        world,
        &[
            worst,
            unlinked("s-parked"),
            unlinked("s-parked-2"),
            record(world, "s-offer", offer),
            record(world, "s-error", error),
            record(world, "s-pending", SyncState::Pending(WaitReason::SupplierPending)),
        ],
    )
    .await;
    for (n, state) in [
        (1, RunState::Finished),
        (2, RunState::Finished),
        (3, RunState::Failed("the supplier did not answer".into())),
        (4, RunState::Running),
        (5, RunState::Refused("another run is at work".into())),
    ] {
        world.store.put_run(&run(n, RunMode::Sync, state)).await.unwrap();
    }
    let hash = put_plan(world).await;
    put_order(world, 1, &[OrderState::PendingApproval]).await;
    put_order(
        world,
        2,
        &[OrderState::PendingApproval, OrderState::Approved, OrderState::Placing, OrderState::Held],
    )
    .await;
    put_order(world, 3, &[OrderState::PendingApproval, OrderState::Rejected]).await;
    world.store.put_figures(&builders::figures(parsed("2026-11-05"))).await.unwrap();
    world.store.put_figures(&builders::figures(parsed("2026-10-31"))).await.unwrap();
    world.store.put_token(&builders::api_token(1, domain::access::Role::Viewer)).await.unwrap();
    hash
}
