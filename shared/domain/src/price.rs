//! Price rules: from what the supplier says to what the customer pays, with the reason kept.

use crate::digest::Fingerprint;
use crate::id::{CustomerId, OfferId, PriceRuleId};
use crate::money::{Currency, ExchangeRate, Money, MoneyError, RoundingMode};
use crate::subscription::SupplierPrices;
use jiff::civil::Date;
use rust_decimal::Decimal;

/// Which of the supplier's prices a rule starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Basis {
    /// The resale price kept at the supplier.
    Resale,
    /// What the reseller pays.
    Cost,
    /// The recommended retail price.
    List,
}

impl Basis {
    /// The text form.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Resale => "resale",
            Self::Cost => "cost",
            Self::List => "list",
        }
    }

    /// Reads the text form.
    pub fn find(text: &str) -> Option<Self> {
        [Self::Resale, Self::Cost, Self::List].into_iter().find(|basis| basis.as_str() == text)
    }

    fn of(self, prices: &SupplierPrices) -> Option<Money> {
        match self {
            Self::Resale => prices.resale,
            Self::Cost => prices.cost,
            Self::List => prices.list,
        }
    }
}

/// How the sale price follows from the basis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Basis × (1 + percent/100).
    Markup {
        /// Percent added to the basis; negative is a discount, never below −100.
        percent: Decimal,
        /// On what.
        basis: Basis,
    },
    /// Basis ÷ (1 − percent/100): the share of the sale price that is kept.
    Margin {
        /// Percent of the sale price; below 100.
        percent: Decimal,
        /// On what.
        basis: Basis,
    },
    /// This much for one, whatever the supplier says.
    Fixed(Money),
    /// Exactly the basis.
    PassThrough(Basis),
}

impl Method {
    /// The supplier's price this method needs, if any.
    pub fn basis(self) -> Option<Basis> {
        match self {
            Self::Markup { basis, .. } | Self::Margin { basis, .. } | Self::PassThrough(basis) => Some(basis),
            Self::Fixed(_) => None,
        }
    }
}

/// Whom and what a rule is for. Empty fields match everything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope {
    /// This customer only.
    pub customer: Option<CustomerId>,
    /// This offer only.
    pub offer: Option<OfferId>,
    /// This publisher only, as the supplier names it.
    pub publisher: Option<Box<str>>,
}

impl Scope {
    /// More specific is greater: customer before offer before publisher before all.
    fn rank(&self) -> u8 {
        u8::from(self.customer.is_some()) << 2
            | u8::from(self.offer.is_some()) << 1
            | u8::from(self.publisher.is_some())
    }
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceRule {
    /// Its name, shown wherever it set a price.
    pub id: PriceRuleId,
    /// Whom and what it is for.
    pub scope: Scope,
    /// First day it may set a price.
    pub valid_from: Option<Date>,
    /// First day it may no longer set one.
    pub valid_until: Option<Date>,
    /// How.
    pub method: Method,
    /// How the price of one is brought to its places.
    pub rounding: RoundingMode,
    /// Places of the price of one; the currency's own when not said.
    pub decimals: Option<u32>,
}

impl PriceRule {
    /// Refuses a rule that could only set nonsense prices.
    pub fn validate(&self) -> Result<(), PriceError> {
        let hundred = Decimal::ONE_HUNDRED;
        let sensible = match self.method {
            Method::Markup { percent, .. } => percent >= -hundred,
            Method::Margin { percent, .. } => percent < hundred,
            Method::Fixed(price) => price.amount >= Decimal::ZERO,
            Method::PassThrough(_) => true,
        };
        let ordered =
            !matches!((self.valid_from, self.valid_until), (Some(from), Some(until)) if until <= from);
        if !sensible || !ordered || self.decimals.is_some_and(|d| d > 8) {
            return Err(PriceError::Senseless(self.id.clone()));
        }
        Ok(())
    }

    fn matches(&self, customer: &CustomerId, offer: &OfferId, publisher: Option<&str>, day: Date) -> bool {
        self.scope.customer.as_ref().is_none_or(|c| c == customer)
            && self.scope.offer.as_ref().is_none_or(|o| o == offer)
            && self.scope.publisher.as_deref().is_none_or(|p| publisher == Some(p))
            && self.valid_from.is_none_or(|from| day >= from)
            && self.valid_until.is_none_or(|until| day < until)
    }

    /// Everything about the rule that can move a price.
    pub fn fingerprint(&self) -> [u8; 32] {
        let mut print = Fingerprint::new("price rule");
        print.text(self.id.as_str()).text(self.rounding.name());
        print.number(self.decimals.map_or(-1, i128::from));
        match self.method {
            Method::Markup { percent, basis } => print.text("markup").decimal(percent).text(basis.as_str()),
            Method::Margin { percent, basis } => print.text("margin").decimal(percent).text(basis.as_str()),
            Method::Fixed(price) => print.text("fixed").decimal(price.amount).text(price.currency.code()),
            Method::PassThrough(basis) => print.text("pass-through").text(basis.as_str()),
        };
        print.finish()
    }
}

/// Why there is no price.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PriceError {
    /// No rule fits.
    #[error("no price rule fits this customer, offer and day")]
    NoRule,
    /// The rule starts from a price that the supplier did not state.
    #[error("price rule {0} starts from the supplier's {1} price, which is not stated")]
    BasisUnknown(PriceRuleId, &'static str),
    /// The customer is charged in a currency for which there is no rate.
    #[error("no exchange rate from {0} to {1}")]
    NoRate(Currency, Currency),
    /// The rule cannot set a sensible price.
    #[error(
        "price rule {0} is not sensible: a margin must be below 100 %, a discount at most 100 %, a fixed price not negative, and it must end after it begins"
    )]
    Senseless(PriceRuleId),
    /// Beyond 28 digits.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// A price of one unit and how it came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Priced {
    /// The price of one, in the client's currency, at its places.
    pub unit: Money,
    /// The rule that set it.
    pub rule: PriceRuleId,
    /// The arithmetic in words, for people: `cost 2.85 EUR + 15 % = 3.2775 → 3.28 EUR (half-up)`.
    pub explanation: String,
    /// First day of the term it was set for; it is held until another term begins.
    pub term_start: Option<Date>,
    /// What one cost the reseller when the price was set, in the same currency, where the supplier said it.
    /// Known for the margin's sake only: no part of a plan's text, and nothing is decided by it.
    pub cost: Option<Money>,
}

