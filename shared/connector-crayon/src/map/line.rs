//! A line of the price list: one product in one agreement, for one term, in several cycles.

use super::subscription::{Odd, child, display, part_number_of, price, seats};
use super::{OrderCycle, SubscriptionCycle};
use crate::wire::{self, Raw, Wanted};
use crate::{PriceList, TermFrom};
use domain::money::{Currency, Money};
use domain::order::CatalogueOffer;
use domain::settings::PricePer;
use domain::subscription::{BillingCycle, OfferKey, Quantity, SupplierPrices, Term};
use rust_decimal::Decimal;
use serde_json::value::RawValue;
use std::collections::HashMap;

/// What is wanted of a line.
pub(crate) const LINE: Wanted<8> = Wanted([
    "ProductVariant",
    "Name",
    "AgreementType",
    "SalesPrice",
    "RecommendedRetailPrice",
    "MonthMultiplier",
    "MinimumQuantity",
    "MaximumQuantity",
]);
const VARIANT: Wanted<10> = Wanted([
    "Product",
    "PartNumber",
    "ProductName",
    "Publisher",
    "MinimumCommitment",
    "AvailableBillingCycleIds",
    "Attributes",
    "IsTrial",
    "MinimumQuantity",
    "MaximumQuantity",
]);
const NAME: Wanted<1> = Wanted(["Name"]);
const MONTHS: Wanted<1> = Wanted(["Months"]);
const PRICE: Wanted<2> = Wanted(["Value", "CurrencyCode"]);
/// `AgreementType`: seats of the New Commerce Experience.
const NEW_COMMERCE_SEATS: [&str; 2] = ["13", "NewCommerceCSPSeats"];

/// A line that can be ordered from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    name: String,
    part_number: Box<str>,
    publisher: Option<Box<str>>,
    term: Term,
    cycles: Vec<BillingCycle>,
    sales: Option<Money>,
    list: Option<Money>,
    minimum: Quantity,
    maximum: Option<Quantity>,
    per: PricePer,
}

