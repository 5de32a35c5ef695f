//! One connection to one system: paced, bounded in time and size, retried where that is safe, classified.

use crate::client::HttpClient;
use crate::pace::Pace;
use crate::redact::tame;
use crate::request::{Body, Idempotence, Reply, Request};
use crate::retry::{Attempts, RetryPolicy, Trouble, retry_after};
use domain::clock::{Clock, Deadline};
use domain::failure::{Failure, FailureKind};
use domain::id::SystemId;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use std::fmt;
use std::num::{NonZeroU16, NonZeroU32};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::{sleep, timeout};
use tracing::field::{self, Empty};
use tracing::{Instrument as _, debug_span};

/// How much of a system's own words an error repeats, in characters.
const MAX_EXPLANATION: usize = 200;
/// How long a request id may be before it is cut, in characters.
const MAX_REQUEST_ID: usize = 80;

/// How a connection is treated.
#[derive(Debug, Clone)]
pub struct TransportConfig {
    /// Requests per second in the long run.
    pub requests_per_second: NonZeroU32,
    /// Requests that may be sent at once after a pause.
    pub burst: NonZeroU32,
    /// Requests that may be unanswered at the same time.
    pub in_flight: NonZeroU16,
    /// How long a read or a sign-in may take, body included.
    pub read_timeout: Duration,
    /// How long a mutation may take. Generous: one that is given up on is in doubt.
    pub mutation_timeout: Duration,
    /// A read is not begun with less time than this left.
    pub least_time: Duration,
    /// A mutation is not begun with less time than this left: the deadline would put it in doubt.
    pub least_time_for_mutation: Duration,
    /// The largest body that is read, in bytes.
    pub max_body: usize,
    /// How reads are repeated.
    pub retry: RetryPolicy,
    /// Finds the system's own words in a failed answer. They are shown to people; the transport brings them
    /// to one short line.
    pub explain: fn(&Reply) -> Option<String>,
}

impl Default for TransportConfig {
    fn default() -> Self {
        Self {
            requests_per_second: NonZeroU32::MIN.saturating_add(4),
            burst: NonZeroU32::MIN.saturating_add(4),
            in_flight: NonZeroU16::MIN.saturating_add(3),
            read_timeout: Duration::from_secs(30),
            mutation_timeout: Duration::from_mins(1),
            least_time: Duration::from_secs(1),
            least_time_for_mutation: Duration::from_secs(5),
            max_body: 16 * 1024 * 1024,
            retry: RetryPolicy::default(),
            explain: |_| None,
        }
    }
}

/// One connection to one system. Shared by all calls of that connection, so that its pace holds for all.
pub struct Transport {
    http: HttpClient,
    system: SystemId,
    clock: Arc<dyn Clock>,
    config: TransportConfig,
    pace: Pace,
    sent: AtomicU64,
}

/// How an exchange ended that brought no whole answer.
enum Broken {
    /// Nothing was sent.
    NoConnection(String),
    /// Sent, perhaps done.
    NoAnswer,
    /// Answered with more than is read.
    TooLarge,
}

impl Transport {
    /// A connection.
    pub fn new(http: HttpClient, system: SystemId, clock: Arc<dyn Clock>, config: TransportConfig) -> Self {
        Self { http, system, clock, pace: Pace::new(&config), config, sent: AtomicU64::new(0) }
    }

    /// The connection's name.
    pub fn system(&self) -> &SystemId {
        &self.system
    }

    /// The connection's clock.
    pub fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// How many requests were handed to the network so far, repetitions included.
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Sends a request and gives the answer, whatever its status below 500 except 429: those are the system's
    /// own words, which its connector reads ([`Transport::failure_of`] classifies them).
    ///
    /// Fails with
    /// - `OutOfTime` if the deadline is too near, before anything is sent;
    /// - `NotSent` if no connection came about;
    /// - `RateLimited` on 429, after the retries of a read;
    /// - `Unavailable` if the answer did not come in time or whole, and on 5xx: of a mutation nobody knows
    ///   then whether it was done;
    /// - `Malformed` if the answer is too large.
    pub async fn call(&self, request: Request, deadline: Deadline) -> Result<Reply, Failure> {
        let span = debug_span!(
            "call", otel.name = %request.what, otel.kind = "client", system = %self.system,
            http.status = Empty, otel.status_description = Empty,
        );
        let called = self.repeatedly(request, deadline).instrument(span.clone()).await;
        match &called {
            Ok(reply) => span.record("http.status", reply.status),
            Err(failure) => span.record("otel.status_description", field::display(failure)),
        };
        called
    }

