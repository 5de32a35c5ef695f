//! What every layer here is made of: something that runs around a request.

use crate::problem::Problem;
use async_trait::async_trait;
use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use futures::FutureExt as _;
use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tower::{Layer, Service};

type Answering = Pin<Box<dyn Future<Output = Response> + Send>>;

/// The rest of the way of a request.
pub(crate) struct Next(Box<dyn FnOnce(Request) -> Answering + Send>);

impl Next {
    /// Goes on.
    pub(crate) async fn run(self, request: Request) -> Response {
        (self.0)(request).await
    }

    /// Goes on; a panic on the way is a problem like any other. What it says stays out of the log: it may quote
    /// what was sent.
    pub(crate) async fn run_caught(self, request: Request) -> Response {
        let answered = AssertUnwindSafe(self.run(request)).catch_unwind().await;
        answered.unwrap_or_else(|_| Problem::internal().because("a handler panicked").into_response())
    }
}

/// Runs around a request: looks at it, lets it go on or answers itself.
#[async_trait]
pub(crate) trait Middle: Send + Sync {
    /// The answer to a request.
    async fn run(&self, request: Request, next: Next) -> Response;
}

/// A layer for `.layer(…)` and `.route_layer(…)`. Of several, the one that is added last runs first.
#[derive(Clone)]
pub struct Around(Arc<dyn Middle>);

impl Around {
    pub(crate) fn new(middle: impl Middle + 'static) -> Self {
        Self(Arc::new(middle))
    }

    /// All of these as one, the innermost first; nothing where there are none.
    pub(crate) fn all(mut each: Vec<Self>) -> Option<Self> {
        let outermost = each.pop()?;
        Some(if each.is_empty() { outermost } else { Self::new(Nested { outermost, within: each }) })
    }
}

/// Several, one within the other.
struct Nested {
    outermost: Around,
    /// The innermost first.
    within: Vec<Around>,
}

#[async_trait]
impl Middle for Nested {
    async fn run(&self, request: Request, next: Next) -> Response {
        let within = |next: Next, Around(middle): &Around| {
            let middle = Arc::clone(middle);
            Next(Box::new(move |request| Box::pin(async move { middle.run(request, next).await })))
        };
        self.outermost.0.run(request, self.within.iter().fold(next, within)).await
    }
}

impl<S> Layer<S> for Around {
    type Service = Surrounded<S>;

    fn layer(&self, inner: S) -> Surrounded<S> {
        Surrounded { around: self.clone(), inner }
    }
}

/// A service with an [`Around`] it.
#[derive(Clone)]
pub struct Surrounded<S> {
    around: Around,
    inner: S,
}

impl<S> Service<Request> for Surrounded<S>
where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        // The clone is not known to be ready, the one that was polled is: that one is called.
        let another = self.inner.clone();
        let mut ready = std::mem::replace(&mut self.inner, another);
        let next = Next(Box::new(move |request| {
            Box::pin(async move { ready.call(request).await.unwrap_or_else(|never| match never {}) })
        }));
        let Around(middle) = self.around.clone();
        Box::pin(async move { Ok(middle.run(request, next).await) })
    }
}
