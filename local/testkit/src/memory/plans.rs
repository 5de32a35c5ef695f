//! Plans by their hash.

use super::{MemoryStore, failure};
use async_trait::async_trait;
use domain::failure::{Failure, FailureKind};
use domain::id::RunId;
use domain::plan::{Plan, PlanHash};
use domain::ports::PlanStore;
use domain::run::StoredPlan;
use jiff::Timestamp;

#[async_trait]
impl PlanStore for MemoryStore {
    async fn put_plan(
        &self,
        hash: &PlanHash,
        plan: &Plan,
        run: &RunId,
        now: Timestamp,
    ) -> Result<(), Failure> {
        self.step(|tables| {
            if plan.hash() != *hash {
                let what = format!("plan {} is given with another plan's hash", hash.short());
                return Err(failure(FailureKind::Refused, what));
            }
            if !tables.plans.contains_key(hash) {
                let stored = StoredPlan { plan: plan.clone(), run: run.clone(), made: now, approved: None };
                tables.plans.insert(hash.clone(), stored);
                tables.writes += 1;
            }
            Ok(())
        })
        .await
    }

    async fn find_plan(&self, hash: &PlanHash) -> Result<Option<StoredPlan>, Failure> {
        self.step(|tables| Ok(tables.plans.get(hash).cloned())).await
    }

    async fn approve_plan(&self, hash: &PlanHash, by: &str, now: Timestamp) -> Result<(), Failure> {
        self.step(|tables| {
            let Some(stored) = tables.plans.get_mut(hash) else {
                let what = format!("there is no plan {}", hash.short());
                return Err(failure(FailureKind::NotFound, what));
            };
            stored.approved.get_or_insert_with(|| (by.to_owned(), now));
            tables.writes += 1;
            Ok(())
        })
        .await
    }

    async fn find_hashes(&self, prefix: &str) -> Result<Vec<PlanHash>, Failure> {
        self.step(|tables| {
            if prefix.len() < 8 {
                let what = "a plan is named by at least 8 digits of its hash";
                return Err(failure(FailureKind::Refused, what));
            }
            let hashes = tables.plans.keys();
            Ok(hashes.filter(|hash| hash.as_str().starts_with(prefix)).take(10).cloned().collect())
        })
        .await
    }
}
