//! Orders: one item each, written in one transaction with its entry in the audit log, and in the index under
//! what is open or under the state it rests in.

use crate::audit;
use crate::error::failure;
use crate::item::text;
use crate::keys;
use crate::store::DynamoStore;
use crate::transaction::{Refusal, Step, absent};
use async_trait::async_trait;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::audit::AuditDraft;
use domain::failure::{Failure, FailureKind};
use domain::id::{OrderId, OrganisationId};
use domain::order::{Order, OrderState};
use domain::ports::{OrderFilter, OrderStore, Page};

mod form;
mod parts;

pub(crate) use form::{read, write};

/// Where each item stands in the transaction.
const ORDER: usize = 0;
const END_OF_LOG: usize = 2;

#[async_trait]
impl OrderStore for DynamoStore {
    /// One transaction: 2 write units for each KB of the order and one for its place in the index, and 4 for
    /// the audit log; the first in a process reads the end of the log for 1 read unit.
    async fn put_order(&self, order: &Order, draft: AuditDraft) -> Result<(), Failure> {
        if order.version == 0 {
            let what = format!("{} has version 0: the first one is 1", order.id);
            return Err(failure(FailureKind::Refused, what));
        }
        let log = self.log(&order.organisation);
        let mut end = log.lock().await;
        for _ in 0..audit::TRIES {
            let head = match end.take() {
                Some(head) => head,
                None => self.audit_head(&order.organisation).await?,
            };
            let entry = head.append(&order.organisation, draft.clone());
            let mut items = vec![self.order_put(order)?];
            items.extend(audit::append(self, &head, &entry)?);
            let Err(refusal) = self.transact("write the order", items).await? else {
                *end = Some(entry.head());
                return Ok(());
            };
            if refusal.failed(ORDER) {
                return self.is_written(order, &refusal).await;
            }
            *end = audit::end_in(&refusal, END_OF_LOG)?;
        }
        let what = "could not write the order: the audit log is being written by someone else";
        Err(failure(FailureKind::RateLimited(None), what))
    }

    /// One item, strongly consistent: 1 read unit for each 4 KB.
    async fn find_order(
        &self,
        organisation: &OrganisationId,
        id: &OrderId,
    ) -> Result<Option<Order>, Failure> {
        let item = self.get("read the order", keys::order(organisation, id)).await?;
        item.as_ref().map(read).transpose()
    }

    /// A query, backwards: half a read unit for 4 KB. Those in one open state are filtered from all that are
    /// open. One more than asked for is read, so that only a page that others follow says where to go on.
    async fn list_orders(
        &self,
        organisation: &OrganisationId,
        filter: OrderFilter,
        from: Option<&str>,
        limit: u32,
    ) -> Result<Page<Order>, Failure> {
        if from.is_some_and(|from| from.parse::<OrderId>().is_err()) {
            let what = "a list of orders does not go on from there: begin anew";
            return Err(failure(FailureKind::Refused, what));
        }
        let query = match filter {
            OrderFilter::All => self.query_backwards(false, keys::orders(organisation), from),
            OrderFilter::Open => self.query_backwards(true, keys::open_orders(organisation), from),
            OrderFilter::In(state) => {
                let query = self.query_backwards(true, keys::order_list(organisation, state), from);
                if state.is_open() { only_in(query, state) } else { query }
            }
        };
        let limit = usize::try_from(limit.max(1)).unwrap_or(usize::MAX);
        let mut found = self.pages("list orders", query, limit.saturating_add(1)).await?;
        let more = found.len() > limit;
        found.truncate(limit);
        let items = found.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let last = items.last().filter(|_| more);
        Ok(Page { next: last.map(|order| order.id.to_string()), items })
    }
}

impl DynamoStore {
    /// Writes an order over the version before, or where there is none.
    fn order_put(&self, order: &Order) -> Result<TransactWriteItem, Failure> {
        let step = if order.version == 1 {
            Step::new().only_if(absent())
        } else {
            Step::new()
                .only_if("#version = :before")
                .names(&[("#version", "version")])
                .number(":before", order.version - 1)
        };
        step.put(self, write(order))
    }

    /// Whether this very version was written before, and only the answer was lost.
    async fn is_written(&self, order: &Order, refusal: &Refusal) -> Result<(), Failure> {
        let stored = match refusal.item(ORDER) {
            Some(item) => Some(read(item)?),
            None => self.find_order(&order.organisation, &order.id).await?,
        };
        if stored.as_ref() == Some(order) {
            return Ok(());
        }
        let what = format!("{} was changed by someone else: look at it again", order.id);
        Err(failure(FailureKind::Conflict, what))
    }
}

fn only_in(query: QueryFluentBuilder, state: OrderState) -> QueryFluentBuilder {
    query
        .filter_expression("#state = :state")
        .expression_attribute_names("#state", "state")
        .expression_attribute_values(":state", text(state.as_str()))
}
