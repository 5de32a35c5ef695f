//! Connections out of variables.

use crate::{Connections, SignInAs, crayon, hostbill};
use connector_crayon::{Crayon, CrayonConfig, TokenCache};
use connector_hostbill::HostBill;
use connector_kit::{HttpClient, http_client};
use domain::clock::Clock;
use domain::ports::PersonalCredentials;
use lambda_kit::env::{ConfigProblems, Env};
use std::sync::Arc;

/// What all connections of a process share, and keep when they are built anew.
#[derive(Clone)]
pub(crate) struct Shared {
    http: Option<HttpClient>,
    tokens: TokenCache,
    clock: Arc<dyn Clock>,
}

impl Shared {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { http: http_client().ok(), tokens: TokenCache::default(), clock }
    }
}

impl Connections {
    /// Reads every connection's variables. All connections share one HTTP client, and those to Cloud-iQ with
    /// the same credentials share their tokens.
    ///
    /// # Errors
    /// Everything that is missing or wrong, of all connections together.
    pub fn from_env(env: &Env, clock: Arc<dyn Clock>) -> Result<Self, ConfigProblems> {
        Self::build(env, &Shared::new(clock))
    }

    pub(crate) fn build(env: &Env, shared: &Shared) -> Result<Self, ConfigProblems> {
        let mut read = env.read();
        let crayons = crayon::read(env, &mut read);
        let hostbills = hostbill::read(env, &mut read);
        if shared.http.is_none() {
            read.problem("TLS", "cannot be used on this machine", "a working set of root certificates");
        }
        read.finish(|| {
            let http = shared.http.as_ref()?;
            let mut built = Self::default();
            for config in &crayons {
                built.add_crayon(config, http, shared);
            }
            for found in hostbills {
                built.add_hostbill(found, http, shared);
            }
            Some(built)
        })
    }

    fn add_crayon(&mut self, config: &CrayonConfig, http: &HttpClient, shared: &Shared) {
        let crayon = Crayon::sharing(http.clone(), shared.clock.clone(), config, &shared.tokens);
        let crayon = Arc::new(crayon);
        self.sources.push(crayon.clone());
        self.orders.push(crayon.clone());
        self.catalogues.push(crayon.clone());
        let sign_in: SignInAs =
            Arc::new(move |person: &PersonalCredentials| Arc::new(crayon.signed_in_as(person)));
        self.people.insert(config.system.clone(), sign_in);
    }

    fn add_hostbill(&mut self, found: hostbill::Found, http: &HttpClient, shared: &Shared) {
        let system = found.config.system.clone();
        self.fields.insert(system.clone(), found.fields);
        if let Some(secret) = found.hook_secret {
            self.hook_secrets.insert(system, secret);
        }
        let hostbill = HostBill::new(http.clone(), shared.clock.clone(), found.config);
        self.billing.push(Arc::new(hostbill));
    }
}
