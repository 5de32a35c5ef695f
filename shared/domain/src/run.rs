//! A run and its report: what an execution saw, did and left.

use crate::id::{OrganisationId, RunId};
use crate::money::Currency;
use crate::plan::Plan;
use crate::service::ServiceStatus;
use jiff::Timestamp;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// What a run was asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunMode {
    /// Plan, and apply what the brake and the policy allow.
    Sync,
    /// Plan and store; change nothing.
    DryRun,
    /// Apply exactly this plan, or refuse because the world moved.
    Apply(crate::plan::PlanHash),
    /// Look at what an order bought and nothing else, and bill it as approved.
    Order(OrderedBilling),
}

/// What an order bought, to be billed at the price that was approved with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderedBilling {
    /// Which order.
    pub order: crate::id::OrderId,
    /// The subscription that it bought or changed.
    pub subscription: crate::id::SubscriptionId,
    /// What the approver saw: the sum charged each cycle. A plan that charges exactly this needs no further
    /// approval; any other waits for a person, like every plan that the brake stops.
    pub approved: crate::money::Money,
}

/// How a plan stands to what was approved with an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Coverage {
    /// It does exactly what was approved, and nothing else.
    Covered,
    /// It changes nothing in billing, so that there is nothing to approve.
    Unneeded,
    /// It does something else; in words, with both sums.
    Beyond(String),
}

impl OrderedBilling {
    /// Whether the approval of the order is an approval of this plan: its one change is of the subscription that
    /// was ordered, whose service runs afterwards and is charged what was approved, to the last digit.
    pub fn covers(&self, plan: &Plan) -> Coverage {
        let mut changes = plan.changes().filter_map(|line| Some((&line.subscription, line.change()?)));
        let Some((subscription, change)) = changes.next() else { return Coverage::Unneeded };
        let to = &change.to;
        let beyond = match changes.count() {
            0 if *subscription != self.subscription => format!("changes subscription {subscription}"),
            0 if to.status != ServiceStatus::Active => {
                format!("leaves a service of {} {}", to.amount, to.status.as_str())
            }
            0 if to.amount != self.approved => format!("charges {}", to.amount),
            0 => return Coverage::Covered,
            more => format!("changes {} subscriptions", more + 1),
        };
        Coverage::Beyond(format!(
            "order {} was approved at {} each cycle, this plan {beyond}",
            self.order, self.approved
        ))
    }
}

impl RunMode {
    /// The word on screens.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Sync => "sync",
            Self::DryRun => "dry-run",
            Self::Apply(_) => "apply",
            Self::Order(_) => "order",
        }
    }
}

/// How a run stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunState {
    /// Asked for; nobody has begun it yet.
    Requested,
    /// At work; or killed at work, until the organisation's next run says so.
    Running,
    /// Stopped before its time ran out; another invocation takes over from this checkpoint.
    Continued {
        /// Counted from 1; only its first taker goes on.
        checkpoint: u32,
    },
    /// The brake or the policy wants a person's approval of the plan.
    AwaitingApproval,
    /// Ended as asked; single changes may have failed, see the counts.
    Finished,
    /// Nothing was changed, and why.
    Refused(String),
    /// Ended early, and why.
    Failed(String),
}

impl RunState {
    /// Whether the run changes nothing any more: what comes after is another run.
    pub fn has_ended(&self) -> bool {
        match self {
            Self::Requested | Self::Running | Self::Continued { .. } => false,
            Self::AwaitingApproval | Self::Finished | Self::Refused(_) | Self::Failed(_) => true,
        }
    }

    /// The word on screens.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Running => "running",
            Self::Continued { .. } => "continued",
            Self::AwaitingApproval => "awaiting-approval",
            Self::Finished => "finished",
            Self::Refused(_) => "refused",
            Self::Failed(_) => "failed",
        }
    }
}

/// What a run counted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// Pages read from the supplier.
    pub pages: u64,
    /// Distinct subscriptions observed.
    pub observed: u64,
    /// Of which unchanged.
    pub unchanged: u64,
    /// Changes in the plan.
    pub planned: u64,
    /// Subscriptions newly set aside in the plan.
    pub parked: u64,
    /// Services created.
    pub created: u64,
    /// Services that carried our mark already and were adopted.
    pub adopted: u64,
    /// Services changed.
    pub changed: u64,
    /// Changes that billing refused.
    pub refused: u64,
    /// Changes whose outcome is not known yet.
    pub in_doubt: u64,
    /// Changes not begun in this run: the next one makes them.
    pub left: u64,
}

/// One execution in one organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// Whose.
    pub organisation: OrganisationId,
    /// What it was asked.
    pub mode: RunMode,
    /// Who asked: a person, or the schedule.
    pub actor: String,
    /// When it began.
    pub started: Timestamp,
    /// When it was last written.
    pub updated: Timestamp,
    /// How it stands.
    pub state: RunState,
    /// The plan it made.
    pub plan: Option<crate::plan::PlanHash>,
    /// Whether the supplier's list was proven whole; nothing means yes, a text says why not. A run of an order
    /// reads no list and ends nothing for want of one.
    pub unproven: Option<String>,
    /// Why the brake tripped, if it did.
    pub brake: Vec<String>,
    /// By how much the plan changes the sum charged each cycle.
    pub amounts: BTreeMap<Currency, Decimal>,
    /// What it counted.
    pub counts: Counts,
    /// The first problems in words, at most [`Run::MAX_PROBLEMS`].
    pub problems: Vec<String>,
}

impl Run {
    /// How many problems a report keeps in words; the counts have them all.
    pub const MAX_PROBLEMS: usize = 20;

    /// One that somebody asked for and that nobody has begun: it has found and done nothing yet.
    pub fn requested(
        id: RunId,
        organisation: OrganisationId,
        mode: RunMode,
        actor: String,
        at: Timestamp,
    ) -> Self {
        Self {
            id,
            organisation,
            mode,
            actor,
            started: at,
            updated: at,
            state: RunState::Requested,
            plan: None,
            unproven: None,
            brake: Vec::new(),
            amounts: BTreeMap::new(),
            counts: Counts::default(),
            problems: Vec::new(),
        }
    }

    /// Keeps a problem for the report.
    pub fn problem(&mut self, text: impl Into<String>) {
        if self.problems.len() < Self::MAX_PROBLEMS {
            self.problems.push(text.into());
        }
    }
}

/// A plan as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPlan {
    /// The plan.
    pub plan: crate::plan::Plan,
    /// The run that made it.
    pub run: RunId,
    /// When.
    pub made: Timestamp,
    /// Who approved it, and when.
    pub approved: Option<(String, Timestamp)>,
}

#[cfg(test)]
mod tests;
