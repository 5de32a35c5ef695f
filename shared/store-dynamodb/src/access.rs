//! People and what they come in with. Of tokens, sessions and codes the SHA-256 of the secret is the key, so
//! each is found with one strongly consistent reading: what was revoked is no longer good from then on.

use crate::batch::READ_AT_ONCE;
use crate::error::failure;
use crate::item::Read;
use crate::keys;
use crate::store::DynamoStore;
use crate::transaction::{Step, absent, present};
use async_trait::async_trait;
use domain::access::{ApiToken, CodeUse, OneTimeCode, SecretHash, Session, Subject, User};
use domain::failure::{Failure, FailureKind};
use domain::id::{TokenId, UserId};
use domain::ports::AccessStore;
use jiff::{RoundMode, Timestamp, TimestampRound, Unit};

pub(crate) mod codes;
mod ending;
pub(crate) mod tokens;
pub(crate) mod users;

#[async_trait]
impl AccessStore for DynamoStore {
    /// One item, strongly consistent: 1 read unit.
    async fn find_token(&self, hash: &SecretHash) -> Result<Option<ApiToken>, Failure> {
        let item = self.get("look for the token", keys::token(hash)).await?;
        item.as_ref().map(tokens::read).transpose()
    }

    /// One query of their names, then `BatchGetItem`, a hundred a call: 1 read unit a token and a little more.
    async fn tokens(&self) -> Result<Vec<ApiToken>, Failure> {
        let query = self.query(keys::TOKENS).consistent_read(true);
        let names = self.pages("list the tokens", query, usize::MAX).await?;
        let hashes = names.iter().map(tokens::read_name).collect::<Result<Vec<_>, _>>()?;
        let mut found = Vec::with_capacity(hashes.len());
        for some in hashes.chunks(READ_AT_ONCE) {
            let some = some.iter().map(keys::token).collect();
            for item in self.get_batch("read the tokens", some).await? {
                found.push(tokens::read(&item)?);
            }
        }
        found.sort_by(|a, b| b.id.cmp(&a.id));
        Ok(found)
    }

    /// One transaction: the token and its name; 4 write units.
    async fn put_token(&self, token: &ApiToken) -> Result<(), Failure> {
        let items = vec![
            Step::new().only_if(absent()).put(self, tokens::write(token))?,
            Step::new().only_if(absent()).put(self, tokens::write_name(token))?,
        ];
        let Err(refusal) = self.transact("write the token", items).await? else {
            return Ok(());
        };
        let stored = refusal.item(0).map(tokens::read).transpose()?;
        if stored.as_ref() == Some(token) {
            return Ok(());
        }
        let what = format!("the token {} is there already", token.id);
        Err(failure(FailureKind::Conflict, what))
    }

    /// Its name, then the token: 1 read unit and 1 write unit.
    async fn revoke_token(&self, id: &TokenId, now: Timestamp) -> Result<bool, Failure> {
        let Some(name) = self.get("look for the token", keys::token_name(id)).await? else {
            return Ok(false);
        };
        let revocation = Step::new()
            .only_if(present())
            .change("SET #revoked = if_not_exists(#revoked, :now)")
            .names(&[("#revoked", "revoked")])
            .text(":now", now.to_string());
        self.change("revoke the token", keys::token(&tokens::read_name(&name)?), revocation).await
    }

    /// Nothing within the hour in which it was used before, otherwise 1 write unit.
    async fn touch_token(&self, token: &ApiToken, now: Timestamp) -> Result<(), Failure> {
        let down = TimestampRound::new().smallest(Unit::Hour).mode(RoundMode::Floor);
        let hour = now.round(down).unwrap_or(now);
        if token.last_used.is_some_and(|used| used >= hour) {
            return Ok(());
        }
        let use_of_it = Step::new()
            .only_if(format!("{} AND (attribute_not_exists(#used) OR #used < :hour)", present()))
            .change("SET #used = :hour")
            .names(&[("#used", "used")])
            .text(":hour", hour.to_string());
        let noted = self.change("note the use of the token", keys::token(&token.hash), use_of_it).await;
        noted.map(|_or_somebody_else_has| ())
    }

    /// One query, strongly consistent: 1 read unit for each 4 KB, about fifteen people.
    async fn users(&self) -> Result<Vec<User>, Failure> {
        let query = self.query(keys::USERS).consistent_read(true);
        let found = self.pages("list the people", query, usize::MAX).await?;
        let mut users = found.iter().map(users::read).collect::<Result<Vec<_>, _>>()?;
        users.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
        Ok(users)
    }

    /// One item, strongly consistent: 1 read unit.
    async fn find_user(&self, id: &UserId) -> Result<Option<User>, Failure> {
        let item = self.get("look for the person", keys::user(id)).await?;
        item.as_ref().map(users::read).transpose()
    }

    /// Two items, strongly consistent: 2 read units.
    async fn find_user_by_subject(&self, subject: &Subject) -> Result<Option<User>, Failure> {
        let Some(item) = self.get("look for the person", keys::subject(subject)).await? else {
            return Ok(None);
        };
        let found = self.find_user(&users::read_subject(&item)?).await?;
        Ok(found.filter(|user| user.subject.as_ref() == Some(subject)))
    }

    /// What is known for 1 read unit, then a transaction: 2 write units, and 2 for each identity that comes or
    /// goes.
    async fn put_user(&self, user: &User) -> Result<(), Failure> {
        self.write_user(user).await
    }

    /// One item: 1 write unit.
    async fn put_code(&self, code: &OneTimeCode) -> Result<(), Failure> {
        self.put("write the code", codes::write(code)).await
    }

    /// One deletion that brings back what was deleted: 1 write unit. A code whose time is over is gone as well.
    async fn take_code(&self, hash: &SecretHash, now: Timestamp) -> Result<Option<CodeUse>, Failure> {
        let Some(item) = self.take("take the code", keys::code(hash)).await? else {
            return Ok(None);
        };
        let code = codes::read(&item)?;
        Ok((now < code.expires).then_some(code.opens))
    }

    /// One transaction: the session and its place among its user's; 4 write units.
    async fn put_session(&self, session: &Session) -> Result<(), Failure> {
        let items = vec![
            Step::new().put(self, codes::write_session(session))?,
            Step::new().put(self, codes::write_session_name(session))?,
        ];
        self.transact_freely("write the session", items).await
    }

    /// One item, strongly consistent: 1 read unit.
    async fn find_session(&self, hash: &SecretHash, now: Timestamp) -> Result<Option<Session>, Failure> {
        let item = self.get("look for the session", keys::session(hash)).await?;
        let session = item.as_ref().map(codes::read_session).transpose()?;
        Ok(session.filter(|session| now < session.expires))
    }

    /// Two deletions: 2 write units.
    async fn end_session(&self, hash: &SecretHash) -> Result<(), Failure> {
        let Some(item) = self.take("end the session", keys::session(hash)).await? else {
            return Ok(());
        };
        let user: UserId = Read::new(&item)?.parsed("user")?;
        let gone = self.take("end the session", keys::session_name(&user, hash)).await;
        gone.map(|_or_gone_before| ())
    }

    /// One query, strongly consistent, then transactions of fifty: 4 write units a session.
    async fn end_sessions_of(&self, user: &UserId) -> Result<(), Failure> {
        self.end_all_sessions(user).await
    }
}
