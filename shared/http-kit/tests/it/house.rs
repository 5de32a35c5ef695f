//! The small program, and who asks it.

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use domain::access::{ApiToken, Role, Scope, Scopes, User};
use domain::id::UserId;
use domain::ports::AccessStore as _;
use domain::secret::Secret;
use http::{HeaderMap, Request, StatusCode, header};
use http_kit::{
    Access, Filter, Form, Guarding, Json, NeverKept, NewToken, Once, Paged, Paging, Path, Principal, Problem,
    Raw, SigningKey,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use testkit::builders::user;
use testkit::{Faulty, FixedClock, MemoryStore};
use tokio::sync::Semaphore;
use tower::ServiceExt as _;

/// Everything a test looks at.
pub(crate) struct House {
    pub(crate) store: Arc<Faulty<MemoryStore>>,
    pub(crate) clock: FixedClock,
    pub(crate) access: Access,
    pub(crate) router: Router,
    pub(crate) desk: Arc<Desk>,
}

/// What the handlers do, and did.
pub(crate) struct Desk {
    pub(crate) made: Mutex<Vec<String>>,
    pub(crate) runs: AtomicU32,
    pub(crate) next_status: Mutex<StatusCode>,
    pub(crate) gate: Semaphore,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Thing {
    pub(crate) name: String,
    pub(crate) lines: Vec<Line>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Line {
    pub(crate) quantity: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Chosen {
    state: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    name: String,
}

pub(crate) fn key() -> SigningKey {
    SigningKey::new(&Secret::new("a signing key of more than thirty-two bytes")).unwrap()
}

pub(crate) fn house() -> House {
    house_with(10_000, true)
}

pub(crate) fn house_with(requests_per_minute: u32, secure_cookies: bool) -> House {
    let store = Arc::new(Faulty::new(MemoryStore::default()));
    let clock = FixedClock::default();
    let access = Access::new(Guarding {
        access: store.clone(),
        answers: store.clone(),
        clock: Arc::new(clock.clone()),
        key: key(),
        secure_cookies,
        requests_per_minute,
    });
    let desk = Arc::new(Desk {
        made: Mutex::default(),
        runs: AtomicU32::new(0),
        next_status: Mutex::new(StatusCode::CREATED),
        gate: Semaphore::new(1000),
    });
    let router = http_kit::finish(routes(&access, &desk), &access);
    House { store, clock, access, router, desk }
}

fn routes(access: &Access, desk: &Arc<Desk>) -> Router {
    let reads = Router::new()
        .route("/api/things", get(list))
        .route("/api/others", get(list))
        .route("/api/things/{number}", get(one))
        .route("/api/me", get(|me: Principal| async move { me.actor.id.to_string() }))
        .route("/api/panic", get(panics))
        .route_layer(http_kit::api(access, Scope::Read));
    let writes = Router::new()
        .route("/api/things", post(make))
        .route("/api/secrets", post(secret))
        .route("/api/long", post(long))
        .route_layer(http_kit::once(access))
        .route_layer(http_kit::api(access, Scope::OrdersWrite));
    let hooks =
        Router::new().route("/hooks/raw", post(|Raw(body): Raw| async move { body.len().to_string() }));
    let imports = Router::new()
        .route("/api/import", post(|Raw(body): Raw| async move { body.len().to_string() }))
        .route_layer(http_kit::once(access))
        .route_layer(http_kit::api(access, Scope::Sync))
        .route_layer(http_kit::body_limit(200 * 1024));
    let twice = Router::new()
        .route("/api/twice", get(|me: Principal| async move { me.actor.id.to_string() }))
        .route_layer(http_kit::api(access, Scope::Admin))
        .route_layer(http_kit::api(access, Scope::Read));
    let approvals = Router::new()
        .route("/api/approve", post(|| async { "approved" }))
        .route_layer(http_kit::api(access, Scope::OrdersApprove));
    let pages = Router::new()
        .route("/orders", get(|| async { Html("<h1>Orders</h1>".repeat(100)) }))
        .route("/orders", post(make_by_form))
        .route("/panic", get(panics))
        .route_layer(http_kit::once(access))
        .route_layer(http_kit::page(access, Scope::Read))
        .merge(
            Router::new()
                .route("/settings", get(|| async { "settings" }))
                .route_layer(http_kit::page(access, Scope::Admin)),
        )
        .layer(http_kit::problem_pages(|problem, principal| {
            let who = principal.map_or("nobody", |principal| &principal.actor.name);
            let request = problem.request.as_deref().unwrap_or("none");
            Html(format!("<h1>{}</h1> for {who}, {request}", problem.title)).into_response()
        }));
    Router::new()
        .merge(reads)
        .merge(writes)
        .merge(approvals)
        .merge(hooks)
        .merge(imports)
        .merge(twice)
        .merge(pages)
        .route("/health", get(|| async { "alive" }))
        .route("/sign-in", post(sign_in))
        .fallback(|| async { (StatusCode::NOT_FOUND, Html("our own page for nothing")) })
        .layer(Extension(desk.clone()))
}

async fn list(
    paging: Paging,
    Filter(chosen): Filter<Chosen>,
    Extension(access): Extension<Access>,
) -> Json<Paged<String>> {
    let from = paging.cursor.as_deref().unwrap_or("the beginning");
    let items = vec![format!("{} from {from} in {}", paging.limit, chosen.state.unwrap_or_default())];
    let next = access.next_cursor(&paging, Some(format!("{from} on")));
    Json(Paged { items, next })
}

async fn one(Path(number): Path<u32>) -> String {
    number.to_string()
}

async fn panics() -> String {
    panic!("a body may be quoted here")
}

async fn make(
    once: Once,
    Extension(desk): Extension<Arc<Desk>>,
    Json(thing): Json<Thing>,
) -> Result<Response, Problem> {
    desk.runs.fetch_add(1, Ordering::SeqCst);
    desk.gate.acquire().await.unwrap().forget();
    let status = *desk.next_status.lock().unwrap();
    if !status.is_success() {
        return Err(Problem::new(status, "told-so", "As the test said"));
    }
    let id = format!("thing_{}_{:x}", once.at.as_millisecond(), once.seed);
    desk.made.lock().unwrap().push(id.clone());
    let location = [(header::LOCATION, format!("/api/things/{id}"))];
    Ok((status, location, Json(thing)).into_response())
}

async fn secret(Extension(desk): Extension<Arc<Desk>>) -> Response {
    desk.runs.fetch_add(1, Ordering::SeqCst);
    (Extension(NeverKept), "bb_the-secret").into_response()
}

async fn long(Extension(desk): Extension<Arc<Desk>>) -> String {
    desk.runs.fetch_add(1, Ordering::SeqCst);
    "x".repeat(301 * 1024)
}

async fn make_by_form(
    once: Once,
    Extension(desk): Extension<Arc<Desk>>,
    Form(named): Form<Named>,
) -> Redirect {
    desk.made.lock().unwrap().push(format!("{} {:x}", named.name, once.seed));
    Redirect::to("/orders")
}

async fn sign_in(
    Extension(access): Extension<Access>,
    Form(named): Form<Named>,
) -> Result<impl IntoResponse, Problem> {
    let Some(principal) = access.find_token_principal(&named.name).await? else {
        return Err(Problem::new(StatusCode::FORBIDDEN, "no", "Not with this"));
    };
    let user = principal.user.clone().ok_or_else(Problem::internal)?;
    let cookie = access.sign_in(&user, &principal.scopes).await?;
    Ok((cookie, Redirect::to("/orders")))
}

/// An answer with its body read.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e} in {self:?}"))
    }

    /// Status and code of a problem.
    pub(crate) fn problem(&self) -> (u16, String) {
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json", "{self:?}");
        let json = self.json();
        assert_eq!(json["status"], self.status.as_u16());
        (self.status.as_u16(), json["code"].as_str().unwrap().to_owned())
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// A request to be sent.
pub(crate) struct Ask(http::request::Builder, Body);

impl Ask {
    pub(crate) fn new(method: &str, uri: &str) -> Self {
        Self(Request::builder().method(method).uri(uri), Body::empty())
    }

    pub(crate) fn get(uri: &str) -> Self {
        Self::new("GET", uri)
    }

    pub(crate) fn header(self, name: &str, value: &str) -> Self {
        Self(self.0.header(name, value), self.1)
    }

    pub(crate) fn token(self, token: &Secret) -> Self {
        self.header("authorization", &format!("Bearer {}", token.expose()))
    }

    pub(crate) fn json(uri: &str, body: &str) -> Self {
        Self::new("POST", uri).header("content-type", "application/json").body(body.to_owned())
    }

    pub(crate) fn form(uri: &str, body: &str) -> Self {
        let form = Self::new("POST", uri).header("content-type", "application/x-www-form-urlencoded");
        form.body(body.to_owned())
    }

    pub(crate) fn body(self, body: impl Into<Body>) -> Self {
        Self(self.0, body.into())
    }

    pub(crate) fn from(self, address: &str) -> Self {
        let address: SocketAddr = address.parse().unwrap();
        Self(self.0.extension(ConnectInfo(address)), self.1)
    }
}

/// A browser that has signed in.
pub(crate) struct Browser {
    pub(crate) cookie: String,
    pub(crate) csrf: String,
}

impl Browser {
    pub(crate) fn sends(&self, ask: Ask) -> Ask {
        ask.header("cookie", &self.cookie)
    }
}

impl House {
    pub(crate) async fn ask(&self, ask: Ask) -> Answer {
        let response = self.router.clone().oneshot(ask.0.body(ask.1).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let body = String::from_utf8_lossy(&body).into_owned();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) async fn person(&self, name: &str, role: Role) -> User {
        let person = user(name, role);
        self.store.put_user(&person).await.unwrap();
        person
    }

    pub(crate) async fn token(&self, scopes: &[Scope], owner: Option<&UserId>) -> (ApiToken, Secret) {
        let new = NewToken {
            name: "nightly export".into(),
            owner: owner.cloned(),
            scopes: scopes.iter().copied().collect(),
            expires: None,
            created_by: "usr_admin".into(),
        };
        self.access.create_token(new).await.unwrap()
    }

    pub(crate) async fn browser(&self, user: &User) -> Browser {
        let all: Scopes = Scope::ALL.into_iter().collect();
        let set = self.access.sign_in(user, &all).await.unwrap();
        let cookie = set.header().to_str().unwrap().split(';').next().unwrap().to_owned();
        let mut headers = HeaderMap::new();
        headers.insert("cookie", cookie.parse().unwrap());
        let principal = self.access.find_principal(&headers).await.unwrap().unwrap();
        Browser { cookie, csrf: principal.csrf().to_owned() }
    }

    pub(crate) fn made(&self) -> Vec<String> {
        self.desk.made.lock().unwrap().clone()
    }

    pub(crate) fn runs(&self) -> u32 {
        self.desk.runs.load(Ordering::SeqCst)
    }
}
