//! Plans: a head and as many chunks of canonical text as it takes. The head is written last: a plan without
//! one was never kept.

use crate::error::{failure, malformed};
use crate::item::{Fields, Item, Read, text};
use crate::keys::{self, Key, PK, SK};
use crate::store::DynamoStore;
use crate::transaction::absent;
use async_trait::async_trait;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use domain::digest::{hex, sha256};
use domain::failure::{Failure, FailureKind};
use domain::id::{OrganisationId, RunId};
use domain::plan::{Plan, PlanHash};
use domain::ports::PlanStore;
use domain::run::StoredPlan;
use jiff::Timestamp;

/// How much text an item holds: well below the 400 KB of an item.
const CHUNK: usize = 300_000;
/// How much of a hash names a plan.
const SHORTEST_PREFIX: usize = 8;

#[async_trait]
impl PlanStore for DynamoStore {
    /// One read unit to see whether it is there; then a write unit for each KB of text and two more.
    async fn put_plan(
        &self,
        hash: &PlanHash,
        plan: &Plan,
        run: &RunId,
        now: Timestamp,
    ) -> Result<(), Failure> {
        if self.get("look for the plan", keys::plan_head(hash)).await?.is_some() {
            return Ok(());
        }
        let text = plan.to_text();
        if hex(&sha256(text.as_bytes())) != hash.as_str() {
            let what = format!("plan {} is given with another plan's hash", hash.short());
            return Err(failure(FailureKind::Refused, what));
        }
        let mut chunks = 0_u32;
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let (chunk, after) = rest.split_at(cut(rest));
            rest = after;
            chunks += 1;
            self.put("write the plan", self::chunk(hash, chunks, chunk)).await?;
        }
        drop(text);
        self.put("write the plan's name", name(hash, &plan.organisation)).await?;
        self.put_if_absent("write the plan's head", head(hash, chunks, run, now)).await
    }

    /// The head strongly consistent, then all chunks: a read unit for each 4 KB of text.
    async fn find_plan(&self, hash: &PlanHash) -> Result<Option<StoredPlan>, Failure> {
        let Some(head) = self.get("read the plan's head", keys::plan_head(hash)).await? else {
            return Ok(None);
        };
        let head = Read::new(&head)?;
        let text = self.plan_text(hash, head.number("chunks")?).await?;
        let broken = |why: String| malformed(format!("plan {} is not as it was kept: {why}", hash.short()));
        if hex(&sha256(text.as_bytes())) != hash.as_str() {
            return Err(broken("its text has another hash".into()));
        }
        let plan = Plan::from_text(&text).map_err(|e| broken(e.to_string()))?;
        let approved = match head.find("approved_by") {
            None => None,
            Some(by) => Some((by.to_owned(), head.parsed("approved_at")?)),
        };
        Ok(Some(StoredPlan { plan, run: head.parsed("run")?, made: head.parsed("made")?, approved }))
    }

    /// One conditional update: 1 write unit.
    async fn approve_plan(&self, hash: &PlanHash, by: &str, now: Timestamp) -> Result<(), Failure> {
        let call = self
            .client
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(keys::plan_head(hash).into_item()))
            .update_expression("SET #by = if_not_exists(#by, :by), #at = if_not_exists(#at, :at)")
            .condition_expression("attribute_exists(#pk)")
            .expression_attribute_names("#pk", PK)
            .expression_attribute_names("#by", "approved_by")
            .expression_attribute_names("#at", "approved_at")
            .expression_attribute_values(":by", text(by))
            .expression_attribute_values(":at", text(now.to_string()))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send();
        let approved = Box::pin(call).await;
        match approved {
            Ok(approved) => {
                self.meter.wrote(approved.consumed_capacity());
                Ok(())
            }
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => {
                    let what = format!("there is no plan {}", hash.short());
                    Err(failure(FailureKind::NotFound, what))
                }
                _ => Err(self.failed("approve the plan", &error)),
            },
        }
    }

    /// One query of ten small items: half a read unit.
    async fn find_hashes(&self, prefix: &str) -> Result<Vec<PlanHash>, Failure> {
        if prefix.len() < SHORTEST_PREFIX {
            let what = "a plan is named by at least 8 digits of its hash";
            return Err(failure(FailureKind::Refused, what));
        }
        let query = self.query_prefix(keys::PLANS, prefix).consistent_read(true);
        let found = self.pages("look for plans", query, 10).await?;
        found.iter().map(|item| Read::new(item)?.parsed(SK)).collect()
    }
}

