//! What can be chosen in the order form: customers and offers that were searched for.

use super::form::OrderForm;
use crate::pages::text;
use crate::state::App;
use domain::failure::Failure;
use domain::id::TenantId;
use domain::link::{LinkBook, Resolved};
use domain::order::CatalogueOffer;
use domain::ports::Tenant;
use domain::settings::Organisation;

/// How many customers are shown to choose from.
const CUSTOMERS: usize = 50;
/// How many offers the catalogue is asked for; term and cycle pick among them.
const OFFERS: u32 = 60;
/// A search of a letter finds everything.
const LEAST_LETTERS: usize = 2;

/// Terms and cycles to pick offers by.
pub(super) const TERMS: [(&str, &str); 4] =
    [("", "Any"), ("P1M", "1 month"), ("P1Y", "1 year"), ("P3Y", "3 years")];
pub(super) const CYCLES: [(&str, &str); 5] = [
    ("", "Any"),
    ("monthly", "Monthly"),
    ("annual", "Annual"),
    ("three-years", "Every three years"),
    ("one-time", "Once"),
];

/// A customer that can be chosen.
pub(super) struct Customer {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) domain: String,
    pub(super) linked: bool,
    pub(super) chosen: bool,
}

/// Customers that were found.
#[derive(Default)]
pub(super) struct Customers {
    pub(super) found: Vec<Customer>,
    pub(super) more: usize,
    pub(super) trouble: Option<String>,
}

/// The customers whose name, domain or id has the text in it; the chosen one always.
pub(super) async fn customers(
    app: &App,
    organisation: &Organisation,
    form: &OrderForm,
) -> Result<Customers, Failure> {
    let listed = match app.customers_of(organisation).await {
        Ok(listed) => listed,
        Err(failure) => return Ok(Customers { trouble: Some(failure.what), ..Customers::default() }),
    };
    let wanted = form.customer_search.trim().to_lowercase();
    let fits = |tenant: &&Tenant| {
        let is_like = |text: &str| text.to_lowercase().contains(&wanted);
        wanted.is_empty()
            || tenant.id.as_str() == wanted
            || is_like(&tenant.name)
            || tenant.domain.as_deref().is_some_and(is_like)
    };
    let chosen = |tenant: &&Tenant| tenant.id.as_str() == form.tenant;
    let mut found: Vec<&Tenant> =
        listed.tenants.iter().filter(|tenant| chosen(tenant) || fits(tenant)).collect();
    found.sort_by_key(|tenant| (!chosen(tenant), tenant.name.to_lowercase()));
    let more = found.len().saturating_sub(CUSTOMERS);
    let links = app.store.links().await?;
    let book = LinkBook::new(&links, &organisation.supplier, &organisation.billing);
    let shown = found.into_iter().take(CUSTOMERS).map(|tenant| Customer {
        id: tenant.id.to_string(),
        name: tenant.name.clone(),
        domain: tenant.domain.clone().unwrap_or_default(),
        linked: matches!(book.client(&tenant.id), Resolved::One(_)),
        chosen: chosen(&tenant),
    });
    Ok(Customers { found: shown.collect(), more, trouble: None })
}

/// Whose an order is: their id and name, as the supplier knows them.
pub(super) async fn customer(
    app: &App,
    organisation: &Organisation,
    tenant: &str,
) -> Result<Option<(TenantId, String)>, Failure> {
    let Ok(id) = tenant.parse::<TenantId>() else { return Ok(None) };
    let listed = app.customers_of(organisation).await?;
    Ok(listed.name(&id).map(str::to_owned).map(|name| (id, name)))
}

/// An offer that can be chosen.
pub(super) struct Offer {
    pub(super) key: String,
    pub(super) name: String,
    pub(super) terms: String,
    pub(super) prices: String,
    pub(super) limits: String,
    pub(super) chosen: bool,
}

/// Offers that were found.
#[derive(Default)]
pub(super) struct Offers {
    pub(super) found: Vec<Offer>,
    pub(super) trouble: Option<String>,
}

/// The offers of the catalogue that were searched for; the chosen one always.
pub(super) async fn offers(app: &App, organisation: &Organisation, form: &OrderForm) -> Offers {
    match search(app, organisation, form).await {
        Ok(found) => Offers { found, trouble: None },
        Err(failure) => Offers { found: Vec::new(), trouble: Some(failure.what) },
    }
}

async fn search(app: &App, organisation: &Organisation, form: &OrderForm) -> Result<Vec<Offer>, Failure> {
    let connections = app.connections.current().await?;
    let catalogue = connections.catalogue(&organisation.supplier)?;
    let deadline = app.deadline();
    let text = form.offer_search.trim();
    let mut found = if text.chars().count() < LEAST_LETTERS {
        Vec::new()
    } else {
        app.watched(catalogue.search(organisation, text, OFFERS, deadline).await)?
    };
    let is_chosen = |offer: &CatalogueOffer| offer.key.to_string() == form.offer;
    let fits = |offer: &CatalogueOffer| {
        (form.term.is_empty() || offer.key.term.as_str() == form.term)
            && (form.cycle.is_empty() || offer.key.cycle.as_str() == form.cycle)
    };
    found.retain(|offer| is_chosen(offer) || fits(offer));
    if !form.offer.is_empty()
        && !found.iter().any(is_chosen)
        && let Ok(key) = form.offer.parse()
        && let Some(chosen) = app.watched(catalogue.find_offer(organisation, &key, deadline).await)?
    {
        found.insert(0, chosen);
    }
    Ok(found.iter().map(|offer| shown(offer, is_chosen(offer))).collect())
}

fn shown(offer: &CatalogueOffer, chosen: bool) -> Offer {
    let prices = [("cost", offer.prices.cost), ("list", offer.prices.list), ("resale", offer.prices.resale)];
    let prices =
        prices.into_iter().filter_map(|(name, price)| Some(format!("{name} {}", text::money(&price?))));
    let limits = match (offer.minimum, offer.maximum) {
        (0 | 1, None) => String::new(),
        (least, None) => format!("at least {least}"),
        (least, Some(most)) => format!("{least} to {most}"),
    };
    Offer {
        key: offer.key.to_string(),
        name: offer.name.clone(),
        terms: format!("{}, paid {}", text::term(&offer.key.term), text::each(&offer.key.cycle)),
        prices: prices.collect::<Vec<_>>().join(", "),
        limits,
        chosen,
    }
}
