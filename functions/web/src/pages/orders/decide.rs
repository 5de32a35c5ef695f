//! Decisions about an order. What is in the way is said on the order's own page.

use super::Told;
use super::order::page;
use crate::pages::asked::parsed;
use crate::pages::flash::{Said, saying};
use crate::pages::frame::{Shown, see};
use crate::state::App;
use axum::extract::State;
use axum::http::StatusCode;
use domain::id::{OrderId, OrganisationId};
use domain::money::Money;
use domain::order::{Order, OrderState};
use http_kit::{Form, Path, Principal, Problem};
use orders::{OrderProblem, ProblemKind};
use serde::Deserialize;

/// Which order.
type Which = Path<(String, String)>;

fn which(Path((organisation, order)): Which) -> Result<(OrganisationId, OrderId), Problem> {
    Ok((parsed(&organisation)?, parsed(&order)?))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Total {
    total: String,
}

/// `POST /orders/{organisation}/{order}/approve`
pub(super) async fn approve(
    State(app): State<App>,
    principal: Principal,
    path: Which,
    Form(form): Form<Total>,
) -> Shown {
    let (organisation, id) = which(path)?;
    let wrong =
        |error: domain::money::MoneyError| Problem::invalid(error.to_string()).field("total", "is no sum");
    let total: Money = form.total.parse().map_err(wrong)?;
    let decided = app.desk.approve(&organisation, &id, &principal.actor, total).await;
    answer(&app, &principal, (&organisation, &id), decided, |_| "order-approved").await
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Why {
    why: String,
}

/// `POST /orders/{organisation}/{order}/reject`
pub(super) async fn reject(
    State(app): State<App>,
    principal: Principal,
    path: Which,
    Form(form): Form<Why>,
) -> Shown {
    let (organisation, id) = which(path)?;
    let decided = app.desk.reject(&organisation, &id, &principal.actor, form.why.trim()).await;
    answer(&app, &principal, (&organisation, &id), decided, |_| "order-rejected").await
}

/// `POST /orders/{organisation}/{order}/cancel`
pub(super) async fn cancel(
    State(app): State<App>,
    principal: Principal,
    path: Which,
    Form(form): Form<Why>,
) -> Shown {
    let (organisation, id) = which(path)?;
    let decided = app.desk.cancel(&organisation, &id, &principal.actor, form.why.trim()).await;
    let code = |order: &Order| {
        if order.state == OrderState::Cancelled { "order-cancelled" } else { "call-off-asked" }
    };
    answer(&app, &principal, (&organisation, &id), decided, code).await
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Again {
    send_again: Option<String>,
}

/// `POST /orders/{organisation}/{order}/retry`
pub(super) async fn retry(
    State(app): State<App>,
    principal: Principal,
    path: Which,
    Form(form): Form<Again>,
) -> Shown {
    let (organisation, id) = which(path)?;
    let send_again = form.send_again.as_deref() == Some("yes");
    let decided = app.desk.retry(&organisation, &id, &principal.actor, send_again).await;
    answer(&app, &principal, (&organisation, &id), decided, |_| "order-retried").await
}

async fn answer(
    app: &App,
    principal: &Principal,
    (organisation, id): (&OrganisationId, &OrderId),
    decided: Result<Order, OrderProblem>,
    code: impl Fn(&Order) -> &'static str,
) -> Shown {
    let problem = match decided {
        Ok(order) => return Ok(see(&saying(&format!("/orders/{organisation}/{id}"), code(&order)))),
        Err(problem) => problem,
    };
    if problem.kind() == ProblemKind::Unavailable {
        tracing::warn!(order.id = %id, "a decision about {id} was not kept: {problem}");
    }
    let found = app.store.find_order(organisation, id).await?;
    let order = found.ok_or_else(|| Problem::not_found().detail("There is no such order."))?;
    let told = (status(problem.kind()), Some(Told::from(&problem)));
    page(app, principal, Said::default(), &order, told).await
}

/// The status of what is in the way.
pub(super) fn status(kind: ProblemKind) -> StatusCode {
    match kind {
        ProblemKind::NotFound => StatusCode::NOT_FOUND,
        ProblemKind::Forbidden => StatusCode::FORBIDDEN,
        ProblemKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        ProblemKind::Conflict => StatusCode::CONFLICT,
        ProblemKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    }
}
