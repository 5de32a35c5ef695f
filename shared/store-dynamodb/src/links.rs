//! Links: one small item for each of our own ids, holding what belongs to it at other systems.

use crate::batch::{Backoff, READ_AT_ONCE, TRIES};
use crate::error::failure;
use crate::item::{Fields, Item, Read, text};
use crate::keys::{self, SK};
use crate::store::DynamoStore;
use crate::transaction::{Step, absent};
use async_trait::async_trait;
use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::failure::{Failure, FailureKind};
use domain::link::Link;
use domain::ports::LinkStore;
use std::collections::{BTreeMap, BTreeSet};

pub(crate) mod form;

/// What is to happen to the references of one of our ids.
#[derive(Default)]
struct Change {
    add: BTreeSet<String>,
    remove: BTreeSet<String>,
}

#[async_trait]
impl LinkStore for DynamoStore {
    /// One query, strongly consistent, because a link that was removed must not bill anyone: a read unit for
    /// each 4 KB, some 40 customers.
    async fn links(&self) -> Result<Vec<Link>, Failure> {
        let query = self.query(keys::LINKS).consistent_read(true);
        let mut links = Vec::new();
        let mut from = None;
        loop {
            let page = self.page("read the links", &query, from).await?;
            for item in page.items {
                read(&item, &mut links)?;
            }
            from = page.next;
            if from.is_none() {
                return Ok(links);
            }
        }
    }

    /// Reads the items concerned and writes those that differ, if they are still as read: 1 read unit and 2
    /// write units for each of our ids, a hundred ids at once.
    async fn change_links(&self, add: &[Link], remove: &[Link]) -> Result<(), Failure> {
        let mut changes: BTreeMap<String, Change> = BTreeMap::new();
        for link in remove {
            changes.entry(form::ours(link).to_owned()).or_default().remove.insert(form::write(link)?);
        }
        for link in add {
            changes.entry(form::ours(link).to_owned()).or_default().add.insert(form::write(link)?);
        }
        let changes: Vec<_> = changes.into_iter().collect();
        for some in changes.chunks(READ_AT_ONCE) {
            self.change_some(some).await?;
        }
        Ok(())
    }
}

impl DynamoStore {
    async fn change_some(&self, changes: &[(String, Change)]) -> Result<(), Failure> {
        let mut backoff = Backoff::default();
        for _ in 0..TRIES {
            let writes = self.link_writes(changes).await?;
            if writes.is_empty() || self.transact("write links", writes).await?.is_ok() {
                return Ok(());
            }
            backoff.wait().await;
        }
        let what = "could not write links: someone else keeps changing them";
        Err(failure(FailureKind::Conflict, what))
    }

    /// What differs from what is stored now.
    async fn link_writes(&self, changes: &[(String, Change)]) -> Result<Vec<TransactWriteItem>, Failure> {
        let keys = changes.iter().map(|(ours, _)| keys::links(ours)).collect();
        let mut stored = BTreeMap::new();
        for item in self.get_batch("read links", keys).await? {
            let item = Read::new(&item)?;
            stored.insert(item.get(SK)?.to_owned(), item.get("r")?.to_owned());
        }
        let mut writes = Vec::new();
        for (ours, change) in changes {
            let before = stored.get(ours).map(String::as_str);
            let mut after: BTreeSet<&str> = before.into_iter().flat_map(str::lines).collect();
            after.retain(|line| !change.remove.contains(*line));
            after.extend(change.add.iter().map(String::as_str));
            let after = after.into_iter().collect::<Vec<_>>().join("\n");
            if before.unwrap_or_default() == after {
                continue;
            }
            let step = match before {
                None => Step::new().only_if(absent()),
                Some(before) => {
                    Step::new().only_if("#r = :before").names(&[("#r", "r")]).text(":before", before)
                }
            };
            writes.push(step.put(self, item(ours, &after))?);
        }
        Ok(writes)
    }
}

pub(crate) fn item(ours: &str, lines: &str) -> Item {
    Fields::at(keys::links(ours)).set("r", text(lines)).finish()
}

pub(crate) fn read(item: &Item, links: &mut Vec<Link>) -> Result<(), Failure> {
    let item = Read::new(item)?;
    let ours = item.get(SK)?;
    for line in item.get("r")?.lines() {
        let link =
            form::read(ours, line).ok_or_else(|| item.wrong("r", format!("{line:?} is not a link")))?;
        links.push(link);
    }
    Ok(())
}
