//! Links.

use super::MemoryStore;
use async_trait::async_trait;
use domain::failure::Failure;
use domain::link::Link;
use domain::ports::LinkStore;

#[async_trait]
impl LinkStore for MemoryStore {
    async fn links(&self) -> Result<Vec<Link>, Failure> {
        self.step(|tables| Ok(tables.links.clone())).await
    }

    async fn change_links(&self, add: &[Link], remove: &[Link]) -> Result<(), Failure> {
        self.step(|tables| {
            let before = tables.links.clone();
            tables.links.retain(|link| !remove.contains(link));
            for link in add {
                if !tables.links.contains(link) {
                    tables.links.push(link.clone());
                }
            }
            tables.writes += u64::from(before != tables.links);
            Ok(())
        })
        .await
    }
}
