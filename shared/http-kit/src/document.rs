//! Routes with their place in the document: who may come in, and which refusals there are.

use crate::route::Gathered;
use crate::{PROBLEM_TYPE, Problem};
use axum::routing::MethodRouter;
use domain::access::Scope;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{Content, HttpMethod, OpenApi, Ref, RefOr, Required, Response, ResponseBuilder};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

/// Refusals by status.
pub type Refusals = BTreeMap<String, RefOr<Response>>;

/// Problems by status, each with what it means.
pub fn problems(each: &[(u16, &str)]) -> Refusals {
    let problem = |text: &str| {
        let content = Content::new(Some(Ref::from_schema_name(Problem::name())));
        ResponseBuilder::new().description(text).content(PROBLEM_TYPE, content).build()
    };
    each.iter().map(|(status, text)| (status.to_string(), problem(text).into())).collect()
}

/// Makes types that stand for refusals in the description of a route: `Missing: [(404, "there is no such thing")];`
#[macro_export]
macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident: $each:expr;)*) => {$(
        $(#[$doc])*
        pub struct $name;

        impl $crate::utoipa::IntoResponses for $name {
            fn responses() -> $crate::document::Refusals {
                $crate::document::problems(&$each)
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
}

/// Routes as the document has them: nothing is guarded, and everything is said.
impl<S: Clone + Send + Sync + 'static> Gathered for OpenApiRouter<S> {
    type State = S;
    type Guards = ();

    fn place(
        self,
        _: (String, Vec<HttpMethod>),
        _: fn(&[HttpMethod]) -> MethodRouter<S>,
        described: fn() -> UtoipaMethodRouter<S>,
    ) -> Self {
        self.routes(described())
    }

    fn and(self, others: Self) -> Self {
        self.merge(others)
    }

    fn guarded(mut self, (): &(), scope: Scope) -> Self {
        let refusals = problems(&[
            (401, "no API token and no session that is good"),
            (403, &format!("the scope `{scope}` is missing, or the session's token")),
            (429, "too many requests: `Retry-After` says when to come back"),
            (502, "another system does not let us in, or its answer cannot be read"),
            (503, "the table or another system does not answer now"),
        ]);
        each_operation(self.get_openapi_mut(), |operation| {
            let of = |scheme: &str| SecurityRequirement::new(scheme, [scope.as_str()]);
            operation.security = Some(vec![of("token"), of("session")]);
            also(operation, refusals.clone());
        });
        self
    }

    fn once(mut self, (): &()) -> Self {
        let refusals = problems(&[
            (400, "the idempotency key is not right"),
            (409, "a request with this key is being handled, or its answer was to be shown once only"),
            (413, "the body is too long"),
            (422, "the same idempotency key came with another request"),
        ]);
        each_operation(self.get_openapi_mut(), |operation| {
            operation.parameters.get_or_insert_default().push(RefOr::T(idempotency_key()));
            also(operation, refusals.clone());
        });
        self
    }

    fn open(mut self) -> Self {
        each_operation(self.get_openapi_mut(), |operation| operation.security = Some(Vec::new()));
        self
    }
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

/// Completes a document: what its routes are about, by tag, how a problem looks, and how one comes in.
pub fn described(mut api: OpenApi, tags: &[(&str, &str)]) -> OpenApi {
    let tag = |(name, text): &(&str, &str)| TagBuilder::new().name(*name).description(Some(*text)).build();
    api.tags = Some(tags.iter().map(tag).collect());
    let mut schemas = Vec::new();
    Problem::schemas(&mut schemas);
    schemas.push((Problem::name().into_owned(), <Problem as utoipa::PartialSchema>::schema()));
    api.components.get_or_insert_default().schemas.extend(schemas);
    crate::security_schemes(&mut api);
    api
}
