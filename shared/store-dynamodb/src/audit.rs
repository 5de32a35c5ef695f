//! The audit log: one item an entry, and the end of each organisation's chain.

use crate::item::{Fields, Item, Read, SCHEMA};
use crate::keys;
use crate::store::DynamoStore;
use crate::transaction::{Refusal, Step, absent};
use async_trait::async_trait;
use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::audit::{AuditEntry, AuditHead};
use domain::failure::Failure;
use domain::id::OrganisationId;
use domain::ports::AuditStore;

/// How often an entry is chained anew when another process has moved the end of the log in between. Each time
/// one of them gets on, and the others learn the new end from their refusal: to wait would only make it old.
pub(crate) const TRIES: u32 = 40;

#[async_trait]
impl AuditStore for DynamoStore {
    /// One strongly consistent query: a read unit for each 4 KB, some ten entries.
    async fn audit_entries(
        &self,
        organisation: &OrganisationId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, Failure> {
        let first = keys::audit_entry(organisation, after.saturating_add(1));
        let last = format!("{}~", keys::AUDIT_PREFIX);
        let query = self.query_between(first.pk, first.sk, last).consistent_read(true);
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let found = self.pages("read the audit log", query, most).await?;
        found.iter().map(read).collect()
    }
}

impl DynamoStore {
    /// Reads the end of the log where this process does not know it yet.
    pub(crate) async fn know_the_end(&self, organisation: &OrganisationId) -> Result<(), Failure> {
        let log = self.log(organisation);
        let mut end = log.lock().await;
        if end.is_none() {
            *end = Some(self.audit_head(organisation).await?);
        }
        Ok(())
    }

    pub(crate) async fn audit_head(&self, organisation: &OrganisationId) -> Result<AuditHead, Failure> {
        let item = self.get("read the end of the audit log", keys::audit_head(organisation)).await?;
        item.as_ref().map_or_else(|| Ok(AuditHead::default()), read_head)
    }
}

fn read_head(item: &Item) -> Result<AuditHead, Failure> {
    let item = Read::new(item)?;
    Ok(AuditHead { sequence: item.number("sequence")?, hash: item.get("hash")?.to_owned() })
}

/// The end of the log as a refused transaction brought it, which had it at `at`: without another reading, the
/// next attempt has the best chance to be first.
pub(crate) fn end_in(refusal: &Refusal, at: usize) -> Result<Option<AuditHead>, Failure> {
    refusal.item(at).map(read_head).transpose()
}

/// The entry and the new end, if the end is still the given one.
pub(crate) fn append(
    store: &DynamoStore,
    head: &AuditHead,
    entry: &AuditEntry,
) -> Result<[TransactWriteItem; 2], Failure> {
    let log = Step::new().only_if(absent()).put(store, write(entry))?;
    let end = Step::new();
    let end = if head.sequence == 0 {
        end.only_if("attribute_not_exists(#sequence)")
    } else {
        end.only_if("#sequence = :before AND #hash = :previous")
            .number(":before", head.sequence)
            .text(":previous", &head.hash)
    };
    let end = end
        .change("SET #sequence = :sequence, #hash = :hash, #schema = :schema")
        .names(&[("#sequence", "sequence"), ("#hash", "hash"), ("#schema", "schema")])
        .number(":sequence", entry.sequence)
        .text(":hash", &entry.hash)
        .number(":schema", SCHEMA)
        .update(store, keys::audit_head(&entry.organisation))?;
    Ok([log, end])
}

pub(crate) fn write(entry: &AuditEntry) -> Item {
    Fields::at(keys::audit_entry(&entry.organisation, entry.sequence))
        .text("org", &entry.organisation)
        .number("sequence", entry.sequence)
        .text("at", entry.at)
        .text("actor", &entry.actor)
        .text("run", &entry.run)
        .maybe("plan", entry.plan.as_ref())
        .maybe("sub", entry.subscription.as_ref())
        .text("what", &entry.what)
        .text("why", &entry.why)
        .text("previous", &entry.previous)
        .text("hash", &entry.hash)
        .finish()
}

pub(crate) fn read(item: &Item) -> Result<AuditEntry, Failure> {
    let item = Read::new(item)?;
    Ok(AuditEntry {
        organisation: item.parsed("org")?,
        sequence: item.number("sequence")?,
        at: item.parsed("at")?,
        actor: item.get("actor")?.to_owned(),
        run: item.parsed("run")?,
        plan: item.find("plan").map(str::to_owned),
        subscription: item.maybe("sub")?,
        what: item.get("what")?.to_owned(),
        why: item.get("why")?.to_owned(),
        previous: item.get("previous")?.to_owned(),
        hash: item.get("hash")?.to_owned(),
    })
}
