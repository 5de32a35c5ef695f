//! One change of one service, as an effect: what is called, what is looked up after doubt, what is recorded.

use async_trait::async_trait;
use domain::audit::AuditDraft;
use domain::clock::{Clock, Deadline};
use domain::digest::Digest;
use domain::failure::{Failure, FailureKind};
use domain::id::{BillingOrderId, OrganisationId, RunId, ServiceId};
use domain::journal::EffectKey;
use domain::plan::{Change, Line};
use domain::ports::BillingTarget;
use domain::record::{SyncRecord, SyncState};
use domain::service::{
    BillingStatus, ServiceDetails, ServiceEdit, ServiceReference, ServiceRow, ServiceState, ServiceStatus,
};
use journal::{Effect, Finding, Made, Notes, Receipt};
use std::sync::OnceLock;

/// The note that holds the order's id once it is placed.
const ORDER: &str = "order";
/// The note that holds the service's id once it is known.
const SERVICE: &str = "service";
/// The note that holds unmarked services that were there before the order.
const BEFORE: &str = "before";
/// The note that says the service was found, not made.
const ADOPTED: &str = "adopted";

/// In whose name things are done.
#[derive(Clone)]
pub(crate) struct Author<'a> {
    pub(crate) organisation: &'a OrganisationId,
    pub(crate) run: &'a RunId,
    pub(crate) plan: &'a str,
    pub(crate) actor: &'a str,
}

/// The change that one line of a plan asks for.
pub(crate) struct ServiceChange<'a> {
    pub(crate) billing: &'a dyn BillingTarget,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) deadline: Deadline,
    pub(crate) author: Author<'a>,
    pub(crate) line: &'a Line,
    pub(crate) change: &'a Change,
    pub(crate) before: Option<&'a SyncRecord>,
    /// The client's services as listed in this run, read once for all creations of this client.
    pub(crate) listed: &'a [ServiceRow],
    /// How billing refused to let us in, if it did.
    pub(crate) shut_out: OnceLock<Failure>,
}

