//! Quoting and taking orders.

use super::reading::whole;
use super::shapes::OrderShape;
use super::{App, deadline, field, organisation, refusal, wrong};
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse as _, Response};
use domain::id::TenantId;
use domain::ports::CatalogueSource;
use http_kit::document::{BadBody, Clash, Missing};
use http_kit::{Json, Once, Principal, Problem};
use orders::{NewOrder, NewWanted};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// An order as it is asked for: a new subscription (`offer`), or more seats of one that runs (`subscription`).
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewOrder, example = json!({
    "organisation": "nordic", "tenant": "5312", "offer": "CFQ7TTC0LH16:0001/P1Y/monthly", "quantity": 12,
    "reference": "PO 2026-114"
}))]
pub(super) struct Asked {
    /// At which organisation.
    #[schema(pattern = "^[a-z0-9-]+$", min_length = 1, max_length = 200)]
    organisation: String,
    /// For which customer, by their id at the supplier.
    #[schema(pattern = "^[A-Za-z0-9._:-]+$", min_length = 1, max_length = 200)]
    tenant: String,
    /// What is bought new: part number, term and cycle.
    #[schema(min_length = 1, max_length = 300)]
    offer: Option<String>,
    /// Which subscription gets more seats.
    #[schema(pattern = "^[A-Za-z0-9._:-]+$", min_length = 1, max_length = 200)]
    subscription: Option<String>,
    /// How many seats there are to be, all together.
    #[schema(minimum = 1)]
    quantity: u32,
    /// The day on which the supplier is to process it; at once where it is left out.
    #[schema(format = Date)]
    scheduled: Option<String>,
    /// The customer's own reference.
    #[schema(min_length = 1, max_length = 200)]
    reference: Option<String>,
}

/// Quote an order
///
/// What it would come to, and who would have to approve it. Nothing is kept.
#[utoipa::path(
    post, path = "/api/orders/quote", tag = "orders", operation_id = "quoteOrder",
    request_body = Asked,
    responses((status = 200, description = "a draft that is not kept", body = OrderShape), BadBody, Missing, Clash),
)]
pub(super) async fn quote(
    State(app): State<App>,
    principal: Principal,
    Json(asked): Json<Asked>,
) -> Result<Json<OrderShape>, Problem> {
    let (new, catalogue) = understood(&app, asked).await?;
    let quoted = app.desk().quote(&new, catalogue.as_ref(), &principal.actor, deadline(&app)).await;
    Ok(whole(&app, &quoted.map_err(refusal)?).await)
}

/// Take an order
///
/// It waits for approval at the total that it shows, unless the rules ask nobody.
#[utoipa::path(
    post, path = "/api/orders", tag = "orders", operation_id = "takeOrder",
    request_body = Asked,
    responses(
        (status = 201, description = "taken", body = OrderShape,
            headers(("Location" = String, description = "where the order is"))),
        BadBody, Missing, Clash,
    ),
)]
pub(super) async fn take(
    State(app): State<App>,
    principal: Principal,
    once: Once,
    Json(asked): Json<Asked>,
) -> Result<Response, Problem> {
    let (new, catalogue) = understood(&app, asked).await?;
    let actor = &principal.actor;
    let taken = app.desk().take(new, catalogue.as_ref(), actor, once.at, once.seed, deadline(&app)).await;
    let order = taken.map_err(refusal)?;
    let address = [(LOCATION, format!("/api/orders/{}", order.id))];
    Ok((StatusCode::CREATED, address, whole(&app, &order).await).into_response())
}

/// What is asked for, checked as far as it can be without a quote; and where it can be bought.
async fn understood(app: &App, asked: Asked) -> Result<(NewOrder, Arc<dyn CatalogueSource>), Problem> {
    let quantity = asked.quantity;
    let what = match (&asked.offer, &asked.subscription) {
        (Some(offer), None) => NewWanted::Subscription { offer: field("offer", offer)?, quantity },
        (None, Some(subscription)) => {
            NewWanted::Seats { subscription: field("subscription", subscription)?, quantity }
        }
        (None, None) => {
            return Err(wrong("offer", "is missing: name an offer, or a subscription for more seats"));
        }
        (Some(_), Some(_)) => return Err(wrong("subscription", "stands beside an offer: name one of them")),
    };
    let tenant: TenantId = field("tenant", &asked.tenant)?;
    let scheduled = asked
        .scheduled
        .as_deref()
        .map(|day| day.parse().map_err(|_| wrong("scheduled", "is not a day, for example 2026-04-01")));
    let scheduled = scheduled.transpose()?;
    let organisation = organisation(app, &field("organisation", &asked.organisation)?).await?;
    let connections = app.connections.current().await?;
    let source = connections.source(&organisation.supplier)?;
    let catalogue = connections.catalogue(&organisation.supplier)?.clone();
    let known = source.find_tenant(&tenant, deadline(app)).await?;
    let known = known.ok_or_else(|| wrong("tenant", "the supplier has no such customer"))?;
    let new = NewOrder {
        organisation: organisation.id,
        tenant,
        customer_name: shown(&known.name),
        what,
        scheduled,
        reference: asked.reference,
    };
    Ok((new, catalogue))
}

/// A name as it can be kept: without what cannot be shown, and not longer than it may be.
fn shown(name: &str) -> String {
    let clean: String = name.chars().filter(|letter| !letter.is_control()).take(200).collect();
    if clean.trim().is_empty() { "(without a name)".to_owned() } else { clean }
}
