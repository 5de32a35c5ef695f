//! What an open order claims: that what it bought is charged as approved, or not at all.

use super::{Order, OrderState, Wanted};
use crate::money::Money;
use crate::plan::Line;
use crate::service::ServiceStatus;

impl Order {
    /// The sum that was approved for what the supplier has, or may have, and billing has not. Nothing before the
    /// order is sent, and nothing once its service is billed or the order rests.
    pub fn claim(&self) -> Option<Money> {
        let on_its_way = match self.state {
            OrderState::Placing | OrderState::PlacedAtSupplier => true,
            OrderState::Held => self.service.is_none() && self.may_be_at_supplier(),
            OrderState::Draft
            | OrderState::PendingApproval
            | OrderState::Approved
            | OrderState::Billed
            | OrderState::Active
            | OrderState::Rejected
            | OrderState::Cancelled
            | OrderState::Failed => false,
        };
        self.approval.as_ref().filter(|_| on_its_way).map(|approval| approval.total)
    }

    /// Why a sync may not do what its line says: it would charge what the order bought at another sum than was
    /// approved with it. Only the order's own run, or a person, may.
    pub fn objects_to(&self, line: &Line) -> Option<String> {
        let approved = self.claim()?;
        let change = line.change()?;
        let to = &change.to;
        let charges_anew = change.from.as_ref().is_none_or(|from| from.amount != to.amount);
        let fits = to.status != ServiceStatus::Active || !charges_anew || to.amount == approved;
        (!fits && self.may_have_made(line)).then(|| {
            format!(
                "order {} was approved at {approved} each cycle, the price rules make it {}",
                self.id, to.amount
            )
        })
    }

    fn may_be_at_supplier(&self) -> bool {
        self.accepted.is_some()
            || self.subscription.is_some()
            || self.steps.iter().any(|step| step.to == OrderState::Placing)
    }

    /// Whether the line's subscription is, or may be, the one that this order bought or changed.
    fn may_have_made(&self, line: &Line) -> bool {
        let (known, quantity) = match &self.wanted {
            Wanted::Seats { subscription, to, .. } => (Some(subscription), *to),
            Wanted::Subscription { quantity } => (self.subscription.as_ref(), *quantity),
        };
        if let Some(subscription) = known {
            return line.subscription == *subscription;
        }
        let is_new =
            line.change().is_some_and(|change| change.from.is_none() && change.to.quantity == quantity);
        is_new && line.tenant == self.tenant && line.offer == self.offer
    }
}
