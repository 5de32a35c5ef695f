//! Runs and their reports.

use super::{MemoryStore, RunRow};
use async_trait::async_trait;
use domain::failure::Failure;
use domain::id::{OrganisationId, RunId};
use domain::ports::RunStore;
use domain::run::{Run, RunState};

#[async_trait]
impl RunStore for MemoryStore {
    async fn put_run(&self, run: &Run) -> Result<(), Failure> {
        self.step(|tables| {
            let place = (run.organisation.clone(), run.id.clone());
            let claimed = tables.runs.get(&place).map_or(0, |row| row.claimed);
            let run = run.clone();
            tables.runs.insert(place, RunRow { run, claimed });
            tables.writes += 1;
            Ok(())
        })
        .await
    }

    async fn find_run(&self, organisation: &OrganisationId, id: &RunId) -> Result<Option<Run>, Failure> {
        self.step(|tables| {
            let row = tables.runs.get(&(organisation.clone(), id.clone()));
            Ok(row.map(|row| row.run.clone()))
        })
        .await
    }

    async fn runs(&self, organisation: &OrganisationId, limit: u32) -> Result<Vec<Run>, Failure> {
        self.step(|tables| {
            let limit = usize::try_from(limit).unwrap_or(usize::MAX);
            let rows = tables.runs.iter().rev();
            Ok(rows
                .filter(|((whose, _), _)| whose == organisation)
                .take(limit)
                .map(|(_, row)| row.run.clone())
                .collect())
        })
        .await
    }

    async fn claim_run(
        &self,
        organisation: &OrganisationId,
        id: &RunId,
        checkpoint: u32,
    ) -> Result<bool, Failure> {
        self.step(|tables| {
            let Some(row) = tables.runs.get_mut(&(organisation.clone(), id.clone())) else {
                return Ok(false);
            };
            let first = match (checkpoint, &row.run.state) {
                (0, state) => *state == RunState::Requested,
                (_, state) => *state == RunState::Continued { checkpoint } && row.claimed < checkpoint,
            };
            if first && checkpoint == 0 {
                row.run.state = RunState::Running;
            }
            if first {
                row.claimed = row.claimed.max(checkpoint);
                tables.writes += 1;
            }
            Ok(first)
        })
        .await
    }
}