    async fn repeatedly(&self, request: Request, deadline: Deadline) -> Result<Reply, Failure> {
        let mut attempts = Attempts::default();
        loop {
            let (trouble, failure) = match self.attempt(&request, deadline).await {
                Ok(reply) => return Ok(reply),
                Err(failed) => failed,
            };
            let Some(wait) = attempts.next(&self.config.retry, request.idempotence, trouble) else {
                return Err(failure);
            };
            if self.remaining(deadline) < wait + self.least_time(&request) {
                return Err(failure);
            }
            tracing::info!(
                system = %self.system,
                http.request = %request.what,
                attempt = attempts.made(),
                wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
                "asking again after: {failure}"
            );
            sleep(wait).await;
        }
    }

    /// What an answer without success means, in the port's words and the system's.
    pub fn failure_of(&self, what: &str, reply: &Reply) -> Failure {
        let kind = match failure_kind(reply.status) {
            FailureKind::RateLimited(_) => FailureKind::RateLimited(self.until(reply)),
            FailureKind::NotSent
            | FailureKind::Unavailable
            | FailureKind::Refused
            | FailureKind::NotFound
            | FailureKind::Conflict
            | FailureKind::Unauthorised
            | FailureKind::Malformed
            | FailureKind::OutOfTime
            | FailureKind::LeaseLost => failure_kind(reply.status),
        };
        let explanation = (self.config.explain)(reply).map(|text| tame(&text, MAX_EXPLANATION));
        let text = match explanation {
            Some(text) if !text.is_empty() => format!("{what}: answered {}: {text}", reply.status),
            Some(_) | None => format!("{what}: answered {}", reply.status),
        };
        Failure { request: reply.request.clone(), ..Failure::new(kind, &self.system, text) }
    }

    /// An answer that is not what was promised. `problem` names the field and holds nothing of the body.
    pub fn malformed(&self, what: &str, reply: &Reply, problem: impl fmt::Display) -> Failure {
        Failure {
            request: reply.request.clone(),
            ..self.failure(FailureKind::Malformed, format!("{what}: {problem}"))
        }
    }

    /// A failure of this connection.
    pub fn failure(&self, kind: FailureKind, what: impl Into<String>) -> Failure {
        Failure::new(kind, &self.system, what)
    }

    async fn attempt(&self, request: &Request, deadline: Deadline) -> Result<Reply, (Trouble, Failure)> {
        let what = &request.what;
        let fail = |trouble, kind, text: &str| (trouble, self.failure(kind, format!("{what}: {text}")));
        let late = || fail(Trouble::Lasting, FailureKind::OutOfTime, "too little time is left to begin");

        let spare = self.remaining(deadline).checked_sub(self.least_time(request)).ok_or_else(late)?;
        let _place = self.pace.admit(spare).await.ok_or_else(late)?;
        let left = self.remaining(deadline);
        if left < self.least_time(request) {
            return Err(late());
        }
        let built =
            self.build(request).map_err(|problem| fail(Trouble::Lasting, FailureKind::NotSent, &problem))?;

        let at_most = self.timeout(request).min(left);
        self.sent.fetch_add(1, Ordering::Relaxed);
        let reply = match timeout(at_most, self.exchange(built)).await {
            Ok(Ok(reply)) => reply,
            Ok(Err(Broken::NoConnection(cause))) => {
                let text = format!("no connection: {cause}");
                return Err(fail(Trouble::NoConnection, FailureKind::NotSent, &text));
            }
            Ok(Err(Broken::NoAnswer)) => {
                let text = "the connection was lost before the answer was whole";
                return Err(fail(Trouble::NoAnswer, FailureKind::Unavailable, text));
            }
            Ok(Err(Broken::TooLarge)) => {
                let text = format!("the answer is larger than {} bytes", self.config.max_body);
                return Err(fail(Trouble::Lasting, FailureKind::Malformed, &text));
            }
            Err(_) => {
                let text = format!("no answer within {} ms", at_most.as_millis());
                return Err(fail(Trouble::NoAnswer, FailureKind::Unavailable, &text));
            }
        };
        if reply.status == 429 || reply.status >= 500 {
            let trouble = Trouble::Status(reply.status, reply.retry_after);
            return Err((trouble, self.failure_of(what, &reply)));
        }
        Ok(reply)
    }

