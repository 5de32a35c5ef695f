//! Queries: one partition, in order, a page at a time.

use crate::item::{Item, text};
use crate::keys::{GSI, GSI_PK, GSI_SK, PK, SK};
use crate::store::DynamoStore;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use domain::failure::Failure;

/// One page of items and where to go on.
pub(crate) struct Found {
    pub(crate) items: Vec<Item>,
    pub(crate) next: Option<Item>,
}

impl DynamoStore {
    /// All items of a partition.
    pub(crate) fn query(&self, pk: impl Into<String>) -> QueryFluentBuilder {
        self.query_where("#pk = :pk", pk)
    }

    /// The items of a partition whose sort key begins like this.
    pub(crate) fn query_prefix(&self, pk: impl Into<String>, prefix: &str) -> QueryFluentBuilder {
        self.query_where("#pk = :pk AND begins_with(#sk, :prefix)", pk)
            .expression_attribute_names("#sk", SK)
            .expression_attribute_values(":prefix", text(prefix))
    }

    /// The items of a partition whose sort key lies between two, which count as well.
    pub(crate) fn query_between(
        &self,
        pk: impl Into<String>,
        first: impl Into<String>,
        last: impl Into<String>,
    ) -> QueryFluentBuilder {
        self.query_where("#pk = :pk AND #sk BETWEEN :first AND :last", pk)
            .expression_attribute_names("#sk", SK)
            .expression_attribute_values(":first", text(first))
            .expression_attribute_values(":last", text(last))
    }

    /// The items of one list in the index, after a sort key where one is given.
    pub(crate) fn query_index(&self, list: impl Into<String>, after: Option<&str>) -> QueryFluentBuilder {
        let query = self
            .client
            .query()
            .table_name(&*self.table)
            .index_name(GSI)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .expression_attribute_names("#pk", GSI_PK)
            .expression_attribute_values(":pk", text(list));
        match after {
            None => query.key_condition_expression("#pk = :pk"),
            Some(after) => query
                .key_condition_expression("#pk = :pk AND #sk > :after")
                .expression_attribute_names("#sk", GSI_SK)
                .expression_attribute_values(":after", text(after)),
        }
    }

    /// A list from its end, before a sort key where one is given: of the index, or a whole partition.
    pub(crate) fn query_backwards(
        &self,
        of_index: bool,
        list: impl Into<String>,
        before: Option<&str>,
    ) -> QueryFluentBuilder {
        let (pk, sk) = if of_index { (GSI_PK, GSI_SK) } else { (PK, SK) };
        let query = self
            .client
            .query()
            .table_name(&*self.table)
            .set_index_name(of_index.then(|| GSI.to_owned()))
            .scan_index_forward(false)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .expression_attribute_names("#pk", pk)
            .expression_attribute_values(":pk", text(list));
        match before {
            None => query.key_condition_expression("#pk = :pk"),
            Some(before) => query
                .key_condition_expression("#pk = :pk AND #sk < :before")
                .expression_attribute_names("#sk", sk)
                .expression_attribute_values(":before", text(before)),
        }
    }

    /// One page from a place on.
    pub(crate) async fn page(
        &self,
        what: &str,
        query: &QueryFluentBuilder,
        from: Option<Item>,
    ) -> Result<Found, Failure> {
        let send = query.clone().set_exclusive_start_key(from).send();
        let answer = Box::pin(send).await.map_err(|e| self.failed(what, &e))?;
        self.meter.read(answer.consumed_capacity());
        Ok(Found { items: answer.items.unwrap_or_default(), next: answer.last_evaluated_key })
    }

    /// At most so many items, however many pages it takes.
    pub(crate) async fn pages(
        &self,
        what: &str,
        query: QueryFluentBuilder,
        most: usize,
    ) -> Result<Vec<Item>, Failure> {
        let mut items = Vec::new();
        let mut from = None;
        loop {
            let left = most.saturating_sub(items.len());
            let query = match i32::try_from(left) {
                Ok(left) => query.clone().limit(left.max(1)),
                Err(_) => query.clone(),
            };
            let page = self.page(what, &query, from).await?;
            items.extend(page.items);
            from = page.next;
            if from.is_none() || items.len() >= most {
                items.truncate(most);
                return Ok(items);
            }
        }
    }

    fn query_where(&self, condition: &str, pk: impl Into<String>) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(&*self.table)
            .key_condition_expression(condition)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .expression_attribute_names("#pk", PK)
            .expression_attribute_values(":pk", text(pk))
    }
}
