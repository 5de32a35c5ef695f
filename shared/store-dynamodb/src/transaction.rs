//! Transactions: all or nothing, under a lease, with every reason for a "no" told apart.

use crate::batch::{Backoff, TRIES};
use crate::error::{failure, malformed};
use crate::item::{Item, number, text};
use crate::keys::{self, Key, PK};
use crate::store::DynamoStore;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::delete_item::builders::DeleteItemFluentBuilder;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, ConditionCheck, Delete, Put, ReturnConsumedCapacity,
    ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};
use domain::failure::{Failure, FailureKind};
use domain::journal::Lease;

/// How many items a transaction under a lease may write: one hundred is DynamoDB's limit, one checks the lease.
pub(crate) const MOST_ITEMS: usize = 99;

/// One conditional write, in the making.
pub(crate) struct Step {
    condition: Option<String>,
    update: Option<String>,
    names: Vec<(&'static str, String)>,
    values: Item,
}

impl Step {
    pub(crate) fn new() -> Self {
        Self { condition: None, update: None, names: Vec::new(), values: Item::new() }
    }

    /// The item must be like this before.
    pub(crate) fn only_if(mut self, condition: impl Into<String>) -> Self {
        self.condition = Some(condition.into());
        self
    }

    /// `SET …`, `REMOVE …`.
    pub(crate) fn change(mut self, expression: impl Into<String>) -> Self {
        self.update = Some(expression.into());
        self
    }

    /// What `#…` stands for: many good names are DynamoDB's own words.
    pub(crate) fn names(mut self, names: &[(&'static str, &'static str)]) -> Self {
        self.names.extend(names.iter().map(|(short, long)| (*short, (*long).to_owned())));
        self
    }

    /// What `#…` stands for, where it is not known beforehand.
    pub(crate) fn name(mut self, short: &'static str, long: impl Into<String>) -> Self {
        self.names.push((short, long.into()));
        self
    }

    /// What `:…` stands for.
    pub(crate) fn text(mut self, name: &str, value: impl Into<String>) -> Self {
        self.values.insert(name.into(), text(value));
        self
    }

    /// What `:…` stands for.
    pub(crate) fn set(mut self, name: &str, value: AttributeValue) -> Self {
        self.values.insert(name.into(), value);
        self
    }

    /// What `:…` stands for.
    pub(crate) fn number(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        self.values.insert(name.into(), number(value));
        self
    }

    pub(crate) fn check(self, store: &DynamoStore, key: Key) -> Result<TransactWriteItem, Failure> {
        let (names, values) = (self.the_names(), self.the_values());
        let check = ConditionCheck::builder()
            .table_name(&*store.table)
            .set_key(Some(key.into_item()))
            .set_condition_expression(self.condition)
            .set_expression_attribute_names(names)
            .set_expression_attribute_values(values)
            .build()
            .map_err(|e| malformed(e.to_string()))?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }

