//! Every key there is. `docs/data-model.md` says what each is for.

use crate::item::{Item, text};
use domain::access::{SecretHash, Subject};
use domain::digest::{SubscriptionKey, hex, sha256_of_parts};
use domain::id::{OrderId, OrganisationId, RunId, TokenId, UserId};
use domain::journal::EffectKey;
use domain::order::OrderState;
use domain::plan::PlanHash;
use jiff::civil::Date;
use std::fmt::Display;

/// Names of the attributes that are keys.
pub(crate) const PK: &str = "PK";
pub(crate) const SK: &str = "SK";
pub(crate) const GSI: &str = "GSI1";
pub(crate) const GSI_PK: &str = "GSI1PK";
pub(crate) const GSI_SK: &str = "GSI1SK";

/// Where an item is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) pk: String,
    pub(crate) sk: String,
}

impl Key {
    pub(crate) fn new(pk: impl Display, sk: impl Display) -> Self {
        Self { pk: pk.to_string(), sk: sk.to_string() }
    }

    pub(crate) fn into_item(self) -> Item {
        Item::from([(PK.into(), text(self.pk)), (SK.into(), text(self.sk))])
    }
}

/// Where nothing is ever kept.
pub(crate) fn nothing() -> Key {
    Key::new("NOTHING", "NOTHING")
}

pub(crate) fn lease(name: &str) -> Key {
    Key::new(format_args!("LEASE#{name}"), "LEASE")
}

pub(crate) const SETTINGS: &str = "SETTINGS";

pub(crate) fn settings() -> Key {
    Key::new(SETTINGS, "CURRENT")
}

pub(crate) const SETTINGS_VERSION_PREFIX: &str = "V#";

pub(crate) fn settings_version(version: u64) -> Key {
    Key::new(SETTINGS, format_args!("{SETTINGS_VERSION_PREFIX}{version:06}"))
}

pub(crate) const LINKS: &str = "LINKS";

/// `ours` is a customer's or an offer's id.
pub(crate) fn links(ours: &str) -> Key {
    Key::new(LINKS, ours)
}

pub(crate) fn indexes(organisation: &OrganisationId) -> String {
    format!("IDX#{organisation}")
}

pub(crate) fn index_chunk(organisation: &OrganisationId, bits: u8, bucket: u64) -> Key {
    Key::new(indexes(organisation), format_args!("{bits:02}#{bucket:08x}"))
}

pub(crate) fn records(organisation: &OrganisationId) -> String {
    format!("ORG#{organisation}")
}

pub(crate) const RECORD_PREFIX: &str = "SUB#";

pub(crate) fn record(organisation: &OrganisationId, key: SubscriptionKey) -> Key {
    Key::new(records(organisation), format_args!("{RECORD_PREFIX}{key}"))
}

/// In the index of records that want attention.
pub(crate) fn attention(organisation: &OrganisationId, state: &str) -> String {
    format!("ATT#{organisation}#{state}")
}

pub(crate) fn plan(hash: &PlanHash) -> String {
    format!("PLAN#{hash}")
}

pub(crate) fn plan_head(hash: &PlanHash) -> Key {
    Key::new(plan(hash), "HEAD")
}

pub(crate) const PLAN_CHUNK_PREFIX: &str = "C#";

pub(crate) fn plan_chunk(hash: &PlanHash, number: u32) -> Key {
    Key::new(plan(hash), format_args!("{PLAN_CHUNK_PREFIX}{number:05}"))
}

pub(crate) const PLANS: &str = "PLANS";

/// By which a plan is found from the beginning of its hash.
pub(crate) fn plan_name(hash: &PlanHash) -> Key {
    Key::new(PLANS, hash)
}

pub(crate) fn runs(organisation: &OrganisationId) -> String {
    format!("RUN#{organisation}")
}

pub(crate) fn run(organisation: &OrganisationId, id: &RunId) -> Key {
    Key::new(runs(organisation), id)
}

pub(crate) fn effect(organisation: &OrganisationId, key: &EffectKey) -> Key {
    Key::new(format_args!("EFF#{organisation}"), key)
}

/// In the index of effects without an outcome.
pub(crate) fn open_effects(organisation: &OrganisationId) -> String {
    format!("OPEN#{organisation}")
}

pub(crate) fn audit(organisation: &OrganisationId) -> String {
    format!("AUD#{organisation}")
}

pub(crate) fn audit_head(organisation: &OrganisationId) -> Key {
    Key::new(audit(organisation), "HEAD")
}

pub(crate) const AUDIT_PREFIX: &str = "E#";

pub(crate) fn audit_entry(organisation: &OrganisationId, sequence: u64) -> Key {
    Key::new(audit(organisation), format_args!("{AUDIT_PREFIX}{sequence:012}"))
}

pub(crate) fn orders(organisation: &OrganisationId) -> String {
    format!("ORDERS#{organisation}")
}

pub(crate) fn order(organisation: &OrganisationId, id: &OrderId) -> Key {
    Key::new(orders(organisation), id)
}

/// In the index of orders with something left to be done.
pub(crate) fn open_orders(organisation: &OrganisationId) -> String {
    format!("OPENORD#{organisation}")
}

/// Where an order in this state is in the index: among the open ones, or with those that rest as it does.
pub(crate) fn order_list(organisation: &OrganisationId, state: OrderState) -> String {
    if state.is_open() { open_orders(organisation) } else { format!("ORD#{organisation}#{state}") }
}

pub(crate) fn figures(organisation: &OrganisationId) -> String {
    format!("FIG#{organisation}")
}

pub(crate) fn figures_of(organisation: &OrganisationId, day: Date) -> Key {
    Key::new(figures(organisation), day)
}

pub(crate) fn monthly_figures_of(organisation: &OrganisationId, day: Date) -> Key {
    Key::new(figures(organisation), month(day))
}

/// Sorts after every day.
pub(crate) fn month(day: Date) -> String {
    format!("M#{}", day.strftime("%Y-%m"))
}

pub(crate) fn token(hash: &SecretHash) -> Key {
    Key::new(format_args!("TOKEN#{}", hash.to_hex()), "TOKEN")
}

pub(crate) const TOKENS: &str = "TOKENS";

/// By which a token is found without its secret.
pub(crate) fn token_name(id: &TokenId) -> Key {
    Key::new(TOKENS, id)
}

pub(crate) const USERS: &str = "USERS";

pub(crate) fn user(id: &UserId) -> Key {
    Key::new(USERS, id)
}

/// By which a person is found who signs in at an identity provider.
pub(crate) fn subject(subject: &Subject) -> Key {
    let hash = sha256_of_parts(&[&subject.issuer, &subject.subject]);
    Key::new(format_args!("SUBJECT#{}", hex(&hash)), "SUBJECT")
}

pub(crate) fn code(hash: &SecretHash) -> Key {
    Key::new(format_args!("CODE#{}", hash.to_hex()), "CODE")
}

pub(crate) fn session(hash: &SecretHash) -> Key {
    Key::new(format_args!("SESSION#{}", hash.to_hex()), "SESSION")
}

pub(crate) fn sessions(user: &UserId) -> String {
    format!("SESSIONS#{user}")
}

/// By which the sessions of a person are found.
pub(crate) fn session_name(user: &UserId, hash: &SecretHash) -> Key {
    Key::new(sessions(user), hash.to_hex())
}

pub(crate) fn answer(key: &SecretHash) -> Key {
    Key::new(format_args!("ANSWER#{}", key.to_hex()), "ANSWER")
}
