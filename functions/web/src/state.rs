//! What every route works with.

use crate::customers::Customers;
use crate::document::Document;
use crate::health::Health;
use crate::history::Heads;
use connections::Keeper;
use domain::clock::{Clock, Deadline};
use domain::failure::Failure;
use domain::id::OrganisationId;
use domain::ports::{
    AccessStore, AnswerStore, AuditStore, Bus, EffectStore, FiguresStore, IdentityProvider, LinkStore,
    OrderStore, PersonalSecrets, PlanStore, RecordStore, RunStore, SettingsStore,
};
use domain::settings::{Organisation, Settings};
use http_kit::{Access, Guarding, SigningKey};
use jiff::SignedDuration;
use orders::Desk;
use std::sync::Arc;

/// How long a request may work: API Gateway gives up after 30 seconds.
const REQUEST: SignedDuration = SignedDuration::from_secs(25);

/// Everything this function reads and keeps.
pub trait Store:
    SettingsStore
    + LinkStore
    + RecordStore
    + PlanStore
    + RunStore
    + AuditStore
    + OrderStore
    + FiguresStore
    + AccessStore
    + AnswerStore
    + EffectStore
{
}

impl<T> Store for T where
    T: SettingsStore
        + LinkStore
        + RecordStore
        + PlanStore
        + RunStore
        + AuditStore
        + OrderStore
        + FiguresStore
        + AccessStore
        + AnswerStore
        + EffectStore
{
}

/// The adapters, chosen in a `main`, and what is remembered between requests.
pub struct Web {
    /// The table.
    pub store: Arc<dyn Store>,
    /// Who may do what.
    pub access: Access,
    /// Where notices go.
    pub bus: Arc<dyn Bus>,
    /// The connections to outside systems.
    pub connections: Arc<Keeper>,
    /// Where orders are taken and decided.
    pub desk: Desk,
    /// The company's own identity provider, where there is one.
    pub identity: Option<Arc<dyn IdentityProvider>>,
    /// Where people's own sign-ins are kept, where they may be.
    pub personal: Option<Arc<dyn PersonalSecrets>>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// A number that is unlikely to come twice.
    pub entropy: fn() -> u64,
    /// Where people reach us, without a slash at its end, where that was said: `https://billbridge.example.com`.
    pub url: Option<String>,
    /// What programs can call, of every function behind that address.
    pub document: Arc<Document>,
    /// Who the suppliers' customers are.
    pub customers: Customers,
    /// How the systems were when they were last looked at.
    pub health: Health,
    /// How long the audit logs are.
    pub heads: Heads,
}

/// The adapters that [`Web`] is made of.
pub struct Adapters<S> {
    /// The table.
    pub store: Arc<S>,
    /// Where notices go.
    pub bus: Arc<dyn Bus>,
    /// The connections to outside systems.
    pub connections: Arc<Keeper>,
    /// The company's own identity provider, where there is one.
    pub identity: Option<Arc<dyn IdentityProvider>>,
    /// Where people's own sign-ins are kept, where they may be.
    pub personal: Option<Arc<dyn PersonalSecrets>>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// A number that is unlikely to come twice.
    pub entropy: fn() -> u64,
}

/// How people and programs reach us.
#[derive(Debug, Clone)]
pub struct Front {
    /// Under which address, without a slash at its end, where that was said.
    pub url: Option<String>,
    /// What cookies and cursors are signed with.
    pub key: SigningKey,
    /// Whether browsers come over TLS. Off only for plain HTTP on one's own machine.
    pub secure_cookies: bool,
    /// How many requests a principal may make in a minute.
    pub requests_per_minute: u32,
}

/// What the routes share.
pub type App = Arc<Web>;

impl Web {
    /// Puts everything in its place; nothing is asked of anybody yet.
    pub fn new<S: Store + 'static>(adapters: Adapters<S>, front: Front, document: Document) -> Self {
        let Adapters { store, bus, connections, identity, personal, clock, entropy } = adapters;
        let access = Access::new(Guarding {
            access: store.clone(),
            answers: store.clone(),
            clock: clock.clone(),
            key: front.key,
            secure_cookies: front.secure_cookies,
            requests_per_minute: front.requests_per_minute,
        });
        let desk = Desk { store: store.clone(), bus: bus.clone(), clock: clock.clone(), entropy };
        Self {
            store,
            access,
            bus,
            connections,
            desk,
            identity,
            personal,
            clock,
            entropy,
            url: front.url,
            document: Arc::new(document),
            customers: Customers::default(),
            health: Health::default(),
            heads: Heads::default(),
        }
    }

    /// By when what is begun now must be done.
    pub fn deadline(&self) -> Deadline {
        self.clock.now().checked_add(REQUEST).map_or_else(|_| Deadline::never(), Deadline)
    }

    /// The settings; empty ones if none were ever stored.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub async fn settings(&self) -> Result<Settings, Failure> {
        Ok(self.store.find_settings().await?.unwrap_or_default())
    }

    /// An organisation of the settings.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub async fn find_organisation(&self, id: &OrganisationId) -> Result<Option<Organisation>, Failure> {
        Ok(self.settings().await?.find(id).cloned())
    }
}
