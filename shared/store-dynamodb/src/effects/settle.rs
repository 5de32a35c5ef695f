//! The end of an attempt: journal, record and audit log together, or nothing.

use super::{moved, the_attempt};
use crate::audit;
use crate::error::failure;
use crate::keys;
use crate::records::stale;
use crate::store::DynamoStore;
use crate::transaction::{Refusal, lease_lost};
use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::audit::{AuditEntry, AuditHead};
use domain::failure::{Failure, FailureKind};
use domain::id::OrganisationId;
use domain::journal::{Lease, Settlement};

/// Where each item stands in the transaction; the lease's check is 0, the audit log comes last.
const EFFECT: usize = 1;
const RECORD: usize = 2;

impl DynamoStore {
    pub(super) async fn settle_effect(&self, lease: &Lease, settlement: Settlement) -> Result<(), Failure> {
        let Some(organisation) = settlement.key.organisation() else {
            let what = format!("the effect {} names no organisation", settlement.key);
            return Err(failure(FailureKind::Refused, what));
        };
        let writer = self.writer(lease);
        let _turn = writer.lock().await;
        let log = self.log(&organisation);
        let mut end = log.lock().await;
        for _ in 0..audit::TRIES {
            let head = match end.take() {
                Some(head) => head,
                None => self.audit_head(&organisation).await?,
            };
            let entry = head.append(&organisation, settlement.audit.clone());
            let items = self.settlement_items(&settlement, &head, &entry)?;
            let last = items.len();
            match self.fenced(lease, "settle an effect", items).await? {
                Ok(()) => {
                    *end = Some(entry.head());
                    return Ok(());
                }
                Err(refusal) => match self.verdict(lease, &organisation, &settlement, &refusal).await? {
                    Verdict::AlreadySettled => return Ok(()),
                    Verdict::HeadMoved => *end = audit::end_in(&refusal, last)?,
                },
            }
        }
        let what = "could not settle an effect: the audit log is being written by someone else";
        Err(failure(FailureKind::RateLimited(None), what))
    }

    fn settlement_items(
        &self,
        settlement: &Settlement,
        head: &AuditHead,
        entry: &AuditEntry,
    ) -> Result<Vec<TransactWriteItem>, Failure> {
        let effect = the_attempt(settlement.attempt)
            .change("SET #state = :state, #outcome = :outcome REMOVE #gsipk, #gsisk")
            .names(&[("#outcome", "outcome"), ("#gsipk", keys::GSI_PK), ("#gsisk", keys::GSI_SK)])
            .text(":state", settlement.state.as_str())
            .text(":outcome", &settlement.outcome)
            .update(self, keys::effect(&entry.organisation, &settlement.key))?;
        let mut items = vec![effect];
        if let Some(record) = &settlement.record {
            items.push(self.record_put(record)?);
        }
        items.extend(audit::append(self, head, entry)?);
        Ok(items)
    }

    async fn verdict(
        &self,
        lease: &Lease,
        organisation: &OrganisationId,
        settlement: &Settlement,
        refusal: &Refusal,
    ) -> Result<Verdict, Failure> {
        if refusal.failed(EFFECT) && self.is_settled(organisation, settlement, refusal).await? {
            return Ok(Verdict::AlreadySettled);
        }
        if refusal.failed(0) {
            return Err(lease_lost(lease));
        }
        if refusal.failed(EFFECT) {
            return Err(moved(&settlement.key));
        }
        if settlement.record.is_some() && refusal.failed(RECORD) {
            return Err(stale(refusal, RECORD, settlement.record.as_ref()));
        }
        Ok(Verdict::HeadMoved)
    }

    /// Whether this very end was written before, and only the answer was lost.
    async fn is_settled(
        &self,
        organisation: &OrganisationId,
        settlement: &Settlement,
        refusal: &Refusal,
    ) -> Result<bool, Failure> {
        let stored = self.stored(organisation, &settlement.key, refusal.item(EFFECT)).await?;
        Ok(stored.is_some_and(|stored| {
            stored.attempt == settlement.attempt
                && stored.state == settlement.state
                && stored.outcome.as_ref() == Some(&settlement.outcome)
        }))
    }
}

enum Verdict {
    AlreadySettled,
    HeadMoved,
}
