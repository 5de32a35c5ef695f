//! What programs call.

use crate::state::{App, Web};
use axum::http::StatusCode;
use domain::access::Scope;
use domain::id::OrganisationId;
use domain::settings::Organisation;
use http_kit::{Access, Gathered, Problem, Routes, route};
use std::fmt::Display;
use std::str::FromStr;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

mod answers;
mod audit;
mod figures;
mod health;
mod links;
mod me;
mod plans;
mod prices;
mod records;
mod reference;
mod run_words;
mod runs;
mod settings;
mod supplier;
mod sync;
mod tokens;
mod users;
mod words;

/// No log has that many entries: 2⁵³ − 1, the largest number that every program reads exactly.
const LAST_SEQUENCE: u64 = 9_007_199_254_740_991;

/// The routes; without guards where they are only to be described.
fn all<R: Gathered<State = App>>(guards: &R::Guards) -> R {
    let read = R::default()
        .also(route!(sync::stats))
        .also(route!(runs::list))
        .also(route!(runs::show))
        .also(route!(plans::show))
        .also(route!(records::list))
        .also(route!(records::show))
        .also(route!(records::parked))
        .also(route!(links::list))
        .also(route!(prices::list))
        .also(route!(prices::example))
        .also(route!(supplier::catalogue))
        .also(route!(supplier::customers))
        .also(route!(settings::show))
        .also(route!(audit::list))
        .also(route!(figures::list))
        .also(route!(health::systems))
        .also(route!(me::show))
        .also(route!(me::sign_ins))
        .also(route!(me::keep_sign_in))
        .also(route!(me::remove_sign_in));
    let sync =
        R::default().also(route!(sync::request)).also(route!(plans::approve)).also(route!(plans::apply));
    let admin = R::default().also(route!(tokens::list)).also(route!(users::list));
    let changes = R::default()
        .also(route!(links::change))
        .also(route!(tokens::create))
        .also(route!(tokens::revoke))
        .also(route!(users::create))
        .also(route!(users::disable))
        .also(route!(users::sign_in_code));
    R::default()
        .and(read.guarded(guards, Scope::Read))
        .and(sync.once(guards).guarded(guards, Scope::Sync))
        .and(admin.guarded(guards, Scope::Admin))
        .and(changes.once(guards).guarded(guards, Scope::Admin))
        .and(R::default().also(route!(health::alive)).also(route!(reference::document)))
}

/// The routes.
pub(crate) fn routes(access: &Access) -> Routes<App> {
    all(access)
}

/// What these routes are, for the document.
pub(crate) fn document() -> OpenApi {
    answers::described(all::<OpenApiRouter<App>>(&()).into_openapi())
}

/// The organisation that is meant; the only one there is, where none is named.
async fn organisation(web: &Web, named: Option<&str>) -> Result<Organisation, Problem> {
    let settings = web.settings().await?;
    let Some(text) = named else {
        return match settings.organisations.as_slice() {
            [only] => Ok(only.clone()),
            several => {
                let ids: Vec<_> = several.iter().map(|one| one.id.as_str()).collect();
                let problem = format!("name one of: {}", ids.join(", "));
                Err(wrong_parameter("organisation", problem))
            }
        };
    };
    let id: OrganisationId = parameter("organisation", text)?;
    settings.find(&id).cloned().ok_or_else(|| unknown(format!("there is no organisation {id}")))
}

/// A parameter of the query.
fn parameter<T: FromStr<Err: Display>>(name: &str, text: &str) -> Result<T, Problem> {
    text.parse().map_err(|error: T::Err| wrong_parameter(name, error))
}

fn wrong_parameter(name: &str, problem: impl Display) -> Problem {
    answers::wrong_field(name, problem)
}

/// A part of the path that names something: what is no id at all names nothing.
fn named<T: FromStr>(what: &str, text: &str) -> Result<T, Problem> {
    let short: String = text.chars().take(80).collect();
    text.parse().map_err(|_| unknown(format!("there is no {what} {short:?}")))
}

fn unknown(detail: impl Into<Box<str>>) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "unknown", "There is no such thing").detail(detail)
}
