//! What a function is handed: by the schedule, by a rule on the bus, or by a person.

use crate::event::{Event, EventError, SOURCE};
use domain::id::OrganisationId;
use domain::plan::PlanHash;
use domain::ports::Notice;
use domain::run::RunMode;
use serde::Deserialize;
use serde_json::Value;
use std::fmt::Display;

/// The `source` of a scheduled event: from the Scheduler, and from a rule with a schedule.
const SCHEDULERS: [&str; 2] = ["aws.scheduler", "aws.events"];

/// The `detail-type` of a scheduled event, whoever sends it.
const SCHEDULED: &str = "Scheduled Event";

/// What a function is asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Incoming {
    /// The schedule fired.
    Scheduled,
    /// A notice, from the bus or made by hand.
    Notice(Notice),
}

/// Nobody we know sends something like this.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IncomingError {
    /// Neither an event nor an invocation by hand.
    #[error(
        "{found} is not a known payload: expected an event of source \"{SOURCE}\", a \"{SCHEDULED}\" \
         of a scheduler, or by hand {{\"organisation\": \"…\", \"dryRun\": true}}"
    )]
    Unknown {
        /// What it looked like instead.
        found: String,
    },
    /// An event of ours, but not as published.
    #[error(transparent)]
    Event(#[from] EventError),
    /// An invocation by hand with a field that is wrong.
    #[error(
        "invocation by hand: field `{field}`: {problem}; expected organisation, and optionally dryRun, plan \
         and actor"
    )]
    ByHand {
        /// Which field; a dot when it is the whole payload.
        field: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl Incoming {
    /// Reads a payload.
    pub fn parse(payload: &Value) -> Result<Self, IncomingError> {
        if payload.get("detail-type").is_some() {
            return event(payload);
        }
        if payload.get("organisation").is_some() {
            return by_hand(payload);
        }
        Err(unknown(describe(payload)))
    }
}

fn event(payload: &Value) -> Result<Incoming, IncomingError> {
    let text = |field: &str| payload.get(field).and_then(Value::as_str);
    match (text("source"), text("detail-type")) {
        (Some(SOURCE), Some(detail_type)) => {
            let detail = payload.get("detail").unwrap_or(&Value::Null);
            Ok(Incoming::Notice(Event::read(detail_type, detail)?))
        }
        (Some(source), Some(SCHEDULED)) if SCHEDULERS.contains(&source) => Ok(Incoming::Scheduled),
        (source, detail_type) => {
            let word =
                |text: Option<&str>| text.map_or("none".to_owned(), |text| format!("{:?}", short(text)));
            let found = format!("an event of source {} and type {}", word(source), word(detail_type));
            Err(unknown(found))
        }
    }
}

/// What a person types. A field that is not known is an error: a misspelt `dryRun` must not become a real run.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ByHand {
    organisation: String,
    #[serde(default)]
    dry_run: bool,
    plan: Option<String>,
    actor: Option<String>,
}

fn by_hand(payload: &Value) -> Result<Incoming, IncomingError> {
    let asked: ByHand = serde_path_to_error::deserialize(payload)
        .map_err(|error| wrong(&error.path().to_string(), error.inner()))?;
    let mode = match (asked.dry_run, asked.plan) {
        (false, None) => RunMode::Sync,
        (true, None) => RunMode::DryRun,
        (false, Some(plan)) => {
            RunMode::Apply(plan.parse::<PlanHash>().map_err(|error| wrong("plan", error))?)
        }
        (true, Some(_)) => return Err(wrong("plan", "a dry run takes none, it makes one")),
    };
    let organisation = asked.organisation.parse::<OrganisationId>();
    Ok(Incoming::Notice(Notice::SyncRequested {
        organisation: organisation.map_err(|error| wrong("organisation", error))?,
        mode,
        actor: asked.actor.unwrap_or_else(|| "by hand".to_owned()),
        run: None,
    }))
}

fn describe(payload: &Value) -> String {
    match payload {
        Value::Null => "an empty payload".to_owned(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            "something that is no JSON object".to_owned()
        }
        Value::Object(fields) if fields.is_empty() => "an empty object".to_owned(),
        Value::Object(fields) => {
            let names: Vec<&str> = fields.keys().take(8).map(|name| short(name)).collect();
            format!("an object with the fields {}", names.join(", "))
        }
    }
}

/// Enough of a foreign text to recognise it.
fn short(text: &str) -> &str {
    text.char_indices().nth(60).map_or(text, |(end, _)| &text[..end])
}

fn unknown(found: String) -> IncomingError {
    IncomingError::Unknown { found }
}

fn wrong(field: &str, problem: impl Display) -> IncomingError {
    IncomingError::ByHand { field: field.to_owned(), problem: problem.to_string() }
}

#[cfg(test)]
mod tests;
