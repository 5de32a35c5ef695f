//! An effect as an item, and back.

use crate::item::{Fields, Item, Read, text};
use crate::keys::{self, GSI_PK, GSI_SK};
use domain::failure::Failure;
use domain::journal::{EffectEntry, EffectKey, EffectState};

pub(crate) fn write(entry: &EffectEntry) -> Item {
    let notes = entry.notes.iter();
    let fields = Fields::at(keys::effect(&entry.organisation, &entry.key))
        .text("org", &entry.organisation)
        .text("key", &entry.key)
        .text("state", entry.state.as_str())
        .number("attempt", entry.attempt)
        .text("intent", &entry.intent)
        .map("notes", notes.map(|(name, value)| (name.clone(), text(value))))
        .text("begun", entry.begun)
        .text("run", &entry.run)
        .maybe("outcome", entry.outcome.as_ref());
    match entry.state {
        EffectState::Intended => {
            fields.text(GSI_PK, keys::open_effects(&entry.organisation)).text(GSI_SK, &entry.key).finish()
        }
        EffectState::Done | EffectState::Refused => fields.finish(),
    }
}

pub(crate) fn read(item: &Item) -> Result<EffectEntry, Failure> {
    let item = Read::new(item)?;
    let state = EffectState::find(item.get("state")?)
        .ok_or_else(|| item.wrong("state", "is a word this version does not know: update it"))?;
    let notes = item.map("notes").map(|(name, value)| {
        let value = value.as_s().map_err(|_| item.wrong("notes", format!("{name} is not a text")))?;
        Ok((name.to_owned(), value.clone()))
    });
    Ok(EffectEntry {
        key: EffectKey::from_stored(item.get("key")?),
        organisation: item.parsed("org")?,
        state,
        attempt: item.number("attempt")?,
        intent: item.get("intent")?.to_owned(),
        notes: notes.collect::<Result<_, Failure>>()?,
        begun: item.parsed("begun")?,
        run: item.parsed("run")?,
        outcome: item.find("outcome").map(str::to_owned),
    })
}
