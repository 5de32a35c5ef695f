//! Who asks.

use crate::access::{Access, TOKEN_PREFIX, is_disabled};
use crate::key::is_random_text;
use crate::problem::Problem;
use crate::session;
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use domain::access::{Actor, ApiToken, Scope, Scopes, SecretHash, User};
use domain::failure::Failure;
use domain::id::TokenId;
use domain::secret::Secret;
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use jiff::{SignedDuration, Timestamp};
use std::convert::Infallible;

/// How often the last use of a token is written down.
const TOUCH_EVERY: SignedDuration = SignedDuration::from_hours(1);

/// Whoever asks, as known at this moment. Extractor for handlers behind a guard; as `Option<Principal>` also
/// for handlers that may or may not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// Who: the person, also behind a token of theirs, or the program.
    pub actor: Actor,
    /// What they may do now.
    pub scopes: Scopes,
    /// The person, if it is one.
    pub user: Option<User>,
    /// How they came in.
    pub via: Via,
    csrf: Option<Secret>,
}

/// How somebody came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    /// With a browser that has signed in; the hash of the session's id.
    Session(SecretHash),
    /// With an API token.
    Token(TokenId),
}

impl Principal {
    /// Whether they may do this.
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.allow(scope)
    }

    /// The token that their forms must carry in the field `csrf`, or their scripts in the header
    /// `X-CSRF-Token`; empty for API tokens, which need none.
    pub fn csrf(&self) -> &str {
        self.csrf.as_ref().map_or("", Secret::expose)
    }

    /// Their session, if they came in with one.
    pub(crate) fn session(&self) -> Option<&SecretHash> {
        match &self.via {
            Via::Session(hash) => Some(hash),
            Via::Token(_) => None,
        }
    }
}

/// Why nobody could be made out.
#[derive(Debug, Clone)]
pub(crate) enum Refusal {
    /// Nothing was shown.
    Nobody,
    /// What was shown is not good: forged, ended, revoked, unknown or malformed; which of these is not told.
    NotGood,
    /// It cannot be looked up now.
    Unavailable(Failure),
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Nobody | Refusal::NotGood => {
                Self::new(StatusCode::UNAUTHORIZED, "not-signed-in", "You are not signed in").detail(
                    "This needs an API token that is good (`Authorization: Bearer bb_…`) or a session.",
                )
            }
            Refusal::Unavailable(failure) => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Not available now")
                    .detail("Who you are cannot be looked up now. Try again in a moment.")
                    .because(failure)
            }
        }
    }
}

/// What a request shows of who it is from.
pub(crate) enum Shown {
    Nothing,
    /// An API token, or something in its place.
    Token(Option<SecretHash>),
    /// A session id out of a cookie that we have signed.
    Session(String),
}

impl Access {
    /// Whoever sends these headers; nobody if they show nothing that is good. For handlers without a guard.
    pub async fn find_principal(&self, headers: &HeaderMap) -> Result<Option<Principal>, Failure> {
        match self.authenticate(self.shown(headers)).await {
            Ok(principal) => Ok(Some(principal)),
            Err(Refusal::Nobody | Refusal::NotGood) => Ok(None),
            Err(Refusal::Unavailable(failure)) => Err(failure),
        }
    }

    /// Whoever an API token is of; nobody if it is not good. For signing in at a browser with a token.
    pub async fn find_token_principal(&self, token: &str) -> Result<Option<Principal>, Failure> {
        match self.authenticate(Shown::Token(hash_of_token(token))).await {
            Ok(principal) => Ok(Some(principal)),
            Err(Refusal::Nobody | Refusal::NotGood) => Ok(None),
            Err(Refusal::Unavailable(failure)) => Err(failure),
        }
    }

    /// What these headers show. A token goes before a cookie, even one that is not good.
    pub(crate) fn shown(&self, headers: &HeaderMap) -> Shown {
        let mut tokens = headers.get_all(AUTHORIZATION).iter();
        if let Some(first) = tokens.next() {
            let alone = tokens.next().is_none();
            let bearer = first.to_str().ok().filter(|_| alone).and_then(bearer);
            return Shown::Token(bearer.and_then(hash_of_token));
        }
        session::session_id(self.key(), self.is_secure(), headers).map_or(Shown::Nothing, Shown::Session)
    }

    /// Looks up who it is, every time anew: what was revoked or lowered a moment ago counts now.
    pub(crate) async fn authenticate(&self, shown: Shown) -> Result<Principal, Refusal> {
        match shown {
            Shown::Nothing => Err(Refusal::Nobody),
            Shown::Token(None) => Err(Refusal::NotGood),
            Shown::Token(Some(hash)) => self.of_token(&hash).await,
            Shown::Session(id) => self.of_session(&id).await,
        }
    }

    async fn of_token(&self, hash: &SecretHash) -> Result<Principal, Refusal> {
        let now = self.now();
        let found = self.store().find_token(hash).await.map_err(Refusal::Unavailable)?;
        let token = found.filter(|token| token.is_good(now)).ok_or(Refusal::NotGood)?;
        let user = match &token.owner {
            None => None,
            Some(owner) => {
                let user = self.store().find_user(owner).await.map_err(Refusal::Unavailable)?;
                Some(user.filter(|user| !is_disabled(user, now)).ok_or(Refusal::NotGood)?)
            }
        };
        self.touch(&token, now).await;
        let actor = user.as_ref().map_or_else(
            || Actor { id: token.id.as_str().into(), name: token.name.as_str().into() },
            actor_of,
        );
        let scopes =
            user.as_ref().map_or_else(|| token.scopes.clone(), |user| user.role.scopes().both(&token.scopes));
        Ok(Principal { actor, scopes, user, via: Via::Token(token.id), csrf: None })
    }

    async fn of_session(&self, id: &str) -> Result<Principal, Refusal> {
        let now = self.now();
        let hash = SecretHash::of(id);
        let found = self.store().find_session(&hash, now).await.map_err(Refusal::Unavailable)?;
        let session = found.filter(|session| now < session.expires).ok_or(Refusal::NotGood)?;
        let found = self.store().find_user(&session.user).await.map_err(Refusal::Unavailable)?;
        let user = found.filter(|user| !is_disabled(user, now)).ok_or(Refusal::NotGood)?;
        Ok(Principal {
            actor: actor_of(&user),
            scopes: user.role.scopes().both(&session.scopes),
            user: Some(user),
            via: Via::Session(hash),
            csrf: Some(self.csrf_of(id)),
        })
    }

    /// Writes down that a token was used. That it could not be written keeps nobody out.
    async fn touch(&self, token: &ApiToken, now: Timestamp) {
        if token.last_used.is_some_and(|last| now.duration_since(last) < TOUCH_EVERY) {
            return;
        }
        if let Err(failure) = self.store().touch_token(token, now).await {
            tracing::warn!(token.id = %token.id, error = %failure, "the use of token {} was not noted", token.id);
        }
    }
}

fn actor_of(user: &User) -> Actor {
    Actor { id: user.id.as_str().into(), name: user.name.as_str().into() }
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim_start_matches(' '))
}

/// What a token is looked up by; nothing for what cannot be one.
fn hash_of_token(token: &str) -> Option<SecretHash> {
    let random = token.strip_prefix(TOKEN_PREFIX)?;
    is_random_text(random).then(|| SecretHash::of(token))
}

impl<S: Send + Sync> FromRequestParts<S> for Principal {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let principal = parts.extensions.get::<Self>().cloned();
        principal.ok_or_else(|| Problem::internal().because("a handler wants a principal and has no guard"))
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for Principal {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned())
    }
}
