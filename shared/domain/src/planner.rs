//! The planner: a pure function from what the supplier says and what we recorded to what is to be done.
//!
//! One subscription is planned by itself, so the order of observation cannot matter, and only the ones whose
//! digest moved need to be planned at all.

use crate::digest::{Digest, Fingerprint};
use crate::id::{CustomerId, SubscriptionId};
use crate::link::{ClientLink, LinkBook, ProductLink, Resolved};
use crate::money::RoundingMode;
use crate::plan::{Change, Line, Plan, Verdict, Why};
use crate::price::{PriceError, Priced};
use crate::record::{ParkReason, SyncRecord, SyncState, WaitReason};
use crate::service::{ServiceState, ServiceStatus};
use crate::settings::{DueDatePolicy, Organisation, Settings};
use crate::status::{StatusRule, rule_for};
use crate::subscription::{BillingCycle, ObservedSubscription};
use jiff::civil::Date;
use std::collections::HashMap;

mod diff;
mod pricing;

/// Everything a plan depends on besides the subscriptions themselves.
pub struct Planner<'a> {
    organisation: &'a Organisation,
    settings: &'a Settings,
    links: &'a LinkBook,
    today: Date,
    fingerprint: [u8; 32],
}

/// What billing lacks for a subscription and the policy has created.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MissingLinks {
    /// The customer's client.
    pub client: bool,
    /// The offer's product.
    pub product: bool,
}

/// A customer and an offer, both linked.
struct Linked<'a> {
    client: &'a ClientLink,
    product: &'a ProductLink,
}

impl<'a> Planner<'a> {
    /// A planner for one organisation on one day.
    pub fn new(
        organisation: &'a Organisation,
        settings: &'a Settings,
        links: &'a LinkBook,
        today: Date,
    ) -> Self {
        let fingerprint = organisation.fingerprint(&settings.rates);
        Self { organisation, settings, links, today, fingerprint }
    }

    /// The digest of everything that can move this subscription's line: what the supplier says, its links and
    /// its price rule, the organisation's policy and rates.
    pub fn digest(&self, seen: &ObservedSubscription) -> Digest {
        let mut print = Fingerprint::new("subscription 1");
        print.bytes(&self.fingerprint);
        print.text(seen.id.as_str()).text(&seen.name).text(seen.tenant.as_str());
        print.text(&seen.offer.part_number).text(seen.offer.term.as_str()).text(seen.offer.cycle.as_str());
        print.text(seen.publisher.as_deref().unwrap_or_default());
        print.number(i128::from(seen.quantity)).text(seen.status.as_str());
        print.optional(seen.prices.resale, |p, price| {
            p.decimal(price.amount).text(price.currency.code());
        });
        for date in [seen.term_start, seen.term_end] {
            print.optional(date, |p, date| {
                p.number(i128::from(date.year()) * 512 + i128::from(date.day_of_year()));
            });
        }
        match self.linked(seen) {
            Err((reason, _)) => print.text(reason.code()),
            Ok(linked) => {
                print.text(linked.client.client.as_str()).text(linked.client.currency.code());
                print.text(linked.client.customer.as_str()).text(linked.product.product.as_str());
                let rule = self.rule(seen, &linked);
                print.optional(rule, |p, rule| {
                    p.bytes(&rule.fingerprint());
                })
            }
        };
        Digest::from_hash(&print.finish())
    }

    /// Whether planning this subscription needs prices that lists leave out: read its details first.
    pub fn needs_details(&self, seen: &ObservedSubscription, record: Option<&SyncRecord>) -> bool {
        if !matches!(rule_for(&seen.status), StatusRule::Is(_)) {
            return false;
        }
        let Ok(linked) = self.linked(seen) else {
            return false;
        };
        if self.held_price(seen, record, &linked).is_some() {
            return false;
        }
        let basis = self.rule(seen, &linked).and_then(|rule| rule.method.basis());
        match basis {
            Some(crate::price::Basis::Cost) => seen.prices.cost.is_none(),
            Some(crate::price::Basis::List) => seen.prices.list.is_none(),
            Some(crate::price::Basis::Resale) | None => false,
        }
    }

