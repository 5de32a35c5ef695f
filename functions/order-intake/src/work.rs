//! What everything that is done for one organisation's orders has in hand.

use crate::Deps;
use connections::Connections;
use domain::access::Actor;
use domain::clock::Deadline;
use domain::failure::{Failure, FailureKind};
use domain::id::{RunId, SystemId, UserId};
use domain::journal::{EffectKey, Lease};
use domain::order::{HoldReason, IllegalStep, Order, OrderState};
use domain::ports::{OrderTarget, PersonalCredentials};
use domain::settings::Organisation;
use journal::Journal;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// In whose name Billbridge itself goes on with an order.
pub(crate) fn ourselves() -> Actor {
    Actor::ours("billbridge")
}

/// One invocation's work in one organisation, under its lease.
pub(crate) struct Work<'a> {
    pub(crate) deps: &'a Deps,
    pub(crate) organisation: &'a Organisation,
    pub(crate) connections: Arc<Connections>,
    pub(crate) lease: Lease,
    pub(crate) run: RunId,
    pub(crate) deadline: Deadline,
    /// Orders of the organisation where something is left to be done, as they stand after every write.
    pub(crate) known: &'a Mutex<Vec<Order>>,
}

/// What became of one look at an order.
pub(crate) enum Step {
    /// It is further on now: look again.
    Moved(Box<Order>),
    /// Nothing can be done now, and why.
    Stays(String),
}

/// How an order is placed: where, and in whose name.
pub(crate) struct SignedIn {
    pub(crate) target: Arc<dyn OrderTarget>,
    /// The person's own name there, where it is not the house's.
    pub(crate) personal: Option<String>,
}

impl SignedIn {
    /// For the timeline: never more than a name.
    pub(crate) fn words(&self) -> String {
        let user = self.personal.as_ref();
        user.map_or_else(|| "signed in as the house".to_owned(), |user| format!("signed in as {user}"))
    }
}

impl Work<'_> {
    /// Writes an order over its version before, with its entry in the audit log.
    pub(crate) async fn write(&self, mut order: Order) -> Result<Step, Failure> {
        order.version += 1;
        let (by, why) = order
            .steps
            .last()
            .map_or_else(|| (ourselves(), String::new()), |step| (step.by.clone(), step.why.clone()));
        let audit = orders::audit(&order, &by, &why, self.run.clone());
        self.deps.store.put_order(&order, audit).await?;
        if let Some(known) = self.lock().iter_mut().find(|known| known.id == order.id) {
            known.clone_from(&order);
        }
        tracing::info!(
            order.id = %order.id, order.state = %order.state, organisation.id = %order.organisation,
            "order {} is {}: {why}", order.id, order.state
        );
        Ok(Step::Moved(Box::new(order)))
    }

    /// Every order where something is left to be done.
    pub(crate) fn open(&self) -> Vec<Order> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Order>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a step and writes it.
    pub(crate) async fn step(
        &self,
        mut order: Order,
        to: OrderState,
        why: impl Into<String>,
    ) -> Result<Step, Failure> {
        order.step(to, &ourselves(), why, self.now()).map_err(illegal)?;
        self.write(order).await
    }

    /// Sets an order aside for a person.
    pub(crate) async fn hold(
        &self,
        mut order: Order,
        reason: HoldReason,
        detail: impl Into<String>,
    ) -> Result<Step, Failure> {
        order.hold(reason, detail, &ourselves(), self.now()).map_err(illegal)?;
        self.write(order).await
    }

    /// Remarks why an order waits, once.
    pub(crate) async fn waits(&self, mut order: Order, why: String) -> Result<Step, Failure> {
        if order.steps.last().is_none_or(|step| step.why != why) {
            order.remark(&ourselves(), why.clone(), self.now());
            self.write(order).await?;
        }
        Ok(Step::Stays(why))
    }

    pub(crate) fn now(&self) -> jiff::Timestamp {
        self.deps.clock.now()
    }

    pub(crate) fn today(&self) -> jiff::civil::Date {
        self.now().to_zoned(jiff::tz::TimeZone::UTC).date()
    }

    /// Whether nothing new is to be begun in this invocation.
    pub(crate) fn is_over(&self) -> bool {
        self.deps.clock.is_closing() || self.deadline.is_near(self.now(), self.deps.limits.margin)
    }

    pub(crate) fn journal(&self) -> Journal<'_, dyn crate::Store> {
        Journal {
            store: self.deps.store.as_ref(),
            lease: &self.lease,
            organisation: &self.organisation.id,
            clock: self.deps.clock.as_ref(),
            quiet: self.deps.limits.quiet,
        }
    }

    pub(crate) fn key(&self, order: &Order, step: &str) -> EffectKey {
        EffectKey::of_order(&self.organisation.id, &order.id, step)
    }

    /// The supplier as the house sees it, for everything that only looks.
    pub(crate) fn house(&self) -> Result<Arc<dyn OrderTarget>, Failure> {
        self.connections.order_target(&self.organisation.supplier).cloned()
    }

    /// The supplier as the author of an order signs in there; as the house where they keep no sign-in of their
    /// own. That it cannot be read is no reason to use another.
    pub(crate) async fn sign_in(&self, order: &Order) -> Result<SignedIn, Failure> {
        let supplier = &self.organisation.supplier;
        let Some(credentials) = self.credentials(&order.author, supplier).await? else {
            return Ok(SignedIn { target: self.house()?, personal: None });
        };
        let target = self.connections.personal(supplier, &credentials).ok_or_else(|| {
            Failure::new(FailureKind::Refused, supplier, "this connection takes no personal sign-ins")
        })?;
        Ok(SignedIn { target, personal: Some(credentials.username) })
    }

    async fn credentials(
        &self,
        author: &Actor,
        supplier: &SystemId,
    ) -> Result<Option<PersonalCredentials>, Failure> {
        let person = author.id.parse::<UserId>().ok();
        match (&self.deps.personal, person) {
            (Some(personal), Some(person)) => personal.find(&person, supplier).await,
            (None, _) | (_, None) => Ok(None),
        }
    }

    /// The supplier did not take the credentials: held for a person, unless the house's were rotated meanwhile.
    pub(crate) async fn not_let_in(
        &self,
        order: Order,
        signed_in: &SignedIn,
        failure: &str,
    ) -> Result<Step, Failure> {
        if signed_in.personal.is_none() {
            self.deps.connections.doubt();
            let now = self.deps.connections.current().await?;
            if !Arc::ptr_eq(&now, &self.connections) {
                return Ok(Step::Stays(format!("{failure}; the credentials have just been rotated")));
            }
        }
        let detail = format!("{}: {failure}", signed_in.words());
        self.hold(order, HoldReason::CredentialsRefused, detail).await
    }
}

/// A step that this program takes and that there is none of is a mistake of this program.
pub(crate) fn illegal(step: IllegalStep) -> Failure {
    Failure::new(FailureKind::Malformed, &SystemId::billbridge(), step.to_string())
}
