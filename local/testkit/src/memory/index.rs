//! The digest index.

use super::MemoryStore;
use async_trait::async_trait;
use domain::failure::Failure;
use domain::id::OrganisationId;
use domain::index::DigestIndex;
use domain::journal::Lease;
use domain::ports::{IndexChange, IndexStore};

#[async_trait]
impl IndexStore for MemoryStore {
    async fn index(&self, organisation: &OrganisationId) -> Result<DigestIndex, Failure> {
        self.step(|tables| {
            let entries = tables.index.get(organisation).into_iter().flatten();
            Ok(DigestIndex::new(entries.map(|(k, d)| (*k, *d)).collect()))
        })
        .await
    }

    async fn change_index(
        &self,
        lease: &Lease,
        organisation: &OrganisationId,
        _index: &DigestIndex,
        changes: &[IndexChange],
    ) -> Result<(), Failure> {
        self.step(|tables| {
            if changes.is_empty() {
                return Ok(());
            }
            tables.fence(lease)?;
            tables.writes += 1;
            let entries = tables.index.entry(organisation.clone()).or_default();
            for change in changes {
                match change.digest {
                    Some(digest) => entries.insert(change.key, digest),
                    None => entries.remove(&change.key),
                };
            }
            Ok(())
        })
        .await
    }
}