    /// What is to be done about a subscription that the supplier shows; nothing if all is as it should be.
    pub fn plan_seen(&self, seen: &ObservedSubscription, record: Option<&SyncRecord>) -> Option<Line> {
        if let Some(other) = record.filter(|r| r.subscription != seen.id) {
            let detail = format!("subscription {} has the same key", other.subscription);
            let line = self.line(seen, None, Verdict::Park { reason: ParkReason::KeyTaken, detail });
            return Some(line);
        }
        let line = match rule_for(&seen.status) {
            StatusRule::Parked => {
                let detail = format!("the supplier says {:?}", seen.status.as_str());
                self.park(seen, record, (ParkReason::StatusUnknown, detail))
            }
            StatusRule::Waits => self.wait(seen, record, WaitReason::SupplierPending),
            StatusRule::Ends => self.end(seen, record),
            StatusRule::Is(status) => match self.state(seen, record, status) {
                Err(park) => self.park(seen, record, park),
                Ok(Wanted::NoSeats) => self.wait(seen, record, WaitReason::NoSeats),
                Ok(Wanted::State(wanted)) => {
                    let (to, price) = *wanted;
                    self.change(seen, record, to, price)
                }
            },
        };
        worth_recording(line, record, self.organisation)
    }

    /// The line without its change: a person decides, and until then every run looks at the subscription anew.
    pub fn set_aside(
        &self,
        line: Line,
        record: Option<&SyncRecord>,
        (reason, detail): (ParkReason, String),
    ) -> Option<Line> {
        let parked = Line {
            base: record.map_or(0, |r| r.revision),
            generation: record.map_or(0, |r| r.generation),
            price: record.and_then(|r| r.price.clone()),
            digest: Digest::LOOK,
            verdict: Verdict::Park { reason, detail },
            ..line
        };
        worth_recording(parked, record, self.organisation)
    }

    /// What is to be done about a recorded subscription that a proven list no longer shows.
    pub fn plan_missing(&self, record: &SyncRecord) -> Option<Line> {
        let ended_on = record.ended_on.unwrap_or(self.today);
        let mut line = Line {
            subscription: record.subscription.clone(),
            name: record.name.clone(),
            tenant: record.tenant.clone(),
            customer: record.customer.clone(),
            offer: record.offer.clone(),
            base: record.revision,
            generation: record.generation,
            digest: Digest::LOOK,
            price: record.price.clone(),
            ended: true,
            verdict: Verdict::Note,
        };
        line.verdict = self.ending(Some(record), ended_on, Why::Vanished);
        worth_recording(line, Some(record), self.organisation)
    }

    fn line(&self, seen: &ObservedSubscription, record: Option<&SyncRecord>, verdict: Verdict) -> Line {
        Line {
            subscription: seen.id.clone(),
            name: seen.name.clone(),
            tenant: seen.tenant.clone(),
            customer: self.customer(seen),
            offer: seen.offer.clone(),
            base: record.map_or(0, |r| r.revision),
            generation: record.map_or(0, |r| r.generation),
            digest: self.digest(seen),
            price: record.and_then(|r| r.price.clone()),
            ended: false,
            verdict,
        }
    }

    fn customer(&self, seen: &ObservedSubscription) -> Option<CustomerId> {
        match self.links.client(&seen.tenant) {
            Resolved::One(link) => Some(link.customer.clone()),
            Resolved::Missing | Resolved::Ambiguous => None,
        }
    }

    fn park(
        &self,
        seen: &ObservedSubscription,
        record: Option<&SyncRecord>,
        park: (ParkReason, String),
    ) -> Line {
        let mut line = self.line(seen, record, Verdict::Park { reason: park.0, detail: park.1 });
        let missing = self.missing_links(seen);
        if missing.client || missing.product {
            line.digest = Digest::LOOK;
        }
        line
    }

    /// What this subscription lacks in billing that the policy has created.
    pub fn missing_links(&self, seen: &ObservedSubscription) -> MissingLinks {
        let policy = &self.organisation.policy;
        let wanted = matches!(rule_for(&seen.status), StatusRule::Is(_));
        let client = matches!(self.links.client(&seen.tenant), Resolved::Missing);
        let product = matches!(self.links.product(&seen.offer), Resolved::Missing);
        MissingLinks {
            client: wanted && client && policy.create_clients,
            product: wanted && product && policy.create_products,
        }
    }

