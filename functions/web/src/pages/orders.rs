//! Orders: taken, decided about, and followed.

mod choices;
mod decide;
mod form;
mod list;
mod new;
mod order;

use super::text::sentence;
use crate::state::App;
use axum::routing::{get, post};
use domain::access::Scope;
use http_kit::Routes;
use orders::OrderProblem;

/// What everybody may look at.
pub(super) fn looking() -> Routes<App> {
    Routes::new()
        .route("/orders", get(list::list))
        .route("/orders/{organisation}/{order}", get(order::show))
        .route("/orders/{organisation}/{order}/news", get(order::news))
}

/// The form, while it is filled in: nothing is kept.
pub(super) fn writing() -> Routes<App> {
    Routes::new()
        .route("/orders/new", get(new::empty))
        .route("/orders/form", post(new::again))
        .route("/orders/form/customers", post(new::customers_found))
        .route("/orders/form/offers", post(new::offers_found))
        .route("/orders/form/total", post(new::total))
}

/// What changes something, each once however often it is sent, and who may do it.
pub(super) fn acting() -> [(Scope, Routes<App>); 2] {
    let clerks = Routes::new()
        .route("/orders/new", post(new::take))
        .route("/orders/{organisation}/{order}/cancel", post(decide::cancel))
        .route("/orders/{organisation}/{order}/retry", post(decide::retry));
    let approvers = Routes::new()
        .route("/orders/{organisation}/{order}/approve", post(decide::approve))
        .route("/orders/{organisation}/{order}/reject", post(decide::reject));
    [(Scope::OrdersWrite, clerks), (Scope::OrdersApprove, approvers)]
}

/// What is in the way, as it is said beside a form.
#[derive(Debug, Clone)]
struct Told {
    text: String,
    cure: String,
}

impl From<&OrderProblem> for Told {
    fn from(problem: &OrderProblem) -> Self {
        let text = if let OrderProblem::Wrong { field, problem } = problem {
            format!("{}: {problem}", label(field))
        } else {
            problem.to_string()
        };
        Self { text: sentence(&text), cure: sentence(problem.cure()) }
    }
}

/// What stands beside a field of the form.
fn label(field: &str) -> &str {
    match field {
        "tenant" | "customer_name" => "Customer",
        "offer" => "Offer",
        "quantity" => "Quantity",
        "scheduled" => "Day",
        "reference" => "The customer's reference",
        "why" => "The reason",
        other => other,
    }
}
