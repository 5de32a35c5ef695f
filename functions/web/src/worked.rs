//! Worked examples: what a price rule makes of a supplier's price.

use domain::id::{CustomerId, OfferId, PriceRuleId};
use domain::money::{Currency, Money, MoneyError};
use domain::price::{PriceError, PriceRule, Priced, price_unit};
use domain::settings::Settings;
use domain::subscription::{Quantity, SupplierPrices};
use jiff::civil::Date;

/// Which rule is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhichRule {
    /// This one, whatever it is for.
    Named(PriceRuleId),
    /// The one that counts for these; what is left out is nobody and nothing in particular.
    For {
        /// The customer.
        customer: Option<CustomerId>,
        /// The offer.
        offer: Option<OfferId>,
        /// The publisher.
        publisher: Option<String>,
    },
}

/// What is to be worked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// By which rule.
    pub rule: WhichRule,
    /// On which day.
    pub day: Date,
    /// From which prices of the supplier.
    pub prices: SupplierPrices,
    /// For a customer who is charged in this.
    pub currency: Currency,
    /// How many.
    pub quantity: Quantity,
}

/// An example worked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worked {
    /// The price of one, and how it came about.
    pub unit: Priced,
    /// All of them together.
    pub total: Money,
}

impl Example {
    /// Works it out.
    ///
    /// # Errors
    /// Why there is no price.
    pub fn work_out(&self, settings: &Settings) -> Result<Worked, PriceError> {
        let rule = self.find_rule(settings).ok_or(PriceError::NoRule)?;
        let unit = price_unit(rule, &self.prices, self.currency, &settings.rates, Some(self.day))?;
        let total = unit.unit.times(self.quantity)?;
        Ok(Worked { unit, total })
    }

    fn find_rule<'a>(&self, settings: &'a Settings) -> Option<&'a PriceRule> {
        let rules = &settings.price_rules;
        match &self.rule {
            WhichRule::Named(id) => rules.iter().find(|rule| rule.id == *id),
            WhichRule::For { customer, offer, publisher } => {
                // Nobody has these ids: rules for somebody in particular do not fit them.
                let nobody = customer.clone().or_else(|| "cus_-".parse().ok())?;
                let nothing = offer.clone().or_else(|| "ofr_-".parse().ok())?;
                rules.find(&nobody, &nothing, publisher.as_deref(), self.day)
            }
        }
    }
}

impl Worked {
    /// What is kept of the total, where the cost is known.
    ///
    /// # Errors
    /// When it is beyond 28 digits.
    pub fn margin(&self, quantity: Quantity) -> Result<Option<Money>, MoneyError> {
        let cost = self.unit.cost.map(|cost| cost.times(quantity)).transpose()?;
        cost.map(|cost| self.total.checked_sub(cost)).transpose()
    }
}

#[cfg(test)]
mod tests;
