//! Taking orders and deciding about them. Every decision is one write; whoever comes second at the same moment
//! reads the order again.

use crate::new::{MAX_TEXT, text};
use crate::quoting::today;
use crate::{Desk, NewOrder, OrderProblem, is_conflict};
use domain::access::Actor;
use domain::clock::Deadline;
use domain::id::{OrderId, OrganisationId};
use domain::money::Money;
use domain::order::{HoldReason, IllegalStep, Needs, Order, OrderState};
use domain::ports::CatalogueSource;
use jiff::Timestamp;
use tracing::warn;

/// How often a decision is tried over when somebody else is at the same order.
const TRIES: usize = 3;

/// What a decision comes to.
enum Decision {
    /// The order is as it was decided already.
    AsItIs,
    /// This is to be written.
    Write {
        why: String,
        /// Whether somebody has to go on with it.
        tell: bool,
    },
}

impl Desk {
    /// Takes an order: drafted, submitted, and approved at once where the policy asks nobody. The same moment
    /// and seed make the same order: asked for again, the one that is there is given.
    ///
    /// # Errors
    /// What is missing or wrong, with its cure; no order is kept then.
    pub async fn take(
        &self,
        new: NewOrder,
        catalogue: &dyn CatalogueSource,
        actor: &Actor,
        at: Timestamp,
        seed: u64,
        deadline: Deadline,
    ) -> Result<Order, OrderProblem> {
        let settings = self.settings().await?;
        if settings.find(&new.organisation).is_none() {
            return Err(OrderProblem::UnknownOrganisation(new.organisation));
        }
        let id = OrderId::new(at, seed);
        if let Some(order) = self.taken(&new.organisation, &id, actor).await? {
            return Ok(order);
        }
        let mut order = self.draft(&settings, &new, catalogue, actor, id.clone(), at, deadline).await?;
        let total = order.quote.total;
        order.step(OrderState::PendingApproval, actor, format!("{total} each cycle"), at)?;
        let (needs, rule) = settings.orders.needs(&order);
        if needs == Needs::Nobody {
            let rule = rule.map_or_else(|| "the policy".to_owned(), |n| format!("approval rule {n}"));
            order.approve(&Actor::ours("policy"), total, needs, format!("{rule} asks nobody"), at)?;
        }
        match self.put(&order, actor, "taken").await {
            Ok(()) => {}
            Err(failure) if is_conflict(&failure) => {
                let other = self.taken(&new.organisation, &id, actor).await?;
                return other.ok_or(OrderProblem::Changed(id));
            }
            Err(failure) if failure.certainly_not_done() => return Err(OrderProblem::Store(failure)),
            // Written or not: whoever asked must not be told to try again, for that would be a second order.
            Err(failure) => {
                let Ok(Some(_)) = self.taken(&new.organisation, &id, actor).await else {
                    warn!(order.id = %id, error = %failure, "whether order {id} was kept is not known: {failure}");
                    return Err(OrderProblem::Unclear(id));
                };
            }
        }
        if order.state == OrderState::Approved {
            self.tell(&order).await;
        }
        Ok(order)
    }

    /// The order that a repeated request made the first time.
    async fn taken(
        &self,
        organisation: &OrganisationId,
        id: &OrderId,
        actor: &Actor,
    ) -> Result<Option<Order>, OrderProblem> {
        let found = self.store.find_order(organisation, id).await.map_err(OrderProblem::Store)?;
        if found.as_ref().is_some_and(|order| order.author.id != actor.id) {
            return Err(OrderProblem::Changed(id.clone()));
        }
        if let Some(order) = found.as_ref().filter(|order| order.state == OrderState::Approved) {
            self.tell(order).await;
        }
        Ok(found)
    }

    /// Approves an order at the total that the approver saw. Approving it again changes nothing.
    ///
    /// # Errors
    /// When someone else has to approve, the total is another one, or it does not wait for approval.
    pub async fn approve(
        &self,
        organisation: &OrganisationId,
        id: &OrderId,
        actor: &Actor,
        total: Money,
    ) -> Result<Order, OrderProblem> {
        let settings = self.settings().await?;
        let mut together = false;
        self.decide(organisation, id, actor, |order: &mut Order, again: bool, now| {
            together |= again;
            let approved = order
                .approval
                .as_ref()
                .filter(|approval| approval.total == total && (together || approval.by.id == actor.id));
            if approved.is_some() && stands(order.state) {
                return Ok(Decision::AsItIs);
            }
            let (needs, _) = settings.orders.needs(order);
            let why = format!("approved at {total} each cycle");
            order.approve(actor, total, needs, why.clone(), now)?;
            Ok(Decision::Write { why, tell: true })
        })
        .await
    }

    /// Rejects an order that waits for approval. Rejecting it again changes nothing.
    ///
    /// # Errors
    /// When it does not wait for approval, or no reason is given.
    pub async fn reject(
        &self,
        organisation: &OrganisationId,
        id: &OrderId,
        actor: &Actor,
        why: &str,
    ) -> Result<Order, OrderProblem> {
        text("why", why, MAX_TEXT)?;
        self.decide(organisation, id, actor, |order: &mut Order, _, now| {
            if order.state == OrderState::Rejected {
                return Ok(Decision::AsItIs);
            }
            order.step(OrderState::Rejected, actor, why, now)?;
            Ok(Decision::Write { why: why.to_owned(), tell: false })
        })
        .await
    }

