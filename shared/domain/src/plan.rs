//! A plan is a value: what would change and what is set aside, deterministic, hashed, stored, readable.

use crate::digest::{Digest, hex, sha256};
use crate::id::{CustomerId, OrganisationId, RunId, ServiceId, SubscriptionId, TenantId};
use crate::price::Priced;
use crate::record::{ParkReason, SyncRecord, SyncState, WaitReason};
use crate::service::{ServiceState, ServiceStatus};
use crate::subscription::OfferKey;
use jiff::Timestamp;
use jiff::civil::Date;
use std::fmt;
use std::str::FromStr;

mod text;

pub use text::InvalidPlan;
pub(crate) use text::{read_state, state_text};

/// The SHA-256 of a plan's canonical text: what a person approves and `apply` is given.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PlanHash(Box<str>);

impl PlanHash {
    /// Sixty-four hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Enough of it for a screen.
    pub fn short(&self) -> &str {
        &self.0[..12]
    }
}

impl fmt::Display for PlanHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text is not a plan's hash.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a plan hash: expected 64 hexadecimal digits, as shown by the dry run")]
pub struct InvalidHash(pub String);

impl FromStr for PlanHash {
    type Err = InvalidHash;

    fn from_str(text: &str) -> Result<Self, InvalidHash> {
        let valid =
            text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if valid { Ok(Self(text.into())) } else { Err(InvalidHash(text.chars().take(80).collect())) }
    }
}

/// Why a change is made, in words people use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Why {
    /// A subscription without a service.
    New,
    /// It came back after its service was terminated.
    Returned,
    /// Another number of seats.
    Quantity,
    /// A new term began, and with it a new price.
    RenewalPrice,
    /// Another price, where the term allows it.
    Price,
    /// Another product of the same cycle.
    Product,
    /// Suspended at the supplier.
    Suspended,
    /// Active again at the supplier.
    Resumed,
    /// Ended at the supplier; the grace began.
    Ended,
    /// No longer in the supplier's proven list; the grace began.
    Vanished,
    /// Ended, and the grace is over.
    GraceOver,
    /// The due date follows the term.
    DueDate,
    /// An earlier attempt ended without a known outcome; the service is brought to where it should be.
    Settle,
}

impl Why {
    const NAMES: [(Self, &'static str); 13] = [
        (Self::New, "new"),
        (Self::Returned, "returned"),
        (Self::Quantity, "quantity"),
        (Self::RenewalPrice, "renewal-price"),
        (Self::Price, "price"),
        (Self::Product, "product"),
        (Self::Suspended, "suspended"),
        (Self::Resumed, "resumed"),
        (Self::Ended, "ended"),
        (Self::Vanished, "vanished"),
        (Self::GraceOver, "grace-over"),
        (Self::DueDate, "due-date"),
        (Self::Settle, "settle"),
    ];

    /// The text form.
    pub fn as_str(self) -> &'static str {
        Self::NAMES.iter().find(|(why, _)| *why == self).map_or("", |(_, name)| name)
    }

    /// Reads the text form.
    pub fn find(text: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(_, name)| *name == text).map(|(why, _)| *why)
    }
}

/// What is to become of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The service, unless it is to be created.
    pub service: Option<ServiceId>,
    /// How it was left, unless it is to be created.
    pub from: Option<ServiceState>,
    /// How it is to be.
    pub to: ServiceState,
    /// Why, at least one reason.
    pub why: Vec<Why>,
}

/// What a plan says about one subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The service is to be in another state.
    Change(Box<Change>),
    /// A person decides.
    Park {
        /// Why.
        reason: ParkReason,
        /// What exactly.
        detail: String,
    },
    /// Nothing to bill yet.
    Wait(WaitReason),
    /// Billing needs nothing; our record does.
    Note,
}

