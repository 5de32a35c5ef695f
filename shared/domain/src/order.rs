//! Orders: a customer's request to buy or change, from a draft to a service that is billed and active.
//!
//! `draft → pending_approval → approved → placing → placed_at_supplier → billed → active`, and `rejected`,
//! `cancelled`, `held`, `failed`. Every step says who, when and why. What the approver approves is a number: the
//! sum charged each cycle. If that number moves before the order is placed, it goes back to be approved again.

use crate::access::Actor;
use crate::id::{
    ClientId, CustomerId, OfferId, OrderId, OrganisationId, ProductId, ServiceId, SubscriptionId, TenantId,
};
use crate::money::{Money, MoneyError, RoundingMode};
use crate::price::Priced;
use crate::subscription::{OfferKey, Quantity};
use jiff::Timestamp;
use jiff::civil::Date;
use std::fmt;

mod claim;
mod hold;
mod policy;
mod quote;
mod state;

pub use hold::{Hold, HoldReason};
pub use policy::{ApprovalRule, Needs, OrderPolicy};
pub use quote::{CatalogueOffer, QuoteError, Quoted, Quoting};
pub use state::{IllegalStep, OrderState};

/// What is to be bought or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// A new subscription.
    Subscription {
        /// How many seats.
        quantity: Quantity,
    },
    /// Another number of seats of a running subscription.
    Seats {
        /// Which.
        subscription: SubscriptionId,
        /// How many it had when the order was made.
        from: Quantity,
        /// How many it is to have, all together.
        to: Quantity,
    },
}

impl Wanted {
    /// How many seats there are to be, all together.
    pub fn quantity(&self) -> Quantity {
        match self {
            Self::Subscription { quantity } => *quantity,
            Self::Seats { to, .. } => *to,
        }
    }
}

/// What an order comes to, computed from the catalogue and the price rules before anybody approves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// The price of one for one cycle, and how it came about.
    pub unit: Priced,
    /// What is charged each cycle once the order is done: unit price × all seats, at the currency's places.
    pub total: Money,
    /// What all seats cost the reseller each cycle, in the currency of the total, where the supplier says it.
    pub cost: Option<Money>,
    /// The billing client that is charged.
    pub client: ClientId,
    /// The billing product.
    pub product: ProductId,
    /// When it was computed.
    pub made: Timestamp,
}

impl Quote {
    /// A quote of so many at this price. A unit price may be finer than the currency, what is charged never is:
    /// the total is rounded exactly as the planner rounds the amount of a service.
    ///
    /// # Errors
    /// When the total is beyond 28 digits.
    pub fn new(
        unit: Priced,
        quantity: Quantity,
        client: ClientId,
        product: ProductId,
        made: Timestamp,
    ) -> Result<Self, MoneyError> {
        let total = unit.unit.times(quantity)?.rounded(RoundingMode::HalfUp);
        let cost = unit.cost.map(|cost| cost.times(quantity)).transpose()?;
        Ok(Self { unit, total, cost, client, product, made })
    }

    /// What is kept each cycle, where the cost is known.
    pub fn margin(&self) -> Option<Money> {
        self.total.checked_sub(self.cost?).ok()
    }
}

/// An approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// Who.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// Which sum each cycle.
    pub total: Money,
}

/// What the supplier said when it took the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The supplier's reference, where it gave one.
    pub reference: Option<Box<str>>,
    /// When it was taken.
    pub at: Timestamp,
}

/// One step of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderStep {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Actor,
    /// Into which state; the state it was in already for a remark.
    pub to: OrderState,
    /// Why, for people; without secrets.
    pub why: String,
}

/// A customer's request to buy or change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// At which organisation.
    pub organisation: OrganisationId,
    /// Raised with every change; who writes must have seen the last one.
    pub version: u32,
    /// For which customer of ours.
    pub customer: CustomerId,
    /// Their name, for people.
    pub customer_name: String,
    /// The customer's id at the supplier.
    pub tenant: TenantId,
    /// What is bought.
    pub offer: OfferKey,
    /// Our id of it.
    pub offer_id: OfferId,
    /// Its name, for people.
    pub offer_name: String,
    /// New, or more seats.
    pub wanted: Wanted,
    /// The day on which the supplier is to process it; nothing is at once.
    pub scheduled: Option<Date>,
    /// The customer's own reference, for people.
    pub reference: Option<String>,
    /// Whoever took the order.
    pub author: Actor,
    /// How it stands.
    pub state: OrderState,
    /// Why it waits for a person, while it is held.
    pub hold: Option<Hold>,
    /// What it comes to.
    pub quote: Quote,
    /// The approval that counts.
    pub approval: Option<Approval>,
    /// What the supplier said.
    pub accepted: Option<Accepted>,
    /// The subscription, once it is known.
    pub subscription: Option<SubscriptionId>,
    /// The service in billing, once it is known.
    pub service: Option<ServiceId>,
    /// Whether a person has looked and said that the order may be sent to the supplier once more.
    pub send_again: bool,
    /// Every step, the first one first.
    pub steps: Vec<OrderStep>,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last changed.
    pub updated: Timestamp,
}

