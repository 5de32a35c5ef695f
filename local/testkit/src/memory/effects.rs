//! The effect journal and the audit log it writes.

use super::records::place;
use super::{MemoryStore, Tables, failure};
use async_trait::async_trait;
use domain::audit::{AuditEntry, AuditHead};
use domain::failure::{Failure, FailureKind};
use domain::id::OrganisationId;
use domain::journal::{Begun, EffectEntry, EffectKey, EffectState, Lease, Settlement};
use domain::ports::{AuditStore, EffectStore};
use jiff::Timestamp;
use std::collections::BTreeMap;

#[async_trait]
impl EffectStore for MemoryStore {
    async fn begin(
        &self,
        lease: &Lease,
        organisation: &OrganisationId,
        key: &EffectKey,
        intent: &str,
        now: Timestamp,
    ) -> Result<Begun, Failure> {
        self.step(|tables| {
            tables.fence(lease)?;
            let place = (organisation.clone(), key.clone());
            let (attempt, notes) = match tables.effects.get(&place) {
                None => (1, BTreeMap::new()),
                Some(entry) => match entry.state {
                    EffectState::Intended => return Ok(Begun::InDoubt(entry.clone())),
                    EffectState::Done => return Ok(Begun::Done(entry.clone())),
                    EffectState::Refused => (entry.attempt + 1, entry.notes.clone()),
                },
            };
            let entry = EffectEntry {
                key: key.clone(),
                organisation: organisation.clone(),
                state: EffectState::Intended,
                attempt,
                intent: intent.to_owned(),
                notes,
                begun: now,
                run: lease.holder.clone(),
                outcome: None,
            };
            tables.effects.insert(place, entry.clone());
            tables.writes += 1;
            Ok(Begun::Fresh(entry))
        })
        .await
    }

    async fn retake(
        &self,
        lease: &Lease,
        entry: &EffectEntry,
        intent: &str,
        now: Timestamp,
    ) -> Result<EffectEntry, Failure> {
        self.step(|tables| {
            tables.fence(lease)?;
            let stored = tables.intended(entry)?;
            stored.attempt += 1;
            intent.clone_into(&mut stored.intent);
            stored.begun = now;
            stored.run = lease.holder.clone();
            let stored = stored.clone();
            tables.writes += 1;
            Ok(stored)
        })
        .await
    }

    async fn note(&self, lease: &Lease, entry: &EffectEntry, name: &str, value: &str) -> Result<(), Failure> {
        self.step(|tables| {
            tables.fence(lease)?;
            let stored = tables.intended(entry)?;
            stored.notes.insert(name.to_owned(), value.to_owned());
            tables.writes += 1;
            Ok(())
        })
        .await
    }

    async fn settle(&self, lease: &Lease, settlement: Settlement) -> Result<(), Failure> {
        self.step(|tables| tables.settle(lease, settlement)).await
    }

    async fn open_effects(&self, organisation: &OrganisationId) -> Result<Vec<EffectEntry>, Failure> {
        self.step(|tables| {
            let rows = tables.effects.values();
            Ok(rows
                .filter(|e| e.organisation == *organisation && e.state == EffectState::Intended)
                .cloned()
                .collect())
        })
        .await
    }
}

#[async_trait]
impl AuditStore for MemoryStore {
    async fn audit_entries(
        &self,
        organisation: &OrganisationId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, Failure> {
        self.step(|tables| {
            let limit = usize::try_from(limit).unwrap_or(usize::MAX);
            let rows = tables.audit.get(organisation).into_iter().flatten();
            Ok(rows.filter(|entry| entry.sequence > after).take(limit).cloned().collect())
        })
        .await
    }
}

impl Tables {
    /// The entry as stored, if it is still the given attempt without an outcome.
    fn intended(&mut self, entry: &EffectEntry) -> Result<&mut EffectEntry, Failure> {
        self.effects
            .get_mut(&(entry.organisation.clone(), entry.key.clone()))
            .filter(|stored| stored.attempt == entry.attempt && stored.state == EffectState::Intended)
            .ok_or_else(|| moved(&entry.key))
    }

    fn settle(&mut self, lease: &Lease, settlement: Settlement) -> Result<(), Failure> {
        let Some(organisation) = settlement.key.organisation() else {
            let what = format!("the effect {} names no organisation", settlement.key);
            return Err(failure(FailureKind::Refused, what));
        };
        let place_of_effect = (organisation.clone(), settlement.key.clone());
        let stored = self.effects.get(&place_of_effect).filter(|stored| stored.attempt == settlement.attempt);
        if stored.is_some_and(|stored| {
            stored.state == settlement.state && stored.outcome.as_ref() == Some(&settlement.outcome)
        }) {
            return Ok(());
        }
        self.fence(lease)?;
        if let Some(record) = &settlement.record {
            self.check_record(record)?;
        }
        let stored = self
            .effects
            .get_mut(&place_of_effect)
            .filter(|s| s.attempt == settlement.attempt && s.state == EffectState::Intended)
            .ok_or_else(|| moved(&settlement.key))?;
        stored.state = settlement.state;
        stored.outcome = Some(settlement.outcome);
        if let Some(record) = settlement.record {
            self.records.insert(place(&record), record);
        }
        let log = self.audit.entry(organisation.clone()).or_default();
        let head = log.last().map_or_else(AuditHead::default, AuditEntry::head);
        log.push(head.append(&organisation, settlement.audit));
        self.writes += 1;
        Ok(())
    }
}

fn moved(key: &EffectKey) -> Failure {
    let what = format!("the effect {key} is no longer as it was given");
    failure(FailureKind::Conflict, what)
}
