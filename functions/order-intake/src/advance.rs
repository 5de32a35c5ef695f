//! One order, as far as it goes now.

use crate::work::{Step, Work};
use domain::failure::Failure;
use domain::order::{HoldReason, Order, OrderState};

/// More steps than an order has: one that goes round is stopped here and looked at again at the next event.
const MOST_STEPS: usize = 16;

/// Whether Billbridge looks at an order by itself: those it goes on with, and those held for something that may
/// settle without anybody saying so.
pub(crate) fn is_looked_after(order: &Order) -> bool {
    order.state.is_ours_to_do() || order.hold.as_ref().is_some_and(|hold| settles_by_itself(hold.reason))
}

/// Whether an order waits for billing, which a run that ended may have settled.
pub(crate) fn waits_for_billing(order: &Order) -> bool {
    let bought = order.subscription.is_some();
    match order.state {
        OrderState::PlacedAtSupplier | OrderState::Billed => bought,
        OrderState::Held => bought && is_looked_after(order),
        OrderState::Draft
        | OrderState::PendingApproval
        | OrderState::Approved
        | OrderState::Placing
        | OrderState::Active
        | OrderState::Rejected
        | OrderState::Cancelled
        | OrderState::Failed => false,
    }
}

fn settles_by_itself(reason: HoldReason) -> bool {
    match reason {
        HoldReason::BillingParked
        | HoldReason::BillingRefused
        | HoldReason::PlanWaits
        | HoldReason::SupplierUnclear
        | HoldReason::SupplierSlow
        | HoldReason::CallOff => true,
        HoldReason::AgreementMissing | HoldReason::CredentialsRefused | HoldReason::SubscriptionMoved => {
            false
        }
    }
}

impl Work<'_> {
    /// Takes an order as far as it goes now.
    ///
    /// # Errors
    /// When the table or the lease fails, or somebody else changed the order meanwhile.
    pub(crate) async fn advance(&self, mut order: Order) -> Result<Order, Failure> {
        for _ in 0..MOST_STEPS {
            if self.is_over() {
                break;
            }
            match Box::pin(self.look(order.clone())).await? {
                Step::Moved(next) => order = *next,
                Step::Stays(why) => {
                    tracing::debug!(order.id = %order.id, why, "order {} stays {}: {why}", order.id, order.state);
                    break;
                }
            }
        }
        Ok(order)
    }

    async fn look(&self, order: Order) -> Result<Step, Failure> {
        match order.state {
            OrderState::Approved => self.before_placing(order).await,
            OrderState::Placing => self.place(order).await,
            OrderState::PlacedAtSupplier if order.subscription.is_none() => self.deliver(order).await,
            OrderState::PlacedAtSupplier => self.bill(order).await,
            OrderState::Billed => self.run_up(order).await,
            OrderState::Held => match order.hold.as_ref().map(|hold| hold.reason) {
                Some(HoldReason::CallOff) => self.withdraw(order).await,
                Some(HoldReason::SupplierUnclear) => self.look_for(order).await,
                Some(HoldReason::SupplierSlow) if order.subscription.is_none() => {
                    self.delivered_late(order).await
                }
                Some(
                    HoldReason::SupplierSlow
                    | HoldReason::BillingParked
                    | HoldReason::BillingRefused
                    | HoldReason::PlanWaits,
                ) => self.billed_late(order).await,
                Some(
                    HoldReason::AgreementMissing
                    | HoldReason::CredentialsRefused
                    | HoldReason::SubscriptionMoved,
                )
                | None => Ok(Step::Stays("a person decides".to_owned())),
            },
            OrderState::Draft
            | OrderState::PendingApproval
            | OrderState::Active
            | OrderState::Rejected
            | OrderState::Cancelled
            | OrderState::Failed => Ok(Step::Stays("nothing is left to be done".to_owned())),
        }
    }
}
