//! Links, where what is parked for want of one is cured: the evidence, and a person's decision.

use super::cures::query;
use crate::linking::NotLinked;
use crate::pages::asked::{filled, parsed};
use crate::pages::flash::{Said, saying};
use crate::pages::frame::{Frame, Section, Shown, render_as, see};
use crate::state::{App, Web};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use domain::failure::Failure;
use domain::id::{CustomerId, OfferId, OrganisationId, TenantId};
use domain::link::Link;
use domain::ports::{BillingProduct, Tenant};
use domain::settings::Organisation;
use domain::subscription::OfferKey;
use http_kit::{Form, Path, Principal, Problem, Query};
use serde::Deserialize;

/// What is linked.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Theirs {
    Customer(TenantId),
    Offer(OfferKey),
}

impl Theirs {
    fn read(kind: &str, text: &str) -> Result<Self, Problem> {
        match kind {
            "customer" => parsed(text).map(Self::Customer),
            "offer" => parsed(text).map(Self::Offer),
            _ => Err(Problem::not_found()),
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Customer(_) => "customer",
            Self::Offer(_) => "offer",
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Customer(tenant) => tenant.to_string(),
            Self::Offer(key) => key.to_string(),
        }
    }

    fn page(&self, organisation: &OrganisationId) -> String {
        format!("/sync/link/{}/{organisation}?theirs={}", self.kind(), query(&self.text()))
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Which {
    theirs: String,
}

/// Something that it may be linked to.
struct Suggestion {
    id: String,
    name: String,
    why: String,
}

/// A link that there is.
struct Existing {
    text: String,
    target: String,
}

/// What a supplier and billing say about it.
#[derive(Default)]
struct Evidence {
    facts: Vec<(&'static str, String)>,
    suggestions: Vec<Suggestion>,
    trouble: Option<String>,
}

#[derive(Template)]
#[template(path = "sync/link.html")]
struct LinkPage<'a> {
    frame: Frame,
    heading: String,
    organisation: &'a str,
    supplier: &'a str,
    billing: &'a str,
    kind: &'static str,
    noun: &'static str,
    theirs: String,
    facts: &'a [(&'static str, String)],
    existing: Vec<Existing>,
    linked: bool,
    suggestions: &'a [Suggestion],
    trouble: Option<&'a str>,
    problem: Option<String>,
    other: &'a str,
}

/// `GET /sync/link/{kind}/{organisation}?theirs=…`
pub(super) async fn show(
    State(app): State<App>,
    principal: Principal,
    said: Said,
    Path((kind, organisation)): Path<(String, String)>,
    Query(which): Query<Which>,
) -> Shown {
    let organisation = known(&app, &organisation).await?;
    let theirs = Theirs::read(&kind, &which.theirs)?;
    page(&app, &principal, said, (&organisation, &theirs), None).await
}

async fn known(app: &App, organisation: &str) -> Result<Organisation, Problem> {
    let id: OrganisationId = parsed(organisation)?;
    app.find_organisation(&id).await?.ok_or_else(Problem::not_found)
}

/// What was entered, and what was wrong with it.
type Refused<'a> = (&'a str, &'a str);

async fn page(
    app: &App,
    principal: &Principal,
    said: Said,
    (organisation, theirs): (&Organisation, &Theirs),
    refused: Option<Refused<'_>>,
) -> Shown {
    let evidence = match theirs {
        Theirs::Customer(tenant) => of_customer(app, organisation, tenant).await,
        Theirs::Offer(key) => of_offer(app, organisation, key).await,
    };
    let existing = existing(&app.store.links().await?, organisation, theirs);
    let (heading, noun) = match theirs {
        Theirs::Customer(tenant) => (format!("Link customer {tenant}"), "client"),
        Theirs::Offer(key) => (format!("Link offer {key}"), "product"),
    };
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = LinkPage {
        frame: Frame::new(app, principal, Section::Sync, heading.clone()).saying(said),
        heading,
        organisation: organisation.id.as_str(),
        supplier: organisation.supplier.as_str(),
        billing: organisation.billing.as_str(),
        kind: theirs.kind(),
        noun,
        theirs: theirs.text(),
        facts: &evidence.facts,
        linked: !existing.is_empty(),
        existing,
        suggestions: &evidence.suggestions,
        trouble: evidence.trouble.as_deref(),
        problem: refused.map(|(_, problem)| crate::pages::text::sentence(problem)),
        other: refused.map_or("", |(other, _)| other),
    };
    render_as(status, &page)
}

