//! Signing in: once for all who ask at the same time, again when a token ends, never again with a password
//! that was refused.

use crate::Credentials;
use crate::error::SIGN_IN;
use crate::wire::{self, Wanted};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use connector_kit::{Body, Idempotence, Method, Reply, Request, Transport, Url, url_below};
use domain::clock::Deadline;
use domain::digest::sha256_of_parts;
use domain::failure::{Failure, FailureKind};
use domain::ports::PersonalCredentials;
use domain::secret::Secret;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Mutex as AsyncMutex;

/// A token is renewed this long before it ends.
const MARGIN: SignedDuration = SignedDuration::from_secs(60);
/// How long a token is used that does not say how long it lasts.
const UNSTATED: SignedDuration = SignedDuration::from_mins(5);
/// How long refused credentials are not tried again: every further try counts towards a lock-out.
const PAUSE: SignedDuration = SignedDuration::from_mins(5);
/// How many tokens are remembered, besides those in use.
const MOST_SLOTS: usize = 1_000;
const WHAT: &str = "POST connect/token";
const TOKEN: Wanted<3> = Wanted(["AccessToken", "ExpiresIn", "Error"]);

/// Tokens by whom they were given to. Cloning shares them: connections with the same credentials sign in
/// once, others never see each other's token.
#[derive(Clone, Default)]
pub struct TokenCache(Arc<Mutex<HashMap<Key, Arc<Slot>>>>);

#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    base_url: Url,
    client_id: String,
    username: String,
    fingerprint: [u8; 32],
}

/// Held while signing in, so that only one does.
type Slot = AsyncMutex<State>;

#[derive(Default)]
enum State {
    #[default]
    SignedOut,
    SignedIn {
        token: Secret,
        until: Timestamp,
    },
    Refused {
        failure: Failure,
        until: Timestamp,
    },
}

impl TokenCache {
    fn slot(&self, key: Key) -> Arc<Slot> {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.len() >= MOST_SLOTS {
            // Passwords come and go. Whoever is forgotten here and comes again signs in again.
            slots.retain(|_, slot| Arc::strong_count(slot) > 1);
        }
        Arc::clone(slots.entry(key).or_default())
    }
}

/// One user's way to their token.
pub(crate) struct Tokens {
    cache: TokenCache,
    slot: Arc<Slot>,
    base_url: Url,
    credentials: Credentials,
}

impl Tokens {
    pub(crate) fn new(cache: &TokenCache, base_url: &Url, credentials: Credentials) -> Self {
        let key = Key {
            base_url: base_url.clone(),
            client_id: credentials.client_id.clone(),
            username: credentials.username.clone(),
            fingerprint: sha256_of_parts(&[
                credentials.client_secret.expose(),
                credentials.password.expose(),
            ]),
        };
        Self { cache: cache.clone(), slot: cache.slot(key), base_url: base_url.clone(), credentials }
    }

    /// A person's way to a token of their own, through the same API client.
    pub(crate) fn of(&self, person: &PersonalCredentials) -> Self {
        let credentials = Credentials {
            username: person.username.clone(),
            password: person.password.clone(),
            ..self.credentials.clone()
        };
        Self::new(&self.cache, &self.base_url, credentials)
    }

    /// A token that is good for now. `refused` is one that Cloud-iQ did not take: if nobody has signed in
    /// since, that happens now.
    pub(crate) async fn get(
        &self,
        transport: &Transport,
        refused: Option<&Secret>,
        deadline: Deadline,
    ) -> Result<Secret, Failure> {
        let mut state = self.slot.lock().await;
        let now = transport.clock().now();
        match &*state {
            State::SignedIn { token, until } if now < *until && refused != Some(token) => {
                return Ok(token.clone());
            }
            State::Refused { failure, until } if now < *until => return Err(failure.clone()),
            State::SignedIn { .. } | State::Refused { .. } | State::SignedOut => {}
        }
        *state = State::SignedOut;
        let (token, until) = match self.sign_in(transport, now, deadline).await {
            Ok(signed_in) => signed_in,
            Err(failure) => {
                if failure.kind == FailureKind::Unauthorised {
                    let until = now.saturating_add(PAUSE).unwrap_or(now);
                    *state = State::Refused { failure: failure.clone(), until };
                }
                return Err(failure);
            }
        };
        *state = State::SignedIn { token: token.clone(), until };
        Ok(token)
    }

    async fn sign_in(
        &self,
        transport: &Transport,
        now: Timestamp,
        deadline: Deadline,
    ) -> Result<(Secret, Timestamp), Failure> {
        let Credentials { client_id, client_secret, username, password } = &self.credentials;
        let basic = STANDARD.encode(format!("{client_id}:{}", client_secret.expose()));
        let form = vec![
            ("grant_type".into(), "password".to_owned()),
            ("username".into(), username.clone()),
            ("password".into(), password.expose().to_owned()),
            ("scope".into(), "CustomerApi".to_owned()),
        ];
        let url = url_below(&self.base_url, "api/v1/connect/token/");
        let request = Request::new(WHAT, Method::POST, url, Idempotence::Login)
            .header("authorization", format!("Basic {basic}"))
            .header("accept", "application/json")
            .body(Body::Form(form));
        let reply = transport.call(request, deadline).await?;
        if !reply.is_success() {
            return Err(refusal(transport, &reply));
        }
        let (token, lasts) = read(transport, &reply)?;
        tracing::debug!(system = %transport.system(), lasts_s = lasts.as_secs(), "signed in");
        let margin = MARGIN.min(lasts / 2);
        Ok((token, now.saturating_add(lasts - margin).unwrap_or(now)))
    }
}

/// Cloud-iQ answers wrong credentials with 400: that is no request to be corrected and sent again.
fn refusal(transport: &Transport, reply: &Reply) -> Failure {
    let mut failure = transport.failure_of(WHAT, reply);
    if matches!(failure.kind, FailureKind::Refused | FailureKind::Unauthorised) {
        failure.kind = FailureKind::Unauthorised;
        failure.what = format!("{}; {SIGN_IN}", failure.what);
    }
    failure
}

fn read(transport: &Transport, reply: &Reply) -> Result<(Secret, SignedDuration), Failure> {
    let malformed = |problem: &dyn std::fmt::Display| transport.malformed(WHAT, reply, problem);
    let text = wire::text_of(&reply.body).map_err(|problem| malformed(&problem))?;
    let [token, expires, error] = wire::read_object(text, TOKEN).map_err(|problem| malformed(&problem))?;
    let token = token.and_then(wire::text).filter(|token| !token.is_empty());
    let Some(token) = token else {
        return Err(match error {
            Some(_) => refusal(transport, &Reply { status: 400, ..reply.clone() }),
            None => malformed(&"AccessToken is missing"),
        });
    };
    let lasts = match expires {
        None => UNSTATED,
        Some(raw) => wire::text_or_number(raw)
            .and_then(|seconds| seconds.parse::<i32>().ok())
            .map(|seconds| SignedDuration::from_secs(i64::from(seconds.max(0))))
            .ok_or_else(|| malformed(&"ExpiresIn is not a number of seconds"))?,
    };
    Ok((Secret::new(token.into_owned()), lasts))
}

#[cfg(test)]
mod tests;
