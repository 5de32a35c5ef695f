//! What programs call.

use self::answers::Routes;
use crate::state::{App, Web};
use axum::Router;
use axum::http::StatusCode;
use domain::access::Scope;
use domain::id::OrganisationId;
use domain::settings::Organisation;
use http_kit::document::{guarded, once};
use http_kit::{Access, Also as _, Describing, Problem, Purpose, Serving, route};
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
fn all<P: Purpose>(access: Option<&Access>) -> Routes {
    let read = OpenApiRouter::default()
        .also(route!(P, sync::stats))
        .also(route!(P, runs::list))
        .also(route!(P, runs::show))
        .also(route!(P, plans::show))
        .also(route!(P, records::list))
        .also(route!(P, records::show))
        .also(route!(P, records::parked))
        .also(route!(P, links::list))
        .also(route!(P, prices::list))
        .also(route!(P, prices::example))
        .also(route!(P, supplier::catalogue))
        .also(route!(P, supplier::customers))
        .also(route!(P, settings::show))
        .also(route!(P, audit::list))
        .also(route!(P, figures::list))
        .also(route!(P, health::systems))
        .also(route!(P, me::show))
        .also(route!(P, me::sign_ins))
        .also(route!(P, me::keep_sign_in))
        .also(route!(P, me::remove_sign_in));
    let sync = OpenApiRouter::default()
        .also(route!(P, sync::request))
        .also(route!(P, plans::approve))
        .also(route!(P, plans::apply));
    let admin = OpenApiRouter::default().also(route!(P, tokens::list)).also(route!(P, users::list));
    let changes = OpenApiRouter::default()
        .also(route!(P, links::change))
        .also(route!(P, tokens::create))
        .also(route!(P, tokens::revoke))
        .also(route!(P, users::create))
        .also(route!(P, users::disable))
        .also(route!(P, users::sign_in_code));
    OpenApiRouter::default()
        .merge(guarded(read, access, Scope::Read))
        .merge(guarded(once(sync, access), access, Scope::Sync))
        .merge(guarded(admin, access, Scope::Admin))
        .merge(guarded(once(changes, access), access, Scope::Admin))
        .merge(OpenApiRouter::default().also(route!(P, health::alive)).also(route!(P, reference::document)))
}

/// The routes.
pub(crate) fn routes(app: App) -> Router {
    let (router, _) = all::<Serving>(Some(&app.access)).split_for_parts();
    router.with_state(app)
}

/// What these routes are, for the document.
pub(crate) fn document() -> OpenApi {
    answers::described(all::<Describing>(None).into_openapi())
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
