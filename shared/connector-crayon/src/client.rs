//! Calls of the API: addresses, sign-in, one answer at a time.

use crate::CrayonConfig;
use crate::error::explain;
use crate::tokens::{TokenCache, Tokens};
use crate::wire::{self, List, Raw, Wanted};
use connector_kit::{HttpClient, Reply, Request, Transport, TransportConfig, Url, url_below};
use domain::clock::{Clock, Deadline};
use domain::failure::{Failure, FailureKind};
use domain::ports::PersonalCredentials;
use std::sync::Arc;

/// The pinned version of the API.
const VERSION: &str = "api/v1";

pub(crate) struct Client {
    base_url: Url,
    /// Shared by everybody who signs in through this connection, so that its pace holds for all of them.
    pub(crate) transport: Arc<Transport>,
    tokens: Tokens,
}

/// A query's parameters.
pub(crate) type Query<'a> = &'a [(&'a str, &'a str)];

impl Client {
    pub(crate) fn new(
        http: HttpClient,
        clock: Arc<dyn Clock>,
        config: &CrayonConfig,
        cache: &TokenCache,
    ) -> Self {
        let transport = TransportConfig {
            requests_per_second: config.requests_per_second,
            burst: config.requests_per_second,
            in_flight: config.in_flight,
            read_timeout: config.read_timeout,
            mutation_timeout: config.mutation_timeout,
            retry: config.retry.clone(),
            explain,
            ..TransportConfig::default()
        };
        Self {
            base_url: config.base_url.clone(),
            transport: Arc::new(Transport::new(http, config.system.clone(), clock, transport)),
            tokens: Tokens::new(cache, &config.base_url, config.credentials.clone()),
        }
    }

    /// The same connection, signed in as somebody else.
    pub(crate) fn signed_in_as(&self, person: &PersonalCredentials) -> Self {
        Self {
            base_url: self.base_url.clone(),
            transport: Arc::clone(&self.transport),
            tokens: self.tokens.of(person),
        }
    }

    /// The address of a path of the API.
    pub(crate) fn url(&self, path: &str, query: Query<'_>) -> Url {
        let mut url = url_below(&self.base_url, &format!("{VERSION}/{path}"));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    /// Signs in, unless that was done before.
    pub(crate) async fn sign_in(&self, deadline: Deadline) -> Result<(), Failure> {
        self.tokens.get(&self.transport, None, deadline).await.map(drop)
    }

    /// Reads something that must be there.
    pub(crate) async fn get(
        &self,
        what: &'static str,
        path: &str,
        query: Query<'_>,
        deadline: Deadline,
    ) -> Result<Reply, Failure> {
        self.send(Request::get(what, self.url(path, query)), deadline).await
    }

    /// Reads something that may not be there.
    pub(crate) async fn find(
        &self,
        what: &'static str,
        path: &str,
        deadline: Deadline,
    ) -> Result<Option<Reply>, Failure> {
        match self.get(what, path, &[], deadline).await {
            Ok(reply) => Ok(Some(reply)),
            Err(failure) if failure.kind == FailureKind::NotFound => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// Sends a request, once more after signing in anew if Cloud-iQ did not take the token: a request that is
    /// refused with 401 was not begun, so that even a mutation may follow it.
    pub(crate) async fn send(&self, request: Request, deadline: Deadline) -> Result<Reply, Failure> {
        let request = request.header("accept", "application/json");
        let token = self.tokens.get(&self.transport, None, deadline).await?;
        let mut reply = self.send_as(&request, token.expose(), deadline).await?;
        if reply.status == 401 {
            let token = self.tokens.get(&self.transport, Some(&token), deadline).await?;
            reply = self.send_as(&request, token.expose(), deadline).await?;
        }
        if reply.is_success() {
            return Ok(reply);
        }
        Err(self.transport.failure_of(&request.what, &reply))
    }

    async fn send_as(&self, request: &Request, token: &str, deadline: Deadline) -> Result<Reply, Failure> {
        let request = request.clone().header("authorization", format!("Bearer {token}"));
        self.transport.call(request, deadline).await
    }

    /// A list out of an answer.
    pub(crate) fn list<'a, const N: usize>(
        &self,
        what: &str,
        reply: &'a Reply,
        wanted: Wanted<N>,
    ) -> Result<List<'a, N>, Failure> {
        wire::read_list(&reply.body, wanted).map_err(|problem| self.transport.malformed(what, reply, problem))
    }

    /// An object out of an answer.
    pub(crate) fn object<'a, const N: usize>(
        &self,
        what: &str,
        reply: &'a Reply,
        wanted: Wanted<N>,
    ) -> Result<[Raw<'a>; N], Failure> {
        wire::text_of(&reply.body)
            .and_then(|text| wire::read_object(text, wanted))
            .map_err(|problem| self.transport.malformed(what, reply, problem))
    }
}
