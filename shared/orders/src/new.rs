//! What is asked for, before it is an order.

use crate::OrderProblem;
use domain::id::{OrganisationId, SubscriptionId, TenantId};
use domain::subscription::{OfferKey, Quantity};
use jiff::civil::Date;

/// The longest text that people may write into an order.
pub(crate) const MAX_TEXT: usize = 500;

/// What somebody wants bought or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewWanted {
    /// A new subscription.
    Subscription {
        /// Of what.
        offer: OfferKey,
        /// How many seats.
        quantity: Quantity,
    },
    /// Another number of seats of a running subscription.
    Seats {
        /// Which.
        subscription: SubscriptionId,
        /// How many, all together.
        quantity: Quantity,
    },
}

/// An order as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOrder {
    /// At which organisation.
    pub organisation: OrganisationId,
    /// For which customer, by their id at the supplier.
    pub tenant: TenantId,
    /// The customer's name, for people.
    pub customer_name: String,
    /// What.
    pub what: NewWanted,
    /// The day on which the supplier is to process it; nothing is at once.
    pub scheduled: Option<Date>,
    /// The customer's own reference, for people.
    pub reference: Option<String>,
}

impl NewOrder {
    /// Whether its own fields make sense.
    pub(crate) fn check(&self, today: Date) -> Result<(), OrderProblem> {
        text("customer_name", &self.customer_name, 200)?;
        if let Some(reference) = &self.reference {
            text("reference", reference, 200)?;
        }
        match (&self.what, self.scheduled) {
            (NewWanted::Seats { .. }, Some(_)) => Err(OrderProblem::wrong(
                "scheduled",
                "another number of seats is set at once, never on a day",
            )),
            (NewWanted::Subscription { .. }, Some(day)) if day <= today => {
                Err(OrderProblem::wrong("scheduled", format!("{day} is not after today, {today}")))
            }
            (NewWanted::Subscription { .. }, _) | (NewWanted::Seats { .. }, None) => Ok(()),
        }
    }
}

/// A text for people: there, not too long, on one line.
pub(crate) fn text(field: &'static str, text: &str, longest: usize) -> Result<(), OrderProblem> {
    if text.trim().is_empty() {
        return Err(OrderProblem::wrong(field, "is empty"));
    }
    if text.chars().count() > longest {
        return Err(OrderProblem::wrong(field, format!("is longer than {longest} characters")));
    }
    if text.chars().any(char::is_control) {
        return Err(OrderProblem::wrong(field, "has characters that cannot be shown"));
    }
    Ok(())
}
