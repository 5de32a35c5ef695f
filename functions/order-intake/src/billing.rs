//! From a subscription that is known to a service that is billed and active: the sync's work, asked for here and
//! read from its record.

use crate::work::{Step, Work};
use domain::digest::SubscriptionKey;
use domain::failure::{Failure, FailureKind};
use domain::id::{RunId, SubscriptionId, SystemId};
use domain::order::{HoldReason, Order, OrderState};
use domain::ports::Notice;
use domain::record::{SyncRecord, SyncState};
use domain::run::{OrderedBilling, Run, RunMode, RunState};
use domain::service::{ServiceState, ServiceStatus};
use jiff::{SignedDuration, Timestamp};

/// How many of the latest runs are looked through for an order's own.
const RUNS: u32 = 50;
/// A run that was asked for and has not begun by then is asked for again, under its id.
const BEGINS_WITHIN: SignedDuration = SignedDuration::from_mins(4);
/// A run at work that has written nothing for so long was killed.
const ALIVE_FOR: SignedDuration = SignedDuration::from_mins(30);
/// After a run that was in another one's way. Its own end is an event too: without a pause the two would chase
/// each other.
const AFTER_REFUSAL: SignedDuration = SignedDuration::from_mins(1);

impl Work<'_> {
    /// Reads the subscription's record; asks for a run where it is not in step, and for a person where no run
    /// can help.
    pub(crate) async fn bill(&self, order: Order) -> Result<Step, Failure> {
        let Some(subscription) = order.subscription.clone() else {
            return Ok(Step::Stays("the subscription is not known".to_owned()));
        };
        let record = self.record(&subscription).await?;
        if let Some((record, service)) = record.as_ref().and_then(|record| in_step(record, &order)) {
            let mut order = order;
            order.service.clone_from(&record.service);
            let id = record.service.as_ref().map_or("", |id| id.as_str());
            let why = format!("service {id} in {}: {} each cycle", self.organisation.billing, service.amount);
            return self.step(order, OrderState::Billed, why).await;
        }
        let since = placed_since(&order);
        let runs = self.deps.store.runs(&self.organisation.id, RUNS).await?;
        let ours = |run: &&Run| match &run.mode {
            RunMode::Order(ordered) => ordered.order == order.id && run.started >= since,
            RunMode::Sync | RunMode::DryRun | RunMode::Apply(_) => false,
        };
        match runs.iter().find(ours) {
            None => self.ask_for_a_run(&order, &subscription).await,
            Some(run) => self.after(order, &subscription, run, record.as_ref()).await,
        }
    }

    async fn record(&self, subscription: &SubscriptionId) -> Result<Option<SyncRecord>, Failure> {
        let keys = [SubscriptionKey::of(subscription.as_str())];
        let found = self.deps.store.records(&self.organisation.id, &keys).await?;
        Ok(found.into_iter().find(|record| record.subscription == *subscription))
    }

    /// What the order's latest run says.
    async fn after(
        &self,
        order: Order,
        subscription: &SubscriptionId,
        run: &Run,
        record: Option<&SyncRecord>,
    ) -> Result<Step, Failure> {
        let now = self.now();
        let silent_for = |time: SignedDuration| now.duration_since(run.updated) >= time;
        match &run.state {
            RunState::Requested if silent_for(BEGINS_WITHIN) => self.publish(&order, run).await,
            RunState::Refused(_) if silent_for(AFTER_REFUSAL) => {
                self.ask_for_a_run(&order, subscription).await
            }
            RunState::Running | RunState::Continued { .. } if silent_for(ALIVE_FOR) => {
                self.ask_for_a_run(&order, subscription).await
            }
            RunState::Requested | RunState::Refused(_) | RunState::Running | RunState::Continued { .. } => {
                Ok(Step::Stays(format!("run {} is {}", run.id, run.state.word())))
            }
            RunState::AwaitingApproval => {
                let plan =
                    run.plan.as_ref().map_or_else(|| "a plan".to_owned(), |hash| format!("plan {hash}"));
                let detail = format!("{plan} waits: {}", run.brake.join("; "));
                self.hold(order, HoldReason::PlanWaits, detail).await
            }
            RunState::Finished => self.not_in_step(order, subscription, run, record).await,
            RunState::Failed(why) => match record.map(|record| &record.state) {
                Some(SyncState::Parked { .. } | SyncState::Error { .. }) => {
                    self.not_in_step(order, subscription, run, record).await
                }
                Some(SyncState::Pending(_) | SyncState::Synced | SyncState::Ended) | None => {
                    self.ask_again(order, subscription, run, why).await
                }
            },
        }
    }

    /// The run is over and the record does not say what was ordered.
    async fn not_in_step(
        &self,
        order: Order,
        subscription: &SubscriptionId,
        run: &Run,
        record: Option<&SyncRecord>,
    ) -> Result<Step, Failure> {
        match record.map(|record| &record.state) {
            Some(SyncState::Parked { reason, detail }) => {
                let detail = format!("{}: {detail}; {}", reason.code(), reason.cure());
                self.hold(order, HoldReason::BillingParked, detail).await
            }
            Some(SyncState::Error { message, .. }) => {
                self.hold(order, HoldReason::BillingRefused, message.clone()).await
            }
            Some(SyncState::Pending(reason)) => self.ask_again(order, subscription, run, reason.code()).await,
            Some(SyncState::Ended) => {
                let detail = format!("subscription {subscription} has ended");
                self.hold(order, HoldReason::SupplierSlow, detail).await
            }
            Some(SyncState::Synced) => {
                self.ask_again(order, subscription, run, "the supplier does not show the ordered seats yet")
                    .await
            }
            None => {
                let why = run.problems.first().map_or("the supplier does not show it yet", String::as_str);
                self.ask_again(order, subscription, run, why).await
            }
        }
    }

    /// Another run may see more, for as long as a supplier may take.
    async fn ask_again(
        &self,
        order: Order,
        subscription: &SubscriptionId,
        run: &Run,
        why: &str,
    ) -> Result<Step, Failure> {
        if self.now().duration_since(placed_since(&order)) >= self.deps.limits.patience {
            let detail = format!("subscription {subscription}: {why}");
            return self.hold(order, HoldReason::SupplierSlow, detail).await;
        }
        if self.now().duration_since(run.updated) < BEGINS_WITHIN {
            return Ok(Step::Stays(why.to_owned()));
        }
        self.ask_for_a_run(&order, subscription).await
    }

    /// Keeps a run under its id, then asks for it: whoever is killed in between leaves a request that is found.
    async fn ask_for_a_run(&self, order: &Order, subscription: &SubscriptionId) -> Result<Step, Failure> {
        let Some(approval) = &order.approval else {
            let what = format!("order {} was bought and nobody approved it", order.id);
            return Err(Failure::new(FailureKind::Malformed, &SystemId::billbridge(), what));
        };
        let now = self.now();
        let ordered = OrderedBilling {
            order: order.id.clone(),
            subscription: subscription.clone(),
            approved: approval.total,
        };
        let (id, organisation) = (RunId::new(now, (self.deps.entropy)()), self.organisation.id.clone());
        let run = Run::requested(id, organisation, RunMode::Order(ordered), approval.by.to_string(), now);
        self.deps.store.put_run(&run).await?;
        self.publish(order, &run).await
    }

    async fn publish(&self, order: &Order, run: &Run) -> Result<Step, Failure> {
        let notice = Notice::SyncRequested {
            organisation: run.organisation.clone(),
            mode: run.mode.clone(),
            actor: run.actor.clone(),
            run: Some(run.id.clone()),
        };
        if let Err(failure) = self.deps.bus.publish(&notice).await {
            tracing::warn!(
                order.id = %order.id, run.id = %run.id, error = %failure,
                "run {} for order {} could not be asked for and is asked for again: {failure}", run.id, order.id
            );
        }
        Ok(Step::Stays(format!("run {} was asked for", run.id)))
    }

    /// The service runs once billing has activated it.
    pub(crate) async fn run_up(&self, order: Order) -> Result<Step, Failure> {
        let Some(subscription) = order.subscription.clone() else {
            return Ok(Step::Stays("the subscription is not known".to_owned()));
        };
        let record = self.record(&subscription).await?;
        if let Some(SyncRecord { state: SyncState::Parked { reason, detail }, .. }) = &record {
            let detail = format!("{}: {detail}; {}", reason.code(), reason.cure());
            return self.hold(order, HoldReason::BillingParked, detail).await;
        }
        match record.as_ref().and_then(|record| in_step(record, &order)) {
            Some((_, service)) if service.status == ServiceStatus::Active => {
                let why = format!("runs and is charged {} each cycle", service.amount);
                self.step(order, OrderState::Active, why).await
            }
            Some((_, service)) => Ok(Step::Stays(format!("the service is {}", service.status.as_str()))),
            None => Ok(Step::Stays("its record is being written anew".to_owned())),
        }
    }

    /// What was held for billing goes on by itself once the record is in step.
    pub(crate) async fn billed_late(&self, order: Order) -> Result<Step, Failure> {
        let record = match &order.subscription {
            Some(subscription) => self.record(subscription).await?,
            None => None,
        };
        if record.as_ref().and_then(|record| in_step(record, &order)).is_none() {
            return Ok(Step::Stays("billing is not in step yet".to_owned()));
        }
        self.step(order, OrderState::PlacedAtSupplier, "billing is in step now").await
    }
}

/// The record and its service, if they say what was ordered.
fn in_step<'r>(record: &'r SyncRecord, order: &Order) -> Option<(&'r SyncRecord, &'r ServiceState)> {
    let service = record.applied.as_ref().filter(|_| record.service.is_some())?;
    let fits = record.state == SyncState::Synced
        && service.status != ServiceStatus::Terminated
        && service.quantity == order.wanted.quantity();
    fits.then_some((record, service))
}

/// Since when the order has waited for billing: a run that began before knows nothing of it.
fn placed_since(order: &Order) -> Timestamp {
    let step = order.steps.iter().rev().find(|step| step.to == OrderState::PlacedAtSupplier);
    step.map_or(order.updated, |step| step.at)
}
