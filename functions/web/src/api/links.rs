//! Which of the supplier's ids is which of billing's.

use super::answers::{page_of, wrong_field};
use super::words::LinkShape;
use crate::linking::{WantedLink, ours};
use crate::state::App;
use axum::extract::State;
use domain::id::SystemId;
use domain::link::Link;
use domain::money::Currency;
use http_kit::document::{BadBody, BadPage, Clash};
use http_kit::{Filter, Json, Paged, Paging, Principal, Problem};
use serde::{Deserialize, Serialize};
use std::fmt::Display;
use std::str::FromStr;
use utoipa::{IntoParams, ToSchema};

/// How many links can be added at once: each is looked up on its side.
const MOST_ADDED: usize = 20;
const MOST_REMOVED: usize = 100;
const ID_LENGTH: usize = 200;
const THEIRS_LENGTH: usize = 400;

/// What a link is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = LinkKind)]
pub(super) enum Kind {
    /// A customer at a supplier.
    Tenant,
    /// A client in billing.
    Client,
    /// An offer at a supplier.
    Offer,
    /// A product in billing.
    Product,
}

/// Which links are listed.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Only links of this kind.
    #[param(inline)]
    kind: Option<Kind>,
    /// Only links of this id of ours.
    #[param(max_length = 200, example = "cus_1f0c2a9be77d0312")]
    id: Option<String>,
    /// Only links to this id of theirs.
    #[param(max_length = 400, example = "1042")]
    theirs: Option<String>,
}

/// List links
#[utoipa::path(
    get, path = "/api/links", tag = "links", operation_id = "listLinks", params(Which, Paging),
    responses((status = 200, description = "a page of links, by our id", body = Paged<LinkShape>), BadPage),
)]
pub(super) async fn list(
    State(app): State<App>,
    _: Principal,
    Filter(which): Filter<Which>,
    paging: Paging,
) -> Result<Json<Paged<LinkShape>>, Problem> {
    for (name, text, most) in [("id", &which.id, ID_LENGTH), ("theirs", &which.theirs, THEIRS_LENGTH)] {
        if text.as_ref().is_some_and(|text| text.chars().count() > most) {
            return Err(wrong_field(name, format!("at most {most} characters")));
        }
    }
    let mut links = app.store.links().await?;
    links.sort_by(|a, b| ours(a).cmp(ours(b)));
    let shapes = links.iter().filter(|link| which.kind.is_none_or(|kind| kind == kind_of(link)));
    let shapes = shapes.map(LinkShape::from).filter(|link| {
        which.id.as_ref().is_none_or(|id| link.id == *id)
            && which.theirs.as_ref().is_none_or(|theirs| link.theirs == *theirs)
    });
    let (items, next) = page_of(&app, &paging, &shapes.collect::<Vec<_>>())?;
    Ok(Json(Paged { items, next }))
}

fn kind_of(link: &Link) -> Kind {
    match link {
        Link::Tenant { .. } => Kind::Tenant,
        Link::Client { .. } => Kind::Client,
        Link::Offer { .. } => Kind::Offer,
        Link::Product { .. } => Kind::Product,
    }
}

/// Links to be removed and added, all of them or none.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"add": [
    {"kind": "tenant", "system": "crayon", "theirs": "500", "id": "cus_1f0c2a9be77d0312"},
    {"kind": "client", "system": "hostbill", "theirs": "1042", "id": "cus_1f0c2a9be77d0312"},
]}))]
pub(super) struct LinkChanges {
    /// Links to be added.
    #[serde(default)]
    #[schema(max_items = 20)]
    add: Vec<GivenLink>,
    /// Links to be removed.
    #[serde(default)]
    #[schema(max_items = 100)]
    remove: Vec<GivenLink>,
}

/// A pair: our id and a foreign one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GivenLink {
    /// What it is of.
    kind: Kind,
    /// Ours: `cus_…` or `ofr_…`. May be left out when a tenant or an offer is added: it gets the id that
    /// follows from the supplier's.
    #[schema(max_length = 200, pattern = "^(cus|ofr)_[A-Za-z0-9._:-]+$")]
    id: Option<String>,
    /// The connection.
    #[schema(min_length = 1, max_length = 200, pattern = "^[a-z0-9-]+$")]
    system: String,
    /// Theirs.
    #[schema(min_length = 1, max_length = 400)]
    theirs: String,
    /// What billing charges a client in. May be left out when a client is added: billing is asked, and must
    /// agree where it is given.
    #[schema(pattern = "^[A-Z]{3}$")]
    currency: Option<String>,
}

