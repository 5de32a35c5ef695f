//! A company's identity provider: people to sign in as, codes, signed identity tokens.
//!
//! Written from OIDC Core 1.0 (*core*), Discovery 1.0 (*discovery*), RFC 6749, RFC 7517, RFC 7518 and
//! RFC 7636 (*PKCE*), so that a client that misreads them is found out. Signs with a crypto library that no
//! client of ours verifies with.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use crate::server::{self, Running};

mod authorise;
mod face;
mod keys;
mod model;
mod token;

pub use keys::Signing;
pub use model::{Client, Lie, Lifetimes, Model, Person};

/// A running identity provider; dropping it stops it.
pub struct Oidc {
    model: Arc<Mutex<Model>>,
    running: Running,
    url: String,
}

impl Oidc {
    /// Serves the model on a free port of 127.0.0.1.
    pub async fn start(model: Model) -> io::Result<Self> {
        Self::start_on(model, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await
    }

    /// Serves the model on this address.
    pub async fn start_on(model: Model, address: SocketAddr) -> io::Result<Self> {
        let model = Arc::new(Mutex::new(model));
        let running = server::run(Arc::clone(&model), address).await?;
        let url = format!("http://{}", running.address);
        server::lock(&model).issuer.clone_from(&url);
        Ok(Self { model, running, url })
    }

    /// `http://127.0.0.1:PORT`, which is also the issuer.
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