/// A line; nothing if it is a trial, of another kind, or without a term that can be ordered.
pub(crate) fn line(members: Option<&[Raw<'_>; 8]>, how: &PriceList) -> Result<Option<Line>, Odd> {
    let [variant, name, kind, sales, list, multiplier, minimum, maximum] =
        *members.ok_or("the row is not an object")?;
    let variant = variant.ok_or("ProductVariant is missing")?;
    let variant = wire::read_object(variant, VARIANT).map_err(|_| "ProductVariant is not an object")?;
    let [product, part_number, product_name, publisher, commitment, cycles, attributes, trial, least, most] =
        variant;
    let other_kind = kind
        .and_then(wire::text_or_number)
        .is_some_and(|kind| !NEW_COMMERCE_SEATS.iter().any(|ours| kind.eq_ignore_ascii_case(ours)));
    if other_kind || trial == Some("true") {
        return Ok(None);
    }
    let term = match &how.term {
        TermFrom::MinimumCommitment => committed(child(commitment, MONTHS, "MinimumCommitment")?)?,
        TermFrom::Attribute(name) => attribute(attributes, name)?,
    };
    let Some(term) = term else { return Ok(None) };
    if how.per == PricePer::Month && !covers_a_month(multiplier)? {
        return Err("MonthMultiplier is not 1: what the price covers is not known".into());
    }
    let part_number = part_number_of(part_number, product)?;
    let name = name.or(product_name).map_or_else(|| part_number.clone(), display);
    Ok(Some(Line {
        name: name.into_owned(),
        publisher: child(publisher, NAME, "Publisher")?.map(|raw| display(raw).into()),
        cycles: orderable(cycles, &term)?,
        term,
        sales: money(sales, "SalesPrice")?,
        list: money(list, "RecommendedRetailPrice")?,
        minimum: count(minimum.or(least), "MinimumQuantity")?.unwrap_or(1).max(1),
        // No more than nothing is no limit: such an offer would not be listed.
        maximum: count(maximum.or(most), "MaximumQuantity")?.filter(|most| *most > 0),
        part_number: part_number.as_ref().into(),
        per: how.per,
    }))
}

impl Line {
    pub(crate) fn part_number(&self) -> &str {
        &self.part_number
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// One offer for each cycle.
    pub(crate) fn offers(&self) -> impl Iterator<Item = Result<CatalogueOffer, Odd>> {
        self.cycles.iter().map(|cycle| {
            let times = match self.per {
                PricePer::Cycle => 1,
                PricePer::Month => cycle.months().unwrap_or(1),
            };
            let of_cycle = |price: Option<Money>| {
                let scaled = price.map(|price| price.times(times)).transpose();
                scaled.map_err(|_| Odd::from("the price of a cycle is beyond 28 digits"))
            };
            let (sales, list) = (of_cycle(self.sales)?, of_cycle(self.list)?);
            let part_number = self.part_number.clone();
            Ok(CatalogueOffer {
                key: OfferKey { part_number, term: self.term.clone(), cycle: cycle.clone() },
                name: self.name.clone(),
                publisher: self.publisher.clone(),
                prices: SupplierPrices { resale: sales, cost: sales, list },
                minimum: self.minimum,
                maximum: self.maximum,
            })
        })
    }
}

/// The term of a minimum commitment, where an order can name it.
fn committed(months: Raw<'_>) -> Result<Option<Term>, Odd> {
    let Some(raw) = months else { return Ok(None) };
    let months = wire::number(raw).ok_or("MinimumCommitment.Months is not a number")?;
    let known = [Term::OneMonth, Term::OneYear, Term::ThreeYears];
    Ok(known.into_iter().find(|term| term.months().map(Decimal::from) == Some(months)))
}

fn attribute(attributes: Raw<'_>, name: &str) -> Result<Option<Term>, Odd> {
    let Some(raw) = attributes else { return Ok(None) };
    let attributes: HashMap<String, &RawValue> =
        serde_json::from_str(raw).map_err(|_| "Attributes is not an object")?;
    let found = attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
    let Some(text) = found.and_then(|(_, value)| wire::text(value.get())) else { return Ok(None) };
    Ok(Some(Term::from_text(Some(&text))).filter(|term| term.months().is_some()))
}

/// The cycles that an order can name, none longer than the term.
fn orderable(raw: Raw<'_>, term: &Term) -> Result<Vec<BillingCycle>, Odd> {
    let Some(raw) = raw else { return Ok(Vec::new()) };
    let values =
        wire::read_values(raw.as_bytes()).map_err(|_| "AvailableBillingCycleIds is not a list of numbers")?;
    let known = values.into_iter().filter_map(|value| SubscriptionCycle::find(&wire::text_or_number(value)?));
    let ordered = known.filter(|cycle| OrderCycle::try_from(*cycle).is_ok()).map(SubscriptionCycle::cycle);
    let fits = |cycle: &BillingCycle| cycle.months().is_some() && cycle.months() <= term.months();
    Ok(ordered.filter(fits).collect())
}

fn covers_a_month(multiplier: Raw<'_>) -> Result<bool, Odd> {
    let Some(raw) = multiplier else { return Ok(true) };
    let number = wire::number(raw).ok_or("MonthMultiplier is not a number")?;
    Ok(number == Decimal::ONE)
}

/// A price with its own currency; nothing where either is missing.
fn money(raw: Raw<'_>, name: &'static str) -> Result<Option<Money>, Odd> {
    let Some(raw) = raw else { return Ok(None) };
    let [value, currency] = wire::read_object(raw, PRICE).map_err(|_| format!("{name} is not an object"))?;
    let (Some(amount), Some(currency)) = (price(value, name)?, currency) else { return Ok(None) };
    let currency: Currency = wire::text(currency)
        .and_then(|code| code.parse().ok())
        .ok_or_else(|| format!("{name}.CurrencyCode is not an ISO 4217 currency code"))?;
    Ok(Some(Money::new(amount, currency)))
}

fn count(raw: Raw<'_>, name: &'static str) -> Result<Option<Quantity>, Odd> {
    let Some(raw) = raw else { return Ok(None) };
    seats(Some(raw)).map(Some).map_err(|_| format!("{name} is not a whole number").into())
}

#[cfg(test)]
mod tests;
