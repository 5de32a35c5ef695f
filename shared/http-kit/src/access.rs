//! Who may come in: tokens, sessions and one-time codes, and the secrets that they are known by.

use crate::key::{SigningKey, encode, is_random_text, random_text};
use crate::limit::Limiter;
use crate::principal::Principal;
use crate::session;
use axum::response::{IntoResponseParts, ResponseParts};
use domain::access::{ApiToken, CodeUse, OneTimeCode, Scopes, SecretHash, Session, User};
use domain::clock::Clock;
use domain::failure::{Failure, FailureKind};
use domain::id::{SystemId, TokenId, UserId};
use domain::ports::{AccessStore, AnswerStore};
use domain::secret::Secret;
use http::HeaderValue;
use http::header::SET_COOKIE;
use jiff::{SignedDuration, Timestamp};
use std::convert::Infallible;
use std::sync::Arc;

/// How long a browser stays signed in.
pub const SESSION_TIME: SignedDuration = SignedDuration::from_hours(12);
/// How every API token begins: people and secret scanners know it by that.
pub(crate) const TOKEN_PREFIX: &str = "bb_";

/// What guarding the doors needs.
pub struct Guarding {
    /// People, tokens, sessions and codes.
    pub access: Arc<dyn AccessStore>,
    /// Answers that were given.
    pub answers: Arc<dyn AnswerStore>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Signs cookies, cursors and form tokens.
    pub key: SigningKey,
    /// Whether browsers come over TLS. Off only for plain HTTP on one's own machine.
    pub secure_cookies: bool,
    /// How many requests a principal, and an address without one, may make in a minute.
    pub requests_per_minute: u32,
}

/// Knows who is asking. Cheap to clone.
#[derive(Clone)]
pub struct Access(Arc<Inner>);

struct Inner {
    guarding: Guarding,
    limiter: Limiter,
}

/// A token to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// What it is for, for people.
    pub name: String,
    /// Whose it is; nothing for a program's own.
    pub owner: Option<UserId>,
    /// What it may do. Whoever makes it must have these scopes; that is the caller's to check.
    pub scopes: Scopes,
    /// Until when.
    pub expires: Option<Timestamp>,
    /// Who makes it.
    pub created_by: String,
}

/// A cookie for the browser; put it into a response: `(cookie, Redirect::to("/"))`.
#[derive(Debug, Clone)]
pub struct SetCookie(HeaderValue);

impl SetCookie {
    /// The value of `Set-Cookie`; marked as sensitive, so that it is not printed.
    pub fn header(&self) -> &HeaderValue {
        &self.0
    }
}

impl IntoResponseParts for SetCookie {
    type Error = Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Infallible> {
        parts.headers_mut().append(SET_COOKIE, self.0);
        Ok(parts)
    }
}

impl Access {
    /// Guards with this.
    pub fn new(guarding: Guarding) -> Self {
        let limiter = Limiter::new(Arc::clone(&guarding.clock), guarding.requests_per_minute);
        Self(Arc::new(Inner { guarding, limiter }))
    }

    /// Makes an API token. The secret is given here and never again.
    pub async fn create_token(&self, new: NewToken) -> Result<(ApiToken, Secret), Failure> {
        if new.name.trim().is_empty() {
            return Err(refused("a token needs a name"));
        }
        if new.scopes.is_empty() {
            return Err(refused("a token needs at least one scope"));
        }
        let now = self.now();
        if new.expires.is_some_and(|until| until <= now) {
            return Err(refused("a token cannot end before it begins"));
        }
        let secret = format!("{TOKEN_PREFIX}{}", random_text()?);
        let token = ApiToken {
            id: TokenId::new(now, fastrand::u64(..)),
            name: new.name,
            owner: new.owner,
            scopes: new.scopes,
            hash: SecretHash::of(&secret),
            created: now,
            created_by: new.created_by,
            expires: new.expires,
            last_used: None,
            revoked: None,
        };
        self.store().put_token(&token).await?;
        Ok((token, Secret::new(secret)))
    }

    /// Makes a code that is good once, for `ttl`.
    pub async fn issue_code(&self, opens: CodeUse, ttl: SignedDuration) -> Result<Secret, Failure> {
        let secret = random_text()?;
        let expires = after(self.now(), ttl);
        self.store().put_code(&OneTimeCode { hash: SecretHash::of(&secret), opens, expires }).await?;
        Ok(Secret::new(secret))
    }

    /// Takes a code: whoever comes first gets what it opens, everybody after gets nothing.
    pub async fn redeem_code(&self, code: &str) -> Result<Option<CodeUse>, Failure> {
        if !is_random_text(code) {
            return Ok(None);
        }
        self.store().take_code(&SecretHash::of(code), self.now()).await
    }

    /// Signs a person in at a browser, with at most these scopes and never more than their role has.
    pub async fn sign_in(&self, user: &User, scopes: &Scopes) -> Result<SetCookie, Failure> {
        let now = self.now();
        if is_disabled(user, now) {
            return Err(refused("this person may no longer sign in"));
        }
        let id = random_text()?;
        let session = Session {
            hash: SecretHash::of(&id),
            user: user.id.clone(),
            scopes: user.role.scopes().both(scopes),
            created: now,
            expires: after(now, SESSION_TIME),
        };
        self.store().put_session(&session).await?;
        self.cookie(&session::cookie_value(self.key(), &id), SESSION_TIME)
    }

    /// Signs a person out: the session ends here, and the browser forgets it. For a token there is nothing to
    /// end, revoke it instead.
    pub async fn sign_out(&self, principal: &Principal) -> Result<SetCookie, Failure> {
        if let Some(session) = principal.session() {
            self.store().end_session(session).await?;
        }
        self.cookie("", SignedDuration::ZERO)
    }

    /// The time.
    pub(crate) fn now(&self) -> Timestamp {
        self.0.guarding.clock.now()
    }

    pub(crate) fn store(&self) -> &dyn AccessStore {
        &*self.0.guarding.access
    }

    pub(crate) fn answers(&self) -> &dyn AnswerStore {
        &*self.0.guarding.answers
    }

    pub(crate) fn key(&self) -> &SigningKey {
        &self.0.guarding.key
    }

    pub(crate) fn is_secure(&self) -> bool {
        self.0.guarding.secure_cookies
    }

    pub(crate) fn limiter(&self) -> &Limiter {
        &self.0.limiter
    }

    fn cookie(&self, value: &str, age: SignedDuration) -> Result<SetCookie, Failure> {
        let text = session::set_cookie(value, self.is_secure(), age);
        let mut header =
            HeaderValue::try_from(text).map_err(|_| refused("this cannot be written into a cookie"))?;
        header.set_sensitive(true);
        Ok(SetCookie(header))
    }

    /// The token for forms of one session.
    pub(crate) fn csrf_of(&self, session_id: &str) -> Secret {
        Secret::new(encode(&self.key().sign("csrf", &[session_id])))
    }
}

/// Whether a person may no longer come in.
pub(crate) fn is_disabled(user: &User, now: Timestamp) -> bool {
    user.disabled.is_some_and(|since| since <= now)
}

fn after(now: Timestamp, time: SignedDuration) -> Timestamp {
    now.checked_add(time).unwrap_or(Timestamp::MAX)
}

fn refused(what: &str) -> Failure {
    Failure::new(FailureKind::Refused, &SystemId::billbridge(), what)
}
