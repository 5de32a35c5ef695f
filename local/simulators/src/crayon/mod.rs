//! Crayon Cloud-iQ: organisations, tenants, price list, subscriptions and orders behind `/api/v1`.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use crate::server::{self, Running};

mod catalogue;
mod face;
mod identity;
mod input;
mod model;
mod orders;
mod output;
mod sample;
mod settings;
mod subscription_calls;
mod subscriptions;
mod tags;
mod tenants;
mod things;
mod time;
mod words;

pub use model::Model;
pub use settings::{Choices, Credentials, Paging, Profile, Tokens};
pub use subscriptions::{AddOn, Extra, NextTerm, Subscription, Subscriptions, Tags};
pub use things::{
    Agreement, ApiClient, Contact, InvoiceProfile, Kind, Order, OrderState, Organisation, Product, Tenant,
    UnitPrice, User,
};
pub use words::{Cycle, Status, Term};

/// A running Cloud-iQ; dropping it stops it.
pub struct Crayon {
    model: Arc<Mutex<Model>>,
    running: Running,
    url: String,
}

impl Crayon {
    /// Serves the model on a free port of 127.0.0.1.
    pub async fn start(model: Model) -> io::Result<Self> {
        Self::start_on(model, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await
    }

    /// Serves the model on this address.
    pub async fn start_on(model: Model, address: SocketAddr) -> io::Result<Self> {
        let model = Arc::new(Mutex::new(model));
        let running = server::run(Arc::clone(&model), address).await?;
        let url = format!("http://{}", running.address);
        Ok(Self { model, running, url })
    }

    /// `http://127.0.0.1:PORT`; the API lives below `/api/v1`.
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
