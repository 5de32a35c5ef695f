//! What the routes have in common: guards with their place in the document, refusals, addresses and pages.

use super::unknown;
use crate::actions::{Moment, NotDone};
use crate::linking::NotLinked;
use crate::people::Refusal;
use crate::state::{App, Web};
use axum::http::StatusCode;
use axum::http::header::{HeaderName, LOCATION};
use domain::access::Scope;
use domain::run::Run;
use http_kit::{Access, Once, PROBLEM_TYPE, Paging, Problem};
use std::collections::BTreeMap;
use std::fmt::Display;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{Content, InfoBuilder, OpenApi, Ref, RefOr, Required, Response, ResponseBuilder, Tag};
use utoipa::{IntoResponses, ToSchema};
use utoipa_axum::router::OpenApiRouter;

/// Routes, with what they are.
pub(super) type Routes = OpenApiRouter<App>;

type Refusals = BTreeMap<String, RefOr<Response>>;

/// Problems by status.
fn problems(each: &[(u16, &str)]) -> Refusals {
    let problem = |text: &str| {
        let content = Content::new(Some(Ref::from_schema_name(Problem::name())));
        ResponseBuilder::new().description(text).content(PROBLEM_TYPE, content).build()
    };
    each.iter().map(|(status, text)| (status.to_string(), problem(text).into())).collect()
}

macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident: $each:expr;)*) => {$(
        $(#[$doc])*
        pub(super) struct $name;

        impl IntoResponses for $name {
            fn responses() -> Refusals {
                problems(&$each)
            }
        }
    )*};
}

refusals! {
    /// A parameter of the query is wrong.
    BadQuery: [(422, "a parameter is not right; `errors` says which")];
    /// A parameter of the query or the cursor is wrong.
    BadPage: [
        (400, "the cursor was not given to you for this list"),
        (422, "a parameter is not right; `errors` says which"),
    ];
    /// The body is wrong.
    BadBody: [
        (400, "the body is not JSON"),
        (413, "the body is too long"),
        (415, "the body is not said to be JSON"),
        (422, "something in the body is not right; `errors` says what"),
    ];
    /// What the path or the query names is not there.
    Missing: [(404, "there is no such thing")];
    /// It does not go together with how things are.
    Clash: [(409, "it does not go together with how things are; `detail` says why")];
    /// Even what everybody may ask is answered only so often.
    TooMany: [(429, "too many requests: `Retry-After` says when to come back")];
    /// Several plans begin like this.
    Several: [(409, "several plans begin with these digits")];
}

/// Guards routes, and says so in the document.
pub(super) fn guarded(router: Routes, access: Option<&Access>, scope: Scope) -> Routes {
    let mut router = match access {
        Some(access) => router.route_layer(http_kit::api(access, scope)),
        None => router,
    };
    let refusals = problems(&[
        (401, "no API token and no session that is good"),
        (403, &format!("the scope `{scope}` is missing, or the session's token")),
        (429, "too many requests: `Retry-After` says when to come back"),
        (502, "another system does not let us in, or its answer cannot be read"),
        (503, "the table or another system does not answer now"),
    ]);
    each_operation(router.get_openapi_mut(), |operation| {
        let of = |scheme: &str| SecurityRequirement::new(scheme, [scope.as_str()]);
        operation.security = Some(vec![of("token"), of("session")]);
        also(operation, refusals.clone());
    });
    router
}

/// Lets routes be repeated safely under a key, and says so in the document.
pub(super) fn once(router: Routes, access: Option<&Access>) -> Routes {
    let mut router = match access {
        Some(access) => router.route_layer(http_kit::once(access)),
        None => router,
    };
    let refusals = problems(&[
        (400, "the idempotency key is not right"),
        (409, "a request with this key is being handled, or its answer was to be shown once only"),
        (413, "the body is too long"),
        (422, "the same idempotency key came with another request"),
    ]);
    each_operation(router.get_openapi_mut(), |operation| {
        operation.parameters.get_or_insert_default().push(RefOr::T(idempotency_key()));
        also(operation, refusals.clone());
    });
    router
}

fn idempotency_key() -> Parameter {
    let text = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(200))
        .pattern(Some("^[!-~]+$"));
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "A text of the caller's own. The same request with the same key is done once, however often it is sent, \
             and answered alike: the answer is kept for good.",
        ))
        .schema(Some(text))
        .build()
}

/// Adds refusals; what the route itself says of a status is added to and not replaced.
fn also(operation: &mut Operation, refusals: Refusals) {
    for (status, refusal) in refusals {
        match (operation.responses.responses.get_mut(&status), &refusal) {
            (Some(RefOr::T(known)), RefOr::T(more)) if !known.description.contains(&more.description) => {
                known.description = format!("{}; or {}", known.description, more.description);
            }
            (Some(_), _) => {}
            (None, _) => {
                operation.responses.responses.insert(status, refusal);
            }
        }
    }
}

fn each_operation(api: &mut OpenApi, mut change: impl FnMut(&mut Operation)) {
    for item in api.paths.paths.values_mut() {
        let PathItem { get, put, post, delete, patch, .. } = item;
        [get, put, post, delete, patch].into_iter().flatten().for_each(&mut change);
    }
}

