//! Who has to approve which order.

use super::Order;
use crate::id::{CustomerId, OfferId};
use crate::money::Money;

/// Who may say yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Needs {
    /// Nobody: the rule itself approves.
    Nobody,
    /// Anybody who may approve orders, the author too.
    Anyone,
    /// Anybody who may approve orders, except the author.
    SomeoneElse,
}

impl Needs {
    /// The text form.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Anyone => "anyone",
            Self::SomeoneElse => "someone-else",
        }
    }

    /// Reads the text form.
    pub fn find(text: &str) -> Option<Self> {
        [Self::Nobody, Self::Anyone, Self::SomeoneElse].into_iter().find(|needs| needs.as_str() == text)
    }
}

/// One rule. Empty fields match everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalRule {
    /// For this customer only.
    pub customer: Option<CustomerId>,
    /// For this offer only.
    pub offer: Option<OfferId>,
    /// Only up to this sum each cycle, in this currency.
    pub up_to: Option<Money>,
    /// Who has to approve.
    pub needs: Needs,
}

impl ApprovalRule {
    fn matches(&self, order: &Order) -> bool {
        let total = order.quote.total;
        self.customer.as_ref().is_none_or(|customer| *customer == order.customer)
            && self.offer.as_ref().is_none_or(|offer| *offer == order.offer_id)
            && self.up_to.is_none_or(|limit| limit.currency == total.currency && total.amount <= limit.amount)
    }
}

/// The rules, in the operator's order: the first that fits counts. Where none fits, someone other than the
/// author has to approve.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OrderPolicy {
    /// In order.
    pub rules: Vec<ApprovalRule>,
}

impl OrderPolicy {
    /// Who has to approve this order, and by which rule, counted from 1; nothing where no rule fits.
    pub fn needs(&self, order: &Order) -> (Needs, Option<usize>) {
        let found = self.rules.iter().enumerate().find(|(_, rule)| rule.matches(order));
        found.map_or((Needs::SomeoneElse, None), |(at, rule)| (rule.needs, Some(at + 1)))
    }
}
