//! The state of an identity provider, with plain fields.

use std::collections::BTreeMap;

use fastrand::Rng;

use super::keys::{Key, Signing};
use crate::clock::{Clock, Moment};
use crate::faults::Faults;
use crate::requests::RequestLog;

/// Someone to sign in as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// What they are known by for good; never their name or address.
    pub subject: String,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Whether the provider has made sure that it is theirs.
    pub email_verified: bool,
    /// The groups they are in.
    pub groups: Vec<String>,
}

impl Person {
    /// Someone with a verified address at `example.com`.
    pub fn new(subject: &str, name: &str, groups: &[&str]) -> Self {
        Self {
            subject: subject.to_owned(),
            name: name.to_owned(),
            email: format!("{subject}@example.com"),
            email_verified: true,
            groups: groups.iter().map(|&group| group.to_owned()).collect(),
        }
    }
}

/// A program that people may sign in to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Its id.
    pub id: String,
    /// Its secret.
    pub secret: String,
    /// Where it may be gone back to; none is anywhere on this machine.
    pub redirects: Vec<String>,
}

/// How long things last, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    /// A code; at most ten minutes are recommended (*documented*, RFC 6749 §4.1.2).
    pub code: i64,
    /// An identity token.
    pub token: i64,
}

/// What is wrong with the identity tokens that are issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lie {
    /// The nonce of another sign-in.
    WrongNonce,
    /// No nonce.
    NoNonce,
    /// Ended a second ago.
    Expired,
    /// Issued an hour from now.
    FromTheFuture,
    /// Made for another client.
    WrongAudience,
    /// Made for this client and another.
    SecondAudience,
    /// Issued by another provider.
    OtherIssuer,
    /// `alg` is `none`, and no signature.
    Unsigned,
    /// `alg` is `HS256`, with the client's secret as the key.
    SharedSecret,
    /// Signed with a key that is not published.
    UnknownKey,
    /// Signed with another key than it says.
    Forged,
    /// No identity token at all.
    Missing,
    /// Groups that are no names.
    OddGroups,
    /// An empty subject.
    NoSubject,
}

impl Lie {
    pub(crate) const ALL: [(&'static str, Self); 14] = [
        ("wrong-nonce", Self::WrongNonce),
        ("no-nonce", Self::NoNonce),
        ("expired", Self::Expired),
        ("from-the-future", Self::FromTheFuture),
        ("wrong-audience", Self::WrongAudience),
        ("second-audience", Self::SecondAudience),
        ("other-issuer", Self::OtherIssuer),
        ("unsigned", Self::Unsigned),
        ("shared-secret", Self::SharedSecret),
        ("unknown-key", Self::UnknownKey),
        ("forged", Self::Forged),
        ("missing", Self::Missing),
        ("odd-groups", Self::OddGroups),
        ("no-subject", Self::NoSubject),
    ];
}

/// What was agreed when a code was given out.
#[derive(Clone, Debug)]
pub(crate) struct Granted {
    pub(crate) person: Person,
    pub(crate) client: String,
    pub(crate) redirect: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) nonce: Option<String>,
    pub(crate) challenge: Option<String>,
    pub(crate) expires: Moment,
    pub(crate) used: bool,
}

type Now = Box<dyn Fn() -> Moment + Send>;

/// An identity provider: everything it knows and how it behaves.
pub struct Model {
    /// What it calls itself; its address, once it runs.
    pub issuer: String,
    /// Everybody.
    pub people: Vec<Person>,
    /// The one program that is registered.
    pub client: Client,
    /// Which claim lists a person's groups; none is standardised (*assumed*).
    pub groups_claim: String,
    /// How new keys sign.
    pub signing: Signing,
    /// How long things last.
    pub lifetimes: Lifetimes,
    /// What is wrong with every identity token, until it is set right.
    pub lie: Option<Lie>,
    /// Whether the client's secret is taken in the body too, and only there.
    pub secret_in_body: bool,
    /// What it says about itself beside, or instead of, the truth.
    pub described: BTreeMap<String, serde_json::Value>,
    /// Time.
    pub clock: Clock,
    /// What should go wrong.
    pub faults: Faults,
    /// What was asked.
    pub requests: RequestLog,
    pub(crate) codes: BTreeMap<String, Granted>,
    pub(crate) rng: Rng,
    keys: Vec<Key>,
    made: u32,
    now: Option<Now>,
}

impl Model {
    /// Four people, one for each role that Billbridge knows of and one in none, and the client `billbridge`.
    pub fn sample() -> Self {
        let people = vec![
            Person::new("u-1001", "Ada Lindqvist", &["billing-admins", "everyone"]),
            Person::new("u-1002", "Bo Nilsen", &["sales", "everyone"]),
            Person::new("u-1003", "Cleo \"CC\" <Marsh> & Sons", &["approvers", "everyone"]),
            Person::new("u-1004", "Dag Vik", &["everyone"]),
        ];
        let client = Client {
            id: "billbridge".to_owned(),
            secret: "c1ient-s3cret & more".to_owned(),
            redirects: Vec::new(),
        };
        Self {
            issuer: String::new(),
            people,
            client,
            groups_claim: "groups".to_owned(),
            signing: Signing::Rs256,
            lifetimes: Lifetimes { code: 60, token: 300 },
            lie: None,
            secret_in_body: false,
            described: BTreeMap::new(),
            clock: Clock::default(),
            faults: Faults::default(),
            requests: RequestLog::default(),
            codes: BTreeMap::new(),
            rng: Rng::new(),
            keys: Vec::new(),
            made: 0,
            now: None,
        }
    }

    /// The same with somebody else's time instead of a clock that stands still: for a client that lives now.
    #[must_use]
    pub fn following(self, now: impl Fn() -> Moment + Send + 'static) -> Self {
        Self { now: Some(Box::new(now)), ..self }
    }

    /// What time it is here.
    pub fn now(&self) -> Moment {
        self.now.as_ref().map_or_else(|| self.clock.now(), |now| now())
    }

    /// From now on tokens are signed with a new key; the ones before are published no longer.
    pub fn rotate(&mut self) {
        self.keys.clear();
    }

    /// How many codes were given out and how many of them were exchanged.
    pub fn codes(&self) -> (usize, usize) {
        (self.codes.len(), self.codes.values().filter(|code| code.used).count())
    }

    /// The key that signs, made when it is first needed. Nothing only if the machine has no randomness.
    pub(crate) fn key(&mut self) -> Option<&Key> {
        if self.keys.is_empty() {
            let key = self.new_key()?;
            self.keys.push(key);
        }
        self.keys.first()
    }

    /// A key that is not published.
    pub(crate) fn new_key(&mut self) -> Option<Key> {
        self.made += 1;
        Key::generate(format!("key-{}", self.made), self.signing).ok()
    }

    /// Text that cannot be guessed well enough for a simulator.
    pub(crate) fn random(&mut self) -> String {
        std::iter::repeat_with(|| self.rng.alphanumeric()).take(32).collect()
    }
}
