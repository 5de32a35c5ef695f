//! What Cloud-iQ says about orders: consent, acceptance, purchases that wait for their day.

use super::subscription::{Odd, date, display, id, seats};
use crate::error::without_addresses;
use crate::wire::{self, Raw, Wanted};
use connector_kit::tame;
use domain::id::SubscriptionId;
use domain::ports::ScheduledPurchase;

/// What is wanted of a customer's consent. Beside it stand a person's name and address: they are not read.
pub(crate) const AGREEMENT: Wanted<1> = Wanted(["AgreementType"]);
/// What is wanted of the answer to an order.
pub(crate) const PLACED: Wanted<4> =
    Wanted(["IsSuccessful", "ErrorReasonCode", "ErrorDescription", "NewCommerceOrderId"]);
/// What is wanted of a purchase that waits.
pub(crate) const SCHEDULED: Wanted<2> = Wanted(["OrderReferenceId", "OrderItems"]);
const ITEM: Wanted<5> = Wanted(["OrderNumber", "CatalogId", "Name", "Quantity", "ScheduledDate"]);
/// `AgreementTypeConsent`: the Microsoft Customer Agreement.
const CUSTOMER_AGREEMENT: [&str; 2] = ["1", "MicrosoftCustomerAgreement"];
/// How much of a refusal's own words is repeated, in characters.
const MAX_REASON: usize = 200;

/// Whether a consent is to the Microsoft Customer Agreement. One that does not say is: only such were asked for.
pub(crate) fn is_accepted([kind]: &[Raw<'_>; 1]) -> bool {
    kind.and_then(wire::text_or_number)
        .is_none_or(|kind| CUSTOMER_AGREEMENT.iter().any(|ours| kind.eq_ignore_ascii_case(ours)))
}

/// What became of an order.
pub(crate) enum Placed {
    /// Taken, under this reference.
    Accepted(Option<Box<str>>),
    /// Refused, with the reason in Cloud-iQ's words.
    Refused(String),
}

/// The answer to an order. Only a plain yes or no is one.
pub(crate) fn placed([success, code, description, reference]: &[Raw<'_>; 4]) -> Result<Placed, Odd> {
    match *success {
        Some("true") => {
            let reference = reference.and_then(wire::text).filter(|text| !text.is_empty());
            Ok(Placed::Accepted(reference.map(Into::into)))
        }
        Some("false") => {
            let said = [*code, *description];
            let said: Vec<_> = said.into_iter().flatten().filter_map(wire::text_or_number).collect();
            let said = tame(&without_addresses(&said.join(": ")), MAX_REASON);
            Ok(Placed::Refused(if said.is_empty() { "no reason was given".to_owned() } else { said }))
        }
        Some(_) => Err("IsSuccessful is neither true nor false".into()),
        None => Err("IsSuccessful is missing".into()),
    }
}

/// One of the subscriptions that an order has led to.
pub(crate) fn subscription_id(raw: &str) -> Result<SubscriptionId, Odd> {
    id(Some(raw), "the subscription's id")
}

/// The purchases of one reference.
pub(crate) fn scheduled(members: Option<&[Raw<'_>; 2]>) -> Result<Vec<ScheduledPurchase>, Odd> {
    let [reference, items] = *members.ok_or("a row is not an object")?;
    let reference = name(reference, "OrderReferenceId")?;
    let Some(items) = items else { return Ok(Vec::new()) };
    let items = wire::read_list(items.as_bytes(), ITEM).map_err(|_| "OrderItems is not a list")?;
    items.rows.iter().map(|item| purchase(&reference, item.as_ref())).collect()
}

fn purchase(reference: &str, members: Option<&[Raw<'_>; 5]>) -> Result<ScheduledPurchase, Odd> {
    let [number, catalogue, title, quantity, day] = *members.ok_or("an order item is not an object")?;
    let catalogue = catalogue.and_then(wire::text).filter(|id| !id.is_empty());
    Ok(ScheduledPurchase {
        reference: reference.into(),
        number: name(number, "OrderNumber")?,
        name: title.map(|raw| display(raw).into_owned()).unwrap_or_default(),
        quantity: seats(quantity)?,
        day: date(day, "ScheduledDate")?,
        part_number: catalogue.map(|id| part_number(&id).into()),
    })
}

/// A reference or number, by which a purchase is called off.
fn name(raw: Raw<'_>, member: &'static str) -> Result<Box<str>, Odd> {
    let text = raw.and_then(wire::text_or_number).filter(|text| !text.is_empty());
    text.map(Into::into).ok_or_else(|| format!("{member} is missing").into())
}

/// A catalogue item's id is its part number and, after another colon, its availability.
fn part_number(catalogue: &str) -> &str {
    catalogue.match_indices(':').nth(1).map_or(catalogue, |(end, _)| &catalogue[..end])
}

#[cfg(test)]
mod tests;
