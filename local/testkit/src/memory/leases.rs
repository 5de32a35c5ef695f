//! Leases and the fencing that every other write asks for; settings, which are only read.

use super::{LeaseRow, MemoryStore, Tables, failure};
use async_trait::async_trait;
use domain::failure::{Failure, FailureKind};
use domain::id::RunId;
use domain::journal::{Held, Lease};
use domain::ports::{LeaseStore, SettingsStore};
use domain::settings::Settings;
use jiff::Timestamp;

#[async_trait]
impl LeaseStore for MemoryStore {
    async fn acquire(
        &self,
        name: &str,
        holder: &RunId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Result<Lease, Held>, Failure> {
        self.step(|tables| Ok(tables.acquire(name, holder, now, until))).await
    }

    async fn release(&self, lease: &Lease) -> Result<(), Failure> {
        self.step(|tables| {
            let row = tables.leases.get_mut(&lease.name);
            if let Some(row) = row.filter(|row| row.token == lease.token) {
                row.holder = None;
                tables.writes += 1;
            }
            Ok(())
        })
        .await
    }
}

#[async_trait]
impl SettingsStore for MemoryStore {
    async fn find_settings(&self) -> Result<Option<Settings>, Failure> {
        self.step(|tables| Ok(tables.settings.clone())).await
    }
}

impl LeaseRow {
    fn lease(&self, name: &str, holder: &RunId, broken_off: Option<RunId>) -> Lease {
        let (name, holder) = (name.to_owned(), holder.clone());
        Lease { name, holder, token: self.token, until: self.until, broken_off }
    }
}

impl Tables {
    fn acquire(
        &mut self,
        name: &str,
        holder: &RunId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Lease, Held> {
        let row =
            self.leases.entry(name.to_owned()).or_insert(LeaseRow { holder: None, token: 0, until: now });
        match &row.holder {
            Some(by) if by != holder && row.until > now => Err(Held(row.lease(name, by, None))),
            Some(_) | None => {
                let broken_off = row.holder.replace(holder.clone()).filter(|last| last != holder);
                row.token += 1;
                row.until = until;
                self.writes += 1;
                Ok(row.lease(name, holder, broken_off))
            }
        }
    }

    /// Refuses unless the lease is still held with this token.
    pub(super) fn fence(&self, lease: &Lease) -> Result<(), Failure> {
        let row = self.leases.get(&lease.name);
        if row.is_some_and(|row| row.token == lease.token && row.holder.as_ref() == Some(&lease.holder)) {
            Ok(())
        } else {
            let what = format!("the lease {} is no longer held by {}", lease.name, lease.holder);
            Err(failure(FailureKind::LeaseLost, what))
        }
    }
}
