//! From taken by the supplier to a subscription that is known.

use crate::buy::{Buying, Recall, claimed};
use crate::notes::Found;
use crate::work::{Step, Work, ourselves};
use domain::failure::{Failure, FailureKind};
use domain::id::SubscriptionId;
use domain::order::{HoldReason, Order, OrderState};
use domain::ports::OrderTarget;
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use std::time::Duration;

/// How long after its day a scheduled purchase may take.
const AFTER_ITS_DAY: SignedDuration = SignedDuration::from_hours(48);
/// How long a purchase that is late is still looked for by itself.
const STILL_LOOKED_FOR: SignedDuration = SignedDuration::from_hours(24);

/// What looking for a purchase's subscription came to.
enum Delivery {
    Here(SubscriptionId),
    NotYet,
    Several(String),
}

impl Work<'_> {
    /// Looks for the subscription, patiently but within this invocation.
    pub(crate) async fn deliver(&self, order: Order) -> Result<Step, Failure> {
        if order.scheduled.is_some_and(|day| day > self.today()) {
            return Ok(Step::Stays("waits for its day".to_owned()));
        }
        let target = self.house()?;
        let mut waits = self.deps.limits.waits.iter();
        loop {
            match self.look_for_delivery(&order, target.as_ref()).await {
                Ok(Delivery::Here(id)) => return self.delivered(order, id).await,
                Ok(Delivery::Several(which)) => {
                    return self.hold(order, HoldReason::SupplierSlow, which).await;
                }
                Ok(Delivery::NotYet) => {}
                Err(failure) if failure.kind == FailureKind::LeaseLost => return Err(failure),
                Err(failure) => {
                    if failure.kind == FailureKind::Unauthorised {
                        self.deps.connections.doubt();
                    }
                    return self.not_delivered(order, failure.to_string()).await;
                }
            }
            match waits.next() {
                Some(wait) if self.has_time_for(*wait) => tokio::time::sleep(*wait).await,
                Some(_) | None => {
                    let supplier = &self.organisation.supplier;
                    return self.not_delivered(order, format!("{supplier} has not delivered it yet")).await;
                }
            }
        }
    }

    /// A purchase that is held for being late is looked for a while longer.
    pub(crate) async fn delivered_late(&self, order: Order) -> Result<Step, Failure> {
        let held = order.steps.iter().rev().find(|step| step.to == OrderState::Held);
        if held.is_none_or(|step| self.now().duration_since(step.at) > STILL_LOOKED_FOR) {
            return Ok(Step::Stays("a person decides".to_owned()));
        }
        let target = self.house()?;
        match self.look_for_delivery(&order, target.as_ref()).await {
            Ok(Delivery::Here(id)) => {
                let mut order = order;
                order.subscription = Some(id.clone());
                let why = format!("delivered late: subscription {id}");
                self.step(order, OrderState::PlacedAtSupplier, why).await
            }
            Ok(Delivery::NotYet) => Ok(Step::Stays("not delivered yet".to_owned())),
            Ok(Delivery::Several(which)) => Ok(Step::Stays(which)),
            Err(failure) if failure.kind == FailureKind::LeaseLost => Err(failure),
            Err(failure) => Ok(Step::Stays(failure.to_string())),
        }
    }

    fn has_time_for(&self, wait: Duration) -> bool {
        let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX);
        let needed = self.deps.limits.margin.checked_add(wait).unwrap_or(SignedDuration::MAX);
        !self.deps.clock.is_closing() && !self.deadline.is_near(self.now(), needed)
    }

    async fn look_for_delivery(&self, order: &Order, target: &dyn OrderTarget) -> Result<Delivery, Failure> {
        let reference = order.accepted.as_ref().and_then(|accepted| accepted.reference.clone());
        let Some(reference) = reference else { return self.look_in_the_list(order, target).await };
        match target.purchased(&reference, self.deadline).await {
            Ok(ids) => match ids.as_slice() {
                [] => Ok(Delivery::NotYet),
                [one] => Ok(Delivery::Here(one.clone())),
                several => Ok(Delivery::Several(named(several))),
            },
            Err(failure) if failure.kind == FailureKind::NotFound => {
                self.look_in_the_list(order, target).await
            }
            Err(failure) => Err(failure),
        }
    }

    /// Without a reference: what is there now that was not there before the purchase.
    async fn look_in_the_list(&self, order: &Order, target: &dyn OrderTarget) -> Result<Delivery, Failure> {
        let recall = Recall(Buying::new(self, order, target));
        let found = Found::noted(&self.journal().carry_out(&recall).await?);
        let listed = target.subscriptions_of(self.organisation, &order.tenant, self.deadline).await?;
        let claimed = claimed(&self.open(), order);
        let ids: Vec<_> =
            found.before.matches(order, &claimed, &listed).into_iter().map(|seen| seen.id.clone()).collect();
        Ok(match ids.as_slice() {
            [] => Delivery::NotYet,
            [one] => Delivery::Here(one.clone()),
            several => Delivery::Several(named(several)),
        })
    }

    async fn delivered(&self, mut order: Order, id: SubscriptionId) -> Result<Step, Failure> {
        order.remark(&ourselves(), format!("delivered: subscription {id}"), self.now());
        order.subscription = Some(id);
        self.write(order).await
    }

    /// Waits on, or asks a person when it takes too long.
    async fn not_delivered(&self, order: Order, why: String) -> Result<Step, Failure> {
        let Some(accepted) = &order.accepted else { return Ok(Step::Stays(why)) };
        // A person who tries again has looked: patience begins anew.
        let placed = order.steps.iter().rev().find(|step| step.to == OrderState::PlacedAtSupplier);
        let placed = placed.map_or(accepted.at, |step| step.at);
        let day = order.scheduled.and_then(|day| day.to_zoned(TimeZone::UTC).ok());
        let (since, patience) = match day {
            Some(day) if day.timestamp() > placed => (day.timestamp(), AFTER_ITS_DAY),
            Some(_) => (placed, AFTER_ITS_DAY),
            None => (placed, self.deps.limits.patience),
        };
        if self.now().duration_since(since) < patience {
            return Ok(Step::Stays(why));
        }
        let detail = match &accepted.reference {
            Some(reference) => format!("taken at {} as {reference}: {why}", accepted.at),
            None => format!("taken at {}: {why}", accepted.at),
        };
        self.hold(order, HoldReason::SupplierSlow, detail).await
    }
}

fn named(ids: &[SubscriptionId]) -> String {
    let ids: Vec<_> = ids.iter().map(SubscriptionId::as_str).collect();
    format!("several subscriptions could be the one that was bought: {}", ids.join(", "))
}