/// What became of it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LinksChanged {
    /// Links that were not there before.
    added: Vec<LinkShape>,
    /// Links that were there.
    removed: Vec<LinkShape>,
}

/// Change links
///
/// All of them or none. What is added is looked up on its side: a tenant, a client and a product must exist, and
/// what contradicts a link that stays is refused. Done again, it changes nothing.
#[utoipa::path(
    post, path = "/api/links", tag = "links", operation_id = "changeLinks", request_body = LinkChanges,
    responses((status = 200, description = "changed as asked", body = LinksChanged), BadBody, Clash),
)]
pub(super) async fn change(
    State(app): State<App>,
    _: Principal,
    Json(changes): Json<LinkChanges>,
) -> Result<Json<LinksChanged>, Problem> {
    let LinkChanges { add, remove } = changes;
    for (name, count, most) in [("add", add.len(), MOST_ADDED), ("remove", remove.len(), MOST_REMOVED)] {
        if count > most {
            return Err(wrong_field(name, format!("at most {most} at once")));
        }
    }
    let add: Vec<WantedLink> = add
        .iter()
        .enumerate()
        .map(|(at, link)| wanted(&format!("add[{at}]"), link))
        .collect::<Result<_, _>>()?;
    let remove: Vec<Link> = remove
        .iter()
        .enumerate()
        .map(|(at, link)| exact(&format!("remove[{at}]"), link))
        .collect::<Result<_, _>>()?;
    let done = app.change_links(&add, &remove).await?;
    let shapes = |links: &[Link]| links.iter().map(Into::into).collect();
    Ok(Json(LinksChanged { added: shapes(&done.added), removed: shapes(&done.removed) }))
}

fn read<T: FromStr<Err: Display>>(place: &str, field: &str, text: &str) -> Result<T, Problem> {
    text.parse().map_err(|error| wrong_field(format!("{place}.{field}"), error))
}

fn needed<T: FromStr<Err: Display>>(place: &str, field: &str, text: Option<&str>) -> Result<T, Problem> {
    let missing = || wrong_field(format!("{place}.{field}"), "must be given for a link of this kind");
    read(place, field, text.ok_or_else(missing)?)
}

fn optional<T: FromStr<Err: Display>>(
    place: &str,
    field: &str,
    text: Option<&str>,
) -> Result<Option<T>, Problem> {
    text.map(|text| read(place, field, text)).transpose()
}

fn wanted(place: &str, link: &GivenLink) -> Result<WantedLink, Problem> {
    let system: SystemId = read(place, "system", &link.system)?;
    let (id, theirs, currency) = (link.id.as_deref(), link.theirs.as_str(), link.currency.as_deref());
    if link.kind != Kind::Client && currency.is_some() {
        return Err(wrong_field(format!("{place}.currency"), "only a client has one"));
    }
    Ok(match link.kind {
        Kind::Tenant => WantedLink::Tenant {
            customer: optional(place, "id", id)?,
            tenant: read(place, "theirs", theirs)?,
            system,
        },
        Kind::Client => WantedLink::Client {
            customer: needed(place, "id", id)?,
            client: read(place, "theirs", theirs)?,
            currency: optional::<Currency>(place, "currency", currency)?,
            system,
        },
        Kind::Offer => WantedLink::Offer {
            offer: optional(place, "id", id)?,
            key: read(place, "theirs", theirs)?,
            system,
        },
        Kind::Product => WantedLink::Product {
            offer: needed(place, "id", id)?,
            product: read(place, "theirs", theirs)?,
            system,
        },
    })
}

fn exact(place: &str, link: &GivenLink) -> Result<Link, Problem> {
    let system: SystemId = read(place, "system", &link.system)?;
    let (id, theirs) = (link.id.as_deref(), link.theirs.as_str());
    Ok(match link.kind {
        Kind::Tenant => Link::Tenant {
            customer: needed(place, "id", id)?,
            tenant: read(place, "theirs", theirs)?,
            system,
        },
        Kind::Client => Link::Client {
            customer: needed(place, "id", id)?,
            client: read(place, "theirs", theirs)?,
            currency: needed(place, "currency", link.currency.as_deref())?,
            system,
        },
        Kind::Offer => {
            Link::Offer { offer: needed(place, "id", id)?, key: read(place, "theirs", theirs)?, system }
        }
        Kind::Product => {
            Link::Product { offer: needed(place, "id", id)?, product: read(place, "theirs", theirs)?, system }
        }
    })
}
