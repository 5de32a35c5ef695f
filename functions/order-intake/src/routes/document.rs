//! What the routes have in common in the document: who may come in, and which refusals there are.

use super::App;
use domain::access::Scope;
use http_kit::{Access, PROBLEM_TYPE, Problem};
use std::collections::BTreeMap;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{Content, OpenApi, Ref, RefOr, Required, Response, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};
use utoipa_axum::router::OpenApiRouter;

/// Routes, with what they are.
pub(super) type Routes = OpenApiRouter<App>;

type Refusals = BTreeMap<String, RefOr<Response>>;

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
    /// What the path or the body names is not there.
    Missing: [(404, "there is no such thing")];
    /// It does not fit how things stand.
    Clash: [(409, "it does not go together with how things are; `detail` says why")];
    /// A web hook is not believed.
    HookRefusals: [
        (400, "a header is missing or not as promised"),
        (401, "not signed with our secret, changed on the way, or signed more than a minute from now"),
        (404, "no web hooks are expected from this connection"),
        (409, "this web hook was taken already"),
        (413, "the body is too long"),
        (429, "too many requests: `Retry-After` says when to come back"),
        (503, "the table or the bus does not answer now"),
    ];
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

/// Routes that anybody may call; what they are told is checked by themselves.
pub(super) fn open(mut router: Routes) -> Routes {
    each_operation(router.get_openapi_mut(), |operation| operation.security = Some(Vec::new()));
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
        (409, "a request with this key is being handled"),
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

/// Says what these routes are about.
pub(super) fn described(mut api: OpenApi) -> OpenApi {
    let tag = |name: &str, text: &str| TagBuilder::new().name(name).description(Some(text)).build();
    api.tags = Some(vec![
        tag("orders", "Orders: taken, approved, placed, followed until they are billed and active."),
        tag("hooks", "What other systems tell us."),
    ]);
    let mut schemas = Vec::new();
    Problem::schemas(&mut schemas);
    schemas.push((Problem::name().into_owned(), <Problem as utoipa::PartialSchema>::schema()));
    api.components.get_or_insert_default().schemas.extend(schemas);
    http_kit::security_schemes(&mut api);
    api
}
