//! Plan: from what a look at the supplier shows and what is recorded to a plan, its hash, and the digests that
//! lag behind.

use crate::Store;
use crate::observe::{Look, Observation, too_long};
use crate::provide::Missing;
use crate::sync::Work;
use domain::digest::SubscriptionKey;
use domain::failure::Failure;
use domain::index::{DigestIndex, Proof};
use domain::link::LinkBook;
use domain::order::Order;
use domain::plan::{Line, Plan, PlanHash, Why};
use domain::planner::Planner;
use domain::ports::{IndexChange, OrderFilter, SubscriptionSource};
use domain::record::{ParkReason, SyncRecord, SyncState};
use domain::subscription::ObservedSubscription;
use futures::{StreamExt as _, TryStreamExt as _};
use std::collections::{HashMap, HashSet};
use tracing::{info, warn};

/// How many orders a page has.
const ORDERS: u32 = 100;

/// What planning left in hand for applying.
pub(crate) struct Planned {
    pub(crate) plan: Plan,
    pub(crate) hash: PlanHash,
    pub(crate) index: DigestIndex,
    pub(crate) records: HashMap<SubscriptionKey, SyncRecord>,
    /// What billing lacks and the policy has created.
    pub(crate) missing: Missing,
    /// Where the digest index lags behind the records, as after a run that was killed.
    pub(crate) heal: Vec<IndexChange>,
}

