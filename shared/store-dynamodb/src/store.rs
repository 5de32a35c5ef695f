//! The store itself: a client, a table's name, and what one process remembers between calls.

use crate::capacity::{Capacity, Meter};
use crate::index::Layout;
use aws_kit::SdkConfig;
use aws_sdk_dynamodb::Client;
use domain::audit::AuditHead;
use domain::id::{OrganisationId, SystemId};
use domain::journal::Lease;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// All storage ports on one DynamoDB table. Clones share the client, the meter and the memory.
#[derive(Debug, Clone)]
pub struct DynamoStore {
    pub(crate) client: Client,
    pub(crate) table: Arc<str>,
    pub(crate) system: SystemId,
    pub(crate) meter: Arc<Meter>,
    writers: Arc<Mutex<HashMap<String, Writer>>>,
    logs: Arc<Mutex<HashMap<OrganisationId, Log>>>,
    layouts: Arc<Mutex<HashMap<OrganisationId, Layout>>>,
}

/// The turn to write under one lease. All transactions under a lease check the same item, and DynamoDB cancels
/// transactions that meet on an item; so one process makes them one after the other.
pub(crate) type Writer = Arc<tokio::sync::Mutex<()>>;

/// The turn to write to one organisation's audit log, for the same reason; taken after the turn under a lease.
/// Whoever has it also has the end of the chain, as last written by this process.
pub(crate) type Log = Arc<tokio::sync::Mutex<Option<AuditHead>>>;

impl DynamoStore {
    /// A store on a table; nothing is asked yet.
    pub fn new(config: &SdkConfig, table: impl Into<Arc<str>>) -> Self {
        Self {
            client: Client::new(config),
            table: table.into(),
            system: crate::error::system(),
            meter: Arc::default(),
            writers: Arc::default(),
            logs: Arc::default(),
            layouts: Arc::default(),
        }
    }

    /// The table's name.
    pub fn table(&self) -> &str {
        &self.table
    }

    /// What was consumed since this store was made, as DynamoDB reported it.
    pub fn capacity(&self) -> Capacity {
        self.meter.capacity()
    }

    pub(crate) fn writer(&self, lease: &Lease) -> Writer {
        let mut writers = self.writers.lock().unwrap_or_else(PoisonError::into_inner);
        writers.entry(lease.name.clone()).or_default().clone()
    }

    pub(crate) fn log(&self, organisation: &OrganisationId) -> Log {
        let mut logs = self.logs.lock().unwrap_or_else(PoisonError::into_inner);
        logs.entry(organisation.clone()).or_default().clone()
    }

    pub(crate) fn layouts<T>(&self, act: impl FnOnce(&mut HashMap<OrganisationId, Layout>) -> T) -> T {
        act(&mut self.layouts.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
