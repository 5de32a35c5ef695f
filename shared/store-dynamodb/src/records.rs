//! Sync records: one item a subscription, in the attention index only while someone should look at it.

use crate::batch::READ_AT_ONCE;
use crate::error::failure;
use crate::item::Item;
use crate::keys;
use crate::store::DynamoStore;
use crate::transaction::{MOST_ITEMS, Refusal, Step, absent, lease_lost};
use async_trait::async_trait;
use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::digest::SubscriptionKey;
use domain::failure::{Failure, FailureKind};
use domain::id::OrganisationId;
use domain::journal::Lease;
use domain::ports::{Page, RecordStore};
use domain::record::SyncRecord;
use std::collections::BTreeSet;

mod form;

pub(crate) use form::{read, write};

/// Records that are in the attention index.
const ATTENTION: [&str; 3] = ["pending", "parked", "error"];
/// After every record's sort key.
const LAST_RECORD: &str = "SUB#~";

#[async_trait]
impl RecordStore for DynamoStore {
    /// `BatchGetItem`, a hundred a call: 1 read unit a record.
    async fn records(
        &self,
        organisation: &OrganisationId,
        keys: &[SubscriptionKey],
    ) -> Result<Vec<SyncRecord>, Failure> {
        let keys: Vec<_> = keys.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
        let mut found = Vec::with_capacity(keys.len());
        for some in keys.chunks(READ_AT_ONCE) {
            let some = some.iter().map(|key| keys::record(organisation, *key)).collect();
            for item in self.get_batch("read records", some).await? {
                found.push(read(&item)?);
            }
        }
        Ok(found)
    }

    /// Transactions of up to 99 records, each by itself all or nothing, and the lease's check: 2 write units a record (3 for one that wants
    /// attention) and 2 a transaction.
    async fn put_records(&self, lease: &Lease, records: &[SyncRecord]) -> Result<(), Failure> {
        let writer = self.writer(lease);
        let _turn = writer.lock().await;
        for some in records.chunks(MOST_ITEMS) {
            let puts = some.iter().map(|record| self.record_put(record));
            let puts = puts.collect::<Result<Vec<_>, _>>()?;
            if let Err(refusal) = self.fenced(lease, "write records", puts).await? {
                if refusal.failed(0) {
                    return Err(lease_lost(lease));
                }
                let at = refusal.first_failed(1).unwrap_or(1);
                return Err(stale(&refusal, at, some.get(at - 1)));
            }
        }
        Ok(())
    }

    /// One query: half a read unit for 4 KB. One state is read from the attention index, all of them from the
    /// records themselves.
    async fn list_records(
        &self,
        organisation: &OrganisationId,
        state: Option<&str>,
        from: Option<&str>,
        limit: u32,
    ) -> Result<Page<SyncRecord>, Failure> {
        if state.is_some_and(|word| !ATTENTION.contains(&word)) {
            let what = "records are listed by pending, parked or error, or all of them";
            return Err(failure(FailureKind::Refused, what));
        }
        let query = if let Some(word) = state {
            self.query_index(keys::attention(organisation, word), from)
        } else {
            let first = format!("{}{}", keys::RECORD_PREFIX, from.map_or_else(String::new, after));
            self.query_between(keys::records(organisation), first, LAST_RECORD)
        };
        let query = query.limit(i32::try_from(limit.max(1)).unwrap_or(i32::MAX));
        let found = self.page("list records", &query, None).await?;
        Ok(Page {
            items: found.items.iter().map(read).collect::<Result<_, _>>()?,
            next: found.next.as_ref().and_then(cursor),
        })
    }
}

impl DynamoStore {
    /// Writes a record over an older state of the same subscription, never over a later one or another.
    pub(crate) fn record_put(&self, record: &SyncRecord) -> Result<TransactWriteItem, Failure> {
        let condition = format!("{} OR (#sub = :sub AND #revision <= :revision)", absent());
        Step::new()
            .only_if(condition)
            .names(&[("#sub", "sub"), ("#revision", "revision")])
            .text(":sub", record.subscription.as_str())
            .number(":revision", record.revision)
            .put(self, write(record))
    }
}

/// Why a record could not be written over the one that is there.
pub(crate) fn stale(refusal: &Refusal, at: usize, record: Option<&SyncRecord>) -> Failure {
    let id = record.map_or("?", |record| record.subscription.as_str());
    let stored = refusal.item(at).and_then(|item| read(item).ok());
    let other = stored.is_some_and(|stored| stored.subscription.as_str() != id);
    let what = if other {
        format!("{id} has the key of another subscription")
    } else {
        format!("the record of {id} has a later revision")
    };
    failure(FailureKind::Conflict, what)
}

/// The smallest text after a key's: cursors are exclusive.
fn after(cursor: &str) -> String {
    format!("{cursor}!")
}

/// The last record's key: all that is needed to go on after it.
fn cursor(last: &Item) -> Option<String> {
    let key = last.get(keys::SK)?.as_s().ok()?;
    key.strip_prefix(keys::RECORD_PREFIX).map(str::to_owned)
}
