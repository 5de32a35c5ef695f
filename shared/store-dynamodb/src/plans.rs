//! Plans: a head and as many chunks of canonical text as it takes. The head is written last: a plan without
//! one was never kept.

use crate::error::{failure, malformed};
use crate::item::{Fields, Item, Read, text};
use crate::keys::{self, SK};
use crate::store::DynamoStore;
use crate::transaction::{Step, present};
use async_trait::async_trait;
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
        let put = self.put_if_absent("write the plan's head", head(hash, chunks, run, now)).await;
        put.map(|_new_or_there_already| ())
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
        let approval = Step::new()
            .only_if(present())
            .change("SET #by = if_not_exists(#by, :by), #at = if_not_exists(#at, :at)")
            .names(&[("#by", "approved_by"), ("#at", "approved_at")])
            .text(":by", by)
            .text(":at", now.to_string());
        if !self.change("approve the plan", keys::plan_head(hash), approval).await? {
            let what = format!("there is no plan {}", hash.short());
            return Err(failure(FailureKind::NotFound, what));
        }
        Ok(())
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
}

/// Where a chunk ends: after the last line end that fits, or within a line that is longer than a chunk.
fn cut(text: &str) -> usize {
    if text.len() <= CHUNK {
        return text.len();
    }
    let most = text.floor_char_boundary(CHUNK);
    text[..most].rfind('\n').map_or(most, |end| end + 1)
}