    fn wait(&self, seen: &ObservedSubscription, record: Option<&SyncRecord>, reason: WaitReason) -> Line {
        let verdict = if live(record).is_some() { Verdict::Note } else { Verdict::Wait(reason) };
        self.line(seen, record, verdict)
    }

    fn end(&self, seen: &ObservedSubscription, record: Option<&SyncRecord>) -> Line {
        let ended_on = record.and_then(|r| r.ended_on).unwrap_or(self.today);
        let mut line = self.line(seen, record, self.ending(record, ended_on, Why::Ended));
        line.ended = true;
        if live(record).is_some() && !self.organisation.policy.grace.is_over(self.today, ended_on) {
            line.digest = Digest::LOOK;
        }
        line
    }

    fn ending(&self, record: Option<&SyncRecord>, ended_on: Date, why: Why) -> Verdict {
        if let Some(record) =
            record.filter(|r| matches!(r.state, SyncState::Error { .. }) && r.service.is_none())
        {
            let detail = "it ended while an order for it may still be open in billing".to_owned();
            let reason = ParkReason::ServiceAmbiguous;
            if live(Some(record)).is_none() {
                return Verdict::Park { reason, detail };
            }
        }
        let Some((service, from)) = live(record) else {
            let over = record.is_some_and(|r| r.applied.is_some());
            return if over { Verdict::Note } else { Verdict::Wait(WaitReason::NeverBilled) };
        };
        let status = self.organisation.policy.grace.state_on(self.today, ended_on, from.status);
        if status == from.status && !unsettled(record) {
            return Verdict::Note;
        }
        let why = if status == ServiceStatus::Terminated && record.is_some_and(|r| r.ended_on.is_some()) {
            Why::GraceOver
        } else {
            why
        };
        let to = ServiceState { status, ..from.clone() };
        Verdict::Change(Box::new(Change {
            service: Some(service.clone()),
            from: Some(from.clone()),
            to,
            why: vec![why],
        }))
    }

    fn change(
        &self,
        seen: &ObservedSubscription,
        record: Option<&SyncRecord>,
        to: ServiceState,
        price: Priced,
    ) -> Line {
        let mut line = self.line(seen, record, Verdict::Note);
        line.price = Some(price);
        match live(record) {
            None => {
                let returned = record.is_some_and(|r| r.applied.is_some());
                let why = vec![if returned { Why::Returned } else { Why::New }];
                line.generation += 1;
                line.verdict = Verdict::Change(Box::new(Change { service: None, from: None, to, why }));
            }
            Some((service, from)) => {
                let why = diff::reasons(from, &to, record, line.price.as_ref());
                if !why.is_empty() {
                    let (service, from) = (Some(service.clone()), Some(from.clone()));
                    line.verdict = Verdict::Change(Box::new(Change { service, from, to, why }));
                }
            }
        }
        line
    }