    /// Takes an order back before anything is bought. A scheduled purchase is held until the supplier has called
    /// it off. Cancelling it again changes nothing.
    ///
    /// # Errors
    /// When it is bought already or on its way, or no reason is given.
    pub async fn cancel(
        &self,
        organisation: &OrganisationId,
        id: &OrderId,
        actor: &Actor,
        why: &str,
    ) -> Result<Order, OrderProblem> {
        text("why", why, MAX_TEXT)?;
        self.decide(organisation, id, actor, |order: &mut Order, _, now| cancel(order, actor, why, now)).await
    }

    /// Tries again what is held or was refused. `send_again` says that somebody has looked at the supplier and an
    /// order in doubt certainly is not there. What goes on by itself is only looked at once more.
    ///
    /// # Errors
    /// When there is nothing to try again, or it must be looked for first.
    pub async fn retry(
        &self,
        organisation: &OrganisationId,
        id: &OrderId,
        actor: &Actor,
        send_again: bool,
    ) -> Result<Order, OrderProblem> {
        let order = self
            .decide(organisation, id, actor, |order: &mut Order, _, now| retry(order, actor, send_again, now))
            .await?;
        // Also where nothing was written: the person wants it looked at now.
        self.tell(&order).await;
        Ok(order)
    }

    /// Reads, decides, writes; over again when somebody else was at the order meanwhile.
    async fn decide(
        &self,
        organisation: &OrganisationId,
        id: &OrderId,
        actor: &Actor,
        mut decision: impl FnMut(&mut Order, bool, Timestamp) -> Result<Decision, OrderProblem> + Send,
    ) -> Result<Order, OrderProblem> {
        for attempt in 0..TRIES {
            let mut order = self.find(organisation, id).await?;
            let before = order.version;
            let (why, tell) = match decision(&mut order, attempt > 0, self.clock.now())? {
                Decision::AsItIs => return Ok(order),
                Decision::Write { why, tell } => (why, tell),
            };
            order.version = before + 1;
            match self.put(&order, actor, &why).await {
                Ok(()) => {
                    if tell {
                        self.tell(&order).await;
                    }
                    return Ok(order);
                }
                Err(failure) if is_conflict(&failure) => {}
                Err(failure) => return Err(OrderProblem::Store(failure)),
            }
        }
        Err(OrderProblem::Changed(id.clone()))
    }
}

/// Whether an approval that was given still counts.
fn stands(state: OrderState) -> bool {
    match state {
        OrderState::Approved
        | OrderState::Placing
        | OrderState::PlacedAtSupplier
        | OrderState::Billed
        | OrderState::Active
        | OrderState::Held
        | OrderState::Failed => true,
        OrderState::Draft | OrderState::PendingApproval | OrderState::Rejected | OrderState::Cancelled => {
            false
        }
    }
}

fn cancel(order: &mut Order, actor: &Actor, why: &str, now: Timestamp) -> Result<Decision, OrderProblem> {
    let write = |tell| Ok(Decision::Write { why: why.to_owned(), tell });
    let illegal = IllegalStep { from: order.state, to: OrderState::Cancelled };
    match order.state {
        OrderState::Cancelled => Ok(Decision::AsItIs),
        OrderState::Draft | OrderState::PendingApproval | OrderState::Approved | OrderState::Failed => {
            order.step(OrderState::Cancelled, actor, why, now)?;
            write(false)
        }
        OrderState::PlacedAtSupplier if waits_for_its_day(order, now) => {
            order.hold(HoldReason::CallOff, why, actor, now)?;
            write(true)
        }
        OrderState::Held => match order.hold.as_ref().map(|hold| hold.reason) {
            Some(HoldReason::CallOff) => Ok(Decision::AsItIs),
            Some(HoldReason::BillingParked | HoldReason::BillingRefused | HoldReason::PlanWaits) => {
                Err(OrderProblem::Bought(order.id.clone()))
            }
            Some(HoldReason::SupplierSlow) if order.subscription.is_some() => {
                Err(OrderProblem::Bought(order.id.clone()))
            }
            Some(
                HoldReason::AgreementMissing
                | HoldReason::CredentialsRefused
                | HoldReason::SupplierUnclear
                | HoldReason::SupplierSlow
                | HoldReason::SubscriptionMoved,
            )
            | None => {
                order.step(OrderState::Cancelled, actor, why, now)?;
                write(false)
            }
        },
        OrderState::PlacedAtSupplier | OrderState::Billed | OrderState::Active => {
            Err(OrderProblem::Bought(order.id.clone()))
        }
        OrderState::Placing | OrderState::Rejected => Err(illegal.into()),
    }
}

/// Whether the supplier has it for a day that has not come.
fn waits_for_its_day(order: &Order, now: Timestamp) -> bool {
    order.subscription.is_none() && order.scheduled.is_some_and(|day| day > today(now))
}

fn retry(
    order: &mut Order,
    actor: &Actor,
    send_again: bool,
    now: Timestamp,
) -> Result<Decision, OrderProblem> {
    if order.state.is_ours_to_do() {
        return Ok(Decision::AsItIs);
    }
    if order.state == OrderState::Failed {
        let why = "tried again".to_owned();
        order.step(OrderState::Approved, actor, why.clone(), now)?;
        return Ok(Decision::Write { why, tell: false });
    }
    let Some(hold) = order.hold.as_ref().filter(|_| order.state == OrderState::Held) else {
        return Err(IllegalStep { from: order.state, to: OrderState::Approved }.into());
    };
    let unclear = hold.reason == HoldReason::SupplierUnclear;
    if unclear && !send_again {
        return Err(OrderProblem::LookFirst(order.id.clone()));
    }
    let why = if unclear {
        "looked at the supplier, it is not there: sent once more".to_owned()
    } else {
        format!("tried again after {}", hold.reason.code())
    };
    order.send_again = unclear;
    order.step(order.after_hold(), actor, why.clone(), now)?;
    Ok(Decision::Write { why, tell: false })
}
