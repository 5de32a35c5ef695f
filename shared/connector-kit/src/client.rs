//! The only place that builds an HTTP client.

use crate::roots;
use std::time::Duration;

/// How long a connection may take to come about, name look-up and TLS included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// PHP hosts commonly close an idle connection after five seconds; a mutation sent on a connection that is
/// just being closed is in doubt, so ours are given up first.
const IDLE_TIMEOUT: Duration = Duration::from_secs(4);

/// The process's HTTP client. Cloning shares its connections.
#[derive(Debug, Clone)]
pub struct HttpClient(pub(crate) reqwest::Client);

/// The HTTP client could not be built: the machine has no usable TLS set-up.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client could not be built: {0}")]
pub struct HttpClientError(#[source] Box<dyn std::error::Error + Send + Sync>);

/// Builds the HTTP client: once in a process, in its `main`, for all its connectors.
///
/// It follows no redirects (a redirected `POST` would lose its body, and credentials would travel to whoever
/// the answer names) and keeps no cookies. The machine's root certificates are read when the first server shows its
/// own: building a client costs nothing worth a word.
#[expect(clippy::disallowed_methods, reason = "this is the one place the lint points to")]
pub fn http_client() -> Result<HttpClient, HttpClientError> {
    let client = reqwest::Client::builder()
        .user_agent(concat!("billbridge/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .tcp_nodelay(true)
        .tls_backend_preconfigured(roots::tls().map_err(|error| HttpClientError(error.into()))?)
        .build();
    client.map(HttpClient).map_err(|error| HttpClientError(error.into()))
}
