//! Runs: one item each, written over until the run ends.

use crate::keys::{self, PK, SK};
use crate::store::DynamoStore;
use crate::transaction::Step;
use async_trait::async_trait;
use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use domain::failure::Failure;
use domain::id::{OrganisationId, RunId};
use domain::ports::RunStore;
use domain::run::Run;

mod form;

pub(crate) use form::{OPTIONAL, read, write};

#[async_trait]
impl RunStore for DynamoStore {
    /// One update: a write unit for each KB. It leaves alone who has claimed the run.
    async fn put_run(&self, run: &Run) -> Result<(), Failure> {
        let mut item = write(run);
        let mut key = item.clone();
        key.retain(|name, _| name == PK || name == SK);
        item.retain(|name, _| name != PK && name != SK);
        let gone: Vec<_> = OPTIONAL.iter().filter(|name| !item.contains_key(**name)).collect();
        let mut update = self
            .client
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key))
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let (mut sets, mut removes) = (Vec::new(), Vec::new());
        for (at, (name, value)) in item.into_iter().enumerate() {
            sets.push(format!("#s{at} = :s{at}"));
            update = update
                .expression_attribute_names(format!("#s{at}"), name)
                .expression_attribute_values(format!(":s{at}"), value);
        }
        for (at, name) in gone.into_iter().enumerate() {
            removes.push(format!("#r{at}"));
            update = update.expression_attribute_names(format!("#r{at}"), *name);
        }
        let mut expression = format!("SET {}", sets.join(", "));
        if !removes.is_empty() {
            expression.push_str(&format!(" REMOVE {}", removes.join(", ")));
        }
        let done = update
            .update_expression(expression)
            .send()
            .await
            .map_err(|e| self.failed("write the run", &e))?;
        self.meter.wrote(done.consumed_capacity());
        Ok(())
    }

    /// One item, strongly consistent: 1 read unit.
    async fn find_run(&self, organisation: &OrganisationId, id: &RunId) -> Result<Option<Run>, Failure> {
        let item = self.get("read the run", keys::run(organisation, id)).await?;
        item.as_ref().map(read).transpose()
    }

    /// One query, backwards, strongly consistent: a read unit for each 4 KB.
    async fn runs(&self, organisation: &OrganisationId, limit: u32) -> Result<Vec<Run>, Failure> {
        let query = self.query(keys::runs(organisation)).scan_index_forward(false).consistent_read(true);
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let found = self.pages("read the runs", query, most).await?;
        found.iter().map(read).collect()
    }

    /// One conditional update: a write unit for each KB of the run.
    async fn claim_run(
        &self,
        organisation: &OrganisationId,
        id: &RunId,
        checkpoint: u32,
    ) -> Result<bool, Failure> {
        if checkpoint == 0 {
            let claim = Step::new()
                .only_if("#state = :requested")
                .change("SET #state = :running")
                .names(&[("#state", "state")])
                .text(":requested", "requested")
                .text(":running", "running");
            return self.change("claim the run", keys::run(organisation, id), claim).await;
        }
        let claim = Step::new()
            .only_if(
                "#state = :continued AND #checkpoint = :checkpoint \
                 AND (attribute_not_exists(#claimed) OR #claimed < :checkpoint)",
            )
            .change("SET #claimed = :checkpoint")
            .names(&[("#claimed", "claimed"), ("#state", "state"), ("#checkpoint", "checkpoint")])
            .text(":continued", "continued")
            .number(":checkpoint", checkpoint);
        self.change("claim the run", keys::run(organisation, id), claim).await
    }
}