impl ServiceChange<'_> {
    fn reference(&self) -> ServiceReference {
        ServiceReference::new(self.author.organisation, &self.line.subscription, self.line.generation)
    }

    fn failure(&self, kind: FailureKind, what: String) -> Failure {
        Failure::new(kind, self.billing.system(), what)
    }

    fn noted<T: std::str::FromStr>(&self, notes: &dyn Notes, name: &str) -> Result<Option<T>, Failure> {
        let Some(text) = notes.find(name) else { return Ok(None) };
        let unreadable =
            || self.failure(FailureKind::Malformed, format!("the journal's note {name} is not an id"));
        text.parse().map(Some).map_err(|_| unreadable())
    }

    /// Creates the service, or goes on from where the notes say it got to.
    async fn create(&self, notes: &mut dyn Notes) -> Result<ServiceId, Failure> {
        if let Some(service) = self.noted(notes, SERVICE)? {
            return Ok(service);
        }
        let reference = self.reference();
        if let Some(row) = self.listed.iter().find(|row| row.mark == reference.as_str()) {
            notes.set(ADOPTED, "yes").await?;
            notes.set(SERVICE, row.id.as_str()).await?;
            return Ok(row.id.clone());
        }
        let order = match self.noted(notes, ORDER)? {
            Some(order) => order,
            None => self.order(notes).await?,
        };
        let service = self.service_of(&order).await?;
        notes.set(SERVICE, service.as_str()).await?;
        Ok(service)
    }

    async fn order(&self, notes: &mut dyn Notes) -> Result<BillingOrderId, Failure> {
        let before: Vec<_> =
            self.listed.iter().filter(|row| could_be_ours(row)).map(|row| row.id.as_str()).collect();
        if !before.is_empty() {
            notes.set(BEFORE, &before.join(",")).await?;
        }
        let to = &self.change.to;
        let order = self.billing.place_order(&to.client, &to.product, &to.cycle, self.deadline).await?;
        notes.set(ORDER, order.as_str()).await?;
        Ok(order)
    }

    async fn service_of(&self, order: &BillingOrderId) -> Result<ServiceId, Failure> {
        let found = self.billing.find_order(order, self.deadline).await?;
        match found.map(|order| order.services).as_deref() {
            Some([service]) => Ok(service.clone()),
            Some(services) => {
                let what = format!("order {order} has {} services instead of one", services.len());
                Err(self.failure(FailureKind::Malformed, what))
            }
            None => Err(self.failure(
                FailureKind::Malformed,
                format!("order {order} is not there although it was placed"),
            )),
        }
    }

    /// Marks and prices a new or adopted service, then activates and, where asked, suspends it.
    async fn complete(&self, service: &ServiceId, notes: &dyn Notes, looked: bool) -> Result<(), Failure> {
        let to = &self.change.to;
        if looked || notes.find(ADOPTED).is_some() {
            let details = self.details(service).await?;
            return self.bring(&details, true).await;
        }
        let edit = ServiceEdit {
            mark: Some(self.reference()),
            amount: Some(to.amount),
            next_due: to.next_due,
            product: None,
        };
        self.billing.edit_service(service, &edit, self.deadline).await?;
        if let Some(order) = self.noted::<BillingOrderId>(notes, ORDER)? {
            self.billing.activate_order(&order, self.deadline).await?;
        }
        if to.status == ServiceStatus::Suspended {
            self.billing.suspend(service, self.deadline).await?;
        }
        Ok(())
    }

    async fn details(&self, service: &ServiceId) -> Result<ServiceDetails, Failure> {
        self.billing.find_service(service, self.deadline).await?.ok_or_else(|| {
            self.failure(FailureKind::NotFound, format!("service {service} is no longer there"))
        })
    }

    /// Brings a service from how it is found to how it is to be, with only the calls that are missing.
    async fn bring(&self, found: &ServiceDetails, mark: bool) -> Result<(), Failure> {
        let to = &self.change.to;
        if found.client != to.client {
            let what = format!("service {} belongs to client {}, not {}", found.id, found.client, to.client);
            return Err(self.failure(FailureKind::Conflict, what));
        }
        let reference = self.reference();
        let edit = ServiceEdit {
            mark: (mark && found.mark != reference.as_str()).then_some(reference),
            amount: (found.amount != to.amount.amount).then_some(to.amount),
            next_due: to.next_due.filter(|due| found.next_due != Some(*due)),
            product: (found.product != to.product).then(|| to.product.clone()),
        };
        if edit != ServiceEdit::default() {
            self.billing.edit_service(&found.id, &edit, self.deadline).await?;
        }
        let status = match &found.status {
            BillingStatus::Known(status) => *status,
            BillingStatus::Pending => {
                let order = found.order.as_ref().ok_or_else(|| {
                    self.failure(
                        FailureKind::Malformed,
                        format!("pending service {} names no order", found.id),
                    )
                })?;
                if to.status != ServiceStatus::Terminated {
                    self.billing.activate_order(order, self.deadline).await?;
                }
                ServiceStatus::Active
            }
            BillingStatus::Other(word) => {
                let what = format!("service {} is {word} in billing", found.id);
                return Err(self.failure(FailureKind::Conflict, what));
            }
        };
        self.switch(&found.id, status).await
    }

    async fn switch(&self, service: &ServiceId, from: ServiceStatus) -> Result<(), Failure> {
        match (from, self.change.to.status) {
            (ServiceStatus::Active, ServiceStatus::Suspended) => {
                self.billing.suspend(service, self.deadline).await
            }
            (ServiceStatus::Suspended, ServiceStatus::Active) => {
                self.billing.unsuspend(service, self.deadline).await
            }
            (ServiceStatus::Active | ServiceStatus::Suspended, ServiceStatus::Terminated) => {
                self.billing.terminate(service, self.deadline).await
            }
            (ServiceStatus::Terminated, ServiceStatus::Active | ServiceStatus::Suspended) => {
                Err(self
                    .failure(FailureKind::Conflict, format!("service {service} is terminated in billing")))
            }
            (ServiceStatus::Active, ServiceStatus::Active)
            | (ServiceStatus::Suspended, ServiceStatus::Suspended)
            | (ServiceStatus::Terminated, ServiceStatus::Terminated) => Ok(()),
        }
    }

    /// The calls between two states we know, without reading first.
    async fn update(&self, service: &ServiceId, from: &ServiceState) -> Result<(), Failure> {
        let to = &self.change.to;
        let edit = ServiceEdit {
            mark: None,
            amount: (from.amount != to.amount).then_some(to.amount),
            next_due: to.next_due.filter(|due| from.next_due != Some(*due)),
            product: (from.product != to.product).then(|| to.product.clone()),
        };
        if edit != ServiceEdit::default() {
            self.billing.edit_service(service, &edit, self.deadline).await?;
        }
        self.switch(service, from.status).await
    }

    /// Finds the service that an order of ours made before we heard of it: unmarked, pending, of this product,
    /// not there before. One is ours; more than one is for a person.
    async fn find_orphan(&self, rows: &[ServiceRow], notes: &mut dyn Notes) -> Result<Finding, Failure> {
        let before: Vec<String> =
            notes.find(BEFORE).map(|ids| ids.split(',').map(str::to_owned).collect()).unwrap_or_default();
        let mut orphans = Vec::new();
        for row in
            rows.iter().filter(|row| could_be_ours(row) && !before.iter().any(|id| id == row.id.as_str()))
        {
            let found = self.billing.find_service(&row.id, self.deadline).await?;
            let to = &self.change.to;
            orphans.extend(found.filter(|found| found.product == to.product && found.cycle == to.cycle));
        }
        match orphans.as_slice() {
            [] => Ok(Finding::Absent),
            [one] => {
                if let Some(order) = &one.order {
                    notes.set(ORDER, order.as_str()).await?;
                }
                notes.set(SERVICE, one.id.as_str()).await?;
                Ok(Finding::GoOn)
            }
            many => {
                let ids: Vec<_> = many.iter().map(|service| service.id.as_str()).collect();
                let ids = ids.join(", ");
                Ok(Finding::Unclear(format!("services {ids} could each be the one that was ordered")))
            }
        }
    }

    async fn look_up_creation(&self, notes: &mut dyn Notes) -> Result<Finding, Failure> {
        if notes.find(SERVICE).is_some() || notes.find(ORDER).is_some() {
            return Ok(Finding::GoOn);
        }
        let rows = self.billing.services_of(&self.change.to.client, self.deadline).await?;
        let reference = self.reference();
        let marked: Vec<_> = rows.iter().filter(|row| row.mark == reference.as_str()).collect();
        match marked.as_slice() {
            [] => self.find_orphan(&rows, notes).await,
            [one] => {
                notes.set(SERVICE, one.id.as_str()).await?;
                Ok(Finding::GoOn)
            }
            many => Ok(Finding::Unclear(format!("{} services carry the mark {reference}", many.len()))),
        }
    }

    fn receipt(&self, service: ServiceId, adopted: bool) -> Receipt {
        Receipt {
            text: format!("service {service}: {}", self.summary()),
            made: Made::Service(service),
            adopted,
        }
    }

    /// Makes the change, from where the notes say an earlier attempt got to.
    async fn make(&self, notes: &mut dyn Notes) -> Result<Receipt, Failure> {
        let Some((service, from)) = self.change.service.as_ref().zip(self.change.from.as_ref()) else {
            let resumed = notes.find(SERVICE).is_some();
            let service = self.create(notes).await?;
            self.complete(&service, notes, resumed).await?;
            return Ok(self.receipt(service, notes.find(ADOPTED).is_some()));
        };
        let settled = self.before.is_some_and(|b| !matches!(b.state, SyncState::Error { .. }));
        if settled && notes.find(SERVICE).is_none() {
            self.update(service, from).await?;
        } else {
            let details = self.details(service).await?;
            self.bring(&details, false).await?;
        }
        Ok(self.receipt(service.clone(), false))
    }

    /// Remembers that billing did not let us in: that says nothing about this change, and concerns every other.
    fn hear<T>(&self, said: Result<T, Failure>) -> Result<T, Failure> {
        said.inspect_err(|failure| {
            if failure.kind == FailureKind::Unauthorised {
                self.shut_out.get_or_init(|| failure.clone());
            }
        })
    }

    /// The change in one line: what it was and what it is.
    fn summary(&self) -> String {
        let to = &self.change.to;
        let show = |state: &ServiceState| {
            format!("{} × {} = {} {}", state.quantity, state.unit_price, state.amount, state.status.as_str())
        };
        match &self.change.from {
            None => format!("new, {}", show(to)),
            Some(from) => format!("{} → {}", show(from), show(to)),
        }
    }

    fn audit(&self, what: String) -> AuditDraft {
        let why: Vec<_> = self.change.why.iter().map(|why| why.as_str()).collect();
        let price =
            self.line.price.as_ref().map(|p| format!("; price by rule {}: {}", p.rule, p.explanation));
        AuditDraft {
            at: self.clock.now(),
            actor: self.author.actor.to_owned(),
            run: self.author.run.clone(),
            plan: Some(self.author.plan.to_owned()),
            subscription: Some(self.line.subscription.clone()),
            what,
            why: format!("{}{}", why.join(", "), price.unwrap_or_default()),
        }
    }

    /// The record when the change was not made or its outcome is not known: looked at in the next run.
    pub(crate) fn failed_record(&self, message: &str) -> SyncRecord {
        let (author, now) = (&self.author, self.clock.now());
        let mut record = if let Some(before) = self.before {
            before.clone()
        } else {
            let mut record = self.line.record_after(author.organisation, None, None, author.run, now);
            record.revision = self.line.base;
            record.generation = self.line.generation - 1;
            record.applied = None;
            record.price = None;
            record
        };
        let since = match &record.state {
            SyncState::Error { since, .. } => *since,
            SyncState::Pending(_) | SyncState::Synced | SyncState::Parked { .. } | SyncState::Ended => now,
        };
        record.state = SyncState::Error { message: message.to_owned(), since };
        record.digest = Digest::LOOK;
        record.run = author.run.clone();
        record.updated = now;
        record
    }
}

