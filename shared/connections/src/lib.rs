//! The configured connections to outside systems, built from the environment: the one place that knows both
//! the variables and the connectors.
//!
//! `CRAYON_…` and `HOSTBILL_…` make the connections `crayon` and `hostbill`. Further ones have a suffix: with
//! `HOSTBILL_URL__EU` and its siblings there is a connection `hostbill-eu`. `.env.example` describes every
//! variable. Whatever is wrong is reported by name, all of it at once, and never with its value; a setting that
//! is missing or odd never selects a live system.

mod crayon;
mod hostbill;
mod suffix;

#[cfg(test)]
mod tests;

use connector_crayon::{Crayon, TokenCache};
use connector_hostbill::HostBill;
use connector_kit::http_client;
use domain::clock::Clock;
use domain::id::SystemId;
use domain::ports::{BillingTarget, SubscriptionSource};
use lambda_kit::env::{ConfigProblems, Env};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// Every connection that is configured. Nothing has been sent yet.
pub struct Connections {
    /// Where we resell from.
    pub sources: Vec<Arc<dyn SubscriptionSource>>,
    /// Where we bill.
    pub billing: Vec<Arc<dyn BillingTarget>>,
    /// Which fields of a billing client say whose it is, by billing connection.
    pub fields: BTreeMap<SystemId, ClientFields>,
}

/// Fields of a billing client that say which of the supplier's customers it is. In lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientFields {
    /// `HOSTBILL_TENANT_FIELD`: carries the supplier's tenant id, or the publisher's.
    pub tenant: String,
    /// `HOSTBILL_REGISTRATION_FIELD`: carries the company's registration number.
    pub registration: String,
}

impl Connections {
    /// Reads every connection's variables. All connections share one HTTP client, and those to Cloud-iQ with
    /// the same credentials share their tokens.
    ///
    /// # Errors
    /// Everything that is missing or wrong, of all connections together.
    #[expect(clippy::needless_pass_by_value, reason = "handed over: every connection keeps one")]
    pub fn from_env(env: &Env, clock: Arc<dyn Clock>) -> Result<Self, ConfigProblems> {
        let mut read = env.read();
        let crayons = crayon::read(env, &mut read);
        let hostbills = hostbill::read(env, &mut read);
        let http = http_client().ok();
        if http.is_none() {
            read.problem("TLS", "cannot be used on this machine", "a working set of root certificates");
        }
        read.finish(|| {
            let (http, tokens) = (http?, TokenCache::default());
            let sources = crayons.into_iter().map(|config| -> Arc<dyn SubscriptionSource> {
                Arc::new(Crayon::sharing(http.clone(), clock.clone(), &config, &tokens))
            });
            let fields = hostbills.iter().map(|(config, fields)| (config.system.clone(), fields.clone()));
            let (sources, fields) = (sources.collect(), fields.collect());
            let billing = hostbills.into_iter().map(|(config, _)| -> Arc<dyn BillingTarget> {
                Arc::new(HostBill::new(http.clone(), clock.clone(), config))
            });
            Some(Self { sources, billing: billing.collect(), fields })
        })
    }
}

impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sources: Vec<_> = self.sources.iter().map(|source| source.system().as_str()).collect();
        let billing: Vec<_> = self.billing.iter().map(|billing| billing.system().as_str()).collect();
        f.debug_struct("Connections")
            .field("sources", &sources)
            .field("billing", &billing)
            .finish_non_exhaustive()
    }
}
