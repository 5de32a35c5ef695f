//! A record as an item, and back.

use super::ATTENTION;
use crate::item::{Fields, Item, Read};
use crate::keys::{self, GSI_PK, GSI_SK};
use domain::digest::SubscriptionKey;
use domain::failure::Failure;
use domain::price::Priced;
use domain::record::{ParkReason, SyncRecord, SyncState, WaitReason};

pub(crate) fn write(record: &SyncRecord) -> Item {
    let key = SubscriptionKey::of(record.subscription.as_str());
    let word = record.state.word();
    let price = record.price.as_ref();
    let fields = Fields::at(keys::record(&record.organisation, key))
        .text("org", &record.organisation)
        .text("sub", &record.subscription)
        .text("name", &record.name)
        .text("tenant", &record.tenant)
        .maybe("customer", record.customer.as_ref())
        .text("offer", &record.offer)
        .text("state", word)
        .number("revision", record.revision)
        .number("generation", record.generation)
        .maybe("service", record.service.as_ref())
        .maybe("applied", record.applied.as_ref())
        .maybe("price", price.map(|p| p.unit))
        .maybe("rule", price.map(|p| &p.rule))
        .maybe("because", price.map(|p| &p.explanation))
        .maybe("term", price.and_then(|p| p.term_start))
        .maybe("cost", price.and_then(|p| p.cost))
        .maybe("ended", record.ended_on)
        .text("digest", record.digest)
        .text("run", &record.run)
        .text("updated", record.updated);
    let fields = match &record.state {
        SyncState::Synced | SyncState::Ended => fields,
        SyncState::Pending(reason) => fields.text("reason", reason.code()),
        SyncState::Parked { reason, detail } => fields.text("reason", reason.code()).text("detail", detail),
        SyncState::Error { message, since } => fields.text("detail", message).text("since", since),
    };
    if ATTENTION.contains(&word) {
        return fields.text(GSI_PK, keys::attention(&record.organisation, word)).text(GSI_SK, key).finish();
    }
    fields.finish()
}

pub(crate) fn read(item: &Item) -> Result<SyncRecord, Failure> {
    let item = Read::new(item)?;
    Ok(SyncRecord {
        organisation: item.parsed("org")?,
        subscription: item.parsed("sub")?,
        name: item.get("name")?.to_owned(),
        tenant: item.parsed("tenant")?,
        customer: item.maybe("customer")?,
        offer: item.parsed("offer")?,
        state: state(item)?,
        revision: item.number("revision")?,
        generation: item.number("generation")?,
        service: item.maybe("service")?,
        applied: item.maybe("applied")?,
        price: price(item)?,
        ended_on: item.maybe("ended")?,
        digest: item.parsed("digest")?,
        run: item.parsed("run")?,
        updated: item.parsed("updated")?,
    })
}

fn price(item: Read<'_>) -> Result<Option<Priced>, Failure> {
    let Some(unit) = item.maybe("price")? else {
        return Ok(None);
    };
    Ok(Some(Priced {
        unit,
        rule: item.parsed("rule")?,
        explanation: item.get("because")?.to_owned(),
        term_start: item.maybe("term")?,
        cost: item.maybe("cost")?,
    }))
}

fn state(item: Read<'_>) -> Result<SyncState, Failure> {
    let unknown = |name: &str| item.wrong(name, "is a word this version does not know: update it");
    match item.get("state")? {
        "synced" => Ok(SyncState::Synced),
        "ended" => Ok(SyncState::Ended),
        "pending" => {
            WaitReason::find(item.get("reason")?).map(SyncState::Pending).ok_or_else(|| unknown("reason"))
        }
        "parked" => Ok(SyncState::Parked {
            reason: ParkReason::find(item.get("reason")?).ok_or_else(|| unknown("reason"))?,
            detail: item.get("detail")?.to_owned(),
        }),
        "error" => {
            Ok(SyncState::Error { message: item.get("detail")?.to_owned(), since: item.parsed("since")? })
        }
        _ => Err(unknown("state")),
    }
}
