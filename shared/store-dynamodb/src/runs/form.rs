//! A run as an item, and back.

use crate::item::{Fields, Item, Read, number, text};
use crate::keys;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::failure::Failure;
use domain::run::{Counts, OrderedBilling, Run, RunMode, RunState};

/// Attributes that a run may lose when it is written again.
pub(crate) const OPTIONAL: [&str; 8] =
    ["wanted", "order", "subscription", "approved", "detail", "checkpoint", "plan", "unproven"];

pub(crate) fn write(run: &Run) -> Item {
    let (wanted, ordered) = match &run.mode {
        RunMode::Apply(hash) => (Some(hash), None),
        RunMode::Order(ordered) => (None, Some(ordered)),
        RunMode::Sync | RunMode::DryRun => (None, None),
    };
    let fields = Fields::at(keys::run(&run.organisation, &run.id))
        .text("org", &run.organisation)
        .text("id", &run.id)
        .text("mode", run.mode.word())
        .maybe("wanted", wanted)
        .maybe("order", ordered.map(|ordered| &ordered.order))
        .maybe("subscription", ordered.map(|ordered| &ordered.subscription))
        .maybe("approved", ordered.map(|ordered| ordered.approved))
        .text("actor", &run.actor)
        .text("started", run.started)
        .text("updated", run.updated)
        .text("state", run.state.word())
        .maybe("plan", run.plan.as_ref())
        .maybe("unproven", run.unproven.as_ref())
        .texts("brake", &run.brake)
        .texts("problems", &run.problems);
    let amounts = run.amounts.iter();
    let fields = fields
        .map("amounts", amounts.map(|(currency, amount)| (currency.to_string(), text(amount.to_string()))))
        .map("counts", counts(&run.counts).map(|(name, n)| (name.into(), number(n))));
    match &run.state {
        RunState::Requested | RunState::Running | RunState::AwaitingApproval | RunState::Finished => {
            fields.finish()
        }
        RunState::Continued { checkpoint } => fields.number("checkpoint", checkpoint).finish(),
        RunState::Refused(why) | RunState::Failed(why) => fields.text("detail", why).finish(),
    }
}

pub(crate) fn read(item: &Item) -> Result<Run, Failure> {
    let item = Read::new(item)?;
    let unknown = |name: &str| item.wrong(name, "is a word this version does not know: update it");
    let mode = match item.get("mode")? {
        "sync" => RunMode::Sync,
        "dry-run" => RunMode::DryRun,
        "apply" => RunMode::Apply(item.parsed("wanted")?),
        "order" => RunMode::Order(OrderedBilling {
            order: item.parsed("order")?,
            subscription: item.parsed("subscription")?,
            approved: item.parsed("approved")?,
        }),
        _ => return Err(unknown("mode")),
    };
    let state = match item.get("state")? {
        "requested" => RunState::Requested,
        "running" => RunState::Running,
        "continued" => RunState::Continued { checkpoint: item.number("checkpoint")? },
        "awaiting-approval" => RunState::AwaitingApproval,
        "finished" => RunState::Finished,
        "refused" => RunState::Refused(item.get("detail")?.to_owned()),
        "failed" => RunState::Failed(item.get("detail")?.to_owned()),
        _ => return Err(unknown("state")),
    };
    let amounts = item.map("amounts").map(|(currency, amount)| {
        let wrong = || item.wrong("amounts", format!("{currency} cannot be read"));
        let amount = amount.as_s().map_err(|_| wrong())?;
        Ok((currency.parse().map_err(|_| wrong())?, amount.parse().map_err(|_| wrong())?))
    });
    Ok(Run {
        id: item.parsed("id")?,
        organisation: item.parsed("org")?,
        mode,
        actor: item.get("actor")?.to_owned(),
        started: item.parsed("started")?,
        updated: item.parsed("updated")?,
        state,
        plan: item.maybe("plan")?,
        unproven: item.find("unproven").map(str::to_owned),
        brake: item.texts("brake"),
        amounts: amounts.collect::<Result<_, Failure>>()?,
        counts: read_counts(item)?,
        problems: item.texts("problems"),
    })
}

fn counts(counts: &Counts) -> impl Iterator<Item = (&'static str, u64)> {
    let Counts {
        pages,
        observed,
        unchanged,
        planned,
        parked,
        created,
        adopted,
        changed,
        refused,
        in_doubt,
        left,
    } = *counts;
    [
        ("pages", pages),
        ("observed", observed),
        ("unchanged", unchanged),
        ("planned", planned),
        ("parked", parked),
        ("created", created),
        ("adopted", adopted),
        ("changed", changed),
        ("refused", refused),
        ("in_doubt", in_doubt),
        ("left", left),
    ]
    .into_iter()
}

/// A count that an older version did not keep is zero.
fn read_counts(item: Read<'_>) -> Result<Counts, Failure> {
    let find = |wanted: &str| -> Result<u64, Failure> {
        let value: Option<&AttributeValue> =
            item.map("counts").find(|(name, _)| *name == wanted).map(|(_, value)| value);
        let text = value.and_then(|value| value.as_n().ok());
        text.map_or(Ok(0), |n| {
            n.parse().map_err(|_| item.wrong("counts", format!("{wanted} is not a whole number")))
        })
    };
    Ok(Counts {
        pages: find("pages")?,
        observed: find("observed")?,
        unchanged: find("unchanged")?,
        planned: find("planned")?,
        parked: find("parked")?,
        created: find("created")?,
        adopted: find("adopted")?,
        changed: find("changed")?,
        refused: find("refused")?,
        in_doubt: find("in_doubt")?,
        left: find("left")?,
    })
}
