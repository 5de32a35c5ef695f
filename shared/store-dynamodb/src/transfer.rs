//! The whole table as JSON lines, out and in again. The only place that scans.

use crate::batch::WRITE_AT_ONCE;
use crate::error::failure;
use crate::item::Item;
use crate::keys::PK;
use crate::store::DynamoStore;
use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use domain::failure::{Failure, FailureKind};
use std::collections::BTreeSet;
use std::io::{BufRead, Write};

pub(crate) mod json;

/// What an import may be made onto.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Onto {
    /// A table without a single item; any other is refused.
    Empty,
    /// Whatever is there: items of the same key are written over, others stay.
    Anything,
}

impl DynamoStore {
    /// Writes every item, one a line, by key, and says how many there were. A scan finds the partitions, then
    /// each is queried: one and a half read units for each 4 KB, and one page in memory.
    pub async fn export(&self, out: &mut (impl Write + Send)) -> Result<u64, Failure> {
        let mut count = 0;
        for partition in self.partitions().await? {
            let query = self.query(partition).consistent_read(true);
            let mut from = None;
            loop {
                let page = self.page("export a partition", &query, from).await?;
                for item in page.items {
                    let line = json::write(&item)?;
                    writeln!(out, "{line}").map_err(|e| broken("written", &e))?;
                    count += 1;
                }
                from = page.next;
                if from.is_none() {
                    break;
                }
            }
        }
        out.flush().map_err(|e| broken("written", &e))?;
        Ok(count)
    }

    /// Reads what [`DynamoStore::export`] wrote, and says how many items there were. Done again, it changes
    /// nothing. A write unit for each KB, twice for items that want attention.
    pub async fn import(&self, lines: &mut (impl BufRead + Send), onto: Onto) -> Result<u64, Failure> {
        if onto == Onto::Empty && !self.is_empty().await? {
            let what = format!(
                "table {} is not empty: import into a new one, or say that items may be written over",
                self.table
            );
            return Err(failure(FailureKind::Refused, what));
        }
        let (mut count, mut batch) = (0_u64, Vec::new());
        let mut line = String::new();
        loop {
            line.clear();
            let read = lines.read_line(&mut line).map_err(|e| broken("read", &e))?;
            let text = line.trim();
            if !text.is_empty() {
                count += 1;
                batch.push(json::read(text).map_err(|why| unreadable(count, &why))?);
            }
            if batch.len() == WRITE_AT_ONCE || (read == 0 && !batch.is_empty()) {
                self.put_batch("import items", std::mem::take(&mut batch)).await?;
            }
            if read == 0 {
                return Ok(count);
            }
        }
    }

    async fn is_empty(&self) -> Result<bool, Failure> {
        let scan = self.client.scan().table_name(&*self.table).consistent_read(true).limit(1);
        let send = scan.send();
        let answer = Box::pin(send).await.map_err(|e| self.failed("look into the table", &e))?;
        Ok(answer.items().is_empty())
    }

    async fn partitions(&self) -> Result<BTreeSet<String>, Failure> {
        let mut partitions = BTreeSet::new();
        let mut from: Option<Item> = None;
        loop {
            let send = self
                .client
                .scan()
                .table_name(&*self.table)
                .projection_expression("#pk")
                .expression_attribute_names("#pk", PK)
                .set_exclusive_start_key(from)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send();
            let answer = Box::pin(send).await.map_err(|e| self.failed("scan the table", &e))?;
            self.meter.read(answer.consumed_capacity());
            for item in answer.items.unwrap_or_default() {
                let key = item.get(PK).and_then(|pk| pk.as_s().ok());
                if let Some(key) = key.filter(|key| !partitions.contains(*key)) {
                    partitions.insert(key.clone());
                }
            }
            from = answer.last_evaluated_key;
            if from.is_none() {
                return Ok(partitions);
            }
        }
    }
}

fn broken(how: &str, error: &std::io::Error) -> Failure {
    failure(FailureKind::Unavailable, format!("the export could not be {how}: {error}"))
}

fn unreadable(item: u64, why: &str) -> Failure {
    failure(FailureKind::Malformed, format!("item {item} of the import cannot be read: {why}"))
}
