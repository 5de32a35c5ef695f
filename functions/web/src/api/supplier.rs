//! What can be bought, and who the customers are.

use super::answers::page_of;
use super::words::Amount;
use super::{organisation, wrong_parameter};
use crate::state::App;
use axum::extract::State;
use domain::id::SystemId;
use domain::link::{Link, LinkBook, Resolved};
use domain::order::CatalogueOffer;
use domain::ports::Tenant;
use http_kit::document::{BadPage, BadQuery, Missing};
use http_kit::{Filter, Json, Paged, Paging, Principal, Problem, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

const USUAL: u32 = 20;
const MOST: u32 = 50;
const LONGEST_SEARCH: usize = 100;

/// What is looked for in the catalogue.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Sought {
    /// Of which organisation; may be left out where there is only one.
    #[param(pattern = "^[a-z0-9-]+$", min_length = 1, max_length = 200, example = "nordic")]
    organisation: Option<String>,
    /// A part of the name, or a part number.
    #[param(
        min_length = 2,
        max_length = 100,
        pattern = r"^[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f]$",
        example = "Exchange Online"
    )]
    search: String,
    /// How many at most.
    #[param(minimum = 1, maximum = 50, default = 20)]
    limit: Option<u32>,
}

/// Something that can be bought.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CatalogueOffer)]
struct OfferShape {
    /// Part number, term and billing cycle.
    #[schema(example = "CFQ7TTC0LH16:0001/P1Y/monthly")]
    offer: String,
    /// Our id of it.
    #[schema(example = "ofr_88b1d0e2c4f5a697")]
    id: String,
    /// The supplier's part number.
    #[schema(example = "CFQ7TTC0LH16:0001")]
    part_number: String,
    /// How long the customer is bound.
    #[schema(example = "P1Y")]
    term: String,
    /// How often it is paid.
    #[schema(example = "monthly")]
    cycle: String,
    /// Its name, for people.
    #[schema(example = "Exchange Online (Plan 1)")]
    name: String,
    /// Who makes it.
    #[schema(example = "Microsoft")]
    publisher: Option<String>,
    /// The supplier's prices of one for one cycle, as far as they are stated.
    prices: PricesShape,
    /// The least that can be bought.
    minimum: u32,
    /// The most that can be bought; nothing is no limit.
    maximum: Option<u32>,
    /// The product in billing that it is linked to, where that is exactly one.
    product: Option<String>,
}

/// A supplier's prices of one.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SupplierPrices)]
struct PricesShape {
    /// The resale price that the reseller keeps there.
    resale: Option<Amount>,
    /// What the reseller pays.
    cost: Option<Amount>,
    /// The recommended retail price.
    list: Option<Amount>,
}

/// What was found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CatalogueOffers)]
pub(super) struct Found {
    /// Offers, each with its terms and cycles.
    items: Vec<OfferShape>,
}

/// Search the catalogue
///
/// Asks the supplier: what can be bought now, at which prices, and which product in billing it is linked to.
#[utoipa::path(
    get, path = "/api/catalogue", tag = "supplier", operation_id = "searchCatalogue", params(Sought),
    responses((status = 200, description = "what was found", body = Found), BadQuery, Missing),
)]
pub(super) async fn catalogue(
    State(app): State<App>,
    _: Principal,
    Query(search): Query<Sought>,
) -> Result<Json<Found>, Problem> {
    let limit = search.limit.unwrap_or(USUAL);
    if !(1..=MOST).contains(&limit) {
        return Err(wrong_parameter("limit", format!("1 to {MOST}")));
    }
    let text = search.search.trim();
    if !(2..=LONGEST_SEARCH).contains(&text.chars().count()) || text.chars().any(char::is_control) {
        return Err(wrong_parameter("search", format!("2 to {LONGEST_SEARCH} characters")));
    }
    let organisation = organisation(&app, search.organisation.as_deref()).await?;
    let connections = app.connections.current().await?;
    let catalogue = connections.catalogue(&organisation.supplier)?;
    let found = app.watched(catalogue.search(&organisation, text, limit, app.deadline()).await)?;
    let links = app.store.links().await?;
    let book = LinkBook::new(&links, &organisation.supplier, &organisation.billing);
    let items = found.iter().map(|offer| shape(offer, &organisation.supplier, &book)).collect();
    Ok(Json(Found { items }))
}

