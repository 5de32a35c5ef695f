//! Routes for one of two purposes: to be served ([`Routes`]), or to be described (`OpenApiRouter`).
//!
//! A description of some forty routes takes longer to put together than most of what a function does before its first
//! event, and nobody there reads it: the document is a file. So what is served is not described, and the words are
//! not even in the function's binary.

use crate::access::Access;
use crate::around::Around;
use axum::Router;
use axum::routing::MethodRouter;
use domain::access::Scope;
use utoipa::openapi::HttpMethod;
use utoipa_axum::PathItemExt as _;
use utoipa_axum::router::UtoipaMethodRouter;

/// Routes before they are a router. A router finds a place for each of its routes, for all of them anew whenever it is
/// merged into another, and puts each layer around each of them: here they are only listed, with what is to be around
/// them, until all are there.
pub struct Routes<S = ()>(Vec<Listed<S>>);

struct Listed<S> {
    path: String,
    methods: MethodRouter<S>,
    /// The innermost first.
    around: Vec<Around>,
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// None.
    pub fn new() -> Self {
        Self(Vec::new())
    }

    /// With one more; what is wrong with a path is said by [`Routes::into_router`].
    #[must_use]
    pub fn route(mut self, path: impl Into<String>, methods: MethodRouter<S>) -> Self {
        self.0.push(Listed { path: path.into(), methods, around: Vec::new() });
        self
    }

    /// With these.
    #[must_use]
    pub fn merge(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// With something around those that are there, where they answer (and not where they say that they do not have
    /// a method): of several, the one that is added last runs first.
    #[must_use]
    pub fn route_layer(mut self, around: &Around) -> Self {
        self.0.iter_mut().for_each(|listed| listed.around.push(around.clone()));
        self
    }

    /// The router of them all, with what their handlers work with.
    ///
    /// # Panics
    /// Where a path cannot be one, or two routes are the same.
    pub fn into_router(self, state: &S) -> Router {
        self.0.into_iter().fold(Router::new(), |router, Listed { path, methods, around }| {
            let methods = match Around::all(around) {
                Some(around) => methods.route_layer(around),
                None => methods,
            };
            router.route(&path, methods.with_state(state.clone()))
        })
    }
}

impl<S: Clone + Send + Sync + 'static> Default for Routes<S> {
    fn default() -> Self {
        Self::new()
    }
}

/// Routes that are put together one after the other, for either purpose.
pub trait Gathered: Default {
    /// What their handlers work with.
    type State: Clone + Send + Sync + 'static;
    /// What guarding them needs.
    type Guards;

    /// With a route more; given is how it is done for either purpose.
    #[must_use]
    fn place(
        self,
        place: (String, Vec<HttpMethod>),
        served: fn(&[HttpMethod]) -> MethodRouter<Self::State>,
        described: fn() -> UtoipaMethodRouter<Self::State>,
    ) -> Self;

    /// With what this adds: `routes.also(route!(runs::show))`.
    #[must_use]
    fn also(self, add: impl FnOnce(Self) -> Self) -> Self {
        add(self)
    }

    /// With these.
    #[must_use]
    fn and(self, others: Self) -> Self;

    /// Only for who has the scope.
    #[must_use]
    fn guarded(self, guards: &Self::Guards, scope: Scope) -> Self;

    /// Safe to be repeated under a key; before they are guarded.
    #[must_use]
    fn once(self, guards: &Self::Guards) -> Self;

    /// For everybody: what they are told is checked by themselves.
    #[must_use]
    fn open(self) -> Self;
}

impl<S: Clone + Send + Sync + 'static> Gathered for Routes<S> {
    type State = S;
    type Guards = Access;

    fn place(
        self,
        (path, methods): (String, Vec<HttpMethod>),
        served: fn(&[HttpMethod]) -> MethodRouter<S>,
        _: fn() -> UtoipaMethodRouter<S>,
    ) -> Self {
        self.route(path, served(&methods))
    }

    fn and(self, others: Self) -> Self {
        self.merge(others)
    }

    fn guarded(self, access: &Access, scope: Scope) -> Self {
        self.route_layer(&crate::api(access, scope))
    }

    fn once(self, access: &Access) -> Self {
        self.route_layer(&crate::once(access))
    }

    fn open(self) -> Self {
        self
    }
}

/// Handles these methods alike.
#[doc(hidden)]
pub fn each_method<S: Clone + Send + Sync + 'static>(
    methods: &[HttpMethod],
    on: impl Fn(MethodRouter<S>, axum::routing::MethodFilter) -> MethodRouter<S>,
) -> MethodRouter<S> {
    methods.iter().fold(MethodRouter::new(), |router, method| on(router, method.to_method_filter()))
}

/// Adds a handler at its place: `routes.also(route!(runs::show))`, where the handler has `#[utoipa::path]`.
#[macro_export]
macro_rules! route {
    ($module:ident :: $handler:ident) => {
        $crate::utoipa_axum::paste! {
            |routes| $crate::Gathered::place(
                routes,
                (
                    <$module::[<__path_ $handler>] as $crate::utoipa::Path>::path(),
                    <$module::[<__path_ $handler>] as $crate::utoipa::Path>::methods(),
                ),
                |methods| $crate::each_method(methods, |router, method| router.on(method, $module::$handler)),
                || $crate::utoipa_axum::routes!($module::$handler),
            )
        }
    };
}

#[cfg(test)]
mod tests;
