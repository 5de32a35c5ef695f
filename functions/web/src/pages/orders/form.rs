//! The order form's fields, as they were entered.

use crate::pages::asked::filled;
use domain::id::TenantId;
use jiff::civil::Date;
use orders::{NewOrder, NewWanted, OrderProblem};
use serde::Deserialize;

/// Every field, kept as it was entered however wrong it is.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct OrderForm {
    pub(super) organisation: String,
    pub(super) subscription: String,
    pub(super) customer_search: String,
    pub(super) tenant: String,
    pub(super) offer_search: String,
    pub(super) term: String,
    pub(super) cycle: String,
    pub(super) offer: String,
    pub(super) quantity: String,
    pub(super) scheduled: String,
    pub(super) reference: String,
    /// Which field the problem is about; never sent.
    #[serde(skip)]
    pub(super) wrong: Option<&'static str>,
}

impl OrderForm {
    /// Whether it is about seats of a running subscription.
    pub(super) fn is_seats(&self) -> bool {
        !self.subscription.is_empty()
    }

    pub(super) fn is_wrong(&self, field: &str) -> bool {
        self.wrong == Some(field)
    }

    /// Whether there is enough of it for a total.
    pub(super) fn is_filled(&self) -> bool {
        let what = if self.is_seats() { true } else { !self.tenant.is_empty() && !self.offer.is_empty() };
        what && !self.quantity.trim().is_empty()
    }

    /// The order that it asks for. `customer` is whose it is, and their name.
    pub(super) fn read(&self, customer: (TenantId, String)) -> Result<NewOrder, OrderProblem> {
        let wrong = |field, problem: &str| OrderProblem::Wrong { field, problem: problem.to_owned() };
        let organisation = self
            .organisation
            .parse()
            .map_err(|_| wrong("organisation", "choose one of the organisations"))?;
        let quantity = self
            .quantity
            .trim()
            .parse()
            .map_err(|_| wrong("quantity", "enter a whole number of at least 1"))?;
        let what = if self.is_seats() {
            let unknown = |_| wrong("subscription", "this is no subscription");
            NewWanted::Seats { subscription: self.subscription.parse().map_err(unknown)?, quantity }
        } else {
            let unknown = |_| wrong("offer", "choose an offer of the catalogue");
            NewWanted::Subscription { offer: self.offer.parse().map_err(unknown)?, quantity }
        };
        let scheduled = filled(Some(&self.scheduled))
            .map(|day| {
                day.parse::<Date>().map_err(|_| wrong("scheduled", "enter a day, for example 2026-12-01"))
            })
            .transpose()?;
        let (tenant, customer_name) = customer;
        let reference = filled(Some(&self.reference)).map(str::to_owned);
        Ok(NewOrder { organisation, tenant, customer_name, what, scheduled, reference })
    }
}
