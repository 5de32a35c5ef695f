//! Leases. An item is never removed, not even by expiry: its token must grow for as long as the table lives,
//! or a writer that slept for long could pass for its successor.

use crate::item::{Item, Read, SCHEMA, number, text};
use crate::keys;
use crate::store::DynamoStore;
use async_trait::async_trait;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{ReturnConsumedCapacity, ReturnValue, ReturnValuesOnConditionCheckFailure};
use domain::failure::Failure;
use domain::id::RunId;
use domain::journal::{Held, Lease};
use domain::ports::LeaseStore;
use jiff::{RoundMode, Timestamp, TimestampRound, Unit};

#[async_trait]
impl LeaseStore for DynamoStore {
    /// One conditional update: 1 write unit, also when it is refused.
    async fn acquire(
        &self,
        name: &str,
        holder: &RunId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Result<Lease, Held>, Failure> {
        let what = "take the lease";
        let call = self
            .client
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(keys::lease(name).into_item()))
            .update_expression("SET #holder = :me, #until = :until, #schema = :schema ADD #token :one")
            .condition_expression("attribute_not_exists(#holder) OR #until <= :now OR #holder = :me")
            .expression_attribute_names("#holder", "holder")
            .expression_attribute_names("#until", "until")
            .expression_attribute_names("#schema", "schema")
            .expression_attribute_names("#token", "token")
            .expression_attribute_values(":me", text(holder.as_str()))
            .expression_attribute_values(":until", number(rounded_up(until).as_millisecond()))
            .expression_attribute_values(":now", number(now.as_millisecond()))
            .expression_attribute_values(":schema", number(SCHEMA))
            .expression_attribute_values(":one", number(1))
            .return_values(ReturnValue::AllOld)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send();
        let taken = Box::pin(call).await;
        match taken {
            Ok(taken) => {
                self.meter.wrote(taken.consumed_capacity());
                let (largest, last) = before(&taken.attributes.unwrap_or_default())?;
                let broken_off = last.filter(|last| last != holder);
                let (name, holder) = (name.to_owned(), holder.clone());
                Ok(Ok(Lease { name, holder, token: largest + 1, until, broken_off }))
            }
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(held)) => {
                    held_by(name, held.item()).map(Err)
                }
                _ => Err(self.failed(what, &error)),
            },
        }
    }

    /// One conditional update: 1 write unit.
    async fn release(&self, lease: &Lease) -> Result<(), Failure> {
        let call = self
            .client
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(keys::lease(&lease.name).into_item()))
            .update_expression("REMOVE #holder")
            .condition_expression("#token = :token AND #holder = :holder")
            .expression_attribute_names("#token", "token")
            .expression_attribute_names("#holder", "holder")
            .expression_attribute_values(":token", number(lease.token))
            .expression_attribute_values(":holder", text(lease.holder.as_str()))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send();
        let given = Box::pin(call).await;
        match given {
            Ok(given) => {
                self.meter.wrote(given.consumed_capacity());
                Ok(())
            }
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(()),
                _ => Err(self.failed("give the lease back", &error)),
            },
        }
    }
}

/// The token that a lease had, and who had not given it back. The first time there was no item: DynamoDB says nothing
/// then, the embedded table says the key.
fn before(item: &Item) -> Result<(u64, Option<RunId>), Failure> {
    if !item.contains_key("token") {
        return Ok((0, None));
    }
    let item = Read::new(item)?;
    Ok((item.number("token")?, item.maybe("holder")?))
}

fn held_by(name: &str, item: Option<&Item>) -> Result<Held, Failure> {
    let empty = Item::new();
    let item = Read::new(item.unwrap_or(&empty))?;
    let until = Timestamp::from_millisecond(item.number("until")?).map_err(|e| item.wrong("until", e))?;
    let (holder, token) = (item.parsed("holder")?, item.number("token")?);
    Ok(Held(Lease { name: name.to_owned(), holder, token, until, broken_off: None }))
}

/// Kept in whole milliseconds: a lease is never taken before its end.
fn rounded_up(until: Timestamp) -> Timestamp {
    let up = TimestampRound::new().smallest(Unit::Millisecond).mode(RoundMode::Ceil);
    until.round(up).unwrap_or(until)
}
