//! What HTTP functions keep: people, tokens, sessions, codes, and answers that were given.

use crate::access::{ApiToken, CodeUse, OneTimeCode, SecretHash, Session, Subject, User};
use crate::failure::Failure;
use crate::id::{TokenId, UserId};
use async_trait::async_trait;
use jiff::Timestamp;

/// People, their sessions, tokens and codes. Secrets are known by their hash only.
#[async_trait]
pub trait AccessStore: Send + Sync {
    /// The token with this hash; good or not.
    async fn find_token(&self, hash: &SecretHash) -> Result<Option<ApiToken>, Failure>;

    /// Every token, the newest first, those that are no longer good too.
    async fn tokens(&self) -> Result<Vec<ApiToken>, Failure>;

    /// Keeps a new token.
    async fn put_token(&self, token: &ApiToken) -> Result<(), Failure>;

    /// Revokes a token; false if there is none. The first revocation stands.
    async fn revoke_token(&self, id: &TokenId, now: Timestamp) -> Result<bool, Failure>;

    /// Notes that a token was used.
    async fn touch_token(&self, token: &ApiToken, now: Timestamp) -> Result<(), Failure>;

    /// Everybody, by name.
    async fn users(&self) -> Result<Vec<User>, Failure>;

    /// One person.
    async fn find_user(&self, id: &UserId) -> Result<Option<User>, Failure>;

    /// Whoever this is at the identity provider.
    async fn find_user_by_subject(&self, subject: &Subject) -> Result<Option<User>, Failure>;

    /// Keeps a person as given: new, or over what was known.
    async fn put_user(&self, user: &User) -> Result<(), Failure>;

    /// Keeps a code.
    async fn put_code(&self, code: &OneTimeCode) -> Result<(), Failure>;

    /// Takes a code that has not ended: whoever comes first gets it, everybody after gets nothing.
    async fn take_code(&self, hash: &SecretHash, now: Timestamp) -> Result<Option<CodeUse>, Failure>;

    /// Keeps a session.
    async fn put_session(&self, session: &Session) -> Result<(), Failure>;

    /// A session that has not ended.
    async fn find_session(&self, hash: &SecretHash, now: Timestamp) -> Result<Option<Session>, Failure>;

    /// Ends a session; ending it again changes nothing.
    async fn end_session(&self, hash: &SecretHash) -> Result<(), Failure>;

    /// Ends every session of a person.
    async fn end_sessions_of(&self, user: &UserId) -> Result<(), Failure>;
}

/// A request that carries its own key, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// Never seen, or begun and not answered: handle it now. `begun` is when it was first seen, so that what is
    /// made from it has the same id when it is handled again.
    Unanswered {
        /// When it was first seen.
        begun: Timestamp,
    },
    /// Being handled by another process since a moment ago.
    InProgress,
    /// The same key was used for another request.
    Another,
    /// Answered: say the same again.
    Answered(KeptAnswer),
}

/// An answer as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// The HTTP status.
    pub status: u16,
    /// `Content-Type`, where there was one.
    pub content_type: Option<String>,
    /// `Location`, where there was one.
    pub location: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// Answers to requests that carried an idempotency key; kept for good.
#[async_trait]
pub trait AnswerStore: Send + Sync {
    /// Begins a request, or says how it stands. `key` is unique for principal and route, `request` the hash of
    /// everything that was asked. One begun and unanswered for longer than a minute is begun again.
    async fn begin_answer(
        &self,
        key: &SecretHash,
        request: &SecretHash,
        now: Timestamp,
    ) -> Result<Asked, Failure>;

    /// Keeps the answer; the first one stands.
    async fn keep_answer(&self, key: &SecretHash, answer: &KeptAnswer) -> Result<(), Failure>;

    /// Lets a request that may or may not have been carried out be tried again at once. What it was and when it
    /// began stay: what is made from it has the same id when it is handled again. An answer that was kept stays.
    async fn release_answer(&self, key: &SecretHash) -> Result<(), Failure>;

    /// Forgets a request that was certainly not carried out, so that its key may be used again, also for a
    /// corrected request. An answer that was kept stays.
    async fn forget_answer(&self, key: &SecretHash) -> Result<(), Failure>;
}
