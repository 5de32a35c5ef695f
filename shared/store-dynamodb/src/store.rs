//! The store itself: a client, a table's name, and what one process remembers between calls.

use crate::capacity::{Capacity, Meter};
use crate::index::Layout;
use crate::keys;
use aws_kit::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::Config;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use domain::audit::AuditHead;
use domain::id::{OrganisationId, SystemId};
use domain::journal::Lease;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long a start waits for the table at most.
const GREETING: Duration = Duration::from_secs(2);

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

    /// A store that has been spoken to: name look-up, TLS and what the client prepares for its first call are over
    /// before the first event, while Lambda still gives a whole processor. It asks, eventually consistent, for an item
    /// that never is: half a read unit, without effect, and nothing that a function may not do anyway. What comes of
    /// it is not looked at: the first real call says what is wrong, where it can be dealt with.
    pub async fn connected(config: &SdkConfig, table: impl Into<Arc<str>>) -> Self {
        let store = Self::new(config, table);
        let limits = TimeoutConfig::builder().operation_timeout(GREETING).build();
        let once = Config::builder().timeout_config(limits).retry_config(RetryConfig::disabled());
        let greeting =
            store.client.get_item().table_name(&*store.table).set_key(Some(keys::nothing().into_item()));
        // What comes of it is not looked at: see above.
        drop(Box::pin(greeting.customize().config_override(once).send()).await);
        store
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
