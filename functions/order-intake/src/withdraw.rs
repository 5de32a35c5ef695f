//! From a person's wish to a scheduled purchase that is called off.

use crate::buy::{Buying, Recall};
use crate::call_off::CallOff;
use crate::notes::Found;
use crate::work::{Step, Work, ourselves};
use domain::failure::{Failure, FailureKind};
use domain::order::{Order, OrderState};
use journal::Performed;

impl Work<'_> {
    /// Has the supplier call off a purchase that waits for its day. Where it cannot, the purchase stands.
    pub(crate) async fn withdraw(&self, order: Order) -> Result<Step, Failure> {
        let signed_in = self.sign_in(&order).await?;
        let target = signed_in.target.as_ref();
        let asked = order.steps.iter().rev().find(|step| step.to == OrderState::Held);
        let by = asked.map_or_else(ourselves, |step| step.by.clone());
        let why = order.hold.as_ref().map_or_else(String::new, |hold| hold.detail.clone());
        let recall = Recall(Buying::new(self, &order, target));
        let found = Found::noted(&self.journal().carry_out(&recall).await?);
        let call_off = CallOff::new(self, &order, target, found, (by.to_string(), why.clone()));
        let performed = self.journal().carry_out(&call_off).await?.performed;
        let failed = call_off.failed();
        drop(call_off);
        match performed {
            Performed::Done(_) | Performed::AlreadyDone => {
                let mut order = order;
                order.step(OrderState::Cancelled, &by, why, self.now()).map_err(crate::work::illegal)?;
                self.write(order).await
            }
            Performed::InDoubt(reason) => Ok(Step::Stays(reason)),
            Performed::Refused(reason) => match failed {
                Some(FailureKind::NotSent | FailureKind::RateLimited(_) | FailureKind::OutOfTime) => {
                    Ok(Step::Stays(reason))
                }
                Some(
                    FailureKind::Refused
                    | FailureKind::NotFound
                    | FailureKind::Conflict
                    | FailureKind::Unauthorised
                    | FailureKind::Unavailable
                    | FailureKind::Malformed
                    | FailureKind::LeaseLost,
                )
                | None => self.stands(order, reason).await,
            },
            Performed::Unclear(reason) => self.stands(order, reason).await,
        }
    }

    async fn stands(&self, order: Order, reason: String) -> Result<Step, Failure> {
        let why = format!("could not be called off: {reason}");
        self.step(order, OrderState::PlacedAtSupplier, why).await
    }
}
