//! HostBill: clients, products, orders, accounts, invoices and metered usage behind `/admin/api.php`.

#![expect(clippy::unnecessary_wraps, reason = "every call has one signature, also those that never refuse")]

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use crate::server::{self, Running};

mod accounts;
mod accounts_calls;
mod answer;
mod billing;
mod catalogue_calls;
mod client_calls;
mod cycles;
mod face;
mod hooks;
mod invoice_calls;
mod metered;
mod model;
mod order_calls;
mod params;
mod plug;
mod things;

#[cfg(test)]
mod tests;

pub use accounts::{Account, Accounts, Change};
pub use hooks::Hook;
pub use metered::{Bracket, UsageRecord, Variable};
pub use model::Model;
pub use plug::{ModuleCall, ModuleResult, Plug};
pub use things::{
    ApiKey, BillingRules, Client, ClientField, Currency, CyclePrice, Invoice, Item, Matching, Order,
    OrderPage, Product, QueueItem, Settings, Transaction, Volume,
};

/// A running HostBill; dropping it stops it.
pub struct HostBill {
    model: Arc<Mutex<Model>>,
    running: Running,
    url: String,
}

impl HostBill {
    /// Serves the model on a free port of 127.0.0.1.
    pub async fn start(model: Model) -> io::Result<Self> {
        Self::start_on(model, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await
    }

    /// Serves the model on this address.
    pub async fn start_on(model: Model, address: SocketAddr) -> io::Result<Self> {
        let model = Arc::new(Mutex::new(model));
        server::lock(&model).outbox.open();
        let running = server::run(Arc::clone(&model), address).await?;
        let url = format!("http://{}/admin/api.php", running.address);
        Ok(Self { model, running, url })
    }

    /// `http://127.0.0.1:PORT/admin/api.php`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Changes or inspects the model; requests wait meanwhile.
    pub fn with<R>(&self, f: impl FnOnce(&mut Model) -> R) -> R {
        f(&mut server::lock(&self.model))
    }

    /// Stops, after the requests in hand.
    pub async fn stop(self) {
        self.running.stop().await;
    }
}
