//! From approved to taken by the supplier.

use crate::buy::{Buying, Recall};
use crate::notes::Found;
use crate::seats::{Seats, how_it_stands};
use crate::work::{SignedIn, Step, Work};
use domain::failure::{Failure, FailureKind};
use domain::order::{Accepted, HoldReason, Needs, Order, OrderState, Wanted};
use domain::ports::{CatalogueSource, CustomerAgreement};
use journal::{Carried, Performed};
use orders::OrderProblem;
use std::sync::Arc;

impl Work<'_> {
    /// Everything that is looked at before an approved order is sent.
    pub(crate) async fn before_placing(&self, order: Order) -> Result<Step, Failure> {
        if let Some(other) = self.in_the_way(&order) {
            let why = format!("waits until order {} is settled: same customer, same product", other.id);
            return self.waits(order, why).await;
        }
        let catalogue = self.connections.catalogue(&self.organisation.supplier)?.clone();
        let order = match self.still_at_this_price(order, &catalogue).await? {
            Ok(order) => order,
            Err(step) => return Ok(step),
        };
        let signed_in = self.sign_in(&order).await?;
        if let Some(step) = self.may_be_sent(&order, &signed_in).await? {
            return Ok(step);
        }
        let why = format!("sent to {}, {}", self.organisation.supplier, signed_in.words());
        self.step(order, OrderState::Placing, why).await
    }

    /// Computes the quote anew. What would be charged otherwise than approved goes back to be approved.
    async fn still_at_this_price(
        &self,
        mut order: Order,
        catalogue: &Arc<dyn CatalogueSource>,
    ) -> Result<Result<Order, Step>, Failure> {
        let desk = self.deps.desk();
        let quoted = match desk.requote(&order, catalogue.as_ref(), self.deadline).await {
            Ok(quoted) => quoted,
            Err(problem) => return self.no_quote(order, problem).await.map(Err),
        };
        let (now, before) = (quoted.quote, order.quote.clone());
        let approved = order.approval.as_ref().map(|approval| approval.total);
        if approved == Some(now.total) && now.client == before.client && now.product == before.product {
            return Ok(Ok(order));
        }
        let why = if approved == Some(now.total) {
            format!(
                "billed otherwise than when it was approved: client {}, product {}",
                now.client, now.product
            )
        } else {
            format!("it comes to {} each cycle now, not {}: approve it anew", now.total, before.total)
        };
        order.quote = now;
        order.approval = None;
        let at = self.now();
        order
            .step(OrderState::PendingApproval, &crate::work::ourselves(), why, at)
            .map_err(crate::work::illegal)?;
        let asked = desk.needs(&order).await.map_err(|problem| failure_of(&problem, self))?;
        if let (Needs::Nobody, rule) = asked {
            let rule = rule.map_or_else(|| "the policy".to_owned(), |n| format!("approval rule {n}"));
            let (policy, total) = (domain::access::Actor::ours("policy"), order.quote.total);
            let approved = order.approve(&policy, total, Needs::Nobody, format!("{rule} asks nobody"), at);
            approved.map_err(|refused| {
                let system = domain::id::SystemId::billbridge();
                Failure::new(FailureKind::Malformed, &system, refused.to_string())
            })?;
        }
        self.write(order).await.map(Err)
    }

    /// There is no quote any more.
    async fn no_quote(&self, order: Order, problem: OrderProblem) -> Result<Step, Failure> {
        if let OrderProblem::Store(failure) = problem {
            return Err(failure);
        }
        if let OrderProblem::Catalogue(failure) = problem {
            return self.no_catalogue(order, failure).await;
        }
        let why = problem.to_string();
        if matches!(
            problem,
            OrderProblem::FewerSeats { .. }
                | OrderProblem::NotRunning { .. }
                | OrderProblem::UnknownSubscription(_)
        ) {
            return self.hold(order, HoldReason::SubscriptionMoved, why).await;
        }
        self.step(order, OrderState::Failed, format!("{why}; {}, then retry", problem.cure())).await
    }

    async fn no_catalogue(&self, order: Order, failure: Failure) -> Result<Step, Failure> {
        match failure.kind {
            FailureKind::Unauthorised => {
                let house = SignedIn { target: self.house()?, personal: None };
                self.not_let_in(order, &house, &failure.to_string()).await
            }
            FailureKind::Refused | FailureKind::NotFound => {
                self.step(order, OrderState::Failed, failure.to_string()).await
            }
            FailureKind::NotSent
            | FailureKind::Unavailable
            | FailureKind::RateLimited(_)
            | FailureKind::Conflict
            | FailureKind::Malformed
            | FailureKind::OutOfTime
            | FailureKind::LeaseLost => Ok(Step::Stays(failure.to_string())),
        }
    }

    /// Asks the supplier whether it would take the order at all; a step where it would not.
    async fn may_be_sent(&self, order: &Order, signed_in: &SignedIn) -> Result<Option<Step>, Failure> {
        let target = signed_in.target.as_ref();
        let asked = match &order.wanted {
            Wanted::Subscription { .. } => {
                match target.customer_agreement(&order.tenant, self.deadline).await {
                    Ok(CustomerAgreement::Accepted) => return Ok(None),
                    Ok(CustomerAgreement::Missing) => {
                        let detail = format!("{} has not accepted it", order.customer_name);
                        let held = self.hold(order.clone(), HoldReason::AgreementMissing, detail).await;
                        return held.map(Some);
                    }
                    Err(failure) => failure,
                }
            }
            Wanted::Seats { .. } => {
                match how_it_stands(target, self.organisation, order, self.deadline).await {
                    Ok(None) => return Ok(None),
                    Ok(Some(moved)) => {
                        let held = self.hold(order.clone(), HoldReason::SubscriptionMoved, moved).await;
                        return held.map(Some);
                    }
                    Err(failure) => failure,
                }
            }
        };
        match asked.kind {
            FailureKind::Unauthorised => {
                self.not_let_in(order.clone(), signed_in, &asked.to_string()).await.map(Some)
            }
            FailureKind::Refused | FailureKind::NotFound => {
                self.step(order.clone(), OrderState::Failed, asked.to_string()).await.map(Some)
            }
            FailureKind::NotSent
            | FailureKind::Unavailable
            | FailureKind::RateLimited(_)
            | FailureKind::Conflict
            | FailureKind::Malformed
            | FailureKind::OutOfTime
            | FailureKind::LeaseLost => Ok(Some(Step::Stays(asked.to_string()))),
        }
    }

    /// Sends the order, or finds out what became of it.
    pub(crate) async fn place(&self, order: Order) -> Result<Step, Failure> {
        let signed_in = self.sign_in(&order).await?;
        let (carried, failed) = match &order.wanted {
            Wanted::Subscription { .. } => {
                let buying = Buying::new(self, &order, signed_in.target.as_ref());
                let carried = self.journal().carry_out(&buying).await?;
                (carried, buying.failed())
            }
            Wanted::Seats { .. } => {
                let seats = Seats::new(self, &order, signed_in.target.as_ref());
                let carried = self.journal().carry_out(&seats).await?;
                (carried, seats.failed())
            }
        };
        match carried.performed.clone() {
            Performed::Done(_) | Performed::AlreadyDone => self.taken(order, &carried).await,
            Performed::Refused(reason) => self.refused(order, &signed_in, failed, reason).await,
            Performed::InDoubt(reason) => Ok(Step::Stays(reason)),
            Performed::Unclear(reason) => {
                let hold = match &order.wanted {
                    Wanted::Subscription { .. } => HoldReason::SupplierUnclear,
                    Wanted::Seats { .. } => HoldReason::SubscriptionMoved,
                };
                let order = Order { send_again: false, ..order };
                self.hold(order, hold, reason).await
            }
        }
    }

    /// Looks at the supplier for an order in doubt, and sends nothing.
    pub(crate) async fn look_for(&self, order: Order) -> Result<Step, Failure> {
        let signed_in = self.sign_in(&order).await?;
        let recall = Recall(Buying::new(self, &order, signed_in.target.as_ref()));
        let carried = self.journal().carry_out(&recall).await?;
        match &carried.performed {
            Performed::Done(_) | Performed::AlreadyDone => self.taken(order, &carried).await,
            Performed::Refused(reason) | Performed::InDoubt(reason) | Performed::Unclear(reason) => {
                Ok(Step::Stays(reason.clone()))
            }
        }
    }

    /// The supplier has it.
    async fn taken(&self, mut order: Order, carried: &Carried) -> Result<Step, Failure> {
        let found = Found::noted(carried);
        order.accepted = Some(Accepted { reference: found.reference.clone(), at: self.now() });
        order.subscription = match &order.wanted {
            Wanted::Subscription { .. } => found.subscription,
            Wanted::Seats { subscription, .. } => Some(subscription.clone()),
        };
        order.send_again = false;
        let supplier = &self.organisation.supplier;
        let mut why = match (&carried.performed, &found.reference) {
            (Performed::Done(receipt), _) => receipt.text.clone(),
            (_, Some(reference)) => format!("{supplier} has taken it: {reference}"),
            (_, None) => format!("{supplier} has taken it"),
        };
        if let Some(day) = order.scheduled.filter(|_| order.subscription.is_none()) {
            why.push_str(&format!(", for {day}"));
        }
        self.step(order, OrderState::PlacedAtSupplier, why).await
    }

    /// Certainly not done: the supplier's own no, or it was never asked.
    async fn refused(
        &self,
        order: Order,
        signed_in: &SignedIn,
        failed: Option<FailureKind>,
        reason: String,
    ) -> Result<Step, Failure> {
        match failed {
            Some(FailureKind::Unauthorised) => self.not_let_in(order, signed_in, &reason).await,
            Some(FailureKind::NotSent | FailureKind::RateLimited(_) | FailureKind::OutOfTime) => {
                // Not looked at again in this invocation: the supplier has just been asked.
                self.step(order, OrderState::Approved, format!("nothing was sent: {reason}")).await?;
                Ok(Step::Stays(reason))
            }
            Some(
                FailureKind::Refused
                | FailureKind::NotFound
                | FailureKind::Conflict
                | FailureKind::LeaseLost
                | FailureKind::Unavailable
                | FailureKind::Malformed,
            )
            | None => {
                let order = Order { send_again: false, ..order };
                self.step(order, OrderState::Failed, reason).await
            }
        }
    }

    /// Another order whose look-up would take this one's subscription for its own.
    fn in_the_way(&self, order: &Order) -> Option<Order> {
        if !matches!(order.wanted, Wanted::Subscription { .. }) {
            return None;
        }
        self.open().into_iter().find(|other| self.could_be_mixed_up(other, order))
    }

    /// Whether another order may bring a subscription of the same customer and product at any moment.
    pub(crate) fn could_be_mixed_up(&self, other: &Order, order: &Order) -> bool {
        let alike = other.id != order.id
            && other.tenant == order.tenant
            && other.offer.part_number == order.offer.part_number
            && matches!(other.wanted, Wanted::Subscription { .. })
            && other.subscription.is_none();
        let sent = match other.state {
            OrderState::Placing => true,
            OrderState::PlacedAtSupplier => other.scheduled.is_none_or(|day| day <= self.today()),
            OrderState::Held => other.hold.as_ref().is_some_and(|hold| match hold.reason {
                HoldReason::SupplierUnclear => true,
                HoldReason::SupplierSlow | HoldReason::CallOff => {
                    other.scheduled.is_none_or(|day| day <= self.today())
                }
                HoldReason::AgreementMissing
                | HoldReason::CredentialsRefused
                | HoldReason::SubscriptionMoved
                | HoldReason::BillingParked
                | HoldReason::BillingRefused
                | HoldReason::PlanWaits => false,
            }),
            OrderState::Approved => other.send_again && !order.send_again,
            OrderState::Draft
            | OrderState::PendingApproval
            | OrderState::Billed
            | OrderState::Active
            | OrderState::Rejected
            | OrderState::Cancelled
            | OrderState::Failed => false,
        };
        alike && sent
    }
}

fn failure_of(problem: &OrderProblem, work: &Work<'_>) -> Failure {
    let refused = || Failure::new(FailureKind::Refused, &work.organisation.supplier, problem.to_string());
    problem.failure().cloned().unwrap_or_else(refused)
}
