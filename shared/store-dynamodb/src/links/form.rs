//! A link as one line of its item: `t crayon 500`, `c hostbill 77 EUR`, `o crayon CFQ7…/P1Y/monthly`,
//! `p hostbill 33`. What may hold a space comes last.

use crate::error::failure;
use domain::failure::{Failure, FailureKind};
use domain::link::Link;

/// Our own id, which the item is found by.
pub(crate) fn ours(link: &Link) -> &str {
    match link {
        Link::Tenant { customer, .. } | Link::Client { customer, .. } => customer.as_str(),
        Link::Offer { offer, .. } | Link::Product { offer, .. } => offer.as_str(),
    }
}

pub(crate) fn write(link: &Link) -> Result<String, Failure> {
    let text = match link {
        Link::Tenant { system, tenant, .. } => format!("t {system} {tenant}"),
        Link::Client { system, client, currency, .. } => format!("c {system} {client} {currency}"),
        Link::Offer { system, key, .. } => format!("o {system} {key}"),
        Link::Product { system, product, .. } => format!("p {system} {product}"),
    };
    if text.contains(['\n', '\r']) {
        let what = format!("the link of {} holds a line end", ours(link));
        return Err(failure(FailureKind::Refused, what));
    }
    Ok(text)
}

pub(crate) fn read(ours: &str, line: &str) -> Option<Link> {
    let (kind, rest) = line.split_once(' ')?;
    let (system, theirs) = rest.split_once(' ')?;
    let system = system.parse().ok()?;
    match kind {
        "t" => Some(Link::Tenant { customer: ours.parse().ok()?, system, tenant: theirs.parse().ok()? }),
        "c" => {
            let (client, currency) = theirs.split_once(' ')?;
            Some(Link::Client {
                customer: ours.parse().ok()?,
                system,
                client: client.parse().ok()?,
                currency: currency.parse().ok()?,
            })
        }
        "o" => Some(Link::Offer { offer: ours.parse().ok()?, system, key: theirs.parse().ok()? }),
        "p" => Some(Link::Product { offer: ours.parse().ok()?, system, product: theirs.parse().ok()? }),
        _ => None,
    }
}
