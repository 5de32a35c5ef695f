//! Deciding about orders.

use super::reading::whole;
use super::shapes::{Amount, OrderShape};
use super::{App, named, refusal, wrong};
use axum::extract::State;
use http_kit::document::{BadBody, Clash, Missing};
use http_kit::{Json, Path, Principal, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

/// An approval, at the sum that was seen.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"total": {"amount": "39.36", "currency": "EUR"}}))]
pub(super) struct ApproveOrder {
    /// What is charged each cycle, as the order shows it. Another sum is refused.
    total: Amount,
}

/// Why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WithReason, example = json!({"why": "the customer has changed their mind"}))]
pub(super) struct Reason {
    /// For people, in one line.
    #[schema(min_length = 1, max_length = 500)]
    why: String,
}

/// Another try.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({"sendAgain": false}))]
pub(super) struct RetryOrder {
    /// Somebody has looked at the supplier, and the order certainly is not there: it is sent once more. Needed
    /// only for an order that is held as `supplier-unclear`.
    #[serde(default)]
    #[schema(default = false)]
    send_again: bool,
}

/// Approve an order
///
/// At exactly the total that it shows. Approving it again changes nothing. It is placed within moments.
#[utoipa::path(
    post, path = "/api/orders/{id}/approve", tag = "orders", operation_id = "approveOrder",
    params(("id" = String, Path, description = "the order's id", example = "ord_1793865600000a1b2c3")),
    request_body = ApproveOrder,
    responses((status = 200, description = "the order as it is now", body = OrderShape), BadBody, Missing, Clash),
)]
pub(super) async fn approve(
    State(app): State<App>,
    principal: Principal,
    Path(id): Path<String>,
    Json(body): Json<ApproveOrder>,
) -> Result<Json<OrderShape>, Problem> {
    let total = body.total.read().map_err(|(field, problem)| wrong(&format!("total.{field}"), &problem))?;
    let order = named(&app, &id).await?;
    let decided = app.desk().approve(&order.organisation, &order.id, &principal.actor, total).await;
    Ok(whole(&app, &decided.map_err(refusal)?).await)
}

/// Reject an order
///
/// For good. Rejecting it again changes nothing.
#[utoipa::path(
    post, path = "/api/orders/{id}/reject", tag = "orders", operation_id = "rejectOrder",
    params(("id" = String, Path, description = "the order's id", example = "ord_1793865600000a1b2c3")),
    request_body = Reason,
    responses((status = 200, description = "the order as it is now", body = OrderShape), BadBody, Missing, Clash),
)]
pub(super) async fn reject(
    State(app): State<App>,
    principal: Principal,
    Path(id): Path<String>,
    Json(body): Json<Reason>,
) -> Result<Json<OrderShape>, Problem> {
    let order = named(&app, &id).await?;
    let decided = app.desk().reject(&order.organisation, &order.id, &principal.actor, &body.why).await;
    Ok(whole(&app, &decided.map_err(refusal)?).await)
}

/// Cancel an order
///
/// Before anything is bought. A scheduled purchase is held as `call-off` until the supplier has called it off.
#[utoipa::path(
    post, path = "/api/orders/{id}/cancel", tag = "orders", operation_id = "cancelOrder",
    params(("id" = String, Path, description = "the order's id", example = "ord_1793865600000a1b2c3")),
    request_body = Reason,
    responses((status = 200, description = "the order as it is now", body = OrderShape), BadBody, Missing, Clash),
)]
pub(super) async fn cancel(
    State(app): State<App>,
    principal: Principal,
    Path(id): Path<String>,
    Json(body): Json<Reason>,
) -> Result<Json<OrderShape>, Problem> {
    let order = named(&app, &id).await?;
    let decided = app.desk().cancel(&order.organisation, &order.id, &principal.actor, &body.why).await;
    Ok(whole(&app, &decided.map_err(refusal)?).await)
}

/// Try an order again
///
/// What is held goes on where it stopped, what the supplier refused is placed anew. Nothing that the supplier
/// already has is ordered a second time.
#[utoipa::path(
    post, path = "/api/orders/{id}/retry", tag = "orders", operation_id = "retryOrder",
    params(("id" = String, Path, description = "the order's id", example = "ord_1793865600000a1b2c3")),
    request_body = RetryOrder,
    responses((status = 200, description = "the order as it is now", body = OrderShape), BadBody, Missing, Clash),
)]
pub(super) async fn retry(
    State(app): State<App>,
    principal: Principal,
    Path(id): Path<String>,
    Json(body): Json<RetryOrder>,
) -> Result<Json<OrderShape>, Problem> {
    let order = named(&app, &id).await?;
    let decided = app.desk().retry(&order.organisation, &order.id, &principal.actor, body.send_again).await;
    Ok(whole(&app, &decided.map_err(refusal)?).await)
}
