//! Every key there is. `docs/data-model.md` says what each is for.

use crate::item::{Item, text};
use domain::digest::SubscriptionKey;
use domain::id::{OrganisationId, RunId};
use domain::journal::EffectKey;
use domain::plan::PlanHash;
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
