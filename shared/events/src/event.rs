//! Notices as they stand on the bus.

mod wire;

use domain::id::{OrganisationId, RunId};
use domain::plan::PlanHash;
use domain::ports::Notice;
use domain::run::{OrderedBilling, RunMode};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::fmt::Display;
use std::str::FromStr;
use wire::{OrderApproved, Ordered, SyncContinued, SyncFinished, SyncRequested};

/// The `source` of every event of ours.
pub const SOURCE: &str = "billbridge";

/// The newest version of a detail that this build reads, and the one it writes.
const VERSION: u32 = 1;

/// The shortest and the longest text accepted where a text is for people.
const TEXT_CHARS: std::ops::RangeInclusive<usize> = 1..=500;

/// An event on the bus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The dotted name: `sync.requested`.
    pub detail_type: &'static str,
    /// What happened.
    pub detail: Value,
}

/// An event is not of a form that was ever published.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// No such event.
    #[error(
        "event {0:?} is not known: expected {requested}, {continued}, {finished} or {approved}",
        requested = Event::SYNC_REQUESTED, continued = Event::SYNC_CONTINUED,
        finished = Event::SYNC_FINISHED, approved = Event::ORDER_APPROVED
    )]
    UnknownType(String),
    /// A form from the future.
    #[error("event {event} has version {version}: this build reads up to {VERSION}, deploy the newer one")]
    UnknownVersion {
        /// Which event.
        event: &'static str,
        /// The version it says.
        version: u64,
    },
    /// A field is missing or wrong.
    #[error("event {event}: field `{field}`: {problem}")]
    Field {
        /// Which event.
        event: &'static str,
        /// Which field; a dot when it is the whole detail.
        field: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl Event {
    /// Someone wants a run.
    pub const SYNC_REQUESTED: &'static str = "sync.requested";
    /// A run stopped before its time ran out.
    pub const SYNC_CONTINUED: &'static str = "sync.continued";
    /// A run ended.
    pub const SYNC_FINISHED: &'static str = "sync.finished";
    /// An order is to be placed, or followed up.
    pub const ORDER_APPROVED: &'static str = "order.approved";

    /// The event that tells of a notice.
    pub fn of(notice: &Notice) -> Self {
        match notice {
            Notice::SyncRequested { organisation, mode, actor, run } => Self {
                detail_type: Self::SYNC_REQUESTED,
                detail: json!(SyncRequested {
                    version: VERSION,
                    organisation: organisation.to_string(),
                    mode: mode.word().to_owned(),
                    plan: plan_of(mode).map(ToString::to_string),
                    actor: actor.clone(),
                    run: run.as_ref().map(ToString::to_string),
                    order: ordered(mode),
                }),
            },
            Notice::SyncContinued { organisation, run, checkpoint } => Self {
                detail_type: Self::SYNC_CONTINUED,
                detail: json!(SyncContinued {
                    version: VERSION,
                    organisation: organisation.to_string(),
                    run: run.to_string(),
                    checkpoint: *checkpoint,
                }),
            },
            Notice::SyncFinished { organisation, run, state } => Self {
                detail_type: Self::SYNC_FINISHED,
                detail: json!(SyncFinished {
                    version: VERSION,
                    organisation: organisation.to_string(),
                    run: run.to_string(),
                    state: state.clone(),
                }),
            },
            Notice::OrderApproved { organisation, order } => Self {
                detail_type: Self::ORDER_APPROVED,
                detail: json!(OrderApproved {
                    version: VERSION,
                    organisation: organisation.to_string(),
                    order: order.to_string(),
                }),
            },
        }
    }

    /// The notice that an event tells of, in any form that was ever published.
    pub fn read(detail_type: &str, detail: &Value) -> Result<Notice, EventError> {
        match detail_type {
            Self::SYNC_REQUESTED => requested(&Detail::new(Self::SYNC_REQUESTED, detail)?),
            Self::SYNC_CONTINUED => continued(&Detail::new(Self::SYNC_CONTINUED, detail)?),
            Self::SYNC_FINISHED => finished(&Detail::new(Self::SYNC_FINISHED, detail)?),
            Self::ORDER_APPROVED => order_approved(&Detail::new(Self::ORDER_APPROVED, detail)?),
            other => Err(EventError::UnknownType(other.chars().take(80).collect())),
        }
    }
}

fn plan_of(mode: &RunMode) -> Option<&PlanHash> {
    match mode {
        RunMode::Sync | RunMode::DryRun | RunMode::Order(_) => None,
        RunMode::Apply(plan) => Some(plan),
    }
}

fn ordered(mode: &RunMode) -> Option<Ordered> {
    match mode {
        RunMode::Sync | RunMode::DryRun | RunMode::Apply(_) => None,
        RunMode::Order(ordered) => Some(Ordered {
            order: ordered.order.to_string(),
            subscription: ordered.subscription.to_string(),
            approved: ordered.approved.to_string(),
        }),
    }
}

fn requested(detail: &Detail<'_>) -> Result<Notice, EventError> {
    let wire: SyncRequested = detail.parse()?;
    let mode = match (wire.mode.as_str(), &wire.plan, &wire.order) {
        ("sync", None, None) => RunMode::Sync,
        ("dry-run", None, None) => RunMode::DryRun,
        ("apply", Some(plan), None) => RunMode::Apply(detail.id("plan", plan)?),
        ("order", None, Some(ordered)) => RunMode::Order(OrderedBilling {
            order: detail.id("order.order", &ordered.order)?,
            subscription: detail.id("order.subscription", &ordered.subscription)?,
            approved: detail.id("order.approved", &ordered.approved)?,
        }),
        ("apply", None, _) => return Err(detail.wrong("plan", "is missing: apply needs a plan's hash")),
        ("order", _, None) => return Err(detail.wrong("order", "is missing: order needs what was bought")),
        ("sync" | "dry-run" | "order", Some(_), _) => {
            return Err(detail.wrong("plan", "only apply takes one"));
        }
        ("sync" | "dry-run" | "apply", _, Some(_)) => {
            return Err(detail.wrong("order", "only order takes one"));
        }
        _ => return Err(detail.wrong("mode", "expected sync, dry-run, apply or order")),
    };
    let run = wire.run.as_deref().map(|run| detail.id::<RunId>("run", run)).transpose()?;
    Ok(Notice::SyncRequested {
        organisation: detail.id::<OrganisationId>("organisation", &wire.organisation)?,
        mode,
        actor: detail.text("actor", wire.actor)?,
        run,
    })
}

fn continued(detail: &Detail<'_>) -> Result<Notice, EventError> {
    let wire: SyncContinued = detail.parse()?;
    if wire.checkpoint == 0 {
        return Err(detail.wrong("checkpoint", "counts from 1"));
    }
    Ok(Notice::SyncContinued {
        organisation: detail.id::<OrganisationId>("organisation", &wire.organisation)?,
        run: detail.id::<RunId>("run", &wire.run)?,
        checkpoint: wire.checkpoint,
    })
}

fn finished(detail: &Detail<'_>) -> Result<Notice, EventError> {
    let wire: SyncFinished = detail.parse()?;
    Ok(Notice::SyncFinished {
        organisation: detail.id::<OrganisationId>("organisation", &wire.organisation)?,
        run: detail.id::<RunId>("run", &wire.run)?,
        state: detail.text("state", wire.state)?,
    })
}

fn order_approved(detail: &Detail<'_>) -> Result<Notice, EventError> {
    let wire: OrderApproved = detail.parse()?;
    Ok(Notice::OrderApproved {
        organisation: detail.id::<OrganisationId>("organisation", &wire.organisation)?,
        order: detail.id("order", &wire.order)?,
    })
}

/// A detail whose version is known to be readable.
struct Detail<'a> {
    event: &'static str,
    value: &'a Value,
}

