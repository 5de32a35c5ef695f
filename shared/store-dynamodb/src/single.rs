//! One item at a time.

use crate::item::Item;
use crate::keys::Key;
use crate::store::DynamoStore;
use crate::transaction::{Step, absent};
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{ReturnConsumedCapacity, ReturnValue, ReturnValuesOnConditionCheckFailure};
use domain::failure::Failure;

impl DynamoStore {
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

    /// Writes one item over whatever is there.
    pub(crate) async fn put(&self, what: &str, item: Item) -> Result<(), Failure> {
        let put = self.client.put_item().table_name(&*self.table).set_item(Some(item));
        let send = put.return_consumed_capacity(ReturnConsumedCapacity::Total).send();
        let done = Box::pin(send).await.map_err(|e| self.failed(what, &e))?;
        self.meter.wrote(done.consumed_capacity());
        Ok(())
    }

    /// Writes one item where there is none, or brings back the one that is there.
    pub(crate) async fn put_if_absent(
        &self,
        what: &str,
        item: Item,
    ) -> Result<Result<(), Option<Item>>, Failure> {
        let call = self
            .client
            .put_item()
            .table_name(&*self.table)
            .set_item(Some(item))
            .condition_expression(absent())
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send();
        match Box::pin(call).await {
            Ok(done) => {
                self.meter.wrote(done.consumed_capacity());
                Ok(Ok(()))
            }
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(there)) => {
                    Ok(Err(there.item().filter(|item| !item.is_empty()).cloned()))
                }
                _ => Err(self.failed(what, &error)),
            },
        }
    }

    /// Changes one item if it is as the step wants it; false if it is not.
    pub(crate) async fn change(&self, what: &str, key: Key, step: Step) -> Result<bool, Failure> {
        let call = step.send(self, key).return_consumed_capacity(ReturnConsumedCapacity::Total).send();
        match Box::pin(call).await {
            Ok(done) => {
                self.meter.wrote(done.consumed_capacity());
                Ok(true)
            }
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(false),
                _ => Err(self.failed(what, &error)),
            },
        }
    }

    /// Removes one item if it is as the step wants it; false if it is not.
    pub(crate) async fn remove(&self, what: &str, key: Key, step: Step) -> Result<bool, Failure> {
        let call =
            step.send_removal(self, key).return_consumed_capacity(ReturnConsumedCapacity::Total).send();
        match Box::pin(call).await {
            Ok(done) => {
                self.meter.wrote(done.consumed_capacity());
                Ok(true)
            }
            Err(error) => match error.as_service_error() {
                Some(DeleteItemError::ConditionalCheckFailedException(_)) => Ok(false),
                _ => Err(self.failed(what, &error)),
            },
        }
    }

    /// Removes one item and brings back what it was: of several at once, one gets it.
    pub(crate) async fn take(&self, what: &str, key: Key) -> Result<Option<Item>, Failure> {
        let send = self
            .client
            .delete_item()
            .table_name(&*self.table)
            .set_key(Some(key.into_item()))
            .return_values(ReturnValue::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send();
        let done = Box::pin(send).await.map_err(|e| self.failed(what, &e))?;
        self.meter.wrote(done.consumed_capacity());
        Ok(done.attributes.filter(|item| !item.is_empty()))
    }
}
