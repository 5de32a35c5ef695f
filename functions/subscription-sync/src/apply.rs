//! Apply: the changes of a plan, one client's after another, several clients at a time, until all are done or
//! the deadline is near.

use crate::change::{Author, ServiceChange};
use crate::{Deps, Store};
use domain::clock::Deadline;
use domain::digest::SubscriptionKey;
use domain::failure::{Failure, FailureKind};
use domain::id::ClientId;
use domain::journal::Lease;
use domain::plan::{Change, Line, Plan};
use domain::ports::{BillingTarget, IndexChange};
use domain::record::{ParkReason, SyncRecord, SyncState};
use domain::run::Run;
use domain::service::ServiceRow;
use domain::settings::Organisation;
use futures::StreamExt as _;
use journal::{Journal, Performed};
use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use tracing::{Instrument as _, debug_span, info, warn};

/// Everything the changes of one run share.
pub(crate) struct Apply<'a, S> {
    pub(crate) deps: &'a Deps<S>,
    pub(crate) organisation: &'a Organisation,
    pub(crate) lease: &'a Lease,
    pub(crate) billing: &'a dyn BillingTarget,
    pub(crate) run: &'a Run,
    pub(crate) plan: &'a str,
    pub(crate) records: &'a HashMap<SubscriptionKey, SyncRecord>,
    pub(crate) deadline: Deadline,
}

/// What became of the lines of a plan.
#[derive(Default)]
pub(crate) struct Applied {
    /// The digest index follows these.
    pub(crate) index: Vec<IndexChange>,
    /// Counts of this invocation.
    pub(crate) created: u64,
    pub(crate) adopted: u64,
    pub(crate) changed: u64,
    pub(crate) refused: u64,
    pub(crate) in_doubt: u64,
    /// Changes not begun: the deadline was near, or one before them is in doubt.
    pub(crate) left: u64,
    /// Whether the deadline stopped the work.
    pub(crate) out_of_time: bool,
    /// Problems in words.
    pub(crate) problems: Vec<String>,
    /// Why the work was broken off: the table cannot be written, the lease is lost, or billing does not let us in.
    pub(crate) broken: Option<Failure>,
}

/// What became of one line.
enum Outcome {
    Done { created: bool, adopted: bool, record: SyncRecord },
    AlreadyDone,
    Refused(String),
    Kept { record: SyncRecord, problem: String },
    Left { out_of_time: bool },
}

