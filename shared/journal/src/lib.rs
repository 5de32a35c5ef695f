//! The effect journal: the only way in which a mutation leaves the house.
//!
//! An intent is written under a permanent key before the call and a receipt after it. When the outcome is not
//! known (a time-out, a crash, an odd body) nobody repeats the call: the effect first *looks in the other
//! system* for what it was about to do, and only then goes on. Systems without idempotency keys, like HostBill
//! and Cloud-iQ, are made safe this way.

use async_trait::async_trait;
use domain::audit::AuditDraft;
use domain::clock::Clock;
use domain::failure::{Failure, FailureKind};
use domain::id::{ClientId, OrganisationId, ProductId, ServiceId};
use domain::journal::{Begun, EffectEntry, EffectKey, EffectState, Lease, Settlement};
use domain::ports::EffectStore;
use domain::record::SyncRecord;
use jiff::SignedDuration;
use std::collections::BTreeMap;
use tracing::{info, warn};

/// What an effect leaves when it is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// What was done, for people.
    pub text: String,
    /// What it was done to.
    pub made: Made,
    /// Whether it was found rather than made.
    pub adopted: bool,
}

/// What an effect makes or changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Made {
    /// A service in billing.
    Service(ServiceId),
    /// A client in billing.
    Client(ClientId),
    /// A product in billing.
    Product(ProductId),
    /// A purchase at a supplier, with its reference where it gave one.
    Purchase(Option<Box<str>>),
    /// Nothing new: something that was there is another way now.
    Nothing,
}

/// What looking in the other system found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// All of it was done.
    Done(Receipt),
    /// Part of it was done, and what is left says the same however often it is sent: go on now.
    GoOn,
    /// No trace. The first call may still be on its way: go on only after the quiet period.
    Absent,
    /// More than one answer, or one that makes no sense: a person decides.
    Unclear(String),
}

/// What an attempt has learnt so far, kept in the journal while it goes.
#[async_trait]
pub trait Notes: Send + Sync {
    /// A note of this or an earlier attempt.
    fn find(&self, name: &str) -> Option<&str>;

    /// Keeps a note before anything else happens.
    async fn set(&mut self, name: &str, value: &str) -> Result<(), Failure>;
}

/// Something to be done in another system, exactly once.
#[async_trait]
pub trait Effect: Send + Sync {
    /// Its permanent key.
    fn key(&self) -> EffectKey;

    /// What is to be done, for people.
    fn intent(&self) -> String;

    /// Does it, from where the notes say an earlier attempt got to. A failure that is not
    /// [`Failure::certainly_not_done`] leaves the outcome in doubt.
    async fn call(&self, notes: &mut dyn Notes) -> Result<Receipt, Failure>;

    /// Looks in the other system for what an attempt without outcome has done, and notes it.
    async fn look_up(&self, notes: &mut dyn Notes) -> Result<Finding, Failure>;

    /// The record and the log entry once it is done.
    fn done(&self, receipt: &Receipt) -> (Option<SyncRecord>, AuditDraft);

    /// The record and the log entry once the other system has said no.
    fn refused(&self, reason: &str) -> (Option<SyncRecord>, AuditDraft);
}

/// What became of an effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Performed {
    /// Done now, or found to have been done by an attempt in doubt.
    Done(Receipt),
    /// A receipt was there already; nothing was called.
    AlreadyDone,
    /// The other system said no; nothing was done and the reason is recorded.
    Refused(String),
    /// Not known yet: the next run looks again.
    InDoubt(String),
    /// A person must say which.
    Unclear(String),
}

/// What became of an effect, and what its attempts have learnt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// What became of it.
    pub performed: Performed,
    /// The notes as they stand in the journal, also where nothing was called.
    pub notes: BTreeMap<String, String>,
}

/// Performs effects under one lease.
pub struct Journal<'a, S: ?Sized> {
    /// Where it is written.
    pub store: &'a S,
    /// The right to write.
    pub lease: &'a Lease,
    /// Whose effects.
    pub organisation: &'a OrganisationId,
    /// What time it is.
    pub clock: &'a dyn Clock,
    /// How long after an attempt began its first call may still arrive at the other system.
    pub quiet: SignedDuration,
}

struct StoredNotes<'a, S: ?Sized> {
    store: &'a S,
    lease: &'a Lease,
    entry: EffectEntry,
    /// The journal could not be written in the middle of a call. What kind of failure that was says nothing
    /// about the call before it: the effect stays in doubt and the run must stop.
    broken: bool,
}

#[async_trait]
impl<S: EffectStore + ?Sized> Notes for StoredNotes<'_, S> {
    fn find(&self, name: &str) -> Option<&str> {
        self.entry.notes.get(name).map(String::as_str)
    }

    async fn set(&mut self, name: &str, value: &str) -> Result<(), Failure> {
        if let Err(failure) = self.store.note(self.lease, &self.entry, name, value).await {
            self.broken = true;
            return Err(failure);
        }
        self.entry.notes.insert(name.to_owned(), value.to_owned());
        Ok(())
    }
}