    pub(crate) fn put(self, store: &DynamoStore, item: Item) -> Result<TransactWriteItem, Failure> {
        let (names, values) = (self.the_names(), self.the_values());
        let put = Put::builder()
            .table_name(&*store.table)
            .set_item(Some(item))
            .set_condition_expression(self.condition)
            .set_expression_attribute_names(names)
            .set_expression_attribute_values(values)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(|e| malformed(e.to_string()))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    pub(crate) fn update(self, store: &DynamoStore, key: Key) -> Result<TransactWriteItem, Failure> {
        let (names, values) = (self.the_names(), self.the_values());
        let update = Update::builder()
            .table_name(&*store.table)
            .set_key(Some(key.into_item()))
            .set_update_expression(self.update)
            .set_condition_expression(self.condition)
            .set_expression_attribute_names(names)
            .set_expression_attribute_values(values)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(|e| malformed(e.to_string()))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// The same change by itself, outside a transaction.
    pub(crate) fn send(self, store: &DynamoStore, key: Key) -> UpdateItemFluentBuilder {
        let (names, values) = (self.the_names(), self.the_values());
        let call = store.client.update_item().table_name(&*store.table).set_key(Some(key.into_item()));
        call.set_update_expression(self.update)
            .set_condition_expression(self.condition)
            .set_expression_attribute_names(names)
            .set_expression_attribute_values(values)
    }

    /// A removal by itself, outside a transaction.
    pub(crate) fn send_removal(self, store: &DynamoStore, key: Key) -> DeleteItemFluentBuilder {
        let (names, values) = (self.the_names(), self.the_values());
        let call = store.client.delete_item().table_name(&*store.table).set_key(Some(key.into_item()));
        call.set_condition_expression(self.condition)
            .set_expression_attribute_names(names)
            .set_expression_attribute_values(values)
    }

    pub(crate) fn delete(store: &DynamoStore, key: Key) -> Result<TransactWriteItem, Failure> {
        let delete = Delete::builder()
            .table_name(&*store.table)
            .set_key(Some(key.into_item()))
            .build()
            .map_err(|e| malformed(e.to_string()))?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }

    fn the_names(&self) -> Option<std::collections::HashMap<String, String>> {
        let names = self.names.iter().map(|(short, long)| ((*short).to_owned(), long.clone()));
        (!self.names.is_empty()).then(|| names.collect())
    }

    fn the_values(&self) -> Option<Item> {
        (!self.values.is_empty()).then(|| self.values.clone())
    }
}

/// Why a transaction was refused, item by item, in the order of the items.
#[derive(Debug)]
pub(crate) struct Refusal(Vec<CancellationReason>);

impl Refusal {
    /// Whether an item's condition did not hold.
    pub(crate) fn failed(&self, at: usize) -> bool {
        self.0.get(at).and_then(|reason| reason.code()) == Some("ConditionalCheckFailed")
    }

    /// The first item, from `from` on, whose condition did not hold.
    pub(crate) fn first_failed(&self, from: usize) -> Option<usize> {
        (from..self.0.len()).find(|at| self.failed(*at))
    }

    /// The item that a condition did not hold for, if there was one.
    pub(crate) fn item(&self, at: usize) -> Option<&Item> {
        self.0.get(at).and_then(|reason| reason.item()).filter(|item| !item.is_empty())
    }

    /// Whether nothing but a moment's contention or throttling stood in the way.
    fn is_passing(&self) -> bool {
        self.0.iter().all(|reason| {
            matches!(
                reason.code().unwrap_or("None"),
                "None" | "TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded"
            )
        })
    }

    fn into_failure(self, what: &str) -> Failure {
        let why = self.0.iter().find(|r| !matches!(r.code(), None | Some("None")));
        let code = why.and_then(|r| r.code()).unwrap_or("no reason given");
        let message = why.and_then(|r| r.message()).unwrap_or_default();
        let kind = if self.is_passing() { FailureKind::RateLimited(None) } else { FailureKind::Refused };
        failure(kind, format!("could not {what}: the transaction was cancelled: {code} {message}"))
    }
}

impl DynamoStore {
    /// The check that goes first in every transaction under a lease.
    pub(crate) fn lease_check(&self, lease: &Lease) -> Result<TransactWriteItem, Failure> {
        Step::new()
            .only_if("#token = :token AND #holder = :holder")
            .names(&[("#token", "token"), ("#holder", "holder")])
            .number(":token", lease.token)
            .text(":holder", lease.holder.as_str())
            .check(self, keys::lease(&lease.name))
    }

    /// Writes items under a lease. A refusal counts the lease's check as item 0.
    pub(crate) async fn fenced(
        &self,
        lease: &Lease,
        what: &str,
        items: Vec<TransactWriteItem>,
    ) -> Result<Result<(), Refusal>, Failure> {
        let mut all = Vec::with_capacity(items.len() + 1);
        all.push(self.lease_check(lease)?);
        all.extend(items);
        self.transact(what, all).await
    }

    /// Writes items that have no conditions, all or none.
    pub(crate) async fn transact_freely(
        &self,
        what: &str,
        items: Vec<TransactWriteItem>,
    ) -> Result<(), Failure> {
        self.transact(what, items).await?.map_err(|refusal| refusal.into_failure(what))
    }

    /// Writes items, all or none. Contention and throttling are waited out; a refusal is a condition's.
    pub(crate) async fn transact(
        &self,
        what: &str,
        items: Vec<TransactWriteItem>,
    ) -> Result<Result<(), Refusal>, Failure> {
        let mut backoff = Backoff::default();
        for attempt in 1..=TRIES {
            let send = self
                .client
                .transact_write_items()
                .set_transact_items(Some(items.clone()))
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send();
            let answer = Box::pin(send).await;
            let error = match answer {
                Ok(done) => {
                    self.meter.wrote(done.consumed_capacity());
                    return Ok(Ok(()));
                }
                Err(error) => error,
            };
            let Some(refusal) = cancelled(&error) else {
                return Err(self.failed(what, &error));
            };
            if refusal.first_failed(0).is_some() {
                return Ok(Err(refusal));
            }
            if attempt == TRIES || !refusal.is_passing() {
                return Err(refusal.into_failure(what));
            }
            backoff.wait().await;
        }
        Err(failure(FailureKind::RateLimited(None), format!("could not {what}: too many tries")))
    }
}

fn cancelled(error: &SdkError<TransactWriteItemsError>) -> Option<Refusal> {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
            Some(Refusal(cancelled.cancellation_reasons().to_vec()))
        }
        _ => None,
    }
}

/// The failure of a writer whose lease is someone else's by now.
pub(crate) fn lease_lost(lease: &Lease) -> Failure {
    let what = format!("the lease {} is no longer held by {}", lease.name, lease.holder);
    failure(FailureKind::LeaseLost, what)
}

/// A condition: something is there.
pub(crate) fn present() -> String {
    format!("attribute_exists({PK})")
}

/// A condition: nothing is there yet.
pub(crate) fn absent() -> String {
    format!("attribute_not_exists({PK})")
}
