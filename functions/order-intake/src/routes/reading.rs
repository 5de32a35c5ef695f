//! Reading orders.

use super::shapes::OrderShape;
use super::{App, field, named, refusal, wrong};
use axum::Extension;
use axum::extract::State;
use domain::id::OrganisationId;
use domain::order::{Order, OrderState};
use domain::ports::OrderFilter;
use http_kit::document::{BadPage, Missing};
use http_kit::{Access, Filter, Json, Paged, Paging, Path, Principal, Problem};
use serde::Deserialize;
use utoipa::IntoParams;

/// The word for orders where something is left to be done.
const OPEN: &str = "open";

/// Which orders are listed.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// Of which organisation; of all of them, one after the other, where none is named.
    #[param(pattern = "^[a-z0-9-]+$", min_length = 1, max_length = 200)]
    organisation: Option<String>,
    /// In which state; `open` for every one where something is left to be done.
    #[param(
        pattern = "^(open|draft|pending_approval|approved|placing|placed_at_supplier|billed|active|rejected|cancelled|held|failed)$"
    )]
    state: Option<String>,
}

/// List orders
///
/// The newest first, a page at a time, without their timelines.
#[utoipa::path(
    get, path = "/api/orders", tag = "orders", operation_id = "listOrders",
    params(Wanted, Paging),
    responses((status = 200, description = "a page of orders", body = Paged<OrderShape>), BadPage, Missing),
)]
pub(super) async fn list(
    State(app): State<App>,
    Extension(access): Extension<Access>,
    _: Principal,
    Filter(wanted): Filter<Wanted>,
    paging: Paging,
) -> Result<Json<Paged<OrderShape>>, Problem> {
    let filter = filter(wanted.state.as_deref())?;
    let organisation = wanted.organisation.as_deref().map(|text| field("organisation", text)).transpose()?;
    let organisations: Vec<OrganisationId> = if let Some(one) = organisation {
        vec![one]
    } else {
        let settings = app.store.find_settings().await?.unwrap_or_default();
        settings.organisations.into_iter().map(|organisation| organisation.id).collect()
    };
    let (mut at, mut from) = match &paging.cursor {
        Some(cursor) => place(cursor, &organisations)?,
        None => (0, None),
    };
    let (desk, mut items) = (app.desk(), Vec::new());
    // A page begins in one organisation and ends in it: the next page goes on with the next one.
    while let Some(organisation) = organisations.get(at) {
        let page = desk.list(organisation, filter, from.as_deref(), paging.limit).await.map_err(refusal)?;
        items = page.items.iter().map(OrderShape::row).collect();
        from = page.next;
        if from.is_some() {
            break;
        }
        at += 1;
        if !items.is_empty() {
            break;
        }
    }
    let next = organisations
        .get(at)
        .map(|organisation| format!("{organisation}/{}", from.as_deref().unwrap_or_default()));
    Ok(Json(Paged { items, next: access.next_cursor(&paging, next) }))
}

/// Where a page begins: in which organisation, and where in it.
fn place(cursor: &str, organisations: &[OrganisationId]) -> Result<(usize, Option<String>), Problem> {
    let found = cursor.split_once('/').and_then(|(organisation, from)| {
        let at = organisations.iter().position(|one| one.as_str() == organisation)?;
        Some((at, Some(from.to_owned()).filter(|from| !from.is_empty())))
    });
    // The settings may have changed since the page before.
    found
        .ok_or_else(|| wrong("cursor", "its organisation is not in the settings any more: begin without one"))
}

fn filter(state: Option<&str>) -> Result<OrderFilter, Problem> {
    let Some(word) = state else { return Ok(OrderFilter::All) };
    if word == OPEN {
        return Ok(OrderFilter::Open);
    }
    let state =
        OrderState::find(word).ok_or_else(|| wrong("state", "is no state of an order, and not `open`"))?;
    Ok(OrderFilter::In(state))
}

/// Show an order
///
/// With every step, and who has to approve it.
#[utoipa::path(
    get, path = "/api/orders/{id}", tag = "orders", operation_id = "getOrder",
    params(("id" = String, Path, description = "the order's id", example = "ord_1793865600000a1b2c3")),
    responses((status = 200, description = "the order", body = OrderShape), Missing),
)]
pub(super) async fn show(
    State(app): State<App>,
    _: Principal,
    Path(id): Path<String>,
) -> Result<Json<OrderShape>, Problem> {
    let order = named(&app, &id).await?;
    Ok(whole(&app, &order).await)
}

/// An order with everything, as an answer. What was decided is decided: that the rules cannot be read any more is no
/// reason to answer otherwise.
pub(super) async fn whole(app: &App, order: &Order) -> Json<OrderShape> {
    let needs = app.desk().needs(order).await;
    if let Err(problem) = &needs {
        tracing::warn!(order.id = %order.id, error = %problem, "who has to approve {} is left out: {problem}", order.id);
    }
    Json(OrderShape::whole(order, needs.ok().map(|(needs, _)| needs)))
}