impl<S: Store> Apply<'_, S> {
    /// Makes the changes and writes the records of the lines that need no call.
    ///
    /// # Errors
    /// When not even the records that need no call can be written; what breaks off the changes stands in what it
    /// gives, beside what was done until then.
    pub(crate) async fn apply(&self, plan: &Plan) -> Result<Applied, Failure> {
        let mut applied = Applied::default();
        self.keep(plan, &mut applied).await?;
        let mut groups: BTreeMap<&ClientId, Vec<(&Line, &Change)>> = BTreeMap::new();
        for line in plan.lines() {
            let Some(change) = line.change() else { continue };
            if self.is_current(line) {
                groups.entry(&change.to.client).or_default().push((line, change));
            }
        }
        let wanted = groups.values().map(Vec::len).sum::<usize>();
        let mut looked_at = 0;
        let stop = AtomicBool::new(false);
        let lanes = self.deps.limits.in_flight.max(1);
        let mut outcomes = futures::stream::iter(groups.into_values().map(|lines| self.group(lines, &stop)))
            .buffer_unordered(lanes);
        while let Some(group) = outcomes.next().await {
            let (done, failure) = group;
            looked_at += done.len();
            for (line, outcome) in done {
                applied.count(line, outcome);
            }
            if let Some(failure) = failure {
                stop.store(true, Ordering::Relaxed);
                applied.broken.get_or_insert(failure);
            }
        }
        drop(outcomes);
        // Those that a client's failure kept from being looked at.
        applied.left += wanted.saturating_sub(looked_at) as u64;
        Ok(applied)
    }

    /// Whether the record still is what the line was planned on.
    fn is_current(&self, line: &Line) -> bool {
        let record = self.records.get(&SubscriptionKey::of(line.subscription.as_str()));
        record.map_or(0, |r| r.revision) == line.base
    }

    /// Writes the records of lines that ask billing for nothing.
    async fn keep(&self, plan: &Plan, applied: &mut Applied) -> Result<(), Failure> {
        let now = self.deps.clock.now();
        let mut records = Vec::new();
        for line in plan.lines().iter().filter(|line| !line.is_change() && self.is_current(line)) {
            let before = self.records.get(&SubscriptionKey::of(line.subscription.as_str()));
            if before.is_some_and(|b| b.subscription != line.subscription) {
                applied
                    .problems
                    .push(format!("subscription {}: shares a key with another", line.subscription));
                continue;
            }
            let record = line.record_after(&self.organisation.id, before, None, &self.run.id, now);
            applied.note_index(line, &record);
            records.push(record);
        }
        if records.is_empty() {
            return Ok(());
        }
        self.deps.store.put_records(self.lease, &records).await
    }

    /// One client's changes, in order: so that at most one creation of a client can be in doubt.
    async fn group<'l>(
        &self,
        lines: Vec<(&'l Line, &'l Change)>,
        stop: &AtomicBool,
    ) -> (Vec<(&'l Line, Outcome)>, Option<Failure>) {
        let mut done = Vec::with_capacity(lines.len());
        let mut listed: Option<Vec<ServiceRow>> = None;
        let mut doubtful_creation = false;
        for (line, change) in lines {
            let creates = change.from.is_none();
            let clock = &self.deps.clock;
            let near = clock.is_closing() || self.deadline.is_near(clock.now(), self.deps.limits.margin);
            if near || stop.load(Ordering::Relaxed) || (creates && doubtful_creation) {
                done.push((line, Outcome::Left { out_of_time: near }));
                continue;
            }
            if creates && listed.is_none() {
                match self.billing.services_of(&change.to.client, self.deadline).await {
                    Ok(rows) => listed = Some(rows),
                    Err(failure) if failure.kind == FailureKind::Unauthorised => {
                        return (done, Some(failure));
                    }
                    Err(failure) => {
                        let rows: &[ServiceRow] = &[];
                        let record = self.effect(line, change, rows).failed_record(&failure.to_string());
                        let problem = format!("subscription {}: {failure}", line.subscription);
                        if let Err(failure) =
                            self.deps.store.put_records(self.lease, std::slice::from_ref(&record)).await
                        {
                            return (done, Some(failure));
                        }
                        done.push((line, Outcome::Kept { record, problem }));
                        continue;
                    }
                }
            }
            match self.perform(line, change, listed.as_deref().unwrap_or_default()).await {
                Ok(outcome) => {
                    doubtful_creation |= creates && matches!(outcome, Outcome::Kept { .. });
                    if creates && matches!(outcome, Outcome::Refused(_)) {
                        // Its order may be there: the next creation must know that it was there before.
                        listed = None;
                    }
                    done.push((line, outcome));
                }
                Err(failure) => return (done, Some(failure)),
            }
        }
        (done, None)
    }

    fn effect<'e>(
        &'e self,
        line: &'e Line,
        change: &'e Change,
        listed: &'e [ServiceRow],
    ) -> ServiceChange<'e> {
        ServiceChange {
            billing: self.billing,
            clock: self.deps.clock.as_ref(),
            deadline: self.deadline,
            author: Author {
                organisation: &self.organisation.id,
                run: &self.run.id,
                plan: self.plan,
                actor: &self.run.actor,
            },
            line,
            change,
            before: self.records.get(&SubscriptionKey::of(line.subscription.as_str())),
            listed,
            shut_out: OnceLock::new(),
        }
    }

    async fn perform(&self, line: &Line, change: &Change, listed: &[ServiceRow]) -> Result<Outcome, Failure> {
        let effect = self.effect(line, change, listed);
        let journal = Journal {
            store: &self.deps.store,
            lease: self.lease,
            organisation: &self.organisation.id,
            clock: self.deps.clock.as_ref(),
            quiet: self.deps.limits.quiet,
        };
        let id = &line.subscription;
        let span = debug_span!("change", subscription.id = %id);
        let performed = journal.perform(&effect).instrument(span).await?;
        let outcome = match performed {
            Performed::Done(receipt) => {
                info!(subscription.id = %id, receipt = %receipt.text, "subscription {id}: {}", receipt.text);
                let (record, _) = journal::Effect::done(&effect, &receipt);
                let record = record.ok_or_else(|| {
                    Failure::new(FailureKind::Malformed, self.billing.system(), "a change without a record")
                })?;
                Outcome::Done { created: change.from.is_none(), adopted: receipt.adopted, record }
            }
            Performed::AlreadyDone => Outcome::AlreadyDone,
            Performed::Refused(reason) => {
                warn!(subscription.id = %id, reason, "subscription {id}: refused: {reason}");
                Outcome::Refused(reason)
            }
            Performed::InDoubt(reason) => {
                let record = effect.failed_record(&format!("outcome not known yet: {reason}"));
                self.deps.store.put_records(self.lease, std::slice::from_ref(&record)).await?;
                Outcome::Kept {
                    record,
                    problem: format!("subscription {id}: outcome not known yet: {reason}"),
                }
            }
            Performed::Unclear(reason) => {
                let mut record = effect.failed_record(&reason);
                record.state =
                    SyncState::Parked { reason: ParkReason::ServiceAmbiguous, detail: reason.clone() };
                self.deps.store.put_records(self.lease, std::slice::from_ref(&record)).await?;
                Outcome::Kept { record, problem: format!("subscription {id}: {reason}") }
            }
        };
        // Nothing else will be let in either: it is not this change that was refused.
        match (outcome, effect.shut_out.get()) {
            (Outcome::Refused(_) | Outcome::Kept { .. }, Some(failure)) => Err(failure.clone()),
            (outcome, _) => Ok(outcome),
        }
    }
}

impl Applied {
    fn count(&mut self, line: &Line, outcome: Outcome) {
        match outcome {
            Outcome::Done { created, adopted, record } => {
                self.created += u64::from(created && !adopted);
                self.adopted += u64::from(adopted);
                self.changed += u64::from(!created);
                self.note_index(line, &record);
            }
            Outcome::AlreadyDone => self.changed += 1,
            Outcome::Refused(reason) => {
                self.refused += 1;
                self.look_again(line);
                self.problems.push(format!("subscription {}: {reason}", line.subscription));
            }
            Outcome::Kept { record, problem } => {
                self.in_doubt += 1;
                self.note_index(line, &record);
                self.problems.push(problem);
            }
            Outcome::Left { out_of_time } => {
                self.left += 1;
                self.out_of_time |= out_of_time;
            }
        }
    }

    /// The index follows the record; what vanished and is over is forgotten.
    fn note_index(&mut self, line: &Line, record: &SyncRecord) {
        let over = record.state == SyncState::Ended && line.digest == domain::digest::Digest::LOOK;
        let digest = (!over).then_some(record.digest);
        self.index.push(IndexChange { key: SubscriptionKey::of(line.subscription.as_str()), digest });
    }

    fn look_again(&mut self, line: &Line) {
        let key = SubscriptionKey::of(line.subscription.as_str());
        self.index.push(IndexChange { key, digest: Some(domain::digest::Digest::LOOK) });
    }
}