pub(crate) fn head(hash: &PlanHash, chunks: u32, run: &RunId, now: Timestamp) -> Item {
    Fields::at(keys::plan_head(hash)).number("chunks", chunks).text("run", run).text("made", now).finish()
}

pub(crate) fn chunk(hash: &PlanHash, number: u32, part: &str) -> Item {
    Fields::at(keys::plan_chunk(hash, number)).set("text", text(part)).finish()
}

/// By which the plan is found from the beginning of its hash.
pub(crate) fn name(hash: &PlanHash, organisation: &OrganisationId) -> Item {
    Fields::at(keys::plan_name(hash)).text("org", organisation).finish()
}

impl DynamoStore {
    async fn plan_text(&self, hash: &PlanHash, chunks: u32) -> Result<String, Failure> {
        let query = self.query_prefix(keys::plan(hash), keys::PLAN_CHUNK_PREFIX).consistent_read(true);
        let mut text = String::new();
        let mut found = 0_u32;
        let mut from = None;
        loop {
            let page = self.page("read the plan", &query, from).await?;
            for item in page.items {
                text.push_str(Read::new(&item)?.get("text")?);
                found += 1;
            }
            from = page.next;
            if from.is_none() {
                break;
            }
        }
        if found != chunks {
            let what = format!("plan {} has {found} of its {chunks} parts", hash.short());
            return Err(malformed(what));
        }
        Ok(text)
    }

    /// Reads one item, strongly consistent: 1 read unit for each 4 KB.
    pub(crate) async fn get(&self, what: &str, key: Key) -> Result<Option<Item>, Failure> {
        self.get_item(what, key, true).await
    }

    /// Reads one item as it was a moment ago: half a read unit for each 4 KB.
    pub(crate) async fn get_lately(&self, what: &str, key: Key) -> Result<Option<Item>, Failure> {
        self.get_item(what, key, false).await
    }

    async fn get_item(&self, what: &str, key: Key, consistent: bool) -> Result<Option<Item>, Failure> {
        let send = self
            .client
            .get_item()
            .table_name(&*self.table)
            .set_key(Some(key.into_item()))
            .consistent_read(consistent)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send();
        let answer = Box::pin(send).await.map_err(|e| self.failed(what, &e))?;
        self.meter.read(answer.consumed_capacity());
        Ok(answer.item)
    }

    async fn put(&self, what: &str, item: Item) -> Result<(), Failure> {
        let put = self.client.put_item().table_name(&*self.table).set_item(Some(item));
        let send = put.return_consumed_capacity(ReturnConsumedCapacity::Total).send();
        let done = Box::pin(send).await.map_err(|e| self.failed(what, &e))?;
        self.meter.wrote(done.consumed_capacity());
        Ok(())
    }

    async fn put_if_absent(&self, what: &str, item: Item) -> Result<(), Failure> {
        let call = self
            .client
            .put_item()
            .table_name(&*self.table)
            .set_item(Some(item))
            .condition_expression(absent())
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send();
        let put = Box::pin(call).await;
        match put {
            Ok(done) => {
                self.meter.wrote(done.consumed_capacity());
                Ok(())
            }
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(_)) => Ok(()),
                _ => Err(self.failed(what, &error)),
            },
        }
    }
}

/// Where a chunk ends: after the last line end that fits, or within a line that is longer than a chunk.
fn cut(text: &str) -> usize {
    if text.len() <= CHUNK {
        return text.len();
    }
    let most = text.floor_char_boundary(CHUNK);
    text[..most].rfind('\n').map_or(most, |end| end + 1)
}
