//! A subscription, from a list's row or from its details.

use super::{cycle, status, time};
use crate::wire::{self, Raw, Wanted};
use domain::id::SubscriptionId;
use domain::money::{Currency, Money};
use domain::ports::UnreadableRow;
use domain::settings::Organisation;
use domain::subscription::{ObservedSubscription, OfferKey, SupplierPrices, Term};
use jiff::civil::Date;
use rust_decimal::Decimal;
use std::borrow::Cow;
use std::str::FromStr;

/// What is wanted of a subscription; a list's row has no `Pricing`.
pub(crate) const DETAILED: Wanted<15> = Wanted([
    "Id",
    "Name",
    "Organization",
    "CustomerTenant",
    "Publisher",
    "Product",
    "PartNumber",
    "Quantity",
    "Status",
    "BillingCycle",
    "TermDuration",
    "SalesPrice",
    "StartDate",
    "EndDate",
    "Pricing",
]);
const ID: Wanted<1> = Wanted(["Id"]);
const NAME: Wanted<1> = Wanted(["Name"]);
const PRODUCT: Wanted<1> = Wanted(["PartNumber"]);
const PRICING: Wanted<3> = Wanted(["CurrencyCode", "PurchasePrice", "RecommendedRetailPrice"]);

/// Which field was not as promised, and how.
pub(crate) type Odd = Cow<'static, str>;

/// A list's row. One that cannot be read says which field was not as promised.
pub(crate) fn row(
    members: Option<&[Raw<'_>; 15]>,
    organisation: &Organisation,
) -> Result<ObservedSubscription, UnreadableRow> {
    let Some(members) = members else {
        return Err(UnreadableRow { id: None, problem: "the row is not an object".to_owned() });
    };
    details(members, organisation).map_err(|problem| UnreadableRow {
        id: members[0].and_then(|raw| id::<SubscriptionId>(Some(raw), "Id").ok()).map(|id| id.to_string()),
        problem: problem.into_owned(),
    })
}

/// A subscription with whatever prices it shows.
pub(crate) fn details(
    members: &[Raw<'_>; 15],
    organisation: &Organisation,
) -> Result<ObservedSubscription, Odd> {
    let [
        raw_id,
        name,
        owner,
        tenant,
        publisher,
        product,
        part_number,
        quantity,
        status,
        cycle,
        term,
        sales_price,
        start,
        end,
        pricing,
    ] = *members;
    let id: SubscriptionId = id(raw_id, "Id")?;
    belongs(owner, organisation)?;
    let part_number = part_number_of(part_number, product)?;
    let name = name.map_or(Cow::Borrowed(part_number.as_ref()), display);
    let own = |price: Option<Decimal>| price.map(|amount| Money::new(amount, organisation.currency));
    let (cost, list) = prices(pricing)?;
    Ok(ObservedSubscription {
        id,
        name: name.into_owned(),
        tenant: self::id(child(tenant, ID, "CustomerTenant")?, "CustomerTenant.Id")?,
        publisher: child(publisher, NAME, "Publisher")?.map(|raw| display(raw).into()),
        offer: OfferKey {
            part_number: part_number.as_ref().into(),
            term: term_of(term)?,
            cycle: cycle::read(cycle).ok_or("BillingCycle is neither a number nor a name")?,
        },
        quantity: seats(quantity)?,
        status: status::read(status.ok_or("Status is missing")?)
            .ok_or("Status is neither a number nor a name")?,
        prices: SupplierPrices { resale: own(price(sales_price, "SalesPrice")?), cost, list },
        term_start: date(start, "StartDate")?,
        term_end: date(end, "EndDate")?,
    })
}

/// The member of a nested object; a missing object has none.
pub(super) fn child<'a>(raw: Raw<'a>, wanted: Wanted<1>, name: &'static str) -> Result<Raw<'a>, Odd> {
    let Some(raw) = raw else { return Ok(None) };
    let [member] = wire::read_object(raw, wanted).map_err(|_| format!("{name} is not an object"))?;
    Ok(member)
}

/// An id: a number of Cloud-iQ's, never 0.
pub(super) fn id<T: FromStr>(raw: Raw<'_>, name: &'static str) -> Result<T, Odd> {
    let raw = raw.ok_or_else(|| format!("{name} is missing"))?;
    let text = wire::text_or_number(raw).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    text.filter(|text| text.bytes().any(|byte| byte != b'0'))
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| Odd::from(format!("{name} is not an id")))
}

/// A list that ignored its filter must not bring another organisation's subscriptions into this one's plan.
fn belongs(owner: Raw<'_>, organisation: &Organisation) -> Result<(), Odd> {
    let Some(raw) = child(owner, ID, "Organization")? else {
        return Ok(());
    };
    let same = wire::text_or_number(raw).is_some_and(|id| id == organisation.supplier_organisation.as_str());
    if same { Ok(()) } else { Err("Organization.Id is not the organisation that was asked for".into()) }
}

pub(super) fn part_number_of<'a>(own: Raw<'a>, product: Raw<'a>) -> Result<Cow<'a, str>, Odd> {
    let read = |raw: Raw<'a>, name: &'static str| match raw {
        None => Ok(None),
        Some(raw) => match wire::text(raw) {
            None => Err(Odd::from(format!("{name} is not a text"))),
            Some(text) => Ok(Some(text).filter(|text| !text.is_empty())),
        },
    };
    if let Some(text) = read(own, "PartNumber")? {
        return Ok(text);
    }
    read(child(product, PRODUCT, "Product")?, "Product.PartNumber")?.ok_or("PartNumber is missing".into())
}

/// A text that is only shown: whatever it holds, the row stands.
pub(super) fn display(raw: &str) -> Cow<'_, str> {
    wire::text(raw).unwrap_or(Cow::Borrowed(raw))
}