async fn of_customer(app: &App, organisation: &Organisation, tenant: &TenantId) -> Evidence {
    let mut evidence = Evidence { facts: vec![("Customer", tenant.to_string())], ..Evidence::default() };
    match tenant_of(app, organisation, tenant).await {
        Ok(Some(found)) => evidence.facts = facts_of(&found),
        Ok(None) => evidence.facts.push(("Known", "the supplier does not know this customer".into())),
        Err(failure) => {
            evidence.facts.push(("Asked", format!("the supplier did not answer: {}", failure.what)));
        }
    }
    match clients_of(app, organisation, tenant).await {
        Ok(found) => evidence.suggestions = found,
        Err(failure) => evidence.trouble = Some(failure.what),
    }
    evidence
}

async fn tenant_of(
    app: &Web,
    organisation: &Organisation,
    tenant: &TenantId,
) -> Result<Option<Tenant>, Failure> {
    let connections = app.connections.current().await?;
    let source = connections.source(&organisation.supplier)?;
    app.watched(source.find_tenant(tenant, app.deadline()).await)
}

fn facts_of(tenant: &Tenant) -> Vec<(&'static str, String)> {
    let optional = [
        ("Publisher's id", &tenant.publisher_id),
        ("Domain", &tenant.domain),
        ("Registration number", &tenant.registration),
        ("Our reference", &tenant.reference),
        ("E-mail", &tenant.email),
    ];
    let known = optional.into_iter().filter_map(|(name, value)| Some((name, value.clone()?)));
    [("Name", tenant.name.clone()), ("Customer", tenant.id.to_string())].into_iter().chain(known).collect()
}

/// Billing's clients that carry this customer's id: exact evidence, never a name.
async fn clients_of(
    app: &Web,
    organisation: &Organisation,
    tenant: &TenantId,
) -> Result<Vec<Suggestion>, Failure> {
    let connections = app.connections.current().await?;
    let billing = connections.billing(&organisation.billing)?;
    let found = app.watched(billing.clients_of_tenant(tenant, app.deadline()).await)?;
    let field = connections.fields.get(&organisation.billing).map_or("the configured field", |it| &it.tenant);
    let suggestion = |client: domain::ports::BillingClient| Suggestion {
        id: client.id.to_string(),
        why: format!(
            "its field {field} is {tenant}; charged in {}",
            client
                .currency
                .map_or_else(|| "a currency that billing does not say".into(), |it| it.to_string())
        ),
        name: client.name,
    };
    Ok(found.into_iter().map(suggestion).collect())
}

async fn of_offer(app: &App, organisation: &Organisation, key: &OfferKey) -> Evidence {
    let facts = vec![
        ("Part number", key.part_number.to_string()),
        ("Term", crate::pages::text::term(&key.term)),
        ("Billing cycle", key.cycle.as_str().to_owned()),
    ];
    match products_of(app, organisation, key).await {
        Ok(suggestions) => Evidence { facts, suggestions, trouble: None },
        Err(failure) => Evidence { facts, suggestions: Vec::new(), trouble: Some(failure.what) },
    }
}

/// Billing's products whose code is this offer's, the most exact first, and that have its cycle.
async fn products_of(
    app: &Web,
    organisation: &Organisation,
    key: &OfferKey,
) -> Result<Vec<Suggestion>, Failure> {
    let connections = app.connections.current().await?;
    let billing = connections.billing(&organisation.billing)?;
    let products = app.watched(billing.products(app.deadline()).await)?;
    let codes =
        [key.to_string(), format!("{}/{}", key.part_number, key.term.as_str()), key.part_number.to_string()];
    let fits = |code: &str, product: &BillingProduct| {
        product.code.as_deref() == Some(code) && product.cycles.contains(&key.cycle)
    };
    let of_code = |code: &String| {
        let fitting = products.iter().filter(|product| fits(code, product));
        fitting.map(|product| suggestion(product, code)).collect::<Vec<_>>()
    };
    Ok(codes.iter().flat_map(of_code).collect())
}

fn suggestion(product: &BillingProduct, code: &str) -> Suggestion {
    Suggestion {
        id: product.id.to_string(),
        name: product.name.clone(),
        why: format!("its code is {code}, and it can be ordered in this cycle"),
    }
}

/// What it is linked to in this organisation's billing.
fn existing(links: &[Link], organisation: &Organisation, theirs: &Theirs) -> Vec<Existing> {
    let of_ours = |link: &Link| ours(link, organisation, theirs);
    let (customers, offers): (Vec<CustomerId>, Vec<OfferId>) =
        links.iter().fold((Vec::new(), Vec::new()), |(mut customers, mut offers), link| {
            match of_ours(link) {
                Some(Ours::Customer(id)) => customers.push(id),
                Some(Ours::Offer(id)) => offers.push(id),
                None => {}
            }
            (customers, offers)
        });
    let shown = |link: &Link| match link {
        Link::Client { customer, system, client, currency }
            if *system == organisation.billing && customers.contains(customer) =>
        {
            let text = format!("client {client}, charged in {currency}");
            Some(Existing { text, target: client.to_string() })
        }
        Link::Product { offer, system, product }
            if *system == organisation.billing && offers.contains(offer) =>
        {
            Some(Existing { text: format!("product {product}"), target: product.to_string() })
        }
        Link::Tenant { .. } | Link::Offer { .. } | Link::Client { .. } | Link::Product { .. } => None,
    };
    links.iter().filter_map(shown).collect()
}

