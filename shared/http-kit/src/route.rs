//! Routes for one of two purposes: to be served, or to be described.
//!
//! A description of some forty routes takes longer to put together than most of what a function does before its first
//! event, and nobody there reads it: the document is a file. So what is served is not described, and the words are
//! not even in the function's binary.

use axum::routing::MethodRouter;
use utoipa::openapi::HttpMethod;
use utoipa_axum::PathItemExt as _;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

/// What routes are put together for.
pub trait Purpose {
    /// The router with a route more, for this purpose; given is how it is done for either.
    fn route<S: Clone + Send + Sync + 'static>(
        router: OpenApiRouter<S>,
        place: (String, Vec<HttpMethod>),
        served: fn(&[HttpMethod]) -> MethodRouter<S>,
        described: fn() -> UtoipaMethodRouter<S>,
    ) -> OpenApiRouter<S>;
}

/// They are served: nothing is told of them.
#[derive(Debug, Clone, Copy)]
pub struct Serving;

/// They are described: everything is told.
#[derive(Debug, Clone, Copy)]
pub struct Describing;

impl Purpose for Serving {
    fn route<S: Clone + Send + Sync + 'static>(
        router: OpenApiRouter<S>,
        (path, methods): (String, Vec<HttpMethod>),
        served: fn(&[HttpMethod]) -> MethodRouter<S>,
        _: fn() -> UtoipaMethodRouter<S>,
    ) -> OpenApiRouter<S> {
        router.route(&path, served(&methods))
    }
}

impl Purpose for Describing {
    fn route<S: Clone + Send + Sync + 'static>(
        router: OpenApiRouter<S>,
        _: (String, Vec<HttpMethod>),
        _: fn(&[HttpMethod]) -> MethodRouter<S>,
        described: fn() -> UtoipaMethodRouter<S>,
    ) -> OpenApiRouter<S> {
        router.routes(described())
    }
}

/// Routers that are put together one thing after the other.
pub trait Also: Sized {
    /// With what this adds.
    #[must_use]
    fn also(self, add: impl FnOnce(Self) -> Self) -> Self {
        add(self)
    }
}

impl<S> Also for OpenApiRouter<S> {}

/// Handles these methods alike.
#[doc(hidden)]
pub fn each_method<S: Clone + Send + Sync + 'static>(
    methods: &[HttpMethod],
    on: impl Fn(MethodRouter<S>, axum::routing::MethodFilter) -> MethodRouter<S>,
) -> MethodRouter<S> {
    methods.iter().fold(MethodRouter::new(), |router, method| on(router, method.to_method_filter()))
}

/// Adds a handler at its place: `router.also(route!(P, runs::show))`, where `P` is a [`Purpose`] and the handler has
/// `#[utoipa::path]`.
#[macro_export]
macro_rules! route {
    ($purpose:ty, $module:ident :: $handler:ident) => {
        $crate::utoipa_axum::paste! {
            |router| <$purpose as $crate::Purpose>::route(
                router,
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
