//! Reading and writing many items at once, and waiting out what DynamoDB left undone.

use crate::error::failure;
use crate::item::Item;
use crate::keys::Key;
use crate::store::DynamoStore;
use aws_sdk_dynamodb::types::{KeysAndAttributes, PutRequest, ReturnConsumedCapacity, WriteRequest};
use domain::failure::{Failure, FailureKind};
use std::collections::HashMap;
use std::time::Duration;

/// How often something that DynamoDB left undone is tried before it is reported.
pub(crate) const TRIES: u32 = 8;
/// How many items one call reads.
pub(crate) const READ_AT_ONCE: usize = 100;
/// How many items one call writes.
pub(crate) const WRITE_AT_ONCE: usize = 25;

/// Waits longer each time, never twice equally: 25 ms at most, then 50, up to 1.6 s.
#[derive(Default)]
pub(crate) struct Backoff(u32);

impl Backoff {
    pub(crate) async fn wait(&mut self) {
        let most = 25_u64 << self.0.min(6);
        self.0 += 1;
        tokio::time::sleep(Duration::from_millis(fastrand::u64(most / 2..=most))).await;
    }
}

impl DynamoStore {
    /// The items at these distinct keys, as far as there are any; strongly consistent, at most a hundred.
    pub(crate) async fn get_batch(&self, what: &str, keys: Vec<Key>) -> Result<Vec<Item>, Failure> {
        let mut found = Vec::with_capacity(keys.len());
        let mut keys: Vec<Item> = keys.into_iter().map(Key::into_item).collect();
        let mut backoff = Backoff::default();
        for _ in 0..TRIES {
            if keys.is_empty() {
                return Ok(found);
            }
            let wanted = KeysAndAttributes::builder()
                .set_keys(Some(std::mem::take(&mut keys)))
                .consistent_read(true)
                .build()
                .map_err(|e| crate::error::malformed(e.to_string()))?;
            let send = self
                .client
                .batch_get_item()
                .request_items(&*self.table, wanted)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send();
            let answer = Box::pin(send).await.map_err(|e| self.failed(what, &e))?;
            self.meter.read(answer.consumed_capacity());
            for items in answer.responses.into_iter().flat_map(HashMap::into_values) {
                found.extend(items);
            }
            let left = answer.unprocessed_keys.unwrap_or_default().remove(&*self.table);
            keys = left.map(|left| left.keys).unwrap_or_default();
            if !keys.is_empty() {
                backoff.wait().await;
            }
        }
        if keys.is_empty() { Ok(found) } else { Err(left_undone(what)) }
    }

    /// Puts items, at most twenty-five, over whatever is there.
    pub(crate) async fn put_batch(&self, what: &str, items: Vec<Item>) -> Result<(), Failure> {
        let mut left = Vec::with_capacity(items.len());
        for item in items {
            let put = PutRequest::builder()
                .set_item(Some(item))
                .build()
                .map_err(|e| crate::error::malformed(e.to_string()))?;
            left.push(WriteRequest::builder().put_request(put).build());
        }
        let mut backoff = Backoff::default();
        for _ in 0..TRIES {
            if left.is_empty() {
                return Ok(());
            }
            let send = self
                .client
                .batch_write_item()
                .request_items(&*self.table, std::mem::take(&mut left))
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send();
            let answer = Box::pin(send).await.map_err(|e| self.failed(what, &e))?;
            self.meter.wrote(answer.consumed_capacity());
            left = answer.unprocessed_items.unwrap_or_default().remove(&*self.table).unwrap_or_default();
            if !left.is_empty() {
                backoff.wait().await;
            }
        }
        if left.is_empty() { Ok(()) } else { Err(left_undone(what)) }
    }
}

fn left_undone(what: &str) -> Failure {
    let what = format!("could not {what}: DynamoDB left items undone {TRIES} times");
    failure(FailureKind::RateLimited(None), what)
}
