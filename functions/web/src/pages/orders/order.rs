//! One order: what it comes to, where it stands, and what may be done about it.

use super::Told;
use crate::pages::asked::parsed;
use crate::pages::flash::Said;
use crate::pages::frame::{Frame, Section, Shown, render_as};
use crate::pages::text;
use crate::state::{App, Web};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::access::{Scope, User};
use domain::failure::Failure;
use domain::id::{OrderId, OrganisationId};
use domain::order::{HoldReason, Needs, Order, OrderState, Wanted};
use http_kit::{Path, Principal, Problem, Query};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "orders/order.html")]
struct OrderPage<'a> {
    frame: Frame,
    order: &'a Order,
    problem: Option<Told>,
    /// Whether it waits for approval.
    waits: bool,
    /// Who may approve it, in words.
    who: String,
    can: Vec<Can>,
    under_way: bool,
    /// Where what holds it is cured.
    cure: Option<String>,
}

/// What whoever looks may do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Can {
    Approve,
    Reject,
    Cancel,
    Retry,
    /// Retry, once they say that they have looked.
    SendAgain,
}

impl OrderPage<'_> {
    fn can(&self, what: Can) -> bool {
        self.can.contains(&what)
    }

    fn can_decide(&self) -> bool {
        self.can.iter().any(|can| *can != Can::Approve)
    }
}

/// `GET /orders/{organisation}/{order}`
pub(super) async fn show(
    State(app): State<App>,
    principal: Principal,
    said: Said,
    Path((organisation, order)): Path<(String, String)>,
) -> Shown {
    let order = known(&app, &organisation, &order).await?;
    page(&app, &principal, said, &order, (StatusCode::OK, None)).await
}

async fn known(app: &App, organisation: &str, order: &str) -> Result<Order, Problem> {
    let (organisation, id): (OrganisationId, OrderId) = (parsed(organisation)?, parsed(order)?);
    let found = app.store.find_order(&organisation, &id).await?;
    found.ok_or_else(|| Problem::not_found().detail("There is no such order."))
}

/// The page of an order, perhaps with what was in the way of a decision.
pub(super) async fn page(
    app: &App,
    principal: &Principal,
    said: Said,
    order: &Order,
    (status, problem): (StatusCode, Option<Told>),
) -> Shown {
    let frame = Frame::new(app, principal, Section::Orders, order.summary()).saying(said);
    let waits = order.state == OrderState::PendingApproval;
    let (needs, rule) = app.settings().await?.orders.needs(order);
    let own = order.author.id == principal.actor.id;
    let who = if waits { who_may(app, principal, order, (needs, rule)).await? } else { String::new() };
    let held = order.hold.as_ref().map(|hold| hold.reason);
    let may = [
        (Can::Approve, waits && frame.may_approve() && !(own && needs == Needs::SomeoneElse)),
        (Can::Reject, waits && frame.may_approve()),
        (Can::Cancel, frame.may_order() && can_cancel(order, app)),
        (Can::Retry, frame.may_order() && matches!(order.state, OrderState::Held | OrderState::Failed)),
        (Can::SendAgain, frame.may_order() && held == Some(HoldReason::SupplierUnclear)),
    ];
    let can = may.into_iter().filter_map(|(can, may)| may.then_some(can)).collect();
    let page = OrderPage {
        problem,
        waits,
        who,
        can,
        under_way: order.state.is_ours_to_do() || held == Some(HoldReason::CallOff),
        cure: held.and_then(|reason| cure(reason, order)),
        frame,
        order,
    };
    render_as(status, &page)
}

/// Whether it makes sense to offer it; the desk decides.
fn can_cancel(order: &Order, web: &Web) -> bool {
    let today = web.clock.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    match order.state {
        OrderState::Draft | OrderState::PendingApproval | OrderState::Approved | OrderState::Failed => true,
        OrderState::PlacedAtSupplier => order.scheduled.is_some_and(|day| day > today),
        OrderState::Held => order.hold.as_ref().is_none_or(|hold| {
            !hold.reason.is_about_billing()
                && hold.reason != HoldReason::CallOff
                && order.subscription.is_none()
        }),
        OrderState::Placing
        | OrderState::Billed
        | OrderState::Active
        | OrderState::Rejected
        | OrderState::Cancelled => false,
    }
}

/// Who may approve, and by which rule that is so.
async fn who_may(
    web: &Web,
    principal: &Principal,
    order: &Order,
    (needs, rule): (Needs, Option<usize>),
) -> Result<String, Failure> {
    let by = rule.map_or_else(|| "no approval rule fits".to_owned(), |n| format!("approval rule {n}"));
    let own = order.author.id == principal.actor.id;
    let may_here = principal.may(Scope::OrdersApprove);
    if may_here && !(own && needs == Needs::SomeoneElse) {
        let why = match needs {
            Needs::SomeoneElse => "it needs somebody other than its author",
            Needs::Anyone | Needs::Nobody => "anybody who may approve orders",
        };
        return Ok(format!("You may approve it ({by}: {why})."));
    }
    let now = web.clock.now();
    let may = |user: &&User| {
        user.role.scopes().allow(Scope::OrdersApprove)
            && user.disabled.is_none_or(|since| since > now)
            && !(needs == Needs::SomeoneElse && *user.id.as_str() == *order.author.id)
    };
    let users = web.store.users().await?;
    let names: Vec<&str> = users.iter().filter(may).map(|user| user.name.as_str()).take(10).collect();
    let others = if names.is_empty() {
        "Nobody else may approve orders yet: an administrator adds an approver.".to_owned()
    } else {
        format!("These people can approve it: {}.", names.join(", "))
    };
    let first = if own && needs == Needs::SomeoneElse {
        format!("You took this order, so somebody else has to approve it ({by}).")
    } else {
        "It waits for approval, which your role may not give.".to_owned()
    };
    Ok(format!("{first} {others}"))
}

fn cure(reason: HoldReason, order: &Order) -> Option<String> {
    match reason {
        HoldReason::BillingParked | HoldReason::BillingRefused | HoldReason::SubscriptionMoved => {
            let wanted = match &order.wanted {
                Wanted::Seats { subscription, .. } => Some(subscription),
                Wanted::Subscription { .. } => None,
            };
            let subscription = order.subscription.as_ref().or(wanted)?;
            Some(format!("/sync/records/{}/{subscription}", order.organisation))
        }
        HoldReason::PlanWaits => Some(format!("/sync/runs?organisation={}", order.organisation)),
        HoldReason::CredentialsRefused => Some("/settings/connections".to_owned()),
        HoldReason::AgreementMissing
        | HoldReason::SupplierUnclear
        | HoldReason::SupplierSlow
        | HoldReason::CallOff => None,
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Seen {
    version: u32,
}

/// `GET /orders/{organisation}/{order}/news`: has the page loaded anew once there is something new.
pub(super) async fn news(
    State(app): State<App>,
    _: Principal,
    Path((organisation, order)): Path<(String, String)>,
    Query(Seen { version }): Query<Seen>,
) -> Shown {
    let order = known(&app, &organisation, &order).await?;
    if order.version == version {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok((StatusCode::OK, [("hx-refresh", "true")]).into_response())
}
