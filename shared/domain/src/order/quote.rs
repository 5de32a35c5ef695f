//! What an order comes to, from the catalogue, the links and the price rules.

use super::Quote;
use crate::id::{CustomerId, OfferId};
use crate::link::{LinkBook, Resolved};
use crate::money::MoneyError;
use crate::price::{PriceError, Priced, price_unit};
use crate::settings::{Organisation, Settings};
use crate::subscription::{BillingCycle, OfferKey, Quantity, SupplierPrices};
use jiff::Timestamp;
use jiff::civil::Date;

/// Something in a supplier's catalogue: an offer with its prices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueOffer {
    /// Part number, term and cycle.
    pub key: OfferKey,
    /// Its name, for people.
    pub name: String,
    /// Who makes it.
    pub publisher: Option<Box<str>>,
    /// Prices of one unit for one billing cycle.
    pub prices: SupplierPrices,
    /// The least that can be bought.
    pub minimum: Quantity,
    /// The most that can be bought; nothing is no limit.
    pub maximum: Option<Quantity>,
}

/// Why there is no quote. Each says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuoteError {
    /// The customer has no billing client, or several.
    #[error("the customer is linked to {0} billing clients: link it to exactly one")]
    Customer(&'static str),
    /// The offer has no billing product, or several.
    #[error("the offer is linked to {0} billing products: link it to exactly one")]
    Offer(&'static str),
    /// Too few or too many.
    #[error("{quantity} cannot be bought: at least {minimum}{}", maximum.map_or_else(String::new, |m| format!(" and at most {m}")))]
    Quantity {
        /// What was wanted.
        quantity: Quantity,
        /// The least.
        minimum: Quantity,
        /// The most.
        maximum: Option<Quantity>,
    },
    /// A billing cycle that billing has nothing like.
    #[error("it is paid in a cycle that billing does not have: {0}")]
    Cycle(Box<str>),
    /// No price.
    #[error(transparent)]
    Price(#[from] PriceError),
    /// Beyond 28 digits.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// A quote, and whose and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quoted {
    /// Our customer.
    pub customer: CustomerId,
    /// Our id of the offer, as it is linked.
    pub offer: OfferId,
    /// What it comes to.
    pub quote: Quote,
}

/// Everything a quote depends on besides the offer and the number of seats.
pub struct Quoting<'a> {
    /// At which organisation.
    pub organisation: &'a Organisation,
    /// Rules and rates.
    pub settings: &'a Settings,
    /// The links between its supplier and its billing.
    pub links: &'a LinkBook,
    /// The first day it is charged for, whose rules set the price: today (UTC), or the day it is scheduled for.
    pub today: Date,
    /// Now.
    pub now: Timestamp,
}

impl Quoting<'_> {
    /// Quotes an offer for a customer's tenant. A price that is held (the record's of a running subscription)
    /// stays; otherwise the rule of the day sets it.
    ///
    /// # Errors
    /// What is missing or wrong, with its cure.
    pub fn quote(
        &self,
        tenant: &crate::id::TenantId,
        offer: &CatalogueOffer,
        quantity: Quantity,
        held: Option<&Priced>,
    ) -> Result<Quoted, QuoteError> {
        let client = match self.links.client(tenant) {
            Resolved::One(client) => client,
            Resolved::Missing => return Err(QuoteError::Customer("no")),
            Resolved::Ambiguous => return Err(QuoteError::Customer("several")),
        };
        let product = match self.links.product(&offer.key) {
            Resolved::One(product) => product,
            Resolved::Missing => return Err(QuoteError::Offer("no")),
            Resolved::Ambiguous => return Err(QuoteError::Offer("several")),
        };
        if let BillingCycle::Other(cycle) = &offer.key.cycle {
            return Err(QuoteError::Cycle(cycle.clone()));
        }
        let (minimum, maximum) = (offer.minimum, offer.maximum);
        if quantity == 0 || quantity < minimum || maximum.is_some_and(|most| quantity > most) {
            return Err(QuoteError::Quantity { quantity, minimum, maximum });
        }
        let held = held.filter(|held| held.unit.currency == client.currency);
        let unit = if let Some(held) = held {
            held.clone()
        } else {
            let rules = &self.settings.price_rules;
            let publisher = offer.publisher.as_deref();
            let rule = rules.find(&client.customer, &product.offer, publisher, self.today);
            let rule = rule.ok_or(PriceError::NoRule)?;
            price_unit(rule, &offer.prices, client.currency, &self.settings.rates, Some(self.today))?
        };
        let quote = Quote::new(unit, quantity, client.client.clone(), product.product.clone(), self.now)?;
        Ok(Quoted { customer: client.customer.clone(), offer: product.offer.clone(), quote })
    }
}