impl<S: EffectStore + ?Sized> Journal<'_, S> {
    /// Performs an effect.
    ///
    /// # Errors
    /// Only when the journal itself cannot be written, or the lease is lost: the run must stop.
    pub async fn perform(&self, effect: &dyn Effect) -> Result<Performed, Failure> {
        self.carry_out(effect).await.map(|carried| carried.performed)
    }

    /// Performs an effect and tells what its attempts have noted, for whoever was killed before they could use it.
    ///
    /// # Errors
    /// Only when the journal itself cannot be written, or the lease is lost: the run must stop.
    pub async fn carry_out(&self, effect: &dyn Effect) -> Result<Carried, Failure> {
        let (key, intent) = (effect.key(), effect.intent());
        let now = self.clock.now();
        let entry = match self.store.begin(self.lease, self.organisation, &key, &intent, now).await? {
            Begun::Done(entry) => return Ok(carried(Performed::AlreadyDone, entry)),
            Begun::Fresh(entry) => entry,
            Begun::InDoubt(entry) => {
                info!(effect.key = %key, effect.attempt = entry.attempt, "{key} is in doubt: looking it up");
                match self.resolve(effect, self.notes(entry)).await? {
                    Resolved::Ended(performed, entry) => return Ok(carried(performed, entry)),
                    Resolved::GoOn(entry) => {
                        self.store.retake(self.lease, &entry, &intent, self.clock.now()).await?
                    }
                }
            }
        };
        match self.attempt(effect, self.notes(entry)).await? {
            Attempted::Ended(performed, entry) => Ok(carried(performed, entry)),
            Attempted::GoOn(entry, _) => {
                let entry = self.store.retake(self.lease, &entry, &intent, self.clock.now()).await?;
                match self.attempt(effect, self.notes(entry)).await? {
                    Attempted::Ended(performed, entry) => Ok(carried(performed, entry)),
                    Attempted::GoOn(entry, failure) => {
                        Ok(carried(Performed::InDoubt(failure.to_string()), entry))
                    }
                }
            }
        }
    }

    fn notes(&self, entry: EffectEntry) -> StoredNotes<'_, S> {
        StoredNotes { store: self.store, lease: self.lease, entry, broken: false }
    }

    async fn attempt(
        &self,
        effect: &dyn Effect,
        mut notes: StoredNotes<'_, S>,
    ) -> Result<Attempted, Failure> {
        let failure = match effect.call(&mut notes).await {
            Ok(receipt) => {
                let performed = self.settle_done(effect, &notes.entry, receipt).await?;
                return Ok(Attempted::Ended(performed, notes.entry));
            }
            Err(failure) => failure,
        };
        if notes.broken || failure.kind == FailureKind::LeaseLost {
            return Err(failure);
        }
        if failure.certainly_not_done() {
            let reason = failure.to_string();
            let (record, audit) = effect.refused(&reason);
            self.settle(&notes.entry, EffectState::Refused, &reason, record, audit).await?;
            return Ok(Attempted::Ended(Performed::Refused(reason), notes.entry));
        }
        let key = &notes.entry.key;
        warn!(effect.key = %key, error = %failure, "{key} has no known outcome: {failure}");
        Ok(match self.resolve(effect, notes).await? {
            Resolved::Ended(Performed::InDoubt(_), entry) => {
                Attempted::Ended(Performed::InDoubt(failure.to_string()), entry)
            }
            Resolved::Ended(performed, entry) => Attempted::Ended(performed, entry),
            Resolved::GoOn(entry) => Attempted::GoOn(entry, failure),
        })
    }

    async fn resolve(&self, effect: &dyn Effect, mut notes: StoredNotes<'_, S>) -> Result<Resolved, Failure> {
        let finding = match effect.look_up(&mut notes).await {
            Ok(finding) => finding,
            Err(failure) if notes.broken || failure.kind == FailureKind::LeaseLost => return Err(failure),
            Err(failure) => {
                return Ok(Resolved::Ended(Performed::InDoubt(failure.to_string()), notes.entry));
            }
        };
        let entry = notes.entry;
        Ok(match finding {
            Finding::Done(receipt) => {
                let performed = self.settle_done(effect, &entry, receipt).await?;
                Resolved::Ended(performed, entry)
            }
            Finding::GoOn => Resolved::GoOn(entry),
            Finding::Unclear(reason) => Resolved::Ended(Performed::Unclear(reason), entry),
            Finding::Absent if self.clock.now().duration_since(entry.begun) >= self.quiet => {
                Resolved::GoOn(entry)
            }
            Finding::Absent => {
                let reason = format!(
                    "no trace of it yet; looked up again once {} s have passed",
                    self.quiet.as_secs()
                );
                Resolved::Ended(Performed::InDoubt(reason), entry)
            }
        })
    }

    async fn settle_done(
        &self,
        effect: &dyn Effect,
        entry: &EffectEntry,
        receipt: Receipt,
    ) -> Result<Performed, Failure> {
        let (record, audit) = effect.done(&receipt);
        self.settle(entry, EffectState::Done, &receipt.text, record, audit).await?;
        Ok(Performed::Done(receipt))
    }

    async fn settle(
        &self,
        entry: &EffectEntry,
        state: EffectState,
        outcome: &str,
        record: Option<SyncRecord>,
        audit: AuditDraft,
    ) -> Result<(), Failure> {
        let (key, attempt, outcome) = (entry.key.clone(), entry.attempt, outcome.to_owned());
        self.store.settle(self.lease, Settlement { key, attempt, state, outcome, record, audit }).await
    }
}

fn carried(performed: Performed, entry: EffectEntry) -> Carried {
    Carried { performed, notes: entry.notes }
}

enum Attempted {
    Ended(Performed, EffectEntry),
    /// Part of it was done before the outcome was lost; what is left may be sent once more.
    GoOn(EffectEntry, Failure),
}

enum Resolved {
    Ended(Performed, EffectEntry),
    GoOn(EffectEntry),
}

#[cfg(test)]
mod tests;