impl<S: Store> Work<'_, S> {
    /// Subscriptions whose last change has no known outcome. Their digest and their record may both look
    /// settled while billing holds something else, so they are looked at and settled whatever these say.
    async fn in_doubt(&self) -> Result<Vec<SubscriptionKey>, Failure> {
        let open = self.deps.store.open_effects(&self.organisation.id).await?;
        for effect in &open {
            info!(effect.key = %effect.key, run.id = %effect.run, "{} of run {} has no outcome yet", effect.key, effect.run);
        }
        let ids = open.iter().filter_map(|effect| effect.key.subscription());
        Ok(ids.map(|id| SubscriptionKey::of(id.as_str())).collect())
    }

    /// What every plan is made with: the links, the digest index, and what is in doubt.
    pub(crate) async fn bearings(&self) -> Result<(LinkBook, DigestIndex, Vec<SubscriptionKey>), Failure> {
        let (store, organisation) = (&self.deps.store, self.organisation);
        let (links, mut index, in_doubt) =
            futures::try_join!(store.links(), store.index(&organisation.id), self.in_doubt())?;
        for key in &in_doubt {
            index.look_at(*key);
        }
        Ok((LinkBook::new(&links, &organisation.supplier, &organisation.billing), index, in_doubt))
    }

    pub(crate) async fn plan(&mut self) -> Result<Planned, Failure> {
        let (book, mut index, in_doubt) = self.bearings().await?;
        let organisation = self.organisation;
        let planner = Planner::new(organisation, self.settings, &book, self.today());
        let source = self.connections.source(&organisation.supplier)?.as_ref();
        let look = Look {
            source,
            organisation,
            planner: &planner,
            in_flight: self.deps.limits.in_flight,
            deadline: self.deadline,
        };
        let seen = look.observe(&mut index).await?;
        let mut records = HashMap::new();
        let keys: Vec<_> = seen.changed.iter().map(|s| SubscriptionKey::of(s.id.as_str())).collect();
        self.load(&keys, &mut records).await?;
        unsettle(&in_doubt, &mut records);
        let lines = self.plan_changed(source, &planner, &seen.changed, &records).await?;
        let mut lines = self.leave_to_orders(&planner, lines, &records).await?;
        let mut vanished = Vanished::default();
        if seen.proof == Proof::Whole {
            vanished = self.plan_missing(&look, &planner, &mut index, &in_doubt, &mut records).await?;
        }
        lines.append(&mut vanished.lines);
        self.count(&seen, vanished.pages, vanished.doubt);
        let plan = Plan::new(organisation.id.clone(), lines);
        self.report_unreachable(&in_doubt, &plan);
        let heal = heal(&index, &records, &plan);
        let missing = Missing::of(&planner, seen.changed);
        Ok(self.planned(plan, index, records, missing, heal))
    }

    /// Counts what was planned, and names it.
    pub(crate) fn planned(
        &mut self,
        plan: Plan,
        index: DigestIndex,
        records: HashMap<SubscriptionKey, SyncRecord>,
        missing: Missing,
        heal: Vec<IndexChange>,
    ) -> Planned {
        self.run.counts.planned = plan.changes().count() as u64;
        self.run.counts.parked = plan.parked().count() as u64;
        let hash = plan.hash();
        Planned { plan, hash, index, records, missing, heal }
    }

    /// An effect in doubt of a subscription that nothing is planned for can only be settled by a person.
    pub(crate) fn report_unreachable(&mut self, in_doubt: &[SubscriptionKey], plan: &Plan) {
        let planned: Vec<_> = plan.changes().map(|l| SubscriptionKey::of(l.subscription.as_str())).collect();
        let lost = in_doubt.iter().filter(|key| !planned.contains(key)).count();
        if lost > 0 {
            self.run.counts.in_doubt += lost as u64;
            self.run.problem(format!(
                "{lost} earlier changes have no known outcome and nothing is planned for their subscriptions: look \
                 for their marks in billing"
            ));
        }
    }

    fn count(&mut self, seen: &Observation, more_pages: u64, doubt: Option<String>) {
        let run = &mut self.run;
        run.counts.pages = seen.pages + more_pages;
        run.counts.observed = seen.observed;
        run.counts.unchanged = seen.observed - seen.changed.len() as u64;
        run.unproven = match &seen.proof {
            Proof::Whole => doubt,
            Proof::Unproven(why) => Some(why.clone()),
        };
        if let Some(why) = &run.unproven {
            warn!(organisation.id = %run.organisation, why, "the list is not proven whole, nothing is ended: {why}");
        }
        for text in &seen.unreadable {
            run.problem(text.clone());
        }
    }

    pub(crate) async fn load(
        &self,
        keys: &[SubscriptionKey],
        records: &mut HashMap<SubscriptionKey, SyncRecord>,
    ) -> Result<(), Failure> {
        if keys.is_empty() {
            return Ok(());
        }
        for record in self.deps.store.records(&self.organisation.id, keys).await? {
            records.insert(SubscriptionKey::of(record.subscription.as_str()), record);
        }
        Ok(())
    }

    /// Plans what the index calls changed; prices that lists leave out are read first, only where they count.
    async fn plan_changed(
        &self,
        source: &dyn SubscriptionSource,
        planner: &Planner<'_>,
        changed: &[ObservedSubscription],
        records: &HashMap<SubscriptionKey, SyncRecord>,
    ) -> Result<Vec<Line>, Failure> {
        let lines = futures::stream::iter(changed)
            .map(|seen| async move {
                let record = records.get(&SubscriptionKey::of(seen.id.as_str()));
                if !planner.needs_details(seen, record) {
                    return Ok(planner.plan_seen(seen, record));
                }
                let details = source.find_details(self.organisation, &seen.id, self.deadline).await;
                let details = details.map_err(too_long)?;
                let mut seen = seen.clone();
                if let Some(details) = details {
                    // The row stays as listed, so that its digest does; only the prices are added.
                    seen.prices.cost = seen.prices.cost.or(details.prices.cost);
                    seen.prices.list = seen.prices.list.or(details.prices.list);
                }
                Ok::<_, Failure>(planner.plan_seen(&seen, record))
            })
            .buffered(self.deps.limits.in_flight.max(1));
        lines.try_filter_map(|line| async move { Ok(line) }).try_collect().await
    }

    /// Sets aside what an open order bought and would be charged at another sum than was approved with it.
    async fn leave_to_orders(
        &self,
        planner: &Planner<'_>,
        lines: Vec<Line>,
        records: &HashMap<SubscriptionKey, SyncRecord>,
    ) -> Result<Vec<Line>, Failure> {
        if !lines.iter().any(Line::is_change) {
            return Ok(lines);
        }
        let orders = self.open_orders().await?;
        let left = lines.into_iter().filter_map(|line| {
            let objection = orders.iter().find_map(|order| order.objects_to(&line));
            let Some(objection) = objection else { return Some(line) };
            let record = records.get(&SubscriptionKey::of(line.subscription.as_str()));
            planner.set_aside(line, record, (ParkReason::OrderOpen, objection))
        });
        Ok(left.collect())
    }

    async fn open_orders(&self) -> Result<Vec<Order>, Failure> {
        let mut orders = Vec::new();
        let mut from = None;
        loop {
            let id = &self.organisation.id;
            let page = self.deps.store.list_orders(id, OrderFilter::Open, from.as_deref(), ORDERS).await?;
            orders.extend(page.items.into_iter().filter(|order| order.claim().is_some()));
            from = page.next;
            if from.is_none() {
                return Ok(orders);
            }
        }
    }

    /// Plans what a whole list no longer shows. Whatever would end a service for that reason needs a second
    /// whole list that does not show it either.
    async fn plan_missing(
        &self,
        look: &Look<'_>,
        planner: &Planner<'_>,
        index: &mut DigestIndex,
        in_doubt: &[SubscriptionKey],
        records: &mut HashMap<SubscriptionKey, SyncRecord>,
    ) -> Result<Vanished, Failure> {
        let keys: Vec<_> = index.missing().collect();
        self.load(&keys, records).await?;
        unsettle(in_doubt, records);
        let plan = |keys: &[SubscriptionKey]| -> Vec<Line> {
            keys.iter()
                .filter_map(|key| records.get(key))
                .filter_map(|record| planner.plan_missing(record))
                .collect()
        };
        let lines = plan(&keys);
        if !lines.iter().any(ends_something) {
            return Ok(Vanished { lines, ..Vanished::default() });
        }
        index.look_again();
        let second = look.observe(index).await?;
        let pages = second.pages;
        match second.proof {
            Proof::Unproven(why) => {
                let lines = lines.into_iter().filter(|line| !ends_something(line)).collect();
                Ok(Vanished { lines, pages, doubt: Some(format!("at the second look, {why}")) })
            }
            Proof::Whole => {
                let still: Vec<_> = index.missing().filter(|key| keys.contains(key)).collect();
                let doubt = (still.len() < keys.len())
                    .then(|| "the second look showed what the first had not".into());
                Ok(Vanished { lines: plan(&still), pages, doubt })
            }
        }
    }
}