/// Whether a row may be what an unheard-of order of ours made.
fn could_be_ours(row: &ServiceRow) -> bool {
    row.mark.is_empty() && row.status == BillingStatus::Pending
}

#[async_trait]
impl Effect for ServiceChange<'_> {
    fn key(&self) -> EffectKey {
        EffectKey::of_subscription(self.author.organisation, &self.line.subscription, self.line.base + 1)
    }

    fn intent(&self) -> String {
        self.summary()
    }

    async fn call(&self, notes: &mut dyn Notes) -> Result<Receipt, Failure> {
        self.hear(self.make(notes).await)
    }

    async fn look_up(&self, notes: &mut dyn Notes) -> Result<Finding, Failure> {
        let Some(service) = &self.change.service else {
            return self.hear(self.look_up_creation(notes).await);
        };
        // Every call on a running service says the same however often it is sent; from here on it is read
        // first and only what is missing is sent.
        notes.set(SERVICE, service.as_str()).await?;
        Ok(Finding::GoOn)
    }

    fn done(&self, receipt: &Receipt) -> (Option<SyncRecord>, AuditDraft) {
        let author = &self.author;
        let service = match &receipt.made {
            Made::Service(service) => Some(service.clone()),
            Made::Client(_) | Made::Product(_) | Made::Purchase(_) | Made::Nothing => None,
        };
        let record =
            self.line.record_after(author.organisation, self.before, service, author.run, self.clock.now());
        (Some(record), self.audit(receipt.text.clone()))
    }

    fn refused(&self, reason: &str) -> (Option<SyncRecord>, AuditDraft) {
        let what = format!("not done ({}): {reason}", self.summary());
        (Some(self.failed_record(reason)), self.audit(what))
    }
}

#[cfg(test)]
mod tests;
