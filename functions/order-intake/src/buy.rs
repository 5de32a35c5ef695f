//! A purchase as an effect: sent once, and looked for where no answer came.
//!
//! Before it is sent the customer's subscriptions of this product are noted. Afterwards a new one with the same
//! term, cycle and number of seats is ours; several, or none after the quiet period, are for a person. Nothing
//! but a person's word sends it a second time, and every word counts for one sending.

use crate::notes::{
    ALLOWED, BEFORE, Before, DOUBTFUL, REFERENCE, SCHEDULED, SENT, SUBSCRIPTION, WAITING, list, named,
};
use crate::work::{Work, ourselves};
use async_trait::async_trait;
use domain::audit::AuditDraft;
use domain::clock::{Clock, Deadline};
use domain::failure::{Failure, FailureKind};
use domain::id::{RunId, SubscriptionId};
use domain::journal::EffectKey;
use domain::order::{Order, OrderState};
use domain::ports::{OrderTarget, Purchase, ScheduledPurchase};
use domain::record::SyncRecord;
use domain::settings::Organisation;
use domain::subscription::ObservedSubscription;
use jiff::{SignedDuration, Timestamp};
use journal::{Effect, Finding, Made, Notes, Receipt};
use std::sync::{Mutex, PoisonError};

/// A purchase on its way.
pub(crate) struct Buying<'a> {
    target: &'a dyn OrderTarget,
    organisation: &'a Organisation,
    order: &'a Order,
    clock: &'a dyn Clock,
    deadline: Deadline,
    quiet: SignedDuration,
    key: EffectKey,
    run: RunId,
    /// Subscriptions that other orders have brought.
    claimed: Vec<SubscriptionId>,
    /// An order that may have brought a subscription like this one's.
    rival: Option<String>,
    /// The word that allows to send it once more.
    allowed: Option<String>,
    failed: Mutex<Option<FailureKind>>,
}

impl<'a> Buying<'a> {
    pub(crate) fn new(work: &'a Work<'_>, order: &'a Order, target: &'a dyn OrderTarget) -> Self {
        let open = work.open();
        let rival = open.iter().find(|other| work.could_be_mixed_up(other, order));
        let approved = order.steps.iter().rev().find(|step| step.to == OrderState::Approved);
        Self {
            target,
            organisation: work.organisation,
            order,
            clock: work.deps.clock.as_ref(),
            deadline: work.deadline,
            quiet: work.deps.limits.quiet,
            key: work.key(order, "purchase"),
            run: work.run.clone(),
            claimed: claimed(&open, order),
            rival: rival.map(|other| other.id.to_string()),
            allowed: approved.filter(|_| order.send_again).map(|step| step.at.to_string()),
            failed: Mutex::new(None),
        }
    }