enum Ours {
    Customer(CustomerId),
    Offer(OfferId),
}

fn ours(link: &Link, organisation: &Organisation, theirs: &Theirs) -> Option<Ours> {
    match (link, theirs) {
        (Link::Tenant { customer, system, tenant }, Theirs::Customer(wanted))
            if *system == organisation.supplier && tenant == wanted =>
        {
            Some(Ours::Customer(customer.clone()))
        }
        (Link::Offer { offer, system, key }, Theirs::Offer(wanted))
            if *system == organisation.supplier && key == wanted =>
        {
            Some(Ours::Offer(offer.clone()))
        }
        (Link::Tenant { .. } | Link::Offer { .. } | Link::Client { .. } | Link::Product { .. }, _) => None,
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewLink {
    organisation: String,
    kind: String,
    theirs: String,
    target: Option<String>,
    other: Option<String>,
}

/// `POST /sync/links`
pub(super) async fn add(State(app): State<App>, principal: Principal, Form(new): Form<NewLink>) -> Shown {
    let organisation = known(&app, &new.organisation).await?;
    let theirs = Theirs::read(&new.kind, &new.theirs)?;
    let other = filled(new.other.as_deref());
    let target = other.or_else(|| filled(new.target.as_deref()));
    let entered = other.unwrap_or_default();
    let linked = match (target, &theirs) {
        (None, _) => Err("Choose one of the suggestions, or enter an id.".to_owned()),
        (Some(text), Theirs::Customer(tenant)) => match text.parse() {
            Ok(client) => told(app.link_customer(&organisation, tenant, &client).await)?,
            Err(error) => Err(error.to_string()),
        },
        (Some(text), Theirs::Offer(key)) => match text.parse() {
            Ok(product) => told(app.link_offer(&organisation, key, &product).await)?,
            Err(error) => Err(error.to_string()),
        },
    };
    match linked {
        Ok(()) => {
            let code = match theirs {
                Theirs::Customer(_) => "linked-customer",
                Theirs::Offer(_) => "linked-offer",
            };
            Ok(see(&saying(&theirs.page(&organisation.id), code)))
        }
        Err(problem) => {
            let refused = Some((entered, problem.as_str()));
            page(&app, &principal, Said::default(), (&organisation, &theirs), refused).await
        }
    }
}

/// What a person can put right is said beside the field; what nobody can is a problem.
fn told<T>(linked: Result<T, NotLinked>) -> Result<Result<(), String>, Problem> {
    match linked {
        Ok(_) => Ok(Ok(())),
        Err(NotLinked::Wrong { problem, .. } | NotLinked::Clash { problem, .. }) => Ok(Err(problem)),
        Err(NotLinked::Failed(failure)) => Err(failure.into()),
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OldLink {
    organisation: String,
    kind: String,
    theirs: String,
    target: String,
}

/// `POST /sync/links/remove`
pub(super) async fn remove(State(app): State<App>, _: Principal, Form(old): Form<OldLink>) -> Shown {
    let organisation = known(&app, &old.organisation).await?;
    let theirs = Theirs::read(&old.kind, &old.theirs)?;
    let links = app.store.links().await?;
    let customers_and_offers: Vec<Ours> =
        links.iter().filter_map(|link| ours(link, &organisation, &theirs)).collect();
    let is_meant = |link: &&Link| match link {
        Link::Client { customer, system, client, .. } => {
            *system == organisation.billing
                && client.as_str() == old.target
                && customers_and_offers.iter().any(|it| matches!(it, Ours::Customer(id) if id == customer))
        }
        Link::Product { offer, system, product } => {
            *system == organisation.billing
                && product.as_str() == old.target
                && customers_and_offers.iter().any(|it| matches!(it, Ours::Offer(id) if id == offer))
        }
        Link::Tenant { .. } | Link::Offer { .. } => false,
    };
    let gone: Vec<Link> = links.iter().filter(is_meant).cloned().collect();
    let code = if gone.is_empty() { "already" } else { "unlinked" };
    if !gone.is_empty() {
        told(app.change_links(&[], &gone).await)?.map_err(Problem::invalid)?;
    }
    Ok(see(&saying(&theirs.page(&organisation.id), code)))
}
