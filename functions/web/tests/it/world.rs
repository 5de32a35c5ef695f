//! A small reseller with people of every role. Whatever it answers is looked through for secrets.

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use connections::{Connections, Keeper};
use domain::access::{Role, Scope, User};
use domain::clock::Clock;
use domain::failure::{Failure, FailureKind};
use domain::id::{SystemId, UserId};
use domain::ports::{
    AccessStore as _, Bus, LinkStore as _, Notice, PersonalCredentials, PersonalSecrets, RunStore as _,
};
use domain::run::{Run, RunState};
use domain::secret::Secret;
use http_body_util::BodyExt as _;
use http_kit::{NewToken, SigningKey};
use lambda_kit::env::Env;
use serde_json::{Value, json};
use simulators::crayon::{Cycle, Term};
use simulators::{Decimal, crayon, hostbill};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use testkit::{FixedClock, MemoryStore, builders};
use tower::ServiceExt as _;
use web::{Adapters, App, Document, Front, Web, router};

pub(crate) const PART: &str = "CFQ7TTC0LH16:0001";
pub(crate) const SESSION_KEY: &str = "session-key-of-this-test-and-no-other";

/// What was published; publishing fails while it is told to.
#[derive(Clone, Default)]
pub(crate) struct Published(Arc<Mutex<(Vec<Notice>, Option<Loss>)>>);

/// What goes wrong with the next notice.
enum Loss {
    /// It does not arrive.
    Notice,
    /// It arrives, and the run has begun before we hear that it did not.
    Receipt(MemoryStore),
}

impl Published {
    pub(crate) fn all(&self) -> Vec<Notice> {
        self.0.lock().unwrap().0.clone()
    }

    /// The next one does not arrive.
    pub(crate) fn lose_next(&self) {
        self.0.lock().unwrap().1 = Some(Loss::Notice);
    }

    /// The next one arrives, and the run in this store has begun before we hear that it did not.
    pub(crate) fn lose_next_receipt(&self, store: &MemoryStore) {
        self.0.lock().unwrap().1 = Some(Loss::Receipt(store.clone()));
    }
}

#[async_trait]
impl Bus for Published {
    async fn publish(&self, notice: &Notice) -> Result<(), Failure> {
        let lost = self.0.lock().unwrap().1.take();
        let away = || Failure::new(FailureKind::Unavailable, &SystemId::billbridge(), "the bus is away");
        if matches!(lost, Some(Loss::Notice)) {
            return Err(away());
        }
        self.0.lock().unwrap().0.push(notice.clone());
        let Some(Loss::Receipt(store)) = lost else { return Ok(()) };
        if let Notice::SyncRequested { organisation, run: Some(id), .. } = notice {
            let run = store.find_run(organisation, id).await?.unwrap();
            store.put_run(&Run { state: RunState::Running, ..run }).await?;
        }
        Err(away())
    }
}

/// People's own sign-ins, in memory.
#[derive(Clone, Default)]
pub(crate) struct Kept(Arc<Mutex<BTreeMap<(UserId, SystemId), PersonalCredentials>>>);

impl Kept {
    pub(crate) fn all(&self) -> BTreeMap<(UserId, SystemId), PersonalCredentials> {
        self.0.lock().unwrap().clone()
    }
}

#[async_trait]
impl PersonalSecrets for Kept {
    async fn keep(
        &self,
        user: &UserId,
        system: &SystemId,
        credentials: &PersonalCredentials,
    ) -> Result<(), Failure> {
        self.0.lock().unwrap().insert((user.clone(), system.clone()), credentials.clone());
        Ok(())
    }

    async fn find(&self, user: &UserId, system: &SystemId) -> Result<Option<PersonalCredentials>, Failure> {
        Ok(self.0.lock().unwrap().get(&(user.clone(), system.clone())).cloned())
    }

    async fn remove(&self, user: &UserId, system: &SystemId) -> Result<(), Failure> {
        self.0.lock().unwrap().remove(&(user.clone(), system.clone()));
        Ok(())
    }
}

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The code of a problem.
    pub(crate) fn code(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text);
        self.json()["code"].as_str().unwrap().to_owned()
    }

    /// The answer, which must have this status.
    #[track_caller]
    pub(crate) fn with(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }
}

