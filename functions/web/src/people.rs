//! People, what they come in with, and their own sign-ins at suppliers.

use crate::actions::Moment;
use crate::state::Web;
use domain::access::{CodeUse, Role, Scopes, User};
use domain::failure::{Failure, FailureKind};
use domain::id::{SystemId, TenantId, TokenId, UserId};
use domain::ports::{PersonalCredentials, PersonalSecrets};
use domain::secret::Secret;
use http_kit::{NewToken, Principal};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

/// How long a link to sign in with is good.
pub const LINK_LASTS: SignedDuration = SignedDuration::from_hours(24);

/// Why something about people or tokens was not done. Each says so in words for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such person.
    #[error("there is nobody of id {0}")]
    NoUser(UserId),
    /// There is no such token.
    #[error("there is no token {0}")]
    NoToken(TokenId),
    /// They may no longer sign in.
    #[error("{0} may no longer sign in")]
    Disabled(UserId),
    /// Nobody shuts themselves out.
    #[error("this is your own account: another administrator has to disable it")]
    OwnAccount,
    /// Nobody gives away what they do not have.
    #[error("a token may not have more than whoever makes it: {0}")]
    MoreThanMaker(Scopes),
    /// A person's token never has more than the person.
    #[error("a person's token may not have more than their role: {0}")]
    MoreThanOwner(Scopes),
    /// It would never be good.
    #[error("the token would end before it begins")]
    AlreadyOver,
    /// Programs have no sign-ins of their own.
    #[error("only a person has sign-ins of their own, and this token is nobody's")]
    NotAPerson,
    /// Nothing keeps personal sign-ins here.
    #[error("this installation keeps no personal sign-ins")]
    NoPersonal,
    /// No supplier of this name takes personal sign-ins.
    #[error("{0} is no supplier that people sign in at")]
    NoSupplier(SystemId),
    /// The supplier does not take it.
    #[error("{0} does not take this name and password: nothing was kept")]
    NotTaken(SystemId),
    /// The table or a system failed.
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// A person who is to come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    /// Their name.
    pub name: String,
    /// Where mail reaches them.
    pub email: Option<String>,
    /// What they are here for.
    pub role: Role,
}

/// A link that a person signs in with, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInLink {
    /// The code alone.
    pub code: Secret,
    /// The whole address; without the place where nobody said under which one people reach us.
    pub link: Secret,
    /// Until when it is good.
    pub expires: Timestamp,
}

impl Web {
    /// Adds a person. Asked again with the same moment it is the same person.
    ///
    /// # Errors
    /// When the table fails.
    pub async fn add_user(&self, new: NewUser, by: &Principal, moment: Moment) -> Result<User, Failure> {
        let id = UserId::new(moment.at, moment.seed);
        if let Some(known) = self.store.find_user(&id).await? {
            return Ok(known);
        }
        let NewUser { name, email, role } = new;
        let user = User { id, name, email, role, subject: None, created: moment.at, disabled: None };
        self.store.put_user(&user).await?;
        tracing::info!(user.id = %user.id, "{} added {} as {role}", by.actor.id, user.id);
        Ok(user)
    }

    /// Somebody known.
    ///
    /// # Errors
    /// When there is nobody of this id, or when the table fails.
    pub async fn user(&self, id: &UserId) -> Result<User, Refusal> {
        self.store.find_user(id).await?.ok_or_else(|| Refusal::NoUser(id.clone()))
    }

    /// Shuts a person out: their sessions end, their tokens are no longer good. Done again, it changes nothing.
    ///
    /// # Errors
    /// When it is one's own account, when there is nobody of this id, or when the table fails.
    pub async fn disable_user(&self, id: &UserId, by: &Principal) -> Result<User, Refusal> {
        let user = self.user(id).await?;
        if *by.actor.id == *id.as_str() {
            return Err(Refusal::OwnAccount);
        }
        let disabled = user.disabled.unwrap_or_else(|| self.clock.now());
        let user = User { disabled: Some(disabled), ..user };
        self.store.put_user(&user).await?;
        self.store.end_sessions_of(id).await?;
        tracing::info!(user.id = %id, "{} disabled {id}", by.actor.id);
        Ok(user)
    }

    /// Makes a link that this person signs in with, once, within a day.
    ///
    /// # Errors
    /// When there is nobody of this id, when they may not sign in, or when the table fails.
    pub async fn sign_in_link(&self, id: &UserId, by: &Principal) -> Result<SignInLink, Refusal> {
        let user = self.user(id).await?;
        if user.disabled.is_some() {
            return Err(Refusal::Disabled(user.id));
        }
        let expires = self.clock.now().checked_add(LINK_LASTS).unwrap_or(Timestamp::MAX);
        let code = self.access.issue_code(CodeUse::SignIn(user.id), LINK_LASTS).await?;
        tracing::info!(user.id = %id, "{} made a sign-in link for {id}", by.actor.id);
        let place = self.url.as_deref().unwrap_or_default();
        let link = Secret::new(format!("{place}/sign-in/code?c={}", code.expose()));
        Ok(SignInLink { code, link, expires })
    }

