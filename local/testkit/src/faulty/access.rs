//! What HTTP functions keep, with faults.

use super::Faulty;
use async_trait::async_trait;
use domain::access::{ApiToken, CodeUse, OneTimeCode, SecretHash, Session, Subject, User};
use domain::failure::Failure;
use domain::id::{TokenId, UserId};
use domain::ports::{AccessStore, AnswerStore, Asked, KeptAnswer};
use jiff::Timestamp;

#[async_trait]
impl<S: AccessStore + Sync> AccessStore for Faulty<S> {
    async fn find_token(&self, hash: &SecretHash) -> Result<Option<ApiToken>, Failure> {
        self.run(self.inner.find_token(hash)).await
    }

    async fn tokens(&self) -> Result<Vec<ApiToken>, Failure> {
        self.run(self.inner.tokens()).await
    }

    async fn put_token(&self, token: &ApiToken) -> Result<(), Failure> {
        self.run(self.inner.put_token(token)).await
    }

    async fn revoke_token(&self, id: &TokenId, now: Timestamp) -> Result<bool, Failure> {
        self.run(self.inner.revoke_token(id, now)).await
    }

    async fn touch_token(&self, token: &ApiToken, now: Timestamp) -> Result<(), Failure> {
        self.run(self.inner.touch_token(token, now)).await
    }

    async fn users(&self) -> Result<Vec<User>, Failure> {
        self.run(self.inner.users()).await
    }

    async fn find_user(&self, id: &UserId) -> Result<Option<User>, Failure> {
        self.run(self.inner.find_user(id)).await
    }

    async fn find_user_by_subject(&self, subject: &Subject) -> Result<Option<User>, Failure> {
        self.run(self.inner.find_user_by_subject(subject)).await
    }

    async fn put_user(&self, user: &User) -> Result<(), Failure> {
        self.run(self.inner.put_user(user)).await
    }

    async fn put_code(&self, code: &OneTimeCode) -> Result<(), Failure> {
        self.run(self.inner.put_code(code)).await
    }

    async fn take_code(&self, hash: &SecretHash, now: Timestamp) -> Result<Option<CodeUse>, Failure> {
        self.run(self.inner.take_code(hash, now)).await
    }

    async fn put_session(&self, session: &Session) -> Result<(), Failure> {
        self.run(self.inner.put_session(session)).await
    }

    async fn find_session(&self, hash: &SecretHash, now: Timestamp) -> Result<Option<Session>, Failure> {
        self.run(self.inner.find_session(hash, now)).await
    }

    async fn end_session(&self, hash: &SecretHash) -> Result<(), Failure> {
        self.run(self.inner.end_session(hash)).await
    }

    async fn end_sessions_of(&self, user: &UserId) -> Result<(), Failure> {
        self.run(self.inner.end_sessions_of(user)).await
    }
}

#[async_trait]
impl<S: AnswerStore + Sync> AnswerStore for Faulty<S> {
    async fn begin_answer(
        &self,
        key: &SecretHash,
        request: &SecretHash,
        now: Timestamp,
    ) -> Result<Asked, Failure> {
        self.run(self.inner.begin_answer(key, request, now)).await
    }

    async fn keep_answer(&self, key: &SecretHash, answer: &KeptAnswer) -> Result<(), Failure> {
        self.run(self.inner.keep_answer(key, answer)).await
    }

    async fn release_answer(&self, key: &SecretHash) -> Result<(), Failure> {
        self.run(self.inner.release_answer(key)).await
    }

    async fn forget_answer(&self, key: &SecretHash) -> Result<(), Failure> {
        self.run(self.inner.forget_answer(key)).await
    }
}
