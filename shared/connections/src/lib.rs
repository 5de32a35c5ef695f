//! The configured connections to outside systems, built from the environment: the one place that knows both
//! the variables and the connectors.
//!
//! `CRAYON_…` and `HOSTBILL_…` make the connections `crayon` and `hostbill`. Further ones have a suffix: with
//! `HOSTBILL_URL__EU` and its siblings there is a connection `hostbill-eu`. `.env.example` describes every
//! variable. Whatever is wrong is reported by name, all of it at once, and never with its value; a setting that
//! is missing or odd never selects a live system.
//!
//! [`Connections`] is how it stands now; a [`Keeper`] follows secrets that are rotated.

mod build;
mod crayon;
mod hostbill;
mod keeper;
mod oidc;
mod suffix;

#[cfg(test)]
mod tests;

/// How a web hook of billing's is checked against [`Connections::hook_secret`].
pub use connector_hostbill::hook;
/// The company's own identity provider, and what it needs.
pub use connector_oidc::{Oidc, OidcConfig};
pub use keeper::Keeper;
pub use oidc::identity_provider;

use domain::failure::{Failure, FailureKind};
use domain::id::SystemId;
use domain::ports::{BillingTarget, CatalogueSource, OrderTarget, PersonalCredentials, SubscriptionSource};
use domain::secret::Secret;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// A connection signed in as somebody else: same system, same API client, their own user.
pub type SignInAs = Arc<dyn Fn(&PersonalCredentials) -> Arc<dyn OrderTarget> + Send + Sync>;

/// Every connection that is configured. Nothing has been sent yet.
#[derive(Clone, Default)]
pub struct Connections {
    /// Where we resell from.
    pub sources: Vec<Arc<dyn SubscriptionSource>>,
    /// Where we bill.
    pub billing: Vec<Arc<dyn BillingTarget>>,
    /// Where we order, as the connection's own user.
    pub orders: Vec<Arc<dyn OrderTarget>>,
    /// What can be ordered.
    pub catalogues: Vec<Arc<dyn CatalogueSource>>,
    /// Which fields of a billing client say whose it is, by billing connection.
    pub fields: BTreeMap<SystemId, ClientFields>,
    /// How to order as a person with a sign-in of their own, by supplier connection.
    pub people: BTreeMap<SystemId, SignInAs>,
    /// What each billing signs its web hooks with, where that is configured.
    pub hook_secrets: BTreeMap<SystemId, Secret>,
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
    /// The supplier of this name.
    ///
    /// # Errors
    /// When it is not configured.
    pub fn source(&self, id: &SystemId) -> Result<&Arc<dyn SubscriptionSource>, Failure> {
        self.sources.iter().find(|source| source.system() == id).ok_or_else(|| unknown(id))
    }

    /// The billing of this name.
    ///
    /// # Errors
    /// When it is not configured.
    pub fn billing(&self, id: &SystemId) -> Result<&Arc<dyn BillingTarget>, Failure> {
        self.billing.iter().find(|billing| billing.system() == id).ok_or_else(|| unknown(id))
    }

    /// Where to order at the supplier of this name, as the connection's own user.
    ///
    /// # Errors
    /// When it is not configured.
    pub fn order_target(&self, id: &SystemId) -> Result<&Arc<dyn OrderTarget>, Failure> {
        self.orders.iter().find(|orders| orders.system() == id).ok_or_else(|| unknown(id))
    }

    /// The catalogue of the supplier of this name.
    ///
    /// # Errors
    /// When it is not configured.
    pub fn catalogue(&self, id: &SystemId) -> Result<&Arc<dyn CatalogueSource>, Failure> {
        self.catalogues.iter().find(|catalogue| catalogue.system() == id).ok_or_else(|| unknown(id))
    }

    /// Where to order at this supplier as a person: the same connection, signed in with their name and
    /// password. Nothing if the connection is not configured or knows no people.
    pub fn personal(&self, id: &SystemId, credentials: &PersonalCredentials) -> Option<Arc<dyn OrderTarget>> {
        self.people.get(id).map(|sign_in| sign_in(credentials))
    }

    /// What this billing signs its web hooks with; nothing if no web hooks are expected from it.
    pub fn hook_secret(&self, id: &SystemId) -> Option<&Secret> {
        self.hook_secrets.get(id)
    }
}

fn unknown(id: &SystemId) -> Failure {
    Failure::new(FailureKind::Refused, id, "the settings name this connection, but it is not configured")
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