/// Marks records whose last change has no known outcome, so that equal states prove nothing.
pub(crate) fn unsettle(in_doubt: &[SubscriptionKey], records: &mut HashMap<SubscriptionKey, SyncRecord>) {
    for key in in_doubt {
        let Some(record) = records.get_mut(key) else { continue };
        if !matches!(record.state, SyncState::Error { .. }) {
            let message = "an earlier change has no known outcome".to_owned();
            record.state = SyncState::Error { message, since: record.updated };
        }
    }
}

/// Digests that the records know better than the index, of subscriptions that nothing is planned for.
pub(crate) fn heal(
    index: &DigestIndex,
    records: &HashMap<SubscriptionKey, SyncRecord>,
    plan: &Plan,
) -> Vec<IndexChange> {
    let planned: HashSet<_> =
        plan.lines().iter().map(|l| SubscriptionKey::of(l.subscription.as_str())).collect();
    let missing: HashSet<_> = index.missing().collect();
    let settled = records.iter().filter(|(key, _)| !planned.contains(key));
    let known = settled.map(|(key, record)| {
        let over = record.state == SyncState::Ended && missing.contains(key);
        IndexChange { key: *key, digest: (!over).then_some(record.digest) }
    });
    known.filter(|change| index.find(change.key) != change.digest).collect()
}

#[derive(Default)]
struct Vanished {
    lines: Vec<Line>,
    pages: u64,
    doubt: Option<String>,
}

fn ends_something(line: &Line) -> bool {
    line.change()
        .is_some_and(|change| change.why.iter().any(|why| matches!(why, Why::Vanished | Why::GraceOver)))
}
