//! More seats as an effect: setting a number says the same however often it is sent.

use crate::work::Work;
use async_trait::async_trait;
use domain::audit::AuditDraft;
use domain::clock::{Clock, Deadline};
use domain::failure::{Failure, FailureKind};
use domain::id::{RunId, SubscriptionId};
use domain::journal::EffectKey;
use domain::order::{Order, Wanted};
use domain::ports::OrderTarget;
use domain::record::SyncRecord;
use domain::settings::Organisation;
use domain::subscription::{ObservedSubscription, Quantity, SupplierStatus};
use journal::{Effect, Finding, Made, Notes, Receipt};
use std::sync::{Mutex, PoisonError};

/// A new number of seats on its way.
pub(crate) struct Seats<'a> {
    target: &'a dyn OrderTarget,
    organisation: &'a Organisation,
    order: &'a Order,
    clock: &'a dyn Clock,
    deadline: Deadline,
    key: EffectKey,
    run: RunId,
    failed: Mutex<Option<FailureKind>>,
}

/// What is to be changed, and from what to what.
struct Change<'a> {
    subscription: &'a SubscriptionId,
    from: Quantity,
    to: Quantity,
}

fn change(order: &Order) -> Option<Change<'_>> {
    match &order.wanted {
        Wanted::Seats { subscription, from, to } => Some(Change { subscription, from: *from, to: *to }),
        Wanted::Subscription { .. } => None,
    }
}

/// In which way the subscription is not as it was when the order was made; nothing if it is.
pub(crate) async fn how_it_stands(
    target: &dyn OrderTarget,
    organisation: &Organisation,
    order: &Order,
    deadline: Deadline,
) -> Result<Option<String>, Failure> {
    let Some(Change { subscription, from, to }) = change(order) else { return Ok(None) };
    let Some(seen) = find(target, organisation, order, subscription, deadline).await? else {
        return Ok(Some(format!("{} does not list subscription {subscription}", target.system())));
    };
    if seen.status != SupplierStatus::Active {
        return Ok(Some(format!("subscription {subscription} is {}", seen.status.as_str())));
    }
    let expected = seen.quantity == from || seen.quantity == to;
    let now = seen.quantity;
    Ok((!expected).then(|| format!("subscription {subscription} has {now} seats now, not {from}")))
}

async fn find(
    target: &dyn OrderTarget,
    organisation: &Organisation,
    order: &Order,
    subscription: &SubscriptionId,
    deadline: Deadline,
) -> Result<Option<ObservedSubscription>, Failure> {
    let listed = target.subscriptions_of(organisation, &order.tenant, deadline).await?;
    Ok(listed.into_iter().find(|seen| seen.id == *subscription))
}

impl<'a> Seats<'a> {
    pub(crate) fn new(work: &'a Work<'_>, order: &'a Order, target: &'a dyn OrderTarget) -> Self {
        Self {
            target,
            organisation: work.organisation,
            order,
            clock: work.deps.clock.as_ref(),
            deadline: work.deadline,
            key: work.key(order, "seats"),
            run: work.run.clone(),
            failed: Mutex::new(None),
        }
    }

    /// How the last call failed.
    pub(crate) fn failed(&self) -> Option<FailureKind> {
        *self.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self) -> Result<Change<'a>, Failure> {
        change(self.order).ok_or_else(|| {
            Failure::new(
                FailureKind::Refused,
                self.target.system(),
                "the order is for no subscription's seats",
            )
        })
    }

    fn receipt(&self, adopted: bool) -> Result<Receipt, Failure> {
        let Change { subscription, to, .. } = self.change()?;
        let text = format!("subscription {subscription} has {to} seats at {}", self.target.system());
        Ok(Receipt { text, made: Made::Nothing, adopted })
    }

    fn audit(&self, what: String) -> AuditDraft {
        let approved = self.order.approval.as_ref().map(|approval| approval.by.to_string());
        let by = approved.unwrap_or_else(|| crate::work::ourselves().to_string());
        AuditDraft {
            at: self.clock.now(),
            actor: by.clone(),
            run: self.run.clone(),
            plan: None,
            subscription: change(self.order).map(|change| change.subscription.clone()),
            what,
            why: format!("order {}, approved by {by}", self.order.id),
        }
    }
}

#[async_trait]
impl Effect for Seats<'_> {
    fn key(&self) -> EffectKey {
        self.key.clone()
    }

    fn intent(&self) -> String {
        format!("set {}", self.order.summary())
    }

    async fn call(&self, _notes: &mut dyn Notes) -> Result<Receipt, Failure> {
        let Change { subscription, to, .. } = self.change()?;
        if let Err(failure) = self.target.set_quantity(subscription, to, self.deadline).await {
            *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure.kind);
            return Err(failure);
        }
        self.receipt(false)
    }

    async fn look_up(&self, _notes: &mut dyn Notes) -> Result<Finding, Failure> {
        let Change { subscription, from, to } = self.change()?;
        let seen = find(self.target, self.organisation, self.order, subscription, self.deadline).await?;
        Ok(match seen.map(|seen| seen.quantity) {
            Some(now) if now == to => Finding::Done(self.receipt(true)?),
            Some(now) if now == from => Finding::GoOn,
            Some(now) => {
                Finding::Unclear(format!("subscription {subscription} has {now} seats, not {from} or {to}"))
            }
            None => Finding::Unclear(format!("the supplier does not list subscription {subscription}")),
        })
    }

    fn done(&self, receipt: &Receipt) -> (Option<SyncRecord>, AuditDraft) {
        (None, self.audit(receipt.text.clone()))
    }

    fn refused(&self, reason: &str) -> (Option<SyncRecord>, AuditDraft) {
        (None, self.audit(format!("not done ({}): {reason}", self.intent())))
    }
}