fn shape(offer: &CatalogueOffer, supplier: &SystemId, book: &LinkBook) -> OfferShape {
    let product = match book.product(&offer.key) {
        Resolved::One(link) => Some(link.product.to_string()),
        Resolved::Missing | Resolved::Ambiguous => None,
    };
    OfferShape {
        offer: offer.key.to_string(),
        id: offer.key.id(supplier).to_string(),
        part_number: offer.key.part_number.to_string(),
        term: offer.key.term.as_str().to_owned(),
        cycle: offer.key.cycle.as_str().to_owned(),
        name: offer.name.clone(),
        publisher: offer.publisher.as_deref().map(str::to_owned),
        prices: PricesShape {
            resale: offer.prices.resale.map(Into::into),
            cost: offer.prices.cost.map(Into::into),
            list: offer.prices.list.map(Into::into),
        },
        minimum: offer.minimum,
        maximum: offer.maximum,
        product,
    }
}

/// Which customers are listed.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Of which organisation; may be left out where there is only one.
    #[param(pattern = "^[a-z0-9-]+$", min_length = 1, max_length = 200, example = "nordic")]
    organisation: Option<String>,
    /// Only those whose name or domain has this text in it.
    #[param(max_length = 100, example = "fjord")]
    search: Option<String>,
    /// Only those that are linked to exactly one client in billing, or only those that are not.
    linked: Option<bool>,
}

/// A customer of an organisation.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Customer)]
pub(super) struct CustomerShape {
    /// Its id at the supplier.
    #[schema(example = "500")]
    tenant: String,
    /// Its name there.
    #[schema(example = "Fjord Kaffe AS")]
    name: String,
    /// Its domain there.
    #[schema(example = "fjordkaffe.example")]
    domain: Option<String>,
    /// Our id of it, once it is linked.
    #[schema(example = "cus_1f0c2a9be77d0312")]
    customer: Option<String>,
    /// Whether it is linked to exactly one client in billing.
    linked: bool,
    /// That client.
    #[schema(example = "1042")]
    client: Option<String>,
    /// What billing charges it in.
    #[schema(example = "EUR")]
    currency: Option<String>,
}

/// List customers
///
/// As the supplier names them, at most ten minutes old.
#[utoipa::path(
    get, path = "/api/customers", tag = "supplier", operation_id = "listCustomers", params(Which, Paging),
    responses((status = 200, description = "a page of customers, by name", body = Paged<CustomerShape>), BadPage, Missing),
)]
pub(super) async fn customers(
    State(app): State<App>,
    _: Principal,
    Filter(which): Filter<Which>,
    paging: Paging,
) -> Result<Json<Paged<CustomerShape>>, Problem> {
    if which.search.as_ref().is_some_and(|text| text.chars().count() > LONGEST_SEARCH) {
        return Err(wrong_parameter("search", format!("at most {LONGEST_SEARCH} characters")));
    }
    let organisation = organisation(&app, which.organisation.as_deref()).await?;
    let listed = app.customers_of(&organisation).await?;
    let links = app.store.links().await?;
    let book = LinkBook::new(&links, &organisation.supplier, &organisation.billing);
    let search = which.search.as_deref().map(str::to_lowercase);
    let fits = |tenant: &&Tenant| {
        let has = |text: &str| tenant.name.to_lowercase().contains(text);
        let of_domain = |text: &str| tenant.domain.as_ref().is_some_and(|domain| domain.contains(text));
        search.as_deref().is_none_or(|text| has(text) || of_domain(text))
    };
    let all = listed
        .tenants
        .iter()
        .filter(fits)
        .map(|tenant| customer(tenant, &book, (&links, &organisation.supplier)));
    let mut all: Vec<_> = all.filter(|one| which.linked.is_none_or(|linked| one.linked == linked)).collect();
    all.sort_by(|a, b| (&a.name, &a.tenant).cmp(&(&b.name, &b.tenant)));
    let (items, next) = page_of(&app, &paging, &all)?;
    Ok(Json(Paged { items, next }))
}

fn customer(tenant: &Tenant, book: &LinkBook, (links, supplier): (&[Link], &SystemId)) -> CustomerShape {
    let client = match book.client(&tenant.id) {
        Resolved::One(client) => Some(client),
        Resolved::Missing | Resolved::Ambiguous => None,
    };
    let ours = links.iter().find_map(|link| match link {
        Link::Tenant { customer, system, tenant: theirs } => {
            (system == supplier && *theirs == tenant.id).then_some(customer)
        }
        Link::Client { .. } | Link::Offer { .. } | Link::Product { .. } => None,
    });
    CustomerShape {
        tenant: tenant.id.to_string(),
        name: tenant.name.clone(),
        domain: tenant.domain.clone(),
        customer: ours.map(ToString::to_string),
        linked: client.is_some(),
        client: client.map(|link| link.client.to_string()),
        currency: client.map(|link| link.currency.code().to_owned()),
    }
}
