//! The operator's decisions: one JSON document, checked as a whole before it is kept, every version kept.

use crate::error::{failure, malformed};
use crate::item::{Fields, Item, Read};
use crate::keys;
use crate::store::DynamoStore;
use crate::transaction::{Step, absent};
use async_trait::async_trait;
use domain::failure::{Failure, FailureKind};
use domain::ports::SettingsStore;
use domain::settings::Settings;
use jiff::Timestamp;

mod history;
mod object;
mod orders;
mod organisations;
mod read;
mod rules;
mod write;

pub use history::Version;
pub use read::parse_settings;
pub use write::settings_to_json;

/// An item holds 400 KB.
const MOST_BYTES: usize = 390_000;

#[async_trait]
impl SettingsStore for DynamoStore {
    /// One item, eventually consistent: half a read unit for each 4 KB. A run that begins within the second in
    /// which settings were changed may still go by the ones before; the next one does not.
    async fn find_settings(&self) -> Result<Option<Settings>, Failure> {
        let item = self.get_lately("read the settings", keys::settings()).await?;
        let Some((_, json)) = item.as_ref().map(read_item).transpose()? else {
            return Ok(None);
        };
        parse_settings(&json).map(Some).map_err(|problems| {
            let first = problems.first().map_or("", String::as_str);
            malformed(format!("the stored settings cannot be used: {first}"))
        })
    }
}

impl DynamoStore {
    /// Checks and keeps settings, and says which version they are; or says everything that is wrong with them,
    /// and keeps nothing. The version before stays readable. 2 read units and 4 write units for each KB.
    pub async fn put_settings(
        &self,
        json: &str,
        who: &str,
        now: Timestamp,
    ) -> Result<Result<u64, Vec<String>>, Failure> {
        if let Err(problems) = parse_settings(json) {
            return Ok(Err(problems));
        }
        if json.len() > MOST_BYTES {
            let what = "the settings are larger than 390,000 bytes: remove price rules that have expired";
            return Ok(Err(vec![what.into()]));
        }
        let before = self.stored_settings().await?.map_or(0, |(version, _)| version);
        let version = before + 1;
        let current = if before == 0 {
            Step::new().only_if(absent())
        } else {
            Step::new()
                .only_if("#version = :before")
                .names(&[("#version", "version")])
                .number(":before", before)
        };
        let items = vec![
            current.put(self, item(keys::settings(), version, json, who, now))?,
            Step::new()
                .only_if(absent())
                .put(self, item(keys::settings_version(version), version, json, who, now))?,
        ];
        if self.transact("write the settings", items).await?.is_err() {
            let what = "someone else has just changed the settings: look at them and try again";
            return Err(failure(FailureKind::Conflict, what));
        }
        Ok(Ok(version))
    }

    /// The settings' current version and their text, exactly as it was given.
    pub async fn stored_settings(&self) -> Result<Option<(u64, String)>, Failure> {
        let item = self.get("read the settings", keys::settings()).await?;
        item.as_ref().map(read_item).transpose()
    }
}

fn read_item(item: &Item) -> Result<(u64, String), Failure> {
    let item = Read::new(item)?;
    Ok((item.number("version")?, item.get("doc")?.to_owned()))
}

pub(crate) fn item(key: keys::Key, version: u64, json: &str, who: &str, now: Timestamp) -> Item {
    Fields::at(key).number("version", version).text("doc", json).text("who", who).text("at", now).finish()
}

#[cfg(test)]
mod tests;