    async fn exchange(&self, request: reqwest::Request) -> Result<Reply, Broken> {
        let mut response = self.http.0.execute(request).await.map_err(|error| {
            if error.is_connect() { Broken::NoConnection(innermost(&error)) } else { Broken::NoAnswer }
        })?;
        let headers = response.headers();
        let mut reply = Reply {
            status: response.status().as_u16(),
            content_type: text_of(headers, CONTENT_TYPE.as_str()),
            retry_after: text_of(headers, RETRY_AFTER.as_str())
                .and_then(|value| retry_after(&value, self.clock.now())),
            request: request_id(headers),
            body: Vec::new(),
        };
        let promised = response.content_length().and_then(|length| usize::try_from(length).ok());
        if promised.is_some_and(|length| length > self.config.max_body) {
            return Err(Broken::TooLarge);
        }
        reply.body.reserve(promised.unwrap_or(0));
        while let Some(chunk) = response.chunk().await.map_err(|_| Broken::NoAnswer)? {
            if reply.body.len() + chunk.len() > self.config.max_body {
                return Err(Broken::TooLarge);
            }
            reply.body.extend_from_slice(&chunk);
        }
        Ok(reply)
    }

    fn build(&self, request: &Request) -> Result<reqwest::Request, String> {
        let mut builder = self.http.0.request(request.method.clone(), request.url.clone());
        for (name, value) in &request.headers {
            let mut value =
                HeaderValue::from_str(value).map_err(|_| format!("the value of {name} is no header"))?;
            value.set_sensitive(true);
            builder = builder.header(HeaderName::from_static(name), value);
        }
        let builder = match &request.body {
            Body::Empty => builder,
            Body::Json(bytes) => builder.header(CONTENT_TYPE, "application/json").body(bytes.clone()),
            Body::Form(fields) => builder.form(fields),
        };
        builder.build().map_err(|_| "the request cannot be built".to_owned())
    }

    fn remaining(&self, deadline: Deadline) -> Duration {
        deadline.remaining(self.clock.now()).unsigned_abs()
    }

    fn timeout(&self, request: &Request) -> Duration {
        match request.idempotence {
            Idempotence::Read | Idempotence::Login => self.config.read_timeout,
            Idempotence::Mutation => self.config.mutation_timeout,
        }
    }

    fn least_time(&self, request: &Request) -> Duration {
        match request.idempotence {
            Idempotence::Read | Idempotence::Login => self.config.least_time,
            Idempotence::Mutation => self.config.least_time_for_mutation,
        }
    }

    fn until(&self, reply: &Reply) -> Option<jiff::Timestamp> {
        self.clock.now().checked_add(reply.retry_after?).ok()
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport").field("system", &self.system).finish_non_exhaustive()
    }
}

/// What a status other than success allows, for systems that use statuses as HTTP means them. A redirect is
/// not followed and therefore not what was promised.
pub fn failure_kind(status: u16) -> FailureKind {
    match status {
        401 | 403 => FailureKind::Unauthorised,
        404 | 410 => FailureKind::NotFound,
        409 | 412 => FailureKind::Conflict,
        429 => FailureKind::RateLimited(None),
        408 | 500.. => FailureKind::Unavailable,
        400..=499 => FailureKind::Refused,
        0..=399 => FailureKind::Malformed,
    }
}

fn text_of(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

fn request_id(headers: &HeaderMap) -> Option<String> {
    ["x-request-id", "request-id", "x-correlation-id"]
        .iter()
        .find_map(|name| text_of(headers, name))
        .map(|id| tame(&id, MAX_REQUEST_ID))
}

/// The first cause alone: the outer errors repeat the address with its query.
fn innermost(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    tame(&cause.to_string(), MAX_EXPLANATION)
}
