//! Runs and plans, as programs read them.

use super::words::{PriceShape, ServiceShape, Sums, sums};
use domain::brake::Reach;
use domain::plan::{Change, Line, PlanHash, Verdict};
use domain::run::{Counts, Run, RunMode, RunState, StoredPlan};
use serde::Serialize;
use utoipa::ToSchema;

/// One execution in one organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Run)]
pub(super) struct RunShape {
    /// Its id.
    #[schema(example = "run_1793836800000a1b2c3")]
    pub run: String,
    /// Of which organisation.
    #[schema(example = "nordic")]
    pub organisation: String,
    /// `sync`, `dry-run`, `apply` or `order`.
    #[schema(example = "dry-run")]
    pub mode: String,
    /// The plan it was asked to apply.
    pub wanted: Option<String>,
    /// The order it was asked to bill.
    pub order: Option<String>,
    /// Who asked.
    #[schema(example = "Anna Berg (usr_1793836800000000001)")]
    pub actor: String,
    /// When it was asked for or began.
    #[schema(format = DateTime, example = "2026-11-05T08:13:02Z")]
    pub started: String,
    /// When it was last written.
    #[schema(format = DateTime, example = "2026-11-05T08:13:09Z")]
    pub updated: String,
    /// `requested`, `running`, `continued`, `awaiting-approval`, `finished`, `refused` or `failed`.
    #[schema(example = "finished")]
    pub state: String,
    /// Why it was refused or failed.
    pub why: Option<String>,
    /// The plan it made.
    pub plan: Option<String>,
    /// Whether the supplier's list was proven whole.
    pub proven_whole: bool,
    /// Why not.
    pub unproven: Option<String>,
    /// Why the brake tripped.
    pub brake: Vec<String>,
    /// By how much the plan changes the sum charged each cycle, by currency.
    pub amounts: Sums,
    /// What it counted.
    pub counts: CountsShape,
    /// The first problems in words.
    pub problems: Vec<String>,
}

/// What a run counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RunCounts)]
pub(super) struct CountsShape {
    /// Pages read from the supplier.
    pub pages: u64,
    /// Distinct subscriptions observed.
    pub observed: u64,
    /// Of which unchanged.
    pub unchanged: u64,
    /// Changes in the plan.
    pub planned: u64,
    /// Subscriptions newly set aside.
    pub parked: u64,
    /// Services created.
    pub created: u64,
    /// Services that carried our mark already.
    pub adopted: u64,
    /// Services changed.
    pub changed: u64,
    /// Changes that billing refused.
    pub refused: u64,
    /// Changes whose outcome is not known yet.
    pub in_doubt: u64,
    /// Changes not begun: the next run makes them.
    pub left: u64,
}

impl From<&Counts> for CountsShape {
    fn from(counts: &Counts) -> Self {
        Self {
            pages: counts.pages,
            observed: counts.observed,
            unchanged: counts.unchanged,
            planned: counts.planned,
            parked: counts.parked,
            created: counts.created,
            adopted: counts.adopted,
            changed: counts.changed,
            refused: counts.refused,
            in_doubt: counts.in_doubt,
            left: counts.left,
        }
    }
}

impl From<&Run> for RunShape {
    fn from(run: &Run) -> Self {
        let (wanted, order) = match &run.mode {
            RunMode::Apply(hash) => (Some(hash.to_string()), None),
            RunMode::Order(ordered) => (None, Some(ordered.order.to_string())),
            RunMode::Sync | RunMode::DryRun => (None, None),
        };
        Self {
            run: run.id.to_string(),
            organisation: run.organisation.to_string(),
            mode: run.mode.word().to_owned(),
            wanted,
            order,
            actor: run.actor.clone(),
            started: run.started.to_string(),
            updated: run.updated.to_string(),
            state: run.state.word().to_owned(),
            why: why(&run.state).map(str::to_owned),
            plan: run.plan.as_ref().map(ToString::to_string),
            proven_whole: run.unproven.is_none(),
            unproven: run.unproven.clone(),
            brake: run.brake.clone(),
            amounts: sums(&run.amounts),
            counts: (&run.counts).into(),
            problems: run.problems.clone(),
        }
    }
}

/// Why a run was refused or failed.
fn why(state: &RunState) -> Option<&str> {
    match state {
        RunState::Refused(why) | RunState::Failed(why) => Some(why),
        RunState::Requested
        | RunState::Running
        | RunState::Continued { .. }
        | RunState::AwaitingApproval
        | RunState::Finished => None,
    }
}