    /// How the last call failed.
    pub(crate) fn failed(&self) -> Option<FailureKind> {
        *self.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn failure(&self, kind: FailureKind, what: impl Into<String>) -> Failure {
        Failure::new(kind, self.target.system(), what)
    }

    async fn listed(&self) -> Result<Vec<ObservedSubscription>, Failure> {
        self.target.subscriptions_of(self.organisation, &self.order.tenant, self.deadline).await
    }

    async fn scheduled(&self) -> Result<Vec<ScheduledPurchase>, Failure> {
        match self.order.scheduled {
            Some(_) => self.target.scheduled(&self.order.tenant, self.deadline).await,
            None => Ok(Vec::new()),
        }
    }

    /// What is there now that was not there before: the subscription or the scheduled purchase of an earlier
    /// sending.
    fn earlier(
        &self,
        notes: &dyn Notes,
        listed: &[ObservedSubscription],
        waiting: &[ScheduledPurchase],
    ) -> Result<Option<Trace>, String> {
        let before = Before::noted(notes.find(BEFORE), notes.find(WAITING));
        let found = before.matches(self.order, &self.claimed, listed);
        let traces = found.into_iter().map(|seen| Trace::Subscription(seen.id.clone()));
        let waiting =
            if notes.find(WAITING).is_some() { before.waiting(self.order, waiting) } else { Vec::new() };
        let traces: Vec<_> =
            traces.chain(waiting.into_iter().map(|one| Trace::Scheduled(named(one)))).collect();
        match (traces.as_slice(), &self.rival) {
            ([], _) => Ok(None),
            ([_, ..], Some(rival)) => {
                Err(format!("{}, which order {rival} may have brought", words(&traces)))
            }
            ([one], None) => Ok(Some(one.clone())),
            (several, None) => Err(format!("{} could each be the one that was bought", words(several))),
        }
    }

    async fn adopt(&self, notes: &mut dyn Notes, trace: Trace) -> Result<Receipt, Failure> {
        let supplier = self.target.system();
        match &trace {
            Trace::Subscription(id) => notes.set(SUBSCRIPTION, id.as_str()).await?,
            Trace::Scheduled(name) => notes.set(SCHEDULED, name).await?,
        }
        let text = format!("found at {supplier} after the answer was lost: {}", words(&[trace]));
        Ok(Receipt { text, made: Made::Purchase(None), adopted: true })
    }

    /// Everything up to the sending. Whatever fails here, nothing was sent.
    async fn prepare(&self, notes: &mut dyn Notes) -> Result<Option<Trace>, Failure> {
        let listed = self.listed().await.map_err(not_sent)?;
        let waiting = self.scheduled().await.map_err(not_sent)?;
        if notes.find(DOUBTFUL).is_some() {
            let earlier = self.earlier(notes, &listed, &waiting);
            // In doubt on purpose: looking it up says the same, and a person decides.
            if let Some(trace) = earlier.map_err(|problem| self.failure(FailureKind::Malformed, problem))? {
                return Ok(Some(trace));
            }
        }
        let same = listed.iter().filter(|seen| seen.offer.part_number == self.order.offer.part_number);
        notes.set(BEFORE, &list(same.map(|seen| seen.id.to_string()))).await?;
        if self.order.scheduled.is_some() {
            notes.set(WAITING, &list(waiting.iter().map(named))).await?;
        }
        if let Some(word) = &self.allowed {
            notes.set(ALLOWED, word).await?;
        }
        notes.set(SENT, &self.clock.now().to_string()).await?;
        Ok(None)
    }

    /// Which of the scheduled purchases it became, for calling it off. The purchase stands without it.
    async fn note_scheduled(&self, notes: &mut dyn Notes) -> Result<(), Failure> {
        let listed = match self.scheduled().await {
            Ok(listed) => listed,
            Err(failure) => {
                tracing::warn!(
                    order.id = %self.order.id, error = %failure,
                    "what order {} became is looked up when it is called off: {failure}", self.order.id
                );
                return Ok(());
            }
        };
        let before = Before::noted(notes.find(BEFORE), notes.find(WAITING));
        match before.waiting(self.order, &listed).as_slice() {
            [one] => notes.set(SCHEDULED, &named(one)).await,
            [] | [_, ..] => Ok(()),
        }
    }

    async fn look(&self, notes: &mut dyn Notes) -> Result<Finding, Failure> {
        let Some(sent) = notes.find(SENT).and_then(|text| text.parse::<Timestamp>().ok()) else {
            return Ok(Finding::GoOn);
        };
        if notes.find(DOUBTFUL).is_none() {
            notes.set(DOUBTFUL, "yes").await?;
        }
        let (listed, waiting) = (self.listed().await?, self.scheduled().await?);
        match self.earlier(notes, &listed, &waiting) {
            Err(several) => return Ok(Finding::Unclear(several)),
            Ok(Some(trace)) => return self.adopt(notes, trace).await.map(Finding::Done),
            Ok(None) => {}
        }
        if self.allowed.is_some() && notes.find(ALLOWED) != self.allowed.as_deref() {
            return Ok(Finding::GoOn);
        }
        let minutes = self.quiet.as_mins();
        if self.clock.now().duration_since(sent) < self.quiet {
            // Never `Absent`: the journal would send it again by itself once the quiet period is over.
            let what = format!("no trace of it yet; looked for until {minutes} minutes have passed");
            return Err(self.failure(FailureKind::Unavailable, what));
        }
        Ok(Finding::Unclear(format!(
            "no answer, and no trace of it {minutes} minutes after it was sent at {sent}"
        )))
    }

    fn audit(&self, what: String) -> AuditDraft {
        let approved = self.order.approval.as_ref().map(|approval| approval.by.to_string());
        let by = approved.unwrap_or_else(|| ourselves().to_string());
        AuditDraft {
            at: self.clock.now(),
            actor: by.clone(),
            run: self.run.clone(),
            plan: None,
            subscription: self.order.subscription.clone(),
            what,
            why: format!("order {}, approved by {by}", self.order.id),
        }
    }
}

#[async_trait]
impl Effect for Buying<'_> {
    fn key(&self) -> EffectKey {
        self.key.clone()
    }

