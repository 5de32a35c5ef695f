//! What every connector needs to speak HTTP: the one client of a process, and a [`Transport`] per connection
//! that paces, bounds, retries and classifies.
//!
//! A transport's promise: a request that may change something is sent at most once, and whoever asked learns
//! whether it was certainly not done ([`domain::failure::Failure::certainly_not_done`]). Reads are repeated a
//! few times. Nothing is begun that the deadline does not leave time for. No failure and no log line carries
//! a query string, a body, a token or a credential.

mod client;
mod json;
mod pace;
mod redact;
mod request;
mod retry;
mod roots;
mod transport;

pub use client::{HttpClient, HttpClientError, http_client};
pub use json::{JsonDecimal, decimal};
pub use redact::{shown_url, tame};
pub use request::{Body, Idempotence, Reply, Request, url_below};
pub use reqwest::{Method, Url};
pub use retry::RetryPolicy;
pub use transport::{Transport, TransportConfig, failure_kind};
