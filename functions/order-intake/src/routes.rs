//! What programs can call, and what HostBill calls.

mod decisions;
mod document;
mod hook;
mod reading;
mod shapes;
mod taking;

use crate::Deps;
use axum::Router;
use axum::http::StatusCode;
use domain::access::Scope;
use domain::clock::Deadline;
use domain::id::{OrderId, OrganisationId};
use domain::order::Order;
use domain::settings::Organisation;
use http_kit::{Gathered, Problem, Routes, route};
use jiff::SignedDuration;
use orders::{OrderProblem, ProblemKind};
use std::fmt::Display;
use std::str::FromStr;
use std::sync::Arc;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

/// What handlers work with.
type App = Arc<Deps>;

/// A caller over HTTP waits half a minute at most.
const PATIENCE: SignedDuration = SignedDuration::from_secs(25);

/// The routes; without guards where they are only to be described.
fn all<R: Gathered<State = App>>(guards: &R::Guards) -> R {
    let read = R::default().also(route!(reading::list)).also(route!(reading::show));
    let quote = R::default().also(route!(taking::quote));
    let write = R::default()
        .also(route!(taking::take))
        .also(route!(decisions::cancel))
        .also(route!(decisions::retry));
    let approve = R::default().also(route!(decisions::approve)).also(route!(decisions::reject));
    R::default()
        .and(read.guarded(guards, Scope::Read))
        .and(quote.guarded(guards, Scope::OrdersWrite))
        .and(write.once(guards).guarded(guards, Scope::OrdersWrite))
        .and(approve.once(guards).guarded(guards, Scope::OrdersApprove))
        .and(R::default().also(route!(hook::hostbill)).also(route!(hook::named)).open())
}

/// Every route, ready to be served.
pub fn router(deps: &Arc<Deps>) -> Router {
    http_kit::finish(routes(deps), &deps.access)
}

/// Every route, for [`http_kit::finish`].
pub fn routes(deps: &Arc<Deps>) -> Router {
    all::<Routes<App>>(&deps.access).into_router(deps)
}

/// The document of these routes.
pub fn openapi() -> OpenApi {
    document::described(all::<OpenApiRouter<App>>(&()).into_openapi())
}

fn deadline(deps: &Deps) -> Deadline {
    let now = deps.clock.now();
    Deadline(now.checked_add(PATIENCE).unwrap_or(now))
}

/// An organisation out of the settings.
async fn organisation(deps: &Deps, id: &OrganisationId) -> Result<Organisation, Problem> {
    let settings = deps.store.find_settings().await?.unwrap_or_default();
    let found = settings.find(id).cloned();
    found.ok_or_else(|| refusal(OrderProblem::UnknownOrganisation(id.clone())))
}

/// The order that a path names.
async fn named(deps: &Deps, text: &str) -> Result<Order, Problem> {
    let short: String = text.chars().take(80).collect();
    let id: OrderId = text.parse().map_err(|_| unknown(format!("there is no order {short:?}")))?;
    deps.desk().find_anywhere(&id).await.map_err(refusal)
}

fn unknown(detail: String) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "unknown", "There is no such thing").detail(detail)
}

/// A field's text as what it is to be.
fn field<T: FromStr<Err: Display>>(name: &str, text: &str) -> Result<T, Problem> {
    text.parse().map_err(|error: T::Err| wrong(name, &error.to_string()))
}

fn wrong(field: &str, problem: &str) -> Problem {
    Problem::invalid(format!("{field}: {problem}")).field(field, problem)
}

/// What is in the way of an order, as an answer.
#[expect(clippy::needless_pass_by_value, reason = "the last use, as in map_err(refusal)")]
fn refusal(problem: OrderProblem) -> Problem {
    if let Some(failure) = problem.failure() {
        return failure.clone().into();
    }
    let (status, title) = match problem.kind() {
        ProblemKind::NotFound => (StatusCode::NOT_FOUND, "There is no such thing"),
        ProblemKind::Forbidden => (StatusCode::FORBIDDEN, "You may not do this"),
        ProblemKind::Invalid => (StatusCode::UNPROCESSABLE_ENTITY, "What was sent is not valid"),
        ProblemKind::Conflict => (StatusCode::CONFLICT, "It does not go together with how things are"),
        ProblemKind::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "Not available now"),
    };
    let detail = format!("{problem}. {}", sentence(problem.cure()));
    let answer = Problem::new(status, problem.code(), title).detail(detail);
    match problem.field() {
        Some(field) => answer.field(camel(field), problem.to_string()),
        None => answer,
    }
}

/// A cure as a sentence of its own.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", letters.as_str())
}

/// A field as bodies spell it.
fn camel(field: &str) -> String {
    let mut parts = field.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |mut name, part| {
        let mut letters = part.chars();
        name.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        name.push_str(letters.as_str());
        name
    })
}
