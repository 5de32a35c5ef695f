//! What programs call.

use self::answers::Routes;
use crate::state::{App, Web};
use axum::Router;
use axum::http::StatusCode;
use domain::access::Scope;
use domain::id::OrganisationId;
use domain::settings::Organisation;
use http_kit::document::{guarded, once};
use http_kit::{Access, Problem};
use std::fmt::Display;
use std::str::FromStr;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

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

/// The routes, with what they are; without guards where they are only to be described.
fn all(access: Option<&Access>) -> Routes {
    let read = OpenApiRouter::default()
        .routes(routes!(sync::stats))
        .routes(routes!(runs::list))
        .routes(routes!(runs::show))
        .routes(routes!(plans::show))
        .routes(routes!(records::list))
        .routes(routes!(records::show))
        .routes(routes!(records::parked))
        .routes(routes!(links::list))
        .routes(routes!(prices::list))
        .routes(routes!(prices::example))
        .routes(routes!(supplier::catalogue))
        .routes(routes!(supplier::customers))
        .routes(routes!(settings::show))
        .routes(routes!(audit::list))
        .routes(routes!(figures::list))
        .routes(routes!(health::systems))
        .routes(routes!(me::show))
        .routes(routes!(me::sign_ins))
        .routes(routes!(me::keep_sign_in))
        .routes(routes!(me::remove_sign_in));
    let sync = OpenApiRouter::default()
        .routes(routes!(sync::request))
        .routes(routes!(plans::approve))
        .routes(routes!(plans::apply));
    let admin = OpenApiRouter::default().routes(routes!(tokens::list)).routes(routes!(users::list));
    let changes = OpenApiRouter::default()
        .routes(routes!(links::change))
        .routes(routes!(tokens::create))
        .routes(routes!(tokens::revoke))
        .routes(routes!(users::create))
        .routes(routes!(users::disable))
        .routes(routes!(users::sign_in_code));
    OpenApiRouter::default()
        .merge(guarded(read, access, Scope::Read))
        .merge(guarded(once(sync, access), access, Scope::Sync))
        .merge(guarded(admin, access, Scope::Admin))
        .merge(guarded(once(changes, access), access, Scope::Admin))
        .merge(OpenApiRouter::default().routes(routes!(health::alive)).routes(routes!(reference::document)))
}

/// The routes.
pub(crate) fn routes(app: App) -> Router {
    let (router, _) = all(Some(&app.access)).split_for_parts();
    router.with_state(app)
}

/// What these routes are, for the document.
pub(crate) fn document() -> OpenApi {
    answers::described(all(None).into_openapi())
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
