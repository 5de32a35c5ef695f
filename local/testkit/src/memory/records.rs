//! Sync records.

use super::{MemoryStore, Tables, failure};
use async_trait::async_trait;
use domain::digest::SubscriptionKey;
use domain::failure::{Failure, FailureKind};
use domain::id::OrganisationId;
use domain::journal::Lease;
use domain::ports::{Page, RecordStore};
use domain::record::SyncRecord;
use std::collections::BTreeSet;

#[async_trait]
impl RecordStore for MemoryStore {
    async fn records(
        &self,
        organisation: &OrganisationId,
        keys: &[SubscriptionKey],
    ) -> Result<Vec<SyncRecord>, Failure> {
        self.step(|tables| {
            let keys: BTreeSet<_> = keys.iter().copied().collect();
            let found = keys.into_iter().filter_map(|key| tables.records.get(&(organisation.clone(), key)));
            Ok(found.cloned().collect())
        })
        .await
    }

    async fn put_records(&self, lease: &Lease, records: &[SyncRecord]) -> Result<(), Failure> {
        self.step(|tables| {
            if records.is_empty() {
                return Ok(());
            }
            tables.fence(lease)?;
            for record in records {
                tables.check_record(record)?;
            }
            tables.writes += 1;
            for record in records {
                tables.records.insert(place(record), record.clone());
            }
            Ok(())
        })
        .await
    }

    async fn list_records(
        &self,
        organisation: &OrganisationId,
        state: Option<&str>,
        from: Option<&str>,
        limit: u32,
    ) -> Result<Page<SyncRecord>, Failure> {
        self.step(|tables| {
            if state.is_some_and(|word| !["pending", "parked", "error"].contains(&word)) {
                let what = "records are listed by pending, parked or error, or all of them";
                return Err(failure(FailureKind::Refused, what));
            }
            let limit = usize::try_from(limit.max(1)).unwrap_or(usize::MAX);
            let mut rows = tables
                .records
                .iter()
                .filter(|((whose, _), _)| whose == organisation)
                .filter(|(_, record)| state.is_none_or(|word| record.state.word() == word))
                .filter(|((_, key), _)| from.is_none_or(|from| key.to_string().as_str() > from))
                .peekable();
            let mut page = Page { items: Vec::new(), next: None };
            while let Some(((_, key), record)) = rows.next() {
                page.items.push(record.clone());
                if page.items.len() == limit {
                    page.next = rows.peek().map(|_| key.to_string());
                    break;
                }
            }
            Ok(page)
        })
        .await
    }
}

impl Tables {
    /// Whether a record may be written over what is there.
    pub(super) fn check_record(&self, record: &SyncRecord) -> Result<(), Failure> {
        let Some(stored) = self.records.get(&place(record)) else {
            return Ok(());
        };
        if stored.subscription != record.subscription {
            let what = format!("{} has the key of another subscription", record.subscription);
            return Err(failure(FailureKind::Conflict, what));
        }
        if stored.revision > record.revision {
            let what = format!("the record of {} has a later revision", record.subscription);
            return Err(failure(FailureKind::Conflict, what));
        }
        Ok(())
    }
}

pub(super) fn place(record: &SyncRecord) -> (OrganisationId, SubscriptionKey) {
    let key = SubscriptionKey::of(record.subscription.as_str());
    (record.organisation.clone(), key)
}