impl Order {
    /// Takes a step. Nothing else changes the state.
    ///
    /// # Errors
    /// When there is no such step from here; the order is as it was.
    pub fn step(
        &mut self,
        to: OrderState,
        by: &Actor,
        why: impl Into<String>,
        at: Timestamp,
    ) -> Result<(), IllegalStep> {
        self.state.step(to)?;
        if to != OrderState::Held {
            self.hold = None;
        }
        self.state = to;
        self.updated = at;
        self.steps.push(OrderStep { at, by: by.clone(), to, why: why.into() });
        Ok(())
    }

    /// Remarks something in the timeline; the state stays.
    pub fn remark(&mut self, by: &Actor, what: impl Into<String>, at: Timestamp) {
        self.updated = at;
        self.steps.push(OrderStep { at, by: by.clone(), to: self.state, why: what.into() });
    }

    /// Sets the order aside for a person.
    ///
    /// # Errors
    /// When it cannot be held from here.
    pub fn hold(
        &mut self,
        reason: HoldReason,
        detail: impl Into<String>,
        by: &Actor,
        at: Timestamp,
    ) -> Result<(), IllegalStep> {
        let detail = detail.into();
        self.step(OrderState::Held, by, format!("{}: {detail}", reason.code()), at)?;
        self.hold = Some(Hold { reason, detail });
        Ok(())
    }

    /// Where a retry of a held order goes on: never back before what the supplier already has.
    pub fn after_hold(&self) -> OrderState {
        let supplier = self.accepted.is_some() || self.subscription.is_some();
        let after = self.hold.as_ref().is_some_and(|hold| hold.reason.is_after_supplier());
        if supplier || after { OrderState::PlacedAtSupplier } else { OrderState::Approved }
    }

    /// What it is, in one line for people: `12 × Exchange Online (Plan 1), 1 year, monthly, for Fjord Kaffe`.
    pub fn summary(&self) -> String {
        let what = match &self.wanted {
            Wanted::Subscription { quantity } => format!("{quantity} × {}", self.offer_name),
            Wanted::Seats { from, to, .. } => format!("{from} → {to} seats of {}", self.offer_name),
        };
        format!(
            "{what} ({}, {}) for {}",
            self.offer.term.as_str(),
            self.offer.cycle.as_str(),
            self.customer_name
        )
    }
}

/// An approval is not possible.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotApproved {
    /// Not in a state to be approved.
    #[error(transparent)]
    Illegal(#[from] IllegalStep),
    /// The author may not approve.
    #[error("{0} took this order: someone else has to approve it")]
    OwnOrder(Actor),
    /// The number is another one now.
    #[error("the order comes to {now} now, not {seen}: look at it again")]
    AnotherTotal {
        /// What was approved.
        seen: Money,
        /// What it comes to.
        now: Money,
    },
}

impl Order {
    /// Approves the order at this total.
    ///
    /// # Errors
    /// When the policy wants someone else, the total moved, or it is not waiting for approval.
    pub fn approve(
        &mut self,
        by: &Actor,
        total: Money,
        needs: Needs,
        why: impl Into<String>,
        at: Timestamp,
    ) -> Result<(), NotApproved> {
        self.state.step(OrderState::Approved)?;
        if self.state != OrderState::PendingApproval {
            return Err(IllegalStep { from: self.state, to: OrderState::Approved }.into());
        }
        if needs == Needs::SomeoneElse && by.id == self.author.id {
            return Err(NotApproved::OwnOrder(by.clone()));
        }
        if total != self.quote.total {
            return Err(NotApproved::AnotherTotal { seen: total, now: self.quote.total });
        }
        self.step(OrderState::Approved, by, why, at)?;
        self.approval = Some(Approval { by: by.clone(), at, total });
        Ok(())
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.id, self.summary())
    }
}

#[cfg(test)]
mod tests;
