//! The newest part of an audit log, which can only be read in the order it was written.

use crate::state::Web;
use domain::audit::AuditEntry;
use domain::failure::Failure;
use domain::id::{OrganisationId, SubscriptionId};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// How many entries one look goes through.
const SPAN: u64 = 2_000;
const READ: u32 = 500;

/// How long each log was when it was last looked at: logs only grow, and have no gaps.
#[derive(Debug, Default)]
pub struct Heads(Mutex<BTreeMap<OrganisationId, u64>>);

impl Heads {
    fn known(&self, organisation: &OrganisationId) -> u64 {
        let heads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        heads.get(organisation).copied().unwrap_or_default()
    }

    fn raise(&self, organisation: &OrganisationId, to: u64) {
        let mut heads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let head = heads.entry(organisation.clone()).or_default();
        *head = to.max(*head);
    }
}

/// A part of a log, the newest entry first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// The entries.
    pub entries: Vec<AuditEntry>,
    /// Everything before this sequence was not looked at; nothing if the log was looked through to its
    /// beginning.
    pub before: Option<u64>,
}

impl Web {
    /// What was done about one subscription, as far as the newest entries before `before` tell.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub async fn history(
        &self,
        organisation: &OrganisationId,
        subscription: &SubscriptionId,
        before: Option<u64>,
    ) -> Result<Past, Failure> {
        let mut past = self.past(organisation, before, SPAN).await?;
        past.entries.retain(|entry| entry.subscription.as_ref() == Some(subscription));
        Ok(past)
    }

    /// The newest `span` entries of a log before `before`.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub async fn past(
        &self,
        organisation: &OrganisationId,
        before: Option<u64>,
        span: u64,
    ) -> Result<Past, Failure> {
        let head = self.head(organisation).await?;
        let last = before.map_or(head, |before| before.saturating_sub(1).min(head));
        let from = last.saturating_sub(span);
        let mut entries = Vec::new();
        let mut after = from;
        while after < last {
            let limit = u32::try_from(last - after).unwrap_or(READ).min(READ);
            let read = self.store.audit_entries(organisation, after, limit).await?;
            let Some(end) = read.last() else { break };
            after = end.sequence;
            entries.extend(read);
        }
        entries.reverse();
        Ok(Past { entries, before: (from > 0).then_some(from + 1) })
    }

    /// The last sequence of a log: from the last one known in growing steps, then by halves.
    async fn head(&self, organisation: &OrganisationId) -> Result<u64, Failure> {
        let mut there = self.heads.known(organisation);
        let mut step = 1;
        let mut missing = loop {
            let probe = there.saturating_add(step);
            if !self.is_there(organisation, probe).await? {
                break probe;
            }
            there = probe;
            step = step.saturating_mul(2);
        };
        while missing - there > 1 {
            let middle = there + (missing - there) / 2;
            if self.is_there(organisation, middle).await? {
                there = middle;
            } else {
                missing = middle;
            }
        }
        self.heads.raise(organisation, there);
        Ok(there)
    }

    async fn is_there(&self, organisation: &OrganisationId, sequence: u64) -> Result<bool, Failure> {
        Ok(!self.store.audit_entries(organisation, sequence - 1, 1).await?.is_empty())
    }
}
