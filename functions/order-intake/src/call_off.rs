//! Calling off a purchase that waits for its day, as an effect.

use crate::buy::not_sent;
use crate::notes::Found;
use crate::work::Work;
use async_trait::async_trait;
use domain::audit::AuditDraft;
use domain::clock::{Clock, Deadline};
use domain::failure::{Failure, FailureKind};
use domain::id::RunId;
use domain::journal::EffectKey;
use domain::order::Order;
use domain::ports::{OrderTarget, ScheduledPurchase};
use domain::record::SyncRecord;
use jiff::tz::TimeZone;
use journal::{Effect, Finding, Made, Notes, Receipt};
use std::sync::{Mutex, PoisonError};

/// A call-off on its way.
pub(crate) struct CallOff<'a> {
    target: &'a dyn OrderTarget,
    order: &'a Order,
    /// What the purchase has noted.
    found: Found,
    clock: &'a dyn Clock,
    deadline: Deadline,
    key: EffectKey,
    run: RunId,
    /// Who wants it, and why.
    asked: (String, String),
    failed: Mutex<Option<FailureKind>>,
}

/// The purchase as the supplier lists it.
enum Listed {
    This(Box<ScheduledPurchase>),
    Gone,
    Several(usize),
}

impl<'a> CallOff<'a> {
    pub(crate) fn new(
        work: &'a Work<'_>,
        order: &'a Order,
        target: &'a dyn OrderTarget,
        found: Found,
        asked: (String, String),
    ) -> Self {
        Self {
            target,
            order,
            found,
            clock: work.deps.clock.as_ref(),
            deadline: work.deadline,
            key: work.key(order, "call-off"),
            run: work.run.clone(),
            asked,
            failed: Mutex::new(None),
        }
    }

    /// How the last call failed.
    pub(crate) fn failed(&self) -> Option<FailureKind> {
        *self.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn listed(&self) -> Result<Listed, Failure> {
        let listed = self.target.scheduled(&self.order.tenant, self.deadline).await?;
        if let Some((reference, number)) = &self.found.scheduled {
            let known = listed.into_iter().find(|one| one.reference == *reference && one.number == *number);
            return Ok(known.map_or(Listed::Gone, |one| Listed::This(Box::new(one))));
        }
        let own = self.order.accepted.as_ref().and_then(|accepted| accepted.reference.as_ref());
        if let Some(one) = listed.iter().find(|one| Some(&one.reference) == own) {
            return Ok(Listed::This(Box::new(one.clone())));
        }
        Ok(match self.found.before.waiting(self.order, &listed).as_slice() {
            [] => Listed::Gone,
            [one] => Listed::This(Box::new((*one).clone())),
            several => Listed::Several(several.len()),
        })
    }

    /// What is not listed before its day will not be processed; afterwards it may have been.
    fn gone(&self) -> Result<Receipt, String> {
        let today = self.clock.now().to_zoned(TimeZone::UTC).date();
        if self.order.scheduled.is_some_and(|day| day > today) {
            return Ok(receipt("it is not among the scheduled purchases any more".to_owned(), true));
        }
        Err("its day has come: it is not among the scheduled purchases any more".to_owned())
    }

    fn refuse(&self, what: String) -> Failure {
        Failure::new(FailureKind::Refused, self.target.system(), what)
    }

    async fn call_off(&self) -> Result<Receipt, Failure> {
        let listed = self.listed().await.map_err(not_sent)?;
        let purchase = match listed {
            Listed::This(purchase) => purchase,
            Listed::Gone => return self.gone().map_err(|problem| self.refuse(problem)),
            Listed::Several(many) => return Err(self.refuse(several(many))),
        };
        self.target.call_off(&purchase, self.deadline).await?;
        let text = format!("{} has called it off: {}", self.target.system(), purchase.reference);
        Ok(receipt(text, false))
    }

    fn audit(&self, what: String) -> AuditDraft {
        AuditDraft {
            at: self.clock.now(),
            actor: self.asked.0.clone(),
            run: self.run.clone(),
            plan: None,
            subscription: None,
            what,
            why: format!("order {}: {}", self.order.id, self.asked.1),
        }
    }
}

fn receipt(text: String, adopted: bool) -> Receipt {
    Receipt { text, made: Made::Nothing, adopted }
}

fn several(many: usize) -> String {
    format!("{many} scheduled purchases could be this one: call it off in Cloud-iQ")
}

#[async_trait]
impl Effect for CallOff<'_> {
    fn key(&self) -> EffectKey {
        self.key.clone()
    }

    fn intent(&self) -> String {
        format!("call off {}", self.order.summary())
    }

    async fn call(&self, _notes: &mut dyn Notes) -> Result<Receipt, Failure> {
        let called = self.call_off().await;
        if let Err(failure) = &called {
            *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure.kind);
        }
        called
    }

    async fn look_up(&self, _notes: &mut dyn Notes) -> Result<Finding, Failure> {
        Ok(match self.listed().await? {
            // Still waiting for its day: it has not been called off.
            Listed::This(_) => Finding::GoOn,
            Listed::Gone => match self.gone() {
                Ok(receipt) => Finding::Done(receipt),
                Err(problem) => Finding::Unclear(problem),
            },
            Listed::Several(many) => Finding::Unclear(several(many)),
        })
    }

    fn done(&self, receipt: &Receipt) -> (Option<SyncRecord>, AuditDraft) {
        (None, self.audit(format!("{}: {}", self.intent(), receipt.text)))
    }

    fn refused(&self, reason: &str) -> (Option<SyncRecord>, AuditDraft) {
        (None, self.audit(format!("not done ({}): {reason}", self.intent())))
    }
}