pub(crate) struct World {
    pub(crate) crayon: crayon::Crayon,
    pub(crate) hostbill: hostbill::HostBill,
    pub(crate) store: MemoryStore,
    pub(crate) clock: FixedClock,
    pub(crate) bus: Published,
    pub(crate) kept: Kept,
    pub(crate) app: App,
    pub(crate) router: Router,
    pub(crate) tenants: [u32; 2],
    pub(crate) clients: [u32; 2],
    pub(crate) product: u32,
    pub(crate) organisation: u32,
    secrets: Vec<String>,
}

impl World {
    /// The organisation `acme` with two customers, of whom the first is linked, one product and one offer.
    pub(crate) async fn new() -> Self {
        let mut supplier = crayon::Model::empty();
        let organisation = supplier.add_organisation("Reseller [T2/EUR]", "EUR");
        let tenants = [
            supplier.add_tenant(organisation, "Fjord Kaffe AB", "fjordkaffe"),
            supplier.add_tenant(organisation, "Nordlys Regnskap AS", "nordlys"),
        ];
        supplier.add_product(PART, "Exchange Online (Plan 1)", Decimal::new(285, 2), Decimal::new(400, 2));
        supplier.add_subscription(tenants[0], PART, 10, Some(Term::Year), Cycle::Monthly);
        supplier.add_user("anna@reseller.example", "anna's own pass phrase", &[organisation]);
        let mut billing = hostbill::Model::empty();
        let clients = [
            billing.add_client("it@fjordkaffe.example", "Fjord Kaffe AB"),
            billing.add_client("post@nordlys.example", "Nordlys Regnskap AS"),
        ];
        let product = billing.add_product("Exchange Online", &[("m", Decimal::new(400, 2))]);
        let crayon = crayon::Crayon::start(supplier).await.unwrap();
        let hostbill = hostbill::HostBill::start(billing).await.unwrap();
        let mut settings = builders::settings();
        settings.organisations[0].supplier_organisation = organisation.to_string();
        let store = MemoryStore::with_settings(settings);
        let world = (store, FixedClock::default(), Published::default(), Kept::default());
        let mut world = Self::around(crayon, hostbill, world);
        (world.tenants, world.clients) = (tenants, clients);
        (world.product, world.organisation) = (product, organisation);
        world.link(0).await;
        world
    }

    fn around(
        crayon: crayon::Crayon,
        hostbill: hostbill::HostBill,
        (store, clock, bus, kept): (MemoryStore, FixedClock, Published, Kept),
    ) -> Self {
        let env = environment(&crayon, &hostbill);
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let connections = Connections::from_env(&env, shared.clone()).unwrap();
        let adapters = Adapters {
            store: Arc::new(store.clone()),
            bus: Arc::new(bus.clone()),
            connections: Arc::new(Keeper::fixed(connections)),
            identity: None,
            personal: Some(Arc::new(kept.clone())),
            clock: shared,
            entropy: || fastrand::u64(..),
        };
        let front = Front {
            url: Some("https://billbridge.example".to_owned()),
            key: SigningKey::new(&Secret::new(SESSION_KEY)).unwrap(),
            secure_cookies: true,
            requests_per_minute: 1_000_000,
        };
        let app = Arc::new(Web::new(adapters, front, Document::new(&web::openapi()).unwrap()));
        let secrets = [
            crayon.with(|model| {
                let credentials = model.credentials();
                vec![credentials.client_secret, credentials.password]
            }),
            vec![hostbill.with(|model| model.credentials().1)],
            vec![SESSION_KEY.to_owned(), "anna's own pass phrase".to_owned(), "wrong pass phrase".to_owned()],
        ]
        .concat();
        let router = router(&app);
        Self {
            crayon,
            hostbill,
            store,
            clock,
            bus,
            kept,
            app,
            router,
            tenants: [0; 2],
            clients: [0; 2],
            product: 0,
            organisation: 0,
            secrets,
        }
    }

    /// Links a tenant to its client, and the offer to the product.
    pub(crate) async fn link(&self, at: usize) {
        let tenant = self.tenants[at].to_string();
        let mut links = builders::links(&[&tenant]);
        for link in &mut links {
            match link {
                domain::link::Link::Client { client, .. } => {
                    *client = builders::parsed(&self.clients[at].to_string());
                }
                domain::link::Link::Product { offer, product, .. } => {
                    *product = builders::parsed(&self.product.to_string());
                    *offer = offer_key().id(&builders::supplier());
                }
                domain::link::Link::Offer { offer, key, .. } => {
                    *key = offer_key();
                    *offer = offer_key().id(&builders::supplier());
                }
                domain::link::Link::Tenant { .. } => {}
            }
        }
        self.store.change_links(&links, &[]).await.unwrap();
    }

