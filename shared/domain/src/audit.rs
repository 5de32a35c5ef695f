//! The audit log: append-only, each entry chained to the one before by SHA-256, verifiable offline.

use crate::digest::{Fingerprint, hex};
use crate::id::{OrganisationId, RunId, SubscriptionId};
use jiff::Timestamp;

/// One thing that was done, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Whose.
    pub organisation: OrganisationId,
    /// Counted from 1 within the organisation, without gaps.
    pub sequence: u64,
    /// When.
    pub at: Timestamp,
    /// Who: a person, or the schedule.
    pub actor: String,
    /// In which run.
    pub run: RunId,
    /// From which plan, where there was one.
    pub plan: Option<String>,
    /// About which subscription, where it was about one.
    pub subscription: Option<SubscriptionId>,
    /// What was done, for people.
    pub what: String,
    /// Why, for people.
    pub why: String,
    /// The hash of the entry before, empty for the first.
    pub previous: String,
    /// The hash of this entry, over everything above.
    pub hash: String,
}

/// What is to be logged; sequence and hashes are given when it is appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditDraft {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// In which run.
    pub run: RunId,
    /// From which plan.
    pub plan: Option<String>,
    /// About which subscription.
    pub subscription: Option<SubscriptionId>,
    /// What was done.
    pub what: String,
    /// Why.
    pub why: String,
}

/// The end of an organisation's chain.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditHead {
    /// The last sequence given; 0 for an empty chain.
    pub sequence: u64,
    /// The last hash; empty for an empty chain.
    pub hash: String,
}

impl AuditHead {
    /// Chains a draft to this head.
    pub fn append(&self, organisation: &OrganisationId, draft: AuditDraft) -> AuditEntry {
        let mut entry = AuditEntry {
            organisation: organisation.clone(),
            sequence: self.sequence + 1,
            at: draft.at,
            actor: draft.actor,
            run: draft.run,
            plan: draft.plan,
            subscription: draft.subscription,
            what: draft.what,
            why: draft.why,
            previous: self.hash.clone(),
            hash: String::new(),
        };
        entry.hash = entry.expected_hash();
        entry
    }
}

impl AuditEntry {
    /// The head after this entry.
    pub fn head(&self) -> AuditHead {
        AuditHead { sequence: self.sequence, hash: self.hash.clone() }
    }

    /// The hash this entry must have.
    pub fn expected_hash(&self) -> String {
        let mut print = Fingerprint::new("audit 1");
        print.text(self.organisation.as_str()).number(i128::from(self.sequence)).text(&self.at.to_string());
        print.text(&self.actor).text(self.run.as_str());
        print.optional(self.plan.as_deref(), |p, plan| {
            p.text(plan);
        });
        print.optional(self.subscription.as_ref(), |p, id| {
            p.text(id.as_str());
        });
        print.text(&self.what).text(&self.why).text(&self.previous);
        hex(&print.finish())
    }
}

/// A chain does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BrokenChain {
    /// An entry is missing or out of order.
    #[error("audit entry {expected} is missing: found {found}")]
    Gap {
        /// Expected sequence.
        expected: u64,
        /// Found sequence.
        found: u64,
    },
    /// An entry was changed after it was written.
    #[error("audit entry {0} was changed after it was written")]
    Changed(u64),
    /// An entry does not follow the one before.
    #[error("audit entry {0} does not follow the one before it")]
    Unchained(u64),
}

/// Verifies a whole chain in order.
pub fn verify<'a>(entries: impl IntoIterator<Item = &'a AuditEntry>) -> Result<AuditHead, BrokenChain> {
    let mut head = AuditHead::default();
    for entry in entries {
        if entry.sequence != head.sequence + 1 {
            return Err(BrokenChain::Gap { expected: head.sequence + 1, found: entry.sequence });
        }
        if entry.previous != head.hash {
            return Err(BrokenChain::Unchained(entry.sequence));
        }
        if entry.hash != entry.expected_hash() {
            return Err(BrokenChain::Changed(entry.sequence));
        }
        head = entry.head();
    }
    Ok(head)
}

#[cfg(test)]
mod tests;