    fn intent(&self) -> String {
        format!("buy {}", self.order.summary())
    }

    async fn call(&self, notes: &mut dyn Notes) -> Result<Receipt, Failure> {
        let fail = |failure: Failure| {
            *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure.kind);
            failure
        };
        if let Some(trace) = self.prepare(notes).await.map_err(fail)? {
            return self.adopt(notes, trace).await;
        }
        let purchase = Purchase {
            tenant: self.order.tenant.clone(),
            offer: self.order.offer.clone(),
            quantity: self.order.wanted.quantity(),
            scheduled: self.order.scheduled,
        };
        let purchased = self.target.purchase(&purchase, self.deadline).await.map_err(fail)?;
        let supplier = self.target.system();
        let mut text = format!("{supplier} has taken it");
        if let Some(reference) = &purchased.reference {
            notes.set(REFERENCE, reference).await?;
            text.push_str(&format!(": {reference}"));
        }
        if self.order.scheduled.is_some() {
            self.note_scheduled(notes).await?;
        }
        Ok(Receipt { text, made: Made::Purchase(purchased.reference), adopted: false })
    }

    async fn look_up(&self, notes: &mut dyn Notes) -> Result<Finding, Failure> {
        self.look(notes).await
    }

    fn done(&self, receipt: &Receipt) -> (Option<SyncRecord>, AuditDraft) {
        (None, self.audit(format!("{}: {}", self.intent(), receipt.text)))
    }

    fn refused(&self, reason: &str) -> (Option<SyncRecord>, AuditDraft) {
        (None, self.audit(format!("not done ({}): {reason}", self.intent())))
    }
}

/// The same effect for whoever only wants to know what became of it: nothing is ever sent.
pub(crate) struct Recall<'a>(pub(crate) Buying<'a>);

#[async_trait]
impl Effect for Recall<'_> {
    fn key(&self) -> EffectKey {
        self.0.key()
    }

    fn intent(&self) -> String {
        self.0.intent()
    }

    async fn call(&self, _notes: &mut dyn Notes) -> Result<Receipt, Failure> {
        Err(self.0.failure(FailureKind::NotSent, "it was looked for, not sent"))
    }

    async fn look_up(&self, notes: &mut dyn Notes) -> Result<Finding, Failure> {
        match self.0.look(notes).await? {
            Finding::GoOn | Finding::Absent => {
                Err(self.0.failure(FailureKind::Unavailable, "no trace of it; it was looked for, not sent"))
            }
            found @ (Finding::Done(_) | Finding::Unclear(_)) => Ok(found),
        }
    }

    fn done(&self, receipt: &Receipt) -> (Option<SyncRecord>, AuditDraft) {
        self.0.done(receipt)
    }

    fn refused(&self, reason: &str) -> (Option<SyncRecord>, AuditDraft) {
        self.0.refused(reason)
    }
}

/// What an earlier sending has left at the supplier.
#[derive(Debug, Clone)]
enum Trace {
    Subscription(SubscriptionId),
    /// `reference/number`
    Scheduled(String),
}

fn words(traces: &[Trace]) -> String {
    let each: Vec<_> = traces
        .iter()
        .map(|trace| match trace {
            Trace::Subscription(id) => format!("subscription {id}"),
            Trace::Scheduled(name) => format!("scheduled purchase {name}"),
        })
        .collect();
    each.join(", ")
}

/// A failure of looking before anything is sent.
pub(crate) fn not_sent(failure: Failure) -> Failure {
    if failure.certainly_not_done() { failure } else { Failure { kind: FailureKind::NotSent, ..failure } }
}

/// Subscriptions that other orders have brought.
pub(crate) fn claimed(open: &[Order], order: &Order) -> Vec<SubscriptionId> {
    open.iter().filter(|other| other.id != order.id).filter_map(|other| other.subscription.clone()).collect()
}
