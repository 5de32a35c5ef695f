//! Which orders an event is about, and one writer for each organisation.

use crate::Deps;
use crate::advance::{is_looked_after, waits_for_billing};
use crate::work::Work;
use domain::clock::Deadline;
use domain::failure::{Failure, FailureKind};
use domain::id::{OrderId, OrganisationId, RunId};
use domain::journal::Lease;
use domain::order::{Order, OrderState};
use domain::ports::{Notice, OrderFilter};
use domain::settings::Organisation;
use std::sync::Mutex;

/// How many orders a page of the list has.
const PAGE: u32 = 100;

/// Which orders are looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Which {
    /// This one first; then those that were approved while somebody else was at work.
    This(OrderId),
    /// Those that wait for billing.
    Billing,
    /// Every one that something can be done about.
    Every,
}

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Followed {
    /// Orders that were looked at.
    pub(crate) looked_at: u32,
    /// Of which are further on now.
    pub(crate) moved: u32,
    /// Of which could not be looked at.
    pub(crate) failed: u32,
    /// Organisations in which somebody else was at work.
    pub(crate) busy: u32,
}

impl Followed {
    pub(crate) fn add(&mut self, other: Self) {
        self.looked_at += other.looked_at;
        self.moved += other.moved;
        self.failed += other.failed;
        self.busy += other.busy;
    }
}

/// Looks at an organisation's orders under its lease. Where somebody else holds it nothing is done: the next
/// event does it.
///
/// # Errors
/// When the orders cannot be read, or one of them could not be looked at for a reason that may pass.
pub(crate) async fn follow(
    deps: &Deps,
    organisation: &Organisation,
    which: &Which,
    deadline: Deadline,
) -> Result<Followed, Failure> {
    // Most events find nothing to do: that costs one query and no lease.
    let first: Vec<Order> = chosen(which, open(deps, &organisation.id).await?);
    if first.is_empty() {
        return Ok(Followed::default());
    }
    let run = RunId::new(deps.clock.now(), (deps.entropy)());
    let Some(lease) = lease(deps, organisation, &run).await? else {
        return Ok(Followed { busy: 1, ..Followed::default() });
    };
    let name = lease.name.clone();
    let mut done = Done::default();
    let outcome = under_lease(deps, organisation, which, deadline, lease, &mut done).await;
    match &outcome {
        Err(failure) if failure.kind == FailureKind::LeaseLost => {}
        Ok(()) | Err(_) => give_back(deps, organisation, &run, &name).await,
    }
    // Handed on only by who has got something done: otherwise two could hand on to each other for ever.
    if let Some(order) = done.left.filter(|_| done.followed.moved > 0) {
        hand_on(deps, &organisation.id, order).await;
    }
    outcome.map(|()| done.followed)
}

/// What came of the orders of one organisation.
#[derive(Default)]
struct Done {
    followed: Followed,
    /// The first order that is to be sent and for which no time was left.
    left: Option<OrderId>,
}

async fn hand_on(deps: &Deps, organisation: &OrganisationId, order: OrderId) {
    let notice = Notice::OrderApproved { organisation: organisation.clone(), order };
    if let Err(failure) = deps.bus.publish(&notice).await {
        tracing::warn!(
            organisation.id = %organisation, error = %failure,
            "the other orders of {organisation} are left to the scheduled follow-up: {failure}"
        );
    }
}

async fn lease(deps: &Deps, organisation: &Organisation, run: &RunId) -> Result<Option<Lease>, Failure> {
    let now = deps.clock.now();
    let until = now.checked_add(deps.limits.lease).unwrap_or(now);
    Ok(deps.store.acquire(&format!("orders/{}", organisation.id), run, now, until).await?.ok())
}

/// The token has grown with every order: the lease as it is now is asked for, then given back.
async fn give_back(deps: &Deps, organisation: &Organisation, run: &RunId, name: &str) {
    let released = match lease(deps, organisation, run).await {
        Ok(Some(lease)) => deps.store.release(&lease).await,
        Ok(None) => Ok(()),
        Err(failure) => Err(failure),
    };
    if let Err(failure) = released {
        tracing::warn!(error = %failure, "the lease {name} could not be given back and runs out by itself: {failure}");
    }
}

async fn under_lease(
    deps: &Deps,
    organisation: &Organisation,
    which: &Which,
    deadline: Deadline,
    mut held: Lease,
    done: &mut Done,
) -> Result<(), Failure> {
    // Read again: whoever had the lease before may have moved them on.
    let all = open(deps, &organisation.id).await?;
    let known = Mutex::new(all.clone());
    let mut broken = None;
    for (at, order) in chosen(which, all).into_iter().enumerate() {
        let sends = order.state == OrderState::Approved;
        if at > 0 && sends && deadline.is_near(deps.clock.now(), deps.limits.sending) {
            done.left.get_or_insert(order.id);
            continue;
        }
        if at > 0 {
            let run = held.holder.clone();
            let Some(again) = lease(deps, organisation, &run).await? else { break };
            held = again;
        }
        let connections = deps.connections.current().await?;
        let lease = held.clone();
        let work = Work {
            deps,
            organisation,
            connections,
            run: lease.holder.clone(),
            lease,
            deadline,
            known: &known,
        };
        if work.is_over() {
            break;
        }
        done.followed.looked_at += 1;
        let (id, version) = (order.id.clone(), order.version);
        match work.advance(order).await {
            Ok(order) => done.followed.moved += u32::from(order.version != version),
            Err(failure) if failure.kind == FailureKind::LeaseLost => return Err(failure),
            Err(failure) => {
                done.followed.failed += 1;
                tracing::warn!(
                    order.id = %id, error = %failure,
                    "order {id} could not be looked at and is looked at again: {failure}"
                );
                // Somebody who decides about it at this moment publishes again afterwards.
                if failure.kind != FailureKind::Conflict {
                    broken.get_or_insert(failure);
                }
            }
        }
    }
    broken.map_or(Ok(()), Err)
}

/// Every order where something is left to be done, the oldest first.
async fn open(deps: &Deps, organisation: &OrganisationId) -> Result<Vec<Order>, Failure> {
    let (mut all, mut from) = (Vec::new(), None);
    loop {
        let page = deps.store.list_orders(organisation, OrderFilter::Open, from.as_deref(), PAGE).await?;
        all.extend(page.items);
        from = page.next;
        if from.is_none() {
            all.reverse();
            return Ok(all);
        }
    }
}

fn chosen(which: &Which, mut open: Vec<Order>) -> Vec<Order> {
    match which {
        Which::This(id) => {
            open.retain(|order| order.id == *id || order.state == OrderState::Approved);
            // Stable: the others stay the oldest first.
            open.sort_by_key(|order| order.id != *id);
        }
        Which::Billing => open.retain(waits_for_billing),
        Which::Every => open.retain(is_looked_after),
    }
    open
}