    /// Makes a token. Its secret is given once, here.
    ///
    /// # Errors
    /// When it would have more than its maker or its owner has, when it would never be good, when there is
    /// no such owner, or when the table fails.
    pub async fn make_token(
        &self,
        new: NewToken,
        by: &Principal,
    ) -> Result<(domain::access::ApiToken, Secret), Refusal> {
        if !by.scopes.cover(&new.scopes) {
            return Err(Refusal::MoreThanMaker(beyond(&new.scopes, &by.scopes)));
        }
        if let Some(owner) = &new.owner {
            let owner = self.user(owner).await?;
            if owner.disabled.is_some() {
                return Err(Refusal::Disabled(owner.id));
            }
            let role = owner.role.scopes();
            if !role.cover(&new.scopes) {
                return Err(Refusal::MoreThanOwner(beyond(&new.scopes, &role)));
            }
        }
        if new.expires.is_some_and(|until| until <= self.clock.now()) {
            return Err(Refusal::AlreadyOver);
        }
        let (token, secret) = self.access.create_token(new).await?;
        tracing::info!(token.id = %token.id, "{} made token {} for {}", by.actor.id, token.id, token.scopes);
        Ok((token, secret))
    }

    /// Revokes a token: it is good no longer, from the next request on.
    ///
    /// # Errors
    /// When there is none of this id, or when the table fails.
    pub async fn revoke_token(&self, id: &TokenId, by: &Principal) -> Result<(), Refusal> {
        if !self.store.revoke_token(id, self.clock.now()).await? {
            return Err(Refusal::NoToken(id.clone()));
        }
        tracing::info!(token.id = %id, "{} revoked token {id}", by.actor.id);
        Ok(())
    }

    /// The suppliers where this person has a sign-in of their own.
    ///
    /// # Errors
    /// When it is no person, when nothing keeps sign-ins here, or when they cannot be read.
    pub async fn own_sign_ins(&self, who: &Principal) -> Result<Vec<SystemId>, Refusal> {
        let (user, personal) = self.personal_of(who)?;
        let connections = self.connections.current().await?;
        let mut found = Vec::new();
        for system in connections.people.keys() {
            if personal.find(&user, system).await?.is_some() {
                found.push(system.clone());
            }
        }
        Ok(found)
    }

    /// Keeps a person's own sign-in at a supplier, once the supplier has taken it.
    ///
    /// # Errors
    /// When the supplier does not take it, cannot be asked, or knows no people; then nothing is kept.
    pub async fn keep_sign_in(
        &self,
        who: &Principal,
        system: &SystemId,
        credentials: &PersonalCredentials,
    ) -> Result<(), Refusal> {
        let (user, personal) = self.personal_of(who)?;
        self.try_sign_in(system, credentials).await?;
        personal.keep(&user, system, credentials).await?;
        tracing::info!(user.id = %user, "{user} keeps a sign-in of their own at {system}");
        Ok(())
    }

    /// Removes a person's own sign-in; removing it again changes nothing.
    ///
    /// # Errors
    /// When it is no person, when nothing keeps sign-ins here, or when it cannot be removed.
    pub async fn remove_sign_in(&self, who: &Principal, system: &SystemId) -> Result<(), Refusal> {
        let (user, personal) = self.personal_of(who)?;
        personal.remove(&user, system).await?;
        tracing::info!(user.id = %user, "{user} removed their sign-in at {system}");
        Ok(())
    }

    fn personal_of(&self, who: &Principal) -> Result<(UserId, &Arc<dyn PersonalSecrets>), Refusal> {
        let user = who.user.as_ref().ok_or(Refusal::NotAPerson)?;
        let personal = self.personal.as_ref().ok_or(Refusal::NoPersonal)?;
        Ok((user.id.clone(), personal))
    }

    /// Signs in and asks for one customer's scheduled orders. Whatever the supplier says to that, it has then
    /// taken the name and the password, unless it says that it does not.
    async fn try_sign_in(&self, system: &SystemId, credentials: &PersonalCredentials) -> Result<(), Refusal> {
        let connections = self.connections.current().await?;
        let person = connections.personal(system, credentials);
        let person = person.ok_or_else(|| Refusal::NoSupplier(system.clone()))?;
        let tenant = self.some_tenant(system).await?;
        match person.scheduled(&tenant, self.deadline()).await {
            Ok(_) => Ok(()),
            Err(failure) => match failure.kind {
                FailureKind::NotFound => Ok(()),
                FailureKind::Unauthorised => Err(Refusal::NotTaken(system.clone())),
                FailureKind::NotSent
                | FailureKind::Unavailable
                | FailureKind::RateLimited(_)
                | FailureKind::Refused
                | FailureKind::Conflict
                | FailureKind::Malformed
                | FailureKind::OutOfTime
                | FailureKind::LeaseLost => Err(Refusal::Failed(failure)),
            },
        }
    }

    /// A customer to ask about; of a supplier without customers, one that there is not.
    async fn some_tenant(&self, system: &SystemId) -> Result<TenantId, Refusal> {
        let settings = self.settings().await?;
        for organisation in settings.organisations.iter().filter(|one| one.supplier == *system) {
            if let Some(tenant) = self.customers_of(organisation).await?.tenants.first() {
                return Ok(tenant.id.clone());
            }
        }
        let none = |_| Failure::new(FailureKind::NotFound, system, "there is no customer to ask about");
        Ok("0".parse().map_err(none)?)
    }
}

/// What is wanted beyond what there is.
fn beyond(wanted: &Scopes, there: &Scopes) -> Scopes {
    wanted.iter().filter(|scope| !there.allow(*scope)).collect()
}
