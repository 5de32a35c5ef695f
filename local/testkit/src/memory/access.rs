//! People, tokens, sessions and codes.

use super::{MemoryStore, failure};
use async_trait::async_trait;
use domain::access::{ApiToken, CodeUse, OneTimeCode, SecretHash, Session, Subject, User};
use domain::failure::{Failure, FailureKind};
use domain::id::{TokenId, UserId};
use domain::ports::AccessStore;
use jiff::{RoundMode, Timestamp, TimestampRound, Unit};

#[async_trait]
impl AccessStore for MemoryStore {
    async fn find_token(&self, hash: &SecretHash) -> Result<Option<ApiToken>, Failure> {
        self.step(|tables| Ok(tables.tokens.values().find(|token| token.hash == *hash).cloned())).await
    }

    async fn tokens(&self) -> Result<Vec<ApiToken>, Failure> {
        self.step(|tables| Ok(tables.tokens.values().rev().cloned().collect())).await
    }

    async fn put_token(&self, token: &ApiToken) -> Result<(), Failure> {
        self.step(|tables| {
            if tables.tokens.get(&token.id) == Some(token) {
                return Ok(());
            }
            if tables.tokens.values().any(|other| other.id == token.id || other.hash == token.hash) {
                let what = format!("the token {} is there already", token.id);
                return Err(failure(FailureKind::Conflict, what));
            }
            tables.tokens.insert(token.id.clone(), token.clone());
            tables.writes += 1;
            Ok(())
        })
        .await
    }

    async fn revoke_token(&self, id: &TokenId, now: Timestamp) -> Result<bool, Failure> {
        self.step(|tables| {
            let Some(token) = tables.tokens.get_mut(id) else {
                return Ok(false);
            };
            token.revoked.get_or_insert(now);
            tables.writes += 1;
            Ok(true)
        })
        .await
    }

    async fn touch_token(&self, token: &ApiToken, now: Timestamp) -> Result<(), Failure> {
        self.step(|tables| {
            let hour = to_the_hour(now);
            let Some(stored) = tables.tokens.get_mut(&token.id) else {
                return Ok(());
            };
            if stored.last_used.is_none_or(|used| used < hour) {
                stored.last_used = Some(hour);
                tables.writes += 1;
            }
            Ok(())
        })
        .await
    }

    async fn users(&self) -> Result<Vec<User>, Failure> {
        self.step(|tables| {
            let mut users: Vec<User> = tables.users.values().cloned().collect();
            users.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
            Ok(users)
        })
        .await
    }

    async fn find_user(&self, id: &UserId) -> Result<Option<User>, Failure> {
        self.step(|tables| Ok(tables.users.get(id).cloned())).await
    }

    async fn find_user_by_subject(&self, subject: &Subject) -> Result<Option<User>, Failure> {
        self.step(|tables| {
            let mut users = tables.users.values();
            Ok(users.find(|user| user.subject.as_ref() == Some(subject)).cloned())
        })
        .await
    }

    async fn put_user(&self, user: &User) -> Result<(), Failure> {
        self.step(|tables| {
            let mut others = tables.users.values().filter(|other| other.id != user.id);
            if user.subject.is_some() && others.any(|other| other.subject == user.subject) {
                let what = format!("{} signs in as somebody else does already", user.id);
                return Err(failure(FailureKind::Conflict, what));
            }
            tables.users.insert(user.id.clone(), user.clone());
            tables.writes += 1;
            Ok(())
        })
        .await
    }

    async fn put_code(&self, code: &OneTimeCode) -> Result<(), Failure> {
        self.step(|tables| {
            tables.codes.insert(code.hash, code.clone());
            tables.writes += 1;
            Ok(())
        })
        .await
    }

    async fn take_code(&self, hash: &SecretHash, now: Timestamp) -> Result<Option<CodeUse>, Failure> {
        self.step(|tables| {
            let Some(code) = tables.codes.remove(hash) else {
                return Ok(None);
            };
            tables.writes += 1;
            Ok((now < code.expires).then_some(code.opens))
        })
        .await
    }

    async fn put_session(&self, session: &Session) -> Result<(), Failure> {
        self.step(|tables| {
            tables.sessions.insert(session.hash, session.clone());
            tables.writes += 1;
            Ok(())
        })
        .await
    }

    async fn find_session(&self, hash: &SecretHash, now: Timestamp) -> Result<Option<Session>, Failure> {
        self.step(|tables| {
            let session = tables.sessions.get(hash).filter(|session| now < session.expires);
            Ok(session.cloned())
        })
        .await
    }

    async fn end_session(&self, hash: &SecretHash) -> Result<(), Failure> {
        self.step(|tables| {
            if tables.sessions.remove(hash).is_some() {
                tables.writes += 1;
            }
            Ok(())
        })
        .await
    }

    async fn end_sessions_of(&self, user: &UserId) -> Result<(), Failure> {
        self.step(|tables| {
            let before = tables.sessions.len();
            tables.sessions.retain(|_, session| session.user != *user);
            if tables.sessions.len() < before {
                tables.writes += 1;
            }
            Ok(())
        })
        .await
    }
}

fn to_the_hour(now: Timestamp) -> Timestamp {
    let down = TimestampRound::new().smallest(Unit::Hour).mode(RoundMode::Floor);
    now.round(down).expect("an hour of this century")
}