/// Says what all this is.
pub(super) fn described(mut api: OpenApi) -> OpenApi {
    api.info = InfoBuilder::new()
        .title("Billbridge")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(include_str!("about.md")))
        .build();
    api.tags = Some(
        [
            ("sync", "Asking for runs, and how things stand."),
            ("runs", "Runs and their reports."),
            ("plans", "What would change: read, approve, apply."),
            ("records", "What is known about each subscription."),
            ("links", "Which of the supplier's ids is which of billing's."),
            ("prices", "What customers pay, and how it comes about."),
            ("supplier", "What can be bought, and who the customers are."),
            ("figures", "What the estate came to, day by day."),
            ("settings", "What the operator decided."),
            ("audit", "What was done, by whom and why."),
            ("me", "Whoever asks, and their own sign-ins."),
            ("people", "People and how they come in."),
            ("tokens", "API tokens."),
            ("health", "Whether everything answers."),
            ("reference", "This document."),
        ]
        .into_iter()
        .map(|(name, text)| tag(name, text))
        .collect(),
    );
    let mut schemas = Vec::new();
    Problem::schemas(&mut schemas);
    schemas.push((Problem::name().into_owned(), <Problem as utoipa::PartialSchema>::schema()));
    api.components.get_or_insert_default().schemas.extend(schemas);
    http_kit::security_schemes(&mut api);
    api
}

fn tag(name: &str, text: &str) -> Tag {
    TagBuilder::new().name(name).description(Some(text)).build()
}

/// The moment that ids are made of.
pub(super) fn moment(once: Once) -> Moment {
    Moment { at: once.at, seed: once.seed }
}

/// Where a run's report is.
pub(super) fn run_address(run: &Run) -> [(HeaderName, String); 1] {
    [(LOCATION, format!("/api/runs/{}/{}", run.organisation, run.id))]
}

/// Where in a list the page begins, that is listed by number.
pub(super) fn offset(paging: &Paging) -> Result<usize, Problem> {
    let Some(cursor) = &paging.cursor else { return Ok(0) };
    let wrong = |_| Problem::new(StatusCode::BAD_REQUEST, "bad-cursor", "The cursor is not good");
    cursor.parse().map_err(wrong)
}

/// A page of a list that is there as a whole, and the cursor of the next one.
pub(super) fn page_of<T>(web: &Web, paging: &Paging, whole: &[T]) -> Result<(Vec<T>, Option<String>), Problem>
where
    T: Clone,
{
    let from = offset(paging)?;
    let page: Vec<T> = whole.iter().skip(from).take(paging.limit as usize).cloned().collect();
    let end = from.saturating_add(page.len());
    let next = (end < whole.len()).then(|| end.to_string());
    Ok((page, web.access.next_cursor(paging, next)))
}

/// A field of the body.
pub(super) fn wrong_field(field: impl Into<String>, problem: impl Display) -> Problem {
    let (field, problem) = (field.into(), problem.to_string());
    Problem::invalid(format!("{field}: {problem}")).field(field, problem)
}

fn clash(code: &'static str, detail: impl Display) -> Problem {
    let title = "It does not go together with how things are";
    Problem::new(StatusCode::CONFLICT, code, title).detail(detail.to_string())
}

impl From<NotDone> for Problem {
    fn from(refusal: NotDone) -> Self {
        match refusal {
            NotDone::NoOrganisation(_) | NotDone::NoPlan(_) => unknown(refusal.to_string()),
            NotDone::SeveralPlans(_) => clash("several-plans", refusal),
            NotDone::NotHandedOver(_) => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "not-handed-over", "Not available now")
                    .detail(refusal.to_string())
            }
            NotDone::Failed(failure) => failure.into(),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match &refusal {
            Refusal::NoUser(_) | Refusal::NoToken(_) | Refusal::NoSupplier(_) => unknown(refusal.to_string()),
            Refusal::Disabled(_) => clash("disabled", refusal),
            Refusal::OwnAccount => clash("own-account", refusal),
            Refusal::NoPersonal => clash("no-personal-sign-ins", refusal),
            Refusal::NotAPerson => Self::new(StatusCode::FORBIDDEN, "not-a-person", "You may not do this")
                .detail(refusal.to_string()),
            Refusal::MoreThanMaker(_) => {
                Self::new(StatusCode::FORBIDDEN, "more-than-yours", "You may not do this")
                    .detail(refusal.to_string())
            }
            Refusal::MoreThanOwner(_) => wrong_field("scopes", refusal),
            Refusal::AlreadyOver => wrong_field("expires", refusal),
            Refusal::NotTaken(_) => wrong_field("password", refusal),
            Refusal::Failed(failure) => failure.clone().into(),
        }
    }
}

impl From<NotLinked> for Problem {
    fn from(refusal: NotLinked) -> Self {
        match refusal {
            NotLinked::Wrong { at, problem } => wrong_field(format!("add[{at}]"), problem),
            NotLinked::Clash { at, problem } => {
                clash("linked-otherwise", &problem).field(format!("add[{at}]"), problem)
            }
            NotLinked::Failed(failure) => failure.into(),
        }
    }
}
