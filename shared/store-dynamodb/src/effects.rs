//! The effect journal. Each step is one transaction with the lease's check; a condition that does not hold
//! brings back the entry as it is, so that nothing is read beforehand.

use crate::error::failure;
use crate::item::Item;
use crate::keys;
use crate::store::DynamoStore;
use crate::transaction::{Step, absent, lease_lost};
use async_trait::async_trait;
use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::failure::{Failure, FailureKind};
use domain::id::OrganisationId;
use domain::journal::{Begun, EffectEntry, EffectKey, EffectState, Lease, Settlement};
use domain::ports::EffectStore;
use jiff::Timestamp;
use std::collections::BTreeMap;

mod form;
mod settle;

pub(crate) use form::{read, write};

/// How often a step is tried when others change the entry in between.
const TRIES: u32 = 4;

#[async_trait]
impl EffectStore for DynamoStore {
    /// 5 write units: the entry, its place among the open ones, the lease's check. The first in a process reads the
    /// end of the audit log for 1 read unit: an end that a later version wrote is met before anything is done.
    async fn begin(
        &self,
        lease: &Lease,
        organisation: &OrganisationId,
        key: &EffectKey,
        intent: &str,
        now: Timestamp,
    ) -> Result<Begun, Failure> {
        let writer = self.writer(lease);
        let _turn = writer.lock().await;
        self.know_the_end(organisation).await?;
        let mut entry = EffectEntry {
            key: key.clone(),
            organisation: organisation.clone(),
            state: EffectState::Intended,
            attempt: 1,
            intent: intent.to_owned(),
            notes: BTreeMap::new(),
            begun: now,
            run: lease.holder.clone(),
            outcome: None,
        };
        for _ in 0..TRIES {
            let put = self.effect_put(&entry)?;
            let Err(refusal) = self.fenced(lease, "begin an effect", vec![put]).await? else {
                return Ok(Begun::Fresh(entry));
            };
            if refusal.failed(0) {
                return Err(lease_lost(lease));
            }
            let stored = self.stored(organisation, key, refusal.item(1)).await?;
            match stored.as_ref().map(|stored| stored.state) {
                None => (entry.attempt, entry.notes) = (1, BTreeMap::new()),
                Some(EffectState::Refused) => {
                    let stored = stored.unwrap_or_else(|| entry.clone());
                    (entry.attempt, entry.notes) = (stored.attempt + 1, stored.notes);
                }
                Some(EffectState::Intended) => return Ok(Begun::InDoubt(stored.unwrap_or(entry))),
                Some(EffectState::Done) => return Ok(Begun::Done(stored.unwrap_or(entry))),
            }
        }
        Err(moved(key))
    }

    /// 5 write units, as [`EffectStore::begin`].
    async fn retake(
        &self,
        lease: &Lease,
        entry: &EffectEntry,
        intent: &str,
        now: Timestamp,
    ) -> Result<EffectEntry, Failure> {
        let writer = self.writer(lease);
        let _turn = writer.lock().await;
        let update = the_attempt(entry.attempt)
            .change("SET #attempt = :next, #intent = :intent, #begun = :begun, #run = :run")
            .names(&[("#intent", "intent"), ("#begun", "begun"), ("#run", "run")])
            .number(":next", entry.attempt + 1)
            .text(":intent", intent)
            .text(":begun", now.to_string())
            .text(":run", lease.holder.as_str())
            .update(self, keys::effect(&entry.organisation, &entry.key))?;
        self.change_effect(lease, &entry.key, update).await?;
        let stored = self.stored(&entry.organisation, &entry.key, None).await?;
        stored.ok_or_else(|| moved(&entry.key))
    }

    /// 5 write units, as [`EffectStore::begin`].
    async fn note(&self, lease: &Lease, entry: &EffectEntry, name: &str, value: &str) -> Result<(), Failure> {
        let writer = self.writer(lease);
        let _turn = writer.lock().await;
        let update = the_attempt(entry.attempt)
            .change("SET #notes.#note = :value")
            .names(&[("#notes", "notes")])
            .name("#note", name)
            .text(":value", value)
            .update(self, keys::effect(&entry.organisation, &entry.key))?;
        self.change_effect(lease, &entry.key, update).await
    }

    /// 11 write units: journal and its place among the open ones, record, audit entry and head, lease's check.
    async fn settle(&self, lease: &Lease, settlement: Settlement) -> Result<(), Failure> {
        self.settle_effect(lease, settlement).await
    }

    /// One query of the open ones, then each strongly consistent by its key, for the index may be a moment old:
    /// 1 read unit each and half a unit for 4 KB.
    async fn open_effects(&self, organisation: &OrganisationId) -> Result<Vec<EffectEntry>, Failure> {
        let query = self.query_index(keys::open_effects(organisation), None);
        let mut open = Vec::new();
        for item in self.pages("read the open effects", query, usize::MAX).await? {
            let entry = read(&item)?;
            let now = self.stored(organisation, &entry.key, None).await?;
            open.extend(now.filter(|entry| entry.state == EffectState::Intended));
        }
        open.sort_by(|a, b| a.key.cmp(&b.key));
        Ok(open)
    }
}

impl DynamoStore {
    /// Writes an intent where there is nothing yet, or where the attempt before it was refused.
    fn effect_put(&self, entry: &EffectEntry) -> Result<TransactWriteItem, Failure> {
        let step = Step::new();
        let step = if entry.attempt == 1 {
            step.only_if(absent())
        } else {
            step.only_if("#attempt = :before AND #state = :refused")
                .names(&[("#attempt", "attempt"), ("#state", "state")])
                .number(":before", entry.attempt - 1)
                .text(":refused", EffectState::Refused.as_str())
        };
        step.put(self, write(entry))
    }

    async fn change_effect(
        &self,
        lease: &Lease,
        key: &EffectKey,
        update: TransactWriteItem,
    ) -> Result<(), Failure> {
        let done = self.fenced(lease, "change an effect", vec![update]).await?;
        done.map_err(|refusal| if refusal.failed(0) { lease_lost(lease) } else { moved(key) })
    }

    /// The entry as it is: as the refusal brought it, or read.
    async fn stored(
        &self,
        organisation: &OrganisationId,
        key: &EffectKey,
        brought: Option<&Item>,
    ) -> Result<Option<EffectEntry>, Failure> {
        if let Some(item) = brought {
            return read(item).map(Some);
        }
        let item = self.get("read an effect", keys::effect(organisation, key)).await?;
        item.as_ref().map(read).transpose()
    }
}

/// A change of an attempt that has no outcome yet.
fn the_attempt(attempt: u32) -> Step {
    Step::new()
        .only_if("#attempt = :attempt AND #state = :intended")
        .names(&[("#attempt", "attempt"), ("#state", "state")])
        .number(":attempt", attempt)
        .text(":intended", EffectState::Intended.as_str())
}

fn moved(key: &EffectKey) -> Failure {
    let what = format!("the effect {key} is no longer as it was given");
    failure(FailureKind::Conflict, what)
}