fn term_of(raw: Raw<'_>) -> Result<Term, Odd> {
    let Some(raw) = raw else { return Ok(Term::None) };
    let text = wire::text(raw).ok_or("TermDuration is not a text")?;
    // A slash separates the parts of an offer's text form.
    Ok(if text.contains('/') {
        Term::Other(text.replace('/', "-").into())
    } else {
        Term::from_text(Some(&text))
    })
}

pub(super) fn seats(raw: Raw<'_>) -> Result<u32, Odd> {
    let raw = raw.ok_or("Quantity is missing")?;
    if let Ok(count) = raw.parse() {
        return Ok(count);
    }
    let whole = wire::number(raw).filter(|number| number.fract().is_zero());
    whole
        .and_then(|number| number.try_into().ok())
        .ok_or("Quantity is not a whole number from 0 to 4294967295".into())
}

pub(super) fn price(raw: Raw<'_>, name: &'static str) -> Result<Option<Decimal>, Odd> {
    let Some(raw) = raw else { return Ok(None) };
    match wire::number(raw) {
        Some(amount) if amount.is_sign_negative() && !amount.is_zero() => {
            Err(format!("{name} is negative").into())
        }
        Some(amount) => Ok(Some(amount)),
        None => Err(format!("{name} is not an exact decimal number").into()),
    }
}

/// Cost and list price, in the currency that stands beside them: without one they say nothing.
fn prices(pricing: Raw<'_>) -> Result<(Option<Money>, Option<Money>), Odd> {
    let Some(raw) = pricing else { return Ok((None, None)) };
    let [currency, cost, list] = wire::read_object(raw, PRICING).map_err(|_| "Pricing is not an object")?;
    let Some(raw) = currency else { return Ok((None, None)) };
    let currency: Currency = wire::text(raw)
        .and_then(|code| code.parse().ok())
        .ok_or("Pricing.CurrencyCode is not an ISO 4217 currency code")?;
    let money = |amount: Option<Decimal>| amount.map(|amount| Money::new(amount, currency));
    Ok((money(price(cost, "Pricing.PurchasePrice")?), money(price(list, "Pricing.RecommendedRetailPrice")?)))
}

pub(super) fn date(raw: Raw<'_>, name: &'static str) -> Result<Option<Date>, Odd> {
    let Some(raw) = raw else { return Ok(None) };
    wire::text(raw)
        .and_then(|text| time::day(&text).ok())
        .ok_or_else(|| Odd::from(format!("{name} is not a timestamp")))
}
