//! What the effect journal writes down. The mechanism is in the `journal` crate; the words are here.

use crate::audit::AuditDraft;
use crate::id::{OrderId, OrganisationId, RunId, SubscriptionId};
use crate::record::SyncRecord;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::fmt;

/// The permanent key of one effect, derived from our own ids and never from the time:
/// `sub/<organisation>/<subscription>/<revision>`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EffectKey(Box<str>);

impl EffectKey {
    /// The key of the change that makes `revision` of a subscription's service.
    pub fn of_subscription(
        organisation: &OrganisationId,
        subscription: &SubscriptionId,
        revision: u32,
    ) -> Self {
        Self(format!("sub/{organisation}/{subscription}/{revision:06}").into())
    }

    /// The key of creating what a policy creates: `new/<organisation>/<kind>/<id>`.
    pub fn of_creation(organisation: &OrganisationId, kind: &str, id: &str) -> Self {
        Self(format!("new/{organisation}/{kind}/{id}").into())
    }

    /// The key of one step of an order: `ord/<organisation>/<order>/<step>`.
    pub fn of_order(organisation: &OrganisationId, order: &OrderId, step: &str) -> Self {
        Self(format!("ord/{organisation}/{order}/{step}").into())
    }

    /// The subscription that the key is of, where it is one of [`EffectKey::of_subscription`].
    pub fn subscription(&self) -> Option<SubscriptionId> {
        let mut parts = self.0.split('/');
        match (parts.next(), parts.next(), parts.next()) {
            (Some("sub"), Some(_), Some(id)) => id.parse().ok(),
            _ => None,
        }
    }

    /// Whose effect it is, as every key says in its second part.
    pub fn organisation(&self) -> Option<OrganisationId> {
        self.0.split('/').nth(1).and_then(|id| id.parse().ok())
    }

    /// A key read back from the journal.
    pub fn from_stored(text: impl Into<Box<str>>) -> Self {
        Self(text.into())
    }

    /// The text form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EffectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How far an effect got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EffectState {
    /// Written down before the call; if it is found like this, the outcome is in doubt.
    Intended,
    /// Done, with a receipt.
    Done,
    /// The system said no before anything was done; may be attempted again.
    Refused,
}

impl EffectState {
    /// The text form.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Intended => "intended",
            Self::Done => "done",
            Self::Refused => "refused",
        }
    }

    /// Reads the text form.
    pub fn find(text: &str) -> Option<Self> {
        [Self::Intended, Self::Done, Self::Refused].into_iter().find(|state| state.as_str() == text)
    }
}

/// One effect as the journal holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectEntry {
    /// Its permanent key.
    pub key: EffectKey,
    /// Whose.
    pub organisation: OrganisationId,
    /// How far it got.
    pub state: EffectState,
    /// Counted from 1; each attempt was begun on purpose.
    pub attempt: u32,
    /// What is to be done, for people.
    pub intent: String,
    /// What became known on the way: order and service ids.
    pub notes: BTreeMap<String, String>,
    /// When the current attempt began.
    pub begun: Timestamp,
    /// The run that began it.
    pub run: RunId,
    /// The receipt or the refusal, once there is one.
    pub outcome: Option<String>,
}

/// What the journal says when an effect is begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// The intent is written: call now. Notes of an earlier, refused attempt are kept.
    Fresh(EffectEntry),
    /// An earlier attempt has no outcome: look in the other system first.
    InDoubt(EffectEntry),
    /// Already done: nothing to call.
    Done(EffectEntry),
}

/// The end of an attempt, written in one transaction: journal, record and audit log together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// Which effect.
    pub key: EffectKey,
    /// Which attempt; another attempt's end does not count.
    pub attempt: u32,
    /// [`EffectState::Done`] or [`EffectState::Refused`].
    pub state: EffectState,
    /// The receipt or the refusal.
    pub outcome: String,
    /// The record afterwards; nothing where the effect belongs to no subscription.
    pub record: Option<SyncRecord>,
    /// What the log says.
    pub audit: AuditDraft,
}

/// The right to write, with a token that grows with every holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// On what.
    pub name: String,
    /// Who has it.
    pub holder: RunId,
    /// The fencing token: a write with a smaller one is refused.
    pub token: u64,
    /// Until when.
    pub until: Timestamp,
    /// Who had it before and never gave it back: whose process was killed, or whose checkpoint nobody took up.
    pub broken_off: Option<RunId>,
}

/// Why a lease was not given: someone else has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held(pub Lease);
