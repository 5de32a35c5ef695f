//! Count: the day's figures, from all records, when a run has moved them or the day has none yet.

use crate::Store;
use crate::sync::Work;
use domain::failure::{Failure, FailureKind};
use domain::figures::{Figures, Tally};
use domain::id::SystemId;
use domain::run::{RunMode, RunState};
use jiff::SignedDuration;
use tracing::{info, warn};

/// Figures are counted again after a change when they are older than this.
const STALE: SignedDuration = SignedDuration::from_hours(1);

/// How many records a page has.
const PAGE: u32 = 250;

impl<S: Store> Work<'_, S> {
    /// Counts the figures if that is due, after everything else is done and reported. They are for looking at:
    /// where they cannot be counted, the run is what it was, and its report says so too.
    pub(crate) async fn count_if_due(&mut self) {
        let Err(failure) = self.try_to_count().await else { return };
        let id = &self.run.id;
        warn!(run.id = %id, error = %failure, "the day's figures could not be counted: {failure}");
        self.run.problem(format!("the day's figures could not be counted: {failure}"));
        if let Err(second) = self.deps.store.put_run(&self.run).await {
            warn!(run.id = %self.run.id, error = %second, "the report does not say so: {second}");
        }
    }

    async fn try_to_count(&self) -> Result<(), Failure> {
        if self.run.state != RunState::Finished || !self.is_due().await? {
            return Ok(());
        }
        if let Some(figures) = self.counted().await? {
            self.deps.store.put_figures(&figures).await?;
        }
        Ok(())
    }

    async fn is_due(&self) -> Result<bool, Failure> {
        let daily = match &self.run.mode {
            RunMode::DryRun => return Ok(false),
            RunMode::Sync => true,
            RunMode::Apply(_) | RunMode::Order(_) => false,
        };
        let counts = &self.run.counts;
        let moved = counts.created + counts.adopted + counts.changed + counts.parked > 0;
        if !daily && !moved {
            return Ok(false);
        }
        let today = self.today();
        let yesterday = today.yesterday().unwrap_or(today);
        let known = self.deps.store.figures(&self.organisation.id, yesterday, today).await?;
        let Some(last) = known.last() else { return Ok(true) };
        let stale = self.deps.clock.now().duration_since(last.at) >= STALE;
        Ok((moved && stale) || (daily && last.day != today))
    }

    /// The figures of all records; nothing when the time that is left should not be spent on them.
    async fn counted(&self) -> Result<Option<Figures>, Failure> {
        let (store, clock, id) = (&self.deps.store, &self.deps.clock, &self.organisation.id);
        let mut tally = Tally::new(clock.now());
        let mut from = None;
        loop {
            if clock.is_closing() || self.deadline.is_near(clock.now(), self.deps.limits.margin) {
                info!(organisation.id = %id, "figures of {id} are left to the next run: little time is left");
                return Ok(None);
            }
            let page = store.list_records(id, None, from.as_deref(), PAGE).await?;
            for record in &page.items {
                tally.add(record).map_err(|error| too_large(&error))?;
            }
            from = page.next;
            if from.is_none() {
                return tally.finish(id.clone()).map(Some).map_err(|error| too_large(&error));
            }
        }
    }
}

fn too_large(error: &domain::money::MoneyError) -> Failure {
    Failure::new(FailureKind::Malformed, &SystemId::billbridge(), error.to_string())
}