/// One line of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The supplier's id.
    pub subscription: SubscriptionId,
    /// Its name, for people.
    pub name: String,
    /// The customer's id at the supplier.
    pub tenant: TenantId,
    /// Our customer, once linked.
    pub customer: Option<CustomerId>,
    /// What was bought.
    pub offer: OfferKey,
    /// The record's revision that this was planned on; the change makes the next one.
    pub base: u32,
    /// The generation of the service that is changed or created.
    pub generation: u32,
    /// What the subscription looks like.
    pub digest: Digest,
    /// The price in force afterwards.
    pub price: Option<Priced>,
    /// Whether it has ended at the supplier; the record keeps the day this was first seen.
    pub ended: bool,
    /// What is to happen.
    pub verdict: Verdict,
}

impl Line {
    /// Whether the line asks billing for something.
    pub fn is_change(&self) -> bool {
        self.change().is_some()
    }

    /// What the line asks of billing, if anything.
    pub fn change(&self) -> Option<&Change> {
        match &self.verdict {
            Verdict::Change(change) => Some(change),
            Verdict::Park { .. } | Verdict::Wait(_) | Verdict::Note => None,
        }
    }

    /// The record once this line is done. `before` is the record as it was; `service` the service's id where
    /// the change created it.
    pub fn record_after(
        &self,
        organisation: &OrganisationId,
        before: Option<&SyncRecord>,
        service: Option<ServiceId>,
        run: &RunId,
        now: Timestamp,
    ) -> SyncRecord {
        let known_end = before.and_then(|b| b.ended_on);
        let mut after = SyncRecord {
            organisation: organisation.clone(),
            subscription: self.subscription.clone(),
            name: self.name.clone(),
            tenant: self.tenant.clone(),
            customer: self.customer.clone(),
            offer: self.offer.clone(),
            state: SyncState::Synced,
            revision: self.base,
            generation: self.generation,
            service: before.and_then(|b| b.service.clone()),
            applied: before.and_then(|b| b.applied.clone()),
            price: self.price.clone(),
            ended_on: self.ended.then(|| known_end.unwrap_or_else(|| utc_day(now))),
            digest: self.digest,
            run: run.clone(),
            updated: now,
        };
        match &self.verdict {
            Verdict::Change(change) => {
                after.service = service.or_else(|| change.service.clone());
                after.applied = Some(change.to.clone());
                after.revision += 1;
                if change.to.status == ServiceStatus::Terminated {
                    after.state = SyncState::Ended;
                }
            }
            Verdict::Park { reason, detail } => {
                after.state = SyncState::Parked { reason: *reason, detail: detail.clone() };
            }
            Verdict::Wait(WaitReason::NeverBilled) => after.state = SyncState::Ended,
            Verdict::Wait(reason) => after.state = SyncState::Pending(*reason),
            Verdict::Note => {
                if after.applied.as_ref().is_some_and(|state| state.status == ServiceStatus::Terminated) {
                    after.state = SyncState::Ended;
                }
            }
        }
        after
    }
}

fn utc_day(now: Timestamp) -> Date {
    now.to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// What one run would do in one organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Whose.
    pub organisation: OrganisationId,
    lines: Vec<Line>,
}

impl Plan {
    /// Orders the lines by subscription id, so that the order of observation does not show.
    pub fn new(organisation: OrganisationId, mut lines: Vec<Line>) -> Self {
        lines.sort_by(|a, b| a.subscription.cmp(&b.subscription));
        Self { organisation, lines }
    }

    /// All lines, by subscription id.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The lines that ask billing for something.
    pub fn changes(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.is_change())
    }

    /// The lines that ask a person for something.
    pub fn parked(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| matches!(line.verdict, Verdict::Park { .. }))
    }

    /// Whether nothing at all is to be done or recorded.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The SHA-256 of the canonical text.
    pub fn hash(&self) -> PlanHash {
        PlanHash(hex(&sha256(self.to_text().as_bytes())).into())
    }
}

#[cfg(test)]
mod tests;
