//! Routes for one of two purposes: to be served, or to be described.
//!
//! A description of some forty routes takes longer to put together than most of what a function does before its first
//! event, and nobody there reads it: the document is a file. So what is served is not described, and the words are
//! not even in the function's binary.

use axum::routing::MethodRouter;
use utoipa::openapi::HttpMethod;
use utoipa::openapi::path::{Operation, Paths};
use utoipa_axum::{PathItemExt as _, router::UtoipaMethodRouter};

/// What routes are put together for.
pub trait Purpose {
    /// A route for this purpose, given it both ways.
    fn route<S: Clone + Send + Sync + 'static>(
        place: (String, Vec<HttpMethod>),
        served: fn(&[HttpMethod]) -> MethodRouter<S>,
        described: fn() -> UtoipaMethodRouter<S>,
    ) -> UtoipaMethodRouter<S>;
}

/// They are served: nothing is told of them but where they are.
#[derive(Debug, Clone, Copy)]
pub struct Serving;

/// They are described: everything is told.
#[derive(Debug, Clone, Copy)]
pub struct Describing;

impl Purpose for Serving {
    fn route<S: Clone + Send + Sync + 'static>(
        (path, methods): (String, Vec<HttpMethod>),
        served: fn(&[HttpMethod]) -> MethodRouter<S>,
        _: fn() -> UtoipaMethodRouter<S>,
    ) -> UtoipaMethodRouter<S> {
        let (router, mut paths) = (served(&methods), Paths::new());
        paths.add_path_operation(path, methods, Operation::default());
        (Vec::new(), paths, router)
    }
}

impl Purpose for Describing {
    fn route<S: Clone + Send + Sync + 'static>(
        _: (String, Vec<HttpMethod>),
        _: fn(&[HttpMethod]) -> MethodRouter<S>,
        described: fn() -> UtoipaMethodRouter<S>,
    ) -> UtoipaMethodRouter<S> {
        described()
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

/// A handler with its place, for `OpenApiRouter::routes`: `route!(P, runs::show)`, where `P` is a [`Purpose`] and the
/// handler has `#[utoipa::path]`.
#[macro_export]
macro_rules! route {
    ($purpose:ty, $module:ident :: $handler:ident) => {
        $crate::utoipa_axum::paste! {
            <$purpose as $crate::Purpose>::route(
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