/// The rules, most specific first.
#[derive(Debug, Clone, Default)]
pub struct PriceRules(Vec<PriceRule>);

impl PriceRules {
    /// Orders rules: the most specific first, among equals the one that began last, then by name.
    pub fn new(mut rules: Vec<PriceRule>) -> Self {
        rules.sort_by(|a, b| {
            (b.scope.rank(), b.valid_from, &a.id).cmp(&(a.scope.rank(), a.valid_from, &b.id))
        });
        Self(rules)
    }

    /// The first rule that fits.
    pub fn find(
        &self,
        customer: &CustomerId,
        offer: &OfferId,
        publisher: Option<&str>,
        day: Date,
    ) -> Option<&PriceRule> {
        self.0.iter().find(|rule| rule.matches(customer, offer, publisher, day))
    }

    /// The rules in order.
    pub fn iter(&self) -> impl Iterator<Item = &PriceRule> {
        self.0.iter()
    }
}

/// Sets the price of one unit by a rule, in the client's currency.
pub fn price_unit(
    rule: &PriceRule,
    prices: &SupplierPrices,
    currency: Currency,
    rates: &[ExchangeRate],
    term_start: Option<Date>,
) -> Result<Priced, PriceError> {
    let (exact, mut explanation) = apply_method(rule, prices)?;
    let converted = if exact.currency == currency {
        exact
    } else {
        let rate = latest_rate(rates, exact.currency, currency)
            .ok_or(PriceError::NoRate(exact.currency, currency))?;
        let converted = rate.convert(exact)?;
        let exact = shown(converted);
        explanation.push_str(&format!(" × {} ({}, {}) = {exact}", rate.rate, rate.source, rate.date));
        converted
    };
    let unit = converted.rounded_to(rule.decimals.unwrap_or_else(|| currency.decimals()), rule.rounding);
    if unit != converted {
        explanation.push_str(&format!(" → {unit} ({})", rule.rounding.name()));
    }
    let cost = prices.cost.and_then(|cost| in_currency(cost, currency, rates));
    Ok(Priced { unit, rule: rule.id.clone(), explanation, term_start, cost })
}

fn latest_rate(rates: &[ExchangeRate], from: Currency, to: Currency) -> Option<&ExchangeRate> {
    rates.iter().filter(|rate| rate.from == from && rate.to == to).max_by(|a, b| a.date.cmp(&b.date))
}

/// A cost in the currency of the price, exactly; nothing where no rate says how much that is.
fn in_currency(cost: Money, currency: Currency, rates: &[ExchangeRate]) -> Option<Money> {
    if cost.currency == currency {
        return Some(cost);
    }
    latest_rate(rates, cost.currency, currency)?.convert(cost).ok()
}

/// An exact amount for people: six places are enough to follow the arithmetic, the rest is a mark.
fn shown(exact: Money) -> String {
    let short = exact.rounded_to(6, RoundingMode::Down);
    if short == exact { exact.to_string() } else { format!("{}… {}", short.plain(), exact.currency) }
}

fn apply_method(rule: &PriceRule, prices: &SupplierPrices) -> Result<(Money, String), PriceError> {
    rule.validate()?;
    let basis_price = |basis: Basis| {
        basis.of(prices).ok_or_else(|| PriceError::BasisUnknown(rule.id.clone(), basis.as_str()))
    };
    let scaled = |price: Money, factor: Option<Decimal>| {
        factor.map(|amount| Money::new(amount, price.currency)).ok_or(PriceError::Money(MoneyError::TooLarge))
    };
    let hundred = Decimal::ONE_HUNDRED;
    match rule.method {
        Method::Fixed(price) => Ok((price, format!("fixed {price}"))),
        Method::PassThrough(basis) => {
            let price = basis_price(basis)?;
            Ok((price, format!("{} {price}", basis.as_str())))
        }
        Method::Markup { percent, basis } => {
            let price = basis_price(basis)?;
            let exact = scaled(price, price.amount.checked_mul(Decimal::ONE + percent / hundred))?;
            Ok((exact, format!("{} {price} + {} % = {}", basis.as_str(), percent.normalize(), shown(exact))))
        }
        Method::Margin { percent, basis } => {
            let price = basis_price(basis)?;
            let exact = scaled(price, price.amount.checked_div(Decimal::ONE - percent / hundred))?;
            Ok((
                exact,
                format!("{} {price} at {} % margin = {}", basis.as_str(), percent.normalize(), shown(exact)),
            ))
        }
    }
}

#[cfg(test)]
mod tests;
