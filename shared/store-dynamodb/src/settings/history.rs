//! Every version of the settings that was ever in force.

use crate::item::Read;
use crate::keys;
use crate::store::DynamoStore;
use domain::failure::Failure;
use jiff::Timestamp;

/// A version of the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Counted from 1.
    pub number: u64,
    /// Who put it in force.
    pub who: String,
    /// When.
    pub at: Timestamp,
    /// The document, exactly as it was given.
    pub json: String,
}

impl DynamoStore {
    /// All versions, newest first. One query: half a read unit for each 4 KB of documents.
    pub async fn settings_versions(&self) -> Result<Vec<Version>, Failure> {
        let query =
            self.query_prefix(keys::SETTINGS, keys::SETTINGS_VERSION_PREFIX).scan_index_forward(false);
        let found = self.pages("read the settings' versions", query, usize::MAX).await?;
        let version = |item| {
            let item = Read::new(item)?;
            Ok(Version {
                number: item.number("version")?,
                who: item.get("who")?.to_owned(),
                at: item.parsed("at")?,
                json: item.get("doc")?.to_owned(),
            })
        };
        found.iter().map(version).collect()
    }
}
