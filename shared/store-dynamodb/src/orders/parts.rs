//! What an order consists of, as maps within its item.

use crate::item::{Fields, Read};
use domain::access::Actor;
use domain::failure::Failure;
use domain::order::{Accepted, Approval, Hold, HoldReason, OrderState, OrderStep, Quote};
use domain::price::Priced;

pub(super) fn write_actor(actor: &Actor) -> Fields {
    Fields::part().text("id", &actor.id).text("name", &actor.name)
}

pub(super) fn actor(part: Read<'_>) -> Result<Actor, Failure> {
    Ok(Actor { id: part.get("id")?.into(), name: part.get("name")?.into() })
}

pub(super) fn write_hold(hold: &Hold) -> Fields {
    Fields::part().text("reason", hold.reason.code()).text("detail", &hold.detail)
}

pub(super) fn hold(part: Read<'_>) -> Result<Hold, Failure> {
    Ok(Hold { reason: part.word("reason", HoldReason::find)?, detail: part.get("detail")?.to_owned() })
}

pub(super) fn write_quote(quote: &Quote) -> Fields {
    Fields::part()
        .inside("unit", Some(write_priced(&quote.unit)))
        .text("total", quote.total)
        .maybe("cost", quote.cost)
        .text("client", &quote.client)
        .text("product", &quote.product)
        .text("made", quote.made)
}

pub(super) fn quote(part: Read<'_>) -> Result<Quote, Failure> {
    Ok(Quote {
        unit: priced(part.get_inside("unit")?)?,
        total: part.parsed("total")?,
        cost: part.maybe("cost")?,
        client: part.parsed("client")?,
        product: part.parsed("product")?,
        made: part.parsed("made")?,
    })
}

fn write_priced(priced: &Priced) -> Fields {
    Fields::part()
        .text("price", priced.unit)
        .text("rule", &priced.rule)
        .text("because", &priced.explanation)
        .maybe("term", priced.term_start)
        .maybe("cost", priced.cost)
}

fn priced(part: Read<'_>) -> Result<Priced, Failure> {
    Ok(Priced {
        unit: part.parsed("price")?,
        rule: part.parsed("rule")?,
        explanation: part.get("because")?.to_owned(),
        term_start: part.maybe("term")?,
        cost: part.maybe("cost")?,
    })
}

pub(super) fn write_approval(approval: &Approval) -> Fields {
    Fields::part()
        .inside("by", Some(write_actor(&approval.by)))
        .text("at", approval.at)
        .text("total", approval.total)
}

pub(super) fn approval(part: Read<'_>) -> Result<Approval, Failure> {
    Ok(Approval { by: actor(part.get_inside("by")?)?, at: part.parsed("at")?, total: part.parsed("total")? })
}

pub(super) fn write_accepted(accepted: &Accepted) -> Fields {
    Fields::part().maybe("reference", accepted.reference.as_ref()).text("at", accepted.at)
}

pub(super) fn accepted(part: Read<'_>) -> Result<Accepted, Failure> {
    Ok(Accepted { reference: part.find("reference").map(Into::into), at: part.parsed("at")? })
}

pub(super) fn write_step(step: &OrderStep) -> Fields {
    Fields::part()
        .text("at", step.at)
        .inside("by", Some(write_actor(&step.by)))
        .text("to", step.to)
        .text("why", &step.why)
}

pub(super) fn step(part: Read<'_>) -> Result<OrderStep, Failure> {
    Ok(OrderStep {
        at: part.parsed("at")?,
        by: actor(part.get_inside("by")?)?,
        to: part.word("to", OrderState::find)?,
        why: part.get("why")?.to_owned(),
    })
}