    fn linked(&self, seen: &ObservedSubscription) -> Result<Linked<'a>, (ParkReason, String)> {
        let client = match self.links.client(&seen.tenant) {
            Resolved::One(link) => link,
            Resolved::Missing => {
                return Err((ParkReason::CustomerUnlinked, format!("tenant {} has no client", seen.tenant)));
            }
            Resolved::Ambiguous => {
                let detail = format!("tenant {} has more than one client", seen.tenant);
                return Err((ParkReason::CustomerAmbiguous, detail));
            }
        };
        let product = match self.links.product(&seen.offer) {
            Resolved::One(link) => link,
            Resolved::Missing => {
                return Err((ParkReason::OfferUnlinked, format!("offer {} has no product", seen.offer)));
            }
            Resolved::Ambiguous => {
                let detail = format!("offer {} has more than one product", seen.offer);
                return Err((ParkReason::OfferAmbiguous, detail));
            }
        };
        Ok(Linked { client, product })
    }

    fn state(
        &self,
        seen: &ObservedSubscription,
        record: Option<&SyncRecord>,
        status: ServiceStatus,
    ) -> Result<Wanted, (ParkReason, String)> {
        let linked = self.linked(seen)?;
        let before = live(record).map(|(_, state)| state);
        if let BillingCycle::Other(text) = &seen.offer.cycle {
            return Err((ParkReason::CycleUnknown, format!("billing cycle {text:?}")));
        }
        if before.is_none() && seen.quantity == 0 {
            return Ok(Wanted::NoSeats);
        }
        if let Some(before) = before {
            unchangeable(before, seen, &linked)?;
        }
        let no_price = |error: PriceError| (ParkReason::PriceUnknown, error.to_string());
        let price = match self.held_price(seen, record, &linked) {
            Some(held) => held.clone(),
            None => self.price(seen, &linked).map_err(no_price)?,
        };
        let exact = price.unit.times(seen.quantity).map_err(|error| no_price(error.into()))?;
        let state = ServiceState {
            client: linked.client.client.clone(),
            product: linked.product.product.clone(),
            cycle: seen.offer.cycle.clone(),
            quantity: seen.quantity,
            unit_price: price.unit,
            // A unit price may be finer than the currency; what is charged never is. HostBill's own mode.
            amount: exact.rounded(RoundingMode::HalfUp),
            status,
            next_due: self.next_due(seen).or_else(|| before.and_then(|b| b.next_due)),
        };
        Ok(Wanted::State(Box::new((state, price))))
    }

    fn next_due(&self, seen: &ObservedSubscription) -> Option<Date> {
        match self.organisation.policy.due_date {
            DueDatePolicy::Keep => None,
            DueDatePolicy::TermEnd => {
                let once_per_term = seen.offer.term.months().is_some()
                    && seen.offer.term.months() == seen.offer.cycle.months();
                seen.term_end.filter(|_| once_per_term).and_then(|end| end.tomorrow().ok())
            }
        }
    }
}

enum Wanted {
    State(Box<(ServiceState, Priced)>),
    NoSeats,
}

/// The service that is running or suspended, with the state we put it in.
fn live(record: Option<&SyncRecord>) -> Option<(&crate::id::ServiceId, &ServiceState)> {
    let record = record?;
    let applied = record.applied.as_ref().filter(|state| state.status != ServiceStatus::Terminated)?;
    Some((record.service.as_ref()?, applied))
}

/// Whether the last attempt left the outcome open, so that equal states prove nothing.
fn unsettled(record: Option<&SyncRecord>) -> bool {
    record.is_some_and(|r| matches!(r.state, SyncState::Error { .. }))
}

/// What billing cannot do to a running service.
fn unchangeable(
    before: &ServiceState,
    seen: &ObservedSubscription,
    linked: &Linked<'_>,
) -> Result<(), (ParkReason, String)> {
    if before.client != linked.client.client {
        let detail =
            format!("the service is client {}'s, the link says {}", before.client, linked.client.client);
        return Err((ParkReason::CustomerMoved, detail));
    }
    if before.cycle != seen.offer.cycle {
        let detail = format!("from {} to {}", before.cycle.as_str(), seen.offer.cycle.as_str());
        return Err((ParkReason::CycleChanged, detail));
    }
    Ok(())
}

/// Keeps a line only if it asks for something or the record would say something else.
fn worth_recording(line: Line, record: Option<&SyncRecord>, organisation: &Organisation) -> Option<Line> {
    if line.is_change() {
        return Some(line);
    }
    let Some(record) = record else { return Some(line) };
    let after = line.record_after(&organisation.id, Some(record), None, &record.run, record.updated);
    (!after.says_the_same(record)).then_some(line)
}

/// Plans a whole organisation. `records` are the recorded subscriptions; those that `seen` does not show are
/// only considered when the list is `proven` whole.
pub fn plan(
    planner: &Planner<'_>,
    seen: &[ObservedSubscription],
    records: &[SyncRecord],
    proven: bool,
) -> Plan {
    let mut by_id: HashMap<&SubscriptionId, &SyncRecord> =
        records.iter().map(|r| (&r.subscription, r)).collect();
    let mut lines: Vec<Line> =
        seen.iter().filter_map(|s| planner.plan_seen(s, by_id.remove(&s.id))).collect();
    if proven {
        lines.extend(by_id.into_values().filter_map(|record| planner.plan_missing(record)));
    }
    Plan::new(planner.organisation.id.clone(), lines)
}

#[cfg(test)]
mod tests;
