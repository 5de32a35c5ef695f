//! The Admin API as calls: `POST`, credentials in the body, one answer with one meaning.

use crate::config::HostBillConfig;
use crate::envelope::{self, Answer, Effect, Trouble};
use crate::wire::form::Form;
use crate::wire::json::Json;
use crate::wire::node::Surprise;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use connector_kit::{
    Body, HttpClient, Idempotence, Method, Reply, Request, Transport, TransportConfig, Url, failure_kind,
    tame,
};
use domain::clock::{Clock, Deadline};
use domain::failure::{Failure, FailureKind};
use domain::id::SystemId;
use domain::secret::Secret;
use jiff::SignedDuration;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

/// How often a read is asked again whose answer, though HTTP 200, was no JSON.
const READINGS: u32 = 2;
/// HostBill's own words are cut to this many characters.
const LONGEST_MESSAGE: usize = 300;
/// Anything shorter is no credential, and would blank innocent words.
const SHORTEST_SECRET: usize = 4;

/// How long a mutation may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    /// It changes HostBill's own records.
    Record,
    /// It runs a provisioning module.
    Module,
}

/// One connection to one HostBill.
pub(crate) struct Connection {
    transport: Transport,
    url: Url,
    api_id: Secret,
    api_key: Secret,
    authorization: Option<Secret>,
    mutation_timeout: Duration,
}

impl Connection {
    pub(crate) fn new(http: HttpClient, clock: Arc<dyn Clock>, config: &HostBillConfig) -> Self {
        let transport = TransportConfig {
            requests_per_second: config.requests_per_second,
            burst: config.requests_per_second,
            in_flight: config.in_flight,
            read_timeout: config.read_timeout,
            // The transport knows one limit; records get a nearer deadline in `until`.
            mutation_timeout: config.mutation_timeout.max(config.module_timeout),
            least_time_for_mutation: config.least_time_for_mutation,
            retry: config.retry.clone(),
            ..TransportConfig::default()
        };
        let basic = |basic: &crate::config::HttpBasic| {
            let pair = format!("{}:{}", basic.user, basic.password.expose());
            Secret::new(format!("Basic {}", STANDARD.encode(pair)))
        };
        let mut url = config.url.clone();
        // Whatever stands there, a key for example, would be logged by every proxy on the way.
        url.set_query(None);
        url.set_fragment(None);
        if config.http_basic.is_some() {
            // Two passwords would contradict each other. Fails only for addresses that cannot have one.
            let _ = url.set_username("").and_then(|()| url.set_password(None));
        }
        Self {
            transport: Transport::new(http, config.system.clone(), clock, transport),
            url,
            api_id: config.api_id.clone(),
            api_key: config.api_key.clone(),
            authorization: config.http_basic.as_ref().map(basic),
            mutation_timeout: config.mutation_timeout,
        }
    }

    pub(crate) fn system(&self) -> &SystemId {
        self.transport.system()
    }

    /// Whether the key travels unencrypted.
    pub(crate) fn is_plain(&self) -> bool {
        self.url.scheme() != "https"
    }

    /// A call that reads. Its payload, or what went wrong.
    pub(crate) async fn read(
        &self,
        call: &'static str,
        params: Form,
        deadline: Deadline,
    ) -> Result<Json, Failure> {
        let mut readings = 0;
        loop {
            readings += 1;
            let request = self.request(call, params.clone(), Idempotence::Read);
            let reply = self.transport.call(request, deadline).await?;
            match self.open(call, &reply, Effect::Read, &[]) {
                Ok(Answer::Payload(json)) => return Ok(json),
                Ok(Answer::Null) => return Err(self.transport.malformed(call, &reply, "the answer is null")),
                // A page of a web server that is just restarting, most likely.
                Err(failure) if failure.kind == FailureKind::Malformed && readings < READINGS => {}
                Err(failure) => return Err(failure),
            }
        }
    }

    /// A call that changes something: sent once.
    pub(crate) async fn mutate(
        &self,
        call: &'static str,
        params: Form,
        work: Work,
        deadline: Deadline,
    ) -> Result<Answer, Failure> {
        let passwords = params.values_of("password");
        let request = self.request(call, params, Idempotence::Mutation);
        let reply = self.transport.call(request, self.until(work, deadline)).await?;
        self.open(call, &reply, Effect::Mutation, &passwords)
    }

