//! The front of the house: pages and API of every function that answers HTTP, put together for one port.

use crate::bus::InProcessBus;
use crate::door::url;
use crate::exit::Problem;
use crate::house::House;
use async_trait::async_trait;
use axum::Router;
use connections::{Keeper, Oidc};
use domain::ports::{Bus, IdentityProvider, Notice};
use domain::secret::Secret;
use lambda_kit::{Invocation, Outcome};
use orders::Desk;
use std::net::SocketAddr;
use std::sync::Arc;
use utoipa::openapi::OpenApi;
use web::{Document, Web};

/// Everything that the functions behind the port share.
pub struct Front {
    /// Orders: routes, notices, follow-up.
    pub orders: Orders,
    /// Every route.
    pub router: Router,
    /// Where people reach us.
    pub url: String,
}

/// The function `order-intake` as the process runs it.
pub struct Orders(pub Arc<order_intake::Deps>);

impl Front {
    /// Opens the front. `address` is where we listen.
    ///
    /// # Errors
    /// When the configuration is wrong, or a key cannot be read.
    pub fn open(
        house: &House,
        connections: &Arc<Keeper>,
        bus: &InProcessBus,
        address: SocketAddr,
    ) -> Result<Self, Problem> {
        let url = url(house.env(), Some(address));
        let access = house.access_at(&url)?;
        let store = Arc::new(house.store.clone());
        let bus: Arc<dyn Bus> = Arc::new(bus.clone());
        let (clock, entropy) = (house.clock.clone(), house.around.entropy);
        let personal = house.personal()?;
        let intake = Arc::new(order_intake::Deps {
            store: store.clone(),
            bus: bus.clone(),
            connections: connections.clone(),
            personal: personal.clone(),
            access: access.clone(),
            clock: clock.clone(),
            entropy,
            limits: order_intake::Limits::default(),
        });
        let document = Document::new(&openapi()).map_err(|error| {
            Problem::failed(format!("the interface cannot be described: {error}"), "report this")
        })?;
        let pages = Arc::new(Web {
            store: store.clone(),
            access,
            bus: bus.clone(),
            connections: connections.clone(),
            desk: Desk { store, bus, clock: clock.clone(), entropy },
            identity: identity(house, &url)?,
            personal,
            clock,
            entropy,
            url: Some(url.clone()),
            document: Arc::new(document),
            customers: web::customers::Customers::default(),
            health: web::health::Health::default(),
            heads: web::history::Heads::default(),
        });
        let all = web::routes(&pages).merge(order_intake::routes(&intake));
        let router = http_kit::finish(all, &pages.access);
        Ok(Self { orders: Orders(intake), router, url })
    }
}

/// The company's own identity provider, where one is configured.
fn identity(house: &House, url: &str) -> Result<Option<Arc<dyn IdentityProvider>>, Problem> {
    let given = [
        ("BILLBRIDGE_TABLE", Secret::new("embedded")),
        ("BILLBRIDGE_BUS", Secret::new("embedded")),
        ("BILLBRIDGE_URL", Secret::new(url)),
        ("BILLBRIDGE_SESSION_KEY", house.session_key()?),
    ];
    let given = given.map(|(name, value)| (name.to_owned(), value));
    let config = web::Config::from_env(&house.env().clone().with_layer(given))?;
    let Some(identity) = config.identity else { return Ok(None) };
    let unusable =
        |what: String| Problem::usage(what, "the OIDC_ variables in .env.example say what each is");
    let http = connector_kit::http_client().map_err(|error| unusable(error.to_string()))?;
    let provider = Oidc::new(http, house.clock.clone(), identity);
    Ok(Some(Arc::new(provider.map_err(|error| unusable(error.to_string()))?)))
}

/// What programs can call, of all functions together.
pub fn openapi() -> OpenApi {
    web::openapi().merge_from(order_intake::openapi())
}

#[async_trait(?Send)]
impl crate::serving::Function for Orders {
    fn name(&self) -> &'static str {
        "order-intake"
    }

    fn wants(&self) -> fn(&Notice) -> bool {
        |notice| matches!(notice, Notice::OrderApproved { .. } | Notice::SyncFinished { .. })
    }

    async fn handle(&self, invocation: Invocation) -> Outcome {
        Box::pin(order_intake::handle(&self.0, invocation)).await
    }
}