impl<'a> Detail<'a> {
    fn new(event: &'static str, value: &'a Value) -> Result<Self, EventError> {
        let detail = Self { event, value };
        let Some(version) = value.get("version") else {
            return Err(detail.wrong("version", "is missing"));
        };
        match version.as_u64() {
            Some(version) if (1..=u64::from(VERSION)).contains(&version) => Ok(detail),
            Some(version) => Err(EventError::UnknownVersion { event, version }),
            None => Err(detail.wrong("version", "expected a whole number")),
        }
    }

    fn parse<T: DeserializeOwned>(&self) -> Result<T, EventError> {
        serde_path_to_error::deserialize(self.value)
            .map_err(|error| self.wrong(&error.path().to_string(), error.inner()))
    }

    fn id<T: FromStr<Err: Display>>(&self, field: &str, text: &str) -> Result<T, EventError> {
        text.parse().map_err(|error: T::Err| self.wrong(field, error))
    }

    fn text(&self, field: &str, text: String) -> Result<String, EventError> {
        if TEXT_CHARS.contains(&text.chars().count()) {
            Ok(text)
        } else {
            Err(self.wrong(field, "expected between 1 and 500 characters"))
        }
    }

    fn wrong(&self, field: &str, problem: impl Display) -> EventError {
        EventError::Field { event: self.event, field: field.to_owned(), problem: problem.to_string() }
    }
}

#[cfg(test)]
mod tests;
