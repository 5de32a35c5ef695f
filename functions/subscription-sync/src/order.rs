//! The run of one order: a look at the subscription that it bought, and the plan of that one line. No list is
//! read, so nothing can be missed by it; everything else is as in every run.

use crate::Store;
use crate::planning::{Planned, heal, unsettle};
use crate::provide::Missing;
use crate::sync::Work;
use domain::digest::SubscriptionKey;
use domain::failure::Failure;
use domain::plan::{Line, Plan, Verdict};
use domain::planner::Planner;
use domain::record::SyncRecord;
use domain::run::{OrderedBilling, RunMode};
use domain::service::ServiceStatus;
use std::collections::HashMap;

impl<S: Store> Work<'_, S> {
    /// The order that this run is about, if it is about one only: its own, or the one whose plan it applies.
    pub(crate) async fn find_ordered(&self) -> Result<Option<OrderedBilling>, Failure> {
        let hash = match &self.run.mode {
            RunMode::Sync | RunMode::DryRun => return Ok(None),
            RunMode::Order(ordered) => return Ok(Some(ordered.clone())),
            RunMode::Apply(hash) => hash,
        };
        let store = &self.deps.store;
        let Some(stored) = store.find_plan(hash).await? else { return Ok(None) };
        let made_by = store.find_run(&self.organisation.id, &stored.run).await?;
        Ok(made_by.and_then(|run| match run.mode {
            RunMode::Order(ordered) => Some(ordered),
            RunMode::Sync | RunMode::DryRun | RunMode::Apply(_) => None,
        }))
    }

    /// Plans the line of the subscription that an order bought.
    pub(crate) async fn plan_ordered(&mut self, ordered: &OrderedBilling) -> Result<Planned, Failure> {
        let (book, mut index, mut in_doubt) = self.bearings().await?;
        let planner = Planner::new(self.organisation, self.settings, &book, self.today());
        let source = self.connections.source(&self.organisation.supplier)?;
        let (id, key) = (&ordered.subscription, SubscriptionKey::of(ordered.subscription.as_str()));
        in_doubt.retain(|doubtful| *doubtful == key);
        let seen = source.find_details(self.organisation, id, self.deadline).await?;
        let mut records = HashMap::new();
        let mut line = None;
        if let Some(seen) = &seen {
            index.observe(key, planner.digest(seen));
            self.load(&[key], &mut records).await?;
            unsettle(&in_doubt, &mut records);
            line = planner.plan_seen(seen, records.get(&key));
            self.run.counts.observed = 1;
            self.run.counts.unchanged = u64::from(line.is_none());
            self.compare(ordered, line.as_ref(), records.get(&key));
        } else {
            let supplier = &self.organisation.supplier;
            self.run.problem(format!(
                "subscription {id} of order {} is not known to {supplier}: nothing was billed",
                ordered.order
            ));
        }
        let plan = Plan::new(self.organisation.id.clone(), line.into_iter().collect());
        self.report_unreachable(&in_doubt, &plan);
        let heal = heal(&index, &records, &plan);
        Ok(self.planned(plan, index, records, Missing::default(), heal))
    }

    /// Says so where an earlier run has billed the subscription already, and charges another sum than was
    /// approved.
    fn compare(&mut self, ordered: &OrderedBilling, line: Option<&Line>, record: Option<&SyncRecord>) {
        let settled = line.is_none_or(|line| line.verdict == Verdict::Note);
        let applied = record.and_then(|record| record.applied.as_ref()).filter(|_| settled);
        let Some(applied) = applied.filter(|applied| applied.status == ServiceStatus::Active) else { return };
        if applied.amount != ordered.approved {
            self.run.problem(format!(
                "subscription {}: its service is charged {} each cycle, order {} was approved at {}",
                ordered.subscription, applied.amount, ordered.order, ordered.approved
            ));
        }
    }
}