    /// A program's token with these scopes.
    pub(crate) async fn token(&self, scopes: &[Scope]) -> String {
        self.token_of(None, scopes).await
    }

    /// A token with these scopes, of a person or nobody.
    pub(crate) async fn token_of(&self, owner: Option<&User>, scopes: &[Scope]) -> String {
        let new = NewToken {
            name: "a program".into(),
            owner: owner.map(|user| user.id.clone()),
            scopes: scopes.iter().copied().collect(),
            expires: None,
            created_by: "test".into(),
        };
        self.app.access.create_token(new).await.unwrap().1.expose().to_owned()
    }

    /// A person and a token of theirs that may do what they may.
    pub(crate) async fn person(&self, name: &str, role: Role) -> (User, String) {
        let user = builders::user(name, role);
        self.store.put_user(&user).await.unwrap();
        let scopes: Vec<Scope> = role.scopes().iter().collect();
        let token = self.token_of(Some(&user), &scopes).await;
        (user, token)
    }

    pub(crate) async fn admin(&self) -> String {
        self.token(&[Scope::Admin]).await
    }

    pub(crate) async fn reader(&self) -> String {
        self.token(&[Scope::Read]).await
    }

    /// Sends a request. No answer may hold a secret of the house.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let place = format!("{} {}", request.method(), request.uri());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        for secret in &self.secrets {
            assert!(!text.contains(secret), "{place} answers with a secret");
            assert!(!format!("{:?}", parts.headers).contains(secret), "{place} has a secret in a header");
        }
        Answer { status: parts.status, headers: parts.headers, text }
    }

    pub(crate) async fn get(&self, token: &str, path: &str) -> Answer {
        self.send(with_token(token, Method::GET, path).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&self, token: &str, path: &str, body: &Value) -> Answer {
        self.send(json_request(token, Method::POST, path, body)).await
    }

    pub(crate) async fn put(&self, token: &str, path: &str, body: &Value) -> Answer {
        self.send(json_request(token, Method::PUT, path, body)).await
    }

    pub(crate) async fn delete(&self, token: &str, path: &str) -> Answer {
        self.send(with_token(token, Method::DELETE, path).body(Body::empty()).unwrap()).await
    }

    /// The same request, under a key.
    pub(crate) async fn post_once(&self, token: &str, path: &str, body: &Value, key: &str) -> Answer {
        let mut request = json_request(token, Method::POST, path, body);
        request.headers_mut().insert("idempotency-key", key.parse().unwrap());
        self.send(request).await
    }
}

pub(crate) fn with_token(token: &str, method: Method, path: &str) -> axum::http::request::Builder {
    let request = Request::builder().method(method).uri(path);
    if token.is_empty() { request } else { request.header(AUTHORIZATION, format!("Bearer {token}")) }
}

pub(crate) fn json_request(token: &str, method: Method, path: &str, body: &Value) -> Request<Body> {
    let request = with_token(token, method, path).header(CONTENT_TYPE, "application/json");
    request.body(Body::from(body.to_string())).unwrap()
}

pub(crate) fn offer_key() -> domain::subscription::OfferKey {
    format!("{PART}/P1Y/monthly").parse().unwrap()
}

fn environment(crayon: &crayon::Crayon, hostbill: &hostbill::HostBill) -> Env {
    let credentials = crayon.with(|model| model.credentials());
    let (id, key) = hostbill.with(|model| model.credentials());
    Env::from_pairs([
        ("CRAYON_URL", crayon.url().to_owned()),
        ("CRAYON_CLIENT_ID", credentials.client_id),
        ("CRAYON_CLIENT_SECRET", credentials.client_secret),
        ("CRAYON_USERNAME", credentials.username),
        ("CRAYON_PASSWORD", credentials.password),
        ("CRAYON_REQUESTS_PER_SECOND", "1000".to_owned()),
        ("HOSTBILL_URL", hostbill.url().to_owned()),
        ("HOSTBILL_API_ID", id),
        ("HOSTBILL_API_KEY", key),
        ("HOSTBILL_REQUESTS_PER_SECOND", "1000".to_owned()),
    ])
}

/// Nothing, as a body.
pub(crate) fn nothing() -> Value {
    json!({})
}
