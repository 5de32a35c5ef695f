//! The orders of an organisation.

use crate::pages::asked::{filled, next_page, organisation};
use crate::pages::flash::Said;
use crate::pages::frame::{Frame, Section, Shown, render};
use crate::pages::text;
use crate::state::App;
use askama::Template;
use axum::extract::{OriginalUri, State};
use domain::order::{Order, OrderState};
use domain::ports::OrderFilter;
use domain::settings::Organisation;
use http_kit::{Filter, Paging, Principal, Problem};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub(super) struct Which {
    organisation: Option<String>,
    state: Option<String>,
}

/// How many orders a page has: each comes with its whole timeline.
const PAGE: u32 = 25;

#[derive(Template)]
#[template(path = "orders/list.html")]
struct OrdersPage<'a> {
    frame: Frame,
    here: &'static str,
    organisation: &'a str,
    organisations: &'a [Organisation],
    state: &'a str,
    states: Vec<(&'static str, &'static str)>,
    orders: &'a [Order],
    more: Option<String>,
}

/// `GET /orders`
pub(super) async fn list(
    State(app): State<App>,
    principal: Principal,
    said: Said,
    OriginalUri(uri): OriginalUri,
    Filter(which): Filter<Which>,
    paging: Paging,
) -> Shown {
    let (settings, organisation) = organisation(&app, which.organisation.as_deref()).await?;
    let state = filled(which.state.as_deref()).unwrap_or_default();
    let filter = match state {
        "" => OrderFilter::All,
        "open" => OrderFilter::Open,
        word => {
            let unknown =
                || Problem::invalid("There is no such state of an order.").field("state", "is not known");
            OrderFilter::In(OrderState::find(word).ok_or_else(unknown)?)
        }
    };
    let (from, most) = (paging.cursor.as_deref(), paging.limit.min(PAGE));
    let page = app.store.list_orders(&organisation.id, filter, from, most).await?;
    render(&OrdersPage {
        frame: Frame::new(&app, &principal, Section::Orders, "Orders").saying(said),
        here: "/orders",
        organisation: organisation.id.as_str(),
        organisations: &settings.organisations,
        state,
        states: OrderState::ALL.into_iter().map(|state| (state.as_str(), text::order_words(state))).collect(),
        orders: &page.items,
        more: next_page(&uri, app.access.next_cursor(&paging, page.next)),
    })
}
