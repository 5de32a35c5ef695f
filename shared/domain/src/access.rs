//! Who may do what over HTTP: people, their sessions, API tokens and one-time codes.
//!
//! Of every secret (a token, a session, a code) only the SHA-256 is kept. They are 256 bits of entropy, so a
//! plain hash is enough: there is nothing to guess.

use crate::id::{TokenId, UserId};
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::fmt;

/// One thing that a principal may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// See everything that is no secret.
    Read,
    /// Ask for runs, approve and apply plans.
    Sync,
    /// Draft, submit, cancel and retry orders.
    OrdersWrite,
    /// Approve and reject orders.
    OrdersApprove,
    /// What HostBill's CloudPe module calls.
    CloudPe,
    /// Models and scripts.
    GenAi,
    /// Settings, links, people and tokens; includes every other scope.
    Admin,
}

impl Scope {
    /// All of them, in the order they are shown in.
    pub const ALL: [Self; 7] = [
        Self::Read,
        Self::Sync,
        Self::OrdersWrite,
        Self::OrdersApprove,
        Self::CloudPe,
        Self::GenAi,
        Self::Admin,
    ];

    /// The text form.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Sync => "sync",
            Self::OrdersWrite => "orders:write",
            Self::OrdersApprove => "orders:approve",
            Self::CloudPe => "cloudpe",
            Self::GenAi => "genai",
            Self::Admin => "admin",
        }
    }

    /// Reads the text form.
    pub fn find(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A set of scopes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scopes(BTreeSet<Scope>);

impl Scopes {
    /// Whether this may be done: the scope itself, or `admin`.
    pub fn allow(&self, scope: Scope) -> bool {
        self.0.contains(&scope) || self.0.contains(&Scope::Admin)
    }

    /// Whether every one of `other` may be done: nobody gives away what they do not have.
    pub fn cover(&self, other: &Self) -> bool {
        other.iter().all(|scope| self.allow(scope))
    }

    /// What both may do.
    #[must_use]
    pub fn both(&self, other: &Self) -> Self {
        Scope::ALL.into_iter().filter(|scope| self.allow(*scope) && other.allow(*scope)).collect()
    }

    /// In the order they are shown in.
    pub fn iter(&self) -> impl Iterator<Item = Scope> {
        self.0.iter().copied()
    }

    /// Whether there is nothing that may be done.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<T: IntoIterator<Item = Scope>>(scopes: T) -> Self {
        Self(scopes.into_iter().collect())
    }
}

impl fmt::Display for Scopes {
    /// `read orders:write`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let each: Vec<_> = self.iter().map(Scope::as_str).collect();
        f.write_str(&each.join(" "))
    }
}

/// What a person is here for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Looks.
    Viewer,
    /// Looks, runs, takes orders.
    Clerk,
    /// A clerk who also approves orders.
    Approver,
    /// Everything.
    Admin,
}

impl Role {
    /// All of them, the least first.
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Clerk, Self::Approver, Self::Admin];

    /// The text form.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Clerk => "clerk",
            Self::Approver => "approver",
            Self::Admin => "admin",
        }
    }

    /// Reads the text form.
    pub fn find(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    /// What it may do.
    pub fn scopes(self) -> Scopes {
        match self {
            Self::Viewer => [Scope::Read].into_iter().collect(),
            Self::Clerk => [Scope::Read, Scope::Sync, Scope::OrdersWrite].into_iter().collect(),
            Self::Approver => {
                [Scope::Read, Scope::Sync, Scope::OrdersWrite, Scope::OrdersApprove].into_iter().collect()
            }
            Self::Admin => [Scope::Admin].into_iter().collect(),
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The SHA-256 of a secret that is never kept itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SecretHash(pub [u8; 32]);

impl SecretHash {
    /// The hash of a secret's text.
    pub fn of(secret: &str) -> Self {
        Self(crate::digest::sha256(secret.as_bytes()))
    }

    /// Sixty-four hexadecimal digits.
    pub fn to_hex(self) -> String {
        crate::digest::hex(&self.0)
    }
}

/// Who a company's identity provider says someone is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Subject {
    /// The provider.
    pub issuer: String,
    /// The person there: never their name or address, which change.
    pub subject: String,
}

/// A person who signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Their id.
    pub id: UserId,
    /// Their name, for people.
    pub name: String,
    /// Where mail reaches them, if it was said.
    pub email: Option<String>,
    /// What they are here for.
    pub role: Role,
    /// Who they are at the identity provider, for those who sign in there.
    pub subject: Option<Subject>,
    /// Since when.
    pub created: Timestamp,
    /// From when on they may no longer sign in.
    pub disabled: Option<Timestamp>,
}

/// An API token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// Its id.
    pub id: TokenId,
    /// What it is for, for people.
    pub name: String,
    /// Whose it is: a person may also sign in with it. Nothing for a program's own.
    pub owner: Option<UserId>,
    /// What it may do.
    pub scopes: Scopes,
    /// Its secret's hash.
    pub hash: SecretHash,
    /// Since when.
    pub created: Timestamp,
    /// Who made it.
    pub created_by: String,
    /// Until when; nothing is until it is revoked.
    pub expires: Option<Timestamp>,
    /// When it was last used, to the hour.
    pub last_used: Option<Timestamp>,
    /// Since when it is no longer good.
    pub revoked: Option<Timestamp>,
}

impl ApiToken {
    /// Whether it is good at this moment.
    pub fn is_good(&self, now: Timestamp) -> bool {
        self.revoked.is_none() && self.expires.is_none_or(|until| now < until)
    }
}

/// A browser that has signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its secret's hash: the secret itself is in the browser's cookie only.
    pub hash: SecretHash,
    /// Who.
    pub user: UserId,
    /// What it may do: never more than its user's role at the moment of use.
    pub scopes: Scopes,
    /// Since when.
    pub created: Timestamp,
    /// Until when.
    pub expires: Timestamp,
}

/// What a one-time code opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodeUse {
    /// The first administrator is made with it.
    SetUp,
    /// This person signs in with it.
    SignIn(UserId),
    /// A sign-in at the identity provider is on its way: what must come back with it.
    Redirect {
        /// The nonce that the identity token must carry.
        nonce: String,
        /// The proof-key verifier (RFC 7636).
        verifier: String,
        /// The page to go to afterwards.
        next: String,
    },
}

/// A code that is good once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneTimeCode {
    /// Its hash.
    pub hash: SecretHash,
    /// What it opens.
    pub opens: CodeUse,
    /// Until when.
    pub expires: Timestamp,
}

/// Who did something: a person, a program's token, or a part of ours.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Actor {
    /// What stays the same however they came in: `usr_…` for a person, also through a token of theirs, `tok_…`
    /// for a program, or a word for a part of ours (`policy`, `schedule`).
    pub id: Box<str>,
    /// Their name, for people.
    pub name: Box<str>,
}

impl Actor {
    /// A part of ours.
    pub fn ours(word: &str) -> Self {
        Self { id: word.into(), name: word.into() }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}