/// A plan as it is kept, and some of its lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Plan)]
pub(super) struct PlanShape {
    /// Its hash.
    #[schema(
        pattern = "^[0-9a-f]{64}$",
        example = "1850a7d6eec741fc6b9875576af85d19c3f96dc67de02b7620570007d137d28a"
    )]
    pub plan: String,
    /// Of which organisation.
    #[schema(example = "nordic")]
    pub organisation: String,
    /// The run that made it.
    pub run: String,
    /// When.
    #[schema(format = DateTime, example = "2026-11-05T08:13:09Z")]
    pub made: String,
    /// Who approved it, and when.
    pub approved: Option<ApprovedShape>,
    /// Subscriptions whose service would change.
    pub changes: u32,
    /// Services that would be created.
    pub created: u32,
    /// Services that would cost less, be suspended or end.
    pub reduced: u32,
    /// Subscriptions that would be set aside.
    pub parked: usize,
    /// By how much the sum charged each cycle would change, by currency.
    pub amounts: Sums,
    /// A page of its lines, by subscription id.
    pub lines: Vec<LineShape>,
    /// How many lines come after these.
    pub lines_left_out: usize,
    /// Given back as `cursor` to read on; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub next: Option<String>,
}

/// An approval of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PlanApproval)]
pub(super) struct ApprovedShape {
    /// Who.
    #[schema(example = "Anna Berg (usr_1793836800000000001)")]
    pub by: String,
    /// When.
    #[schema(format = DateTime, example = "2026-11-05T08:20:47Z")]
    pub at: String,
}

/// What a plan says about one subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PlanLine)]
pub(super) struct LineShape {
    /// Its id at the supplier.
    #[schema(example = "120045")]
    pub subscription: String,
    /// Its name, for people.
    pub name: String,
    /// The customer's id at the supplier.
    pub tenant: String,
    /// Our customer, once linked.
    pub customer: Option<String>,
    /// Part number, term and billing cycle.
    #[schema(example = "CFQ7TTC0LH16:0001/P1Y/monthly")]
    pub offer: String,
    /// The price in force afterwards.
    pub price: Option<PriceShape>,
    /// `create`, `change`, `park`, `wait` or `note`.
    #[schema(example = "change")]
    pub verdict: String,
    /// The service that would change.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub service: Option<String>,
    /// How it was left.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub from: Option<ServiceShape>,
    /// How it would be.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub to: Option<ServiceShape>,
    /// Why it would change.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub why: Vec<String>,
    /// Why it is set aside or waits: a stable code.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub reason: Option<String>,
    /// What exactly is the matter.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub detail: Option<String>,
    /// What a person does about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub cure: Option<String>,
}

impl From<&Line> for LineShape {
    fn from(line: &Line) -> Self {
        let plain = Self {
            subscription: line.subscription.to_string(),
            name: line.name.clone(),
            tenant: line.tenant.to_string(),
            customer: line.customer.as_ref().map(ToString::to_string),
            offer: line.offer.to_string(),
            price: line.price.as_ref().map(Into::into),
            verdict: "note".to_owned(),
            service: None,
            from: None,
            to: None,
            why: Vec::new(),
            reason: None,
            detail: None,
            cure: None,
        };
        match &line.verdict {
            Verdict::Change(change) => plain.with_change(change),
            Verdict::Park { reason, detail } => Self {
                verdict: "park".to_owned(),
                reason: Some(reason.code().to_owned()),
                detail: Some(detail.clone()),
                cure: Some(reason.cure().to_owned()),
                ..plain
            },
            Verdict::Wait(reason) => {
                Self { verdict: "wait".to_owned(), reason: Some(reason.code().to_owned()), ..plain }
            }
            Verdict::Note => plain,
        }
    }
}

impl LineShape {
    fn with_change(self, change: &Change) -> Self {
        Self {
            verdict: if change.from.is_none() { "create" } else { "change" }.to_owned(),
            service: change.service.as_ref().map(ToString::to_string),
            from: change.from.as_ref().map(Into::into),
            to: Some((&change.to).into()),
            why: change.why.iter().map(|why| why.as_str().to_owned()).collect(),
            ..self
        }
    }
}

impl PlanShape {
    /// At most `limit` lines of a plan, from line `from` on; `next` is still to be said.
    pub(super) fn page(hash: &PlanHash, stored: &StoredPlan, from: usize, limit: usize) -> Self {
        let plan = &stored.plan;
        let reach = Reach::of(plan);
        let lines: Vec<LineShape> = plan.lines().iter().skip(from).take(limit).map(Into::into).collect();
        let left = plan.lines().len().saturating_sub(from.saturating_add(lines.len()));
        let approved = stored.approved.as_ref();
        Self {
            plan: hash.to_string(),
            organisation: plan.organisation.to_string(),
            run: stored.run.to_string(),
            made: stored.made.to_string(),
            approved: approved.map(|(by, at)| ApprovedShape { by: by.clone(), at: at.to_string() }),
            changes: reach.changes,
            created: reach.created,
            reduced: reach.reduced,
            parked: plan.parked().count(),
            amounts: sums(&reach.amounts),
            lines,
            lines_left_out: left,
            next: None,
        }
    }
}