    /// A call that changes something and promises nothing but that: after a bare `null` the change is looked
    /// for, and only an affirmative look counts.
    pub(crate) async fn change(
        &self,
        call: &'static str,
        params: Form,
        (work, deadline): (Work, Deadline),
        look: impl Future<Output = Result<bool, Failure>> + Send,
    ) -> Result<(), Failure> {
        if let Answer::Payload(_) = self.mutate(call, params, work, deadline).await? {
            return Ok(());
        }
        if look.await == Ok(true) {
            return Ok(());
        }
        let problem = "answered null, and reading back did not show it done: unknown whether it was";
        Err(self.failure(FailureKind::Malformed, call, problem))
    }

    /// A failure of a call.
    pub(crate) fn failure(&self, kind: FailureKind, call: &str, what: impl fmt::Display) -> Failure {
        self.transport.failure(kind, format!("{call}: {what}"))
    }

    /// An answer whose field is not as promised.
    pub(crate) fn surprise(&self, call: &str, surprise: &Surprise) -> Failure {
        self.failure(FailureKind::Malformed, call, surprise)
    }

    /// A failure of something that was read before a mutation: whatever its kind, the mutation was not begun.
    pub(crate) fn not_begun(&self, call: &str, failure: &Failure) -> Failure {
        let kind = if failure.certainly_not_done() { failure.kind } else { FailureKind::NotSent };
        self.failure(kind, call, format!("not begun: {}", failure.what))
    }

    fn request(&self, call: &'static str, params: Form, idempotence: Idempotence) -> Request {
        let mut fields = Form::new()
            .with("call", call)
            .with("api_id", self.api_id.expose())
            .with("api_key", self.api_key.expose())
            .into_pairs();
        fields.extend(params.into_pairs());
        let request =
            Request::new(call, Method::POST, self.url.clone(), idempotence).body(Body::Form(fields));
        match &self.authorization {
            Some(value) => request.header("authorization", value.expose()),
            None => request,
        }
    }

    fn until(&self, work: Work, deadline: Deadline) -> Deadline {
        if work == Work::Module {
            return deadline;
        }
        let longest = SignedDuration::try_from(self.mutation_timeout).unwrap_or(SignedDuration::MAX);
        let end = self.transport.clock().now().checked_add(longest);
        end.map_or(deadline, |end| deadline.min(Deadline(end)))
    }

    fn open(
        &self,
        call: &str,
        reply: &Reply,
        effect: Effect,
        passwords: &[String],
    ) -> Result<Answer, Failure> {
        let opened = if reply.status == 200 {
            envelope::open(&reply.body, effect)
        } else {
            Err(of_status(reply.status))
        };
        opened.map_err(|trouble| Failure {
            request: reply.request.clone(),
            ..self.failure(trouble.kind, call, self.shown(&trouble.what, passwords))
        })
    }

    /// HostBill's own words, made fit to be shown: without credentials and addresses, should it repeat them.
    fn shown(&self, text: &str, passwords: &[String]) -> String {
        let credentials = [self.api_id.expose(), self.api_key.expose()];
        let secrets = credentials.into_iter().chain(passwords.iter().map(String::as_str));
        let text = secrets
            .filter(|secret| secret.len() >= SHORTEST_SECRET)
            .fold(text.to_owned(), |text, secret| text.replace(secret, "***"));
        let words = text.split_whitespace();
        let words: Vec<_> = words.map(|word| if word.contains('@') { "***" } else { word }).collect();
        tame(&words.join(" "), LONGEST_MESSAGE)
    }
}

/// What a status other than 200 means here. HostBill itself always answers 200, so this is the web server: a
/// 404 is a wrong address and never a thing that does not exist.
fn of_status(status: u16) -> Trouble {
    let (kind, why) = match status {
        401 => (FailureKind::Unauthorised, ": the web server in front of HostBill wants a password"),
        403 => (FailureKind::Unauthorised, ": the web server in front of HostBill refuses us"),
        404 | 410 => (FailureKind::Refused, ": there is no api.php at this address"),
        300..=399 => (FailureKind::Refused, ": the address redirects elsewhere"),
        other => (failure_kind(other), ""),
    };
    Trouble { kind, what: format!("answered HTTP {status}{why}") }
}
