//! A simulated provider, a connection to it, and a browser between them.

use connector_kit::{RetryPolicy, Url, http_client};
use connector_oidc::{Oidc, OidcConfig, roles};
use domain::clock::{Clock, Deadline};
use domain::failure::Failure;
use domain::ports::{Identity, IdentityProvider};
use domain::secret::Secret;
use jiff::{SignedDuration, Timestamp};
use simulators::oidc::{self as sim, Model, Signing};
use std::sync::Arc;
use std::time::Duration;
use testkit::FixedClock;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

pub(crate) const DISCOVERY: &str = "GET /.well-known/openid-configuration";
pub(crate) const KEYS: &str = "GET /keys";
pub(crate) const TOKEN: &str = "POST /token";

/// Who may come in as what; `sales` twice over, by another group.
pub(crate) const ROLES: &str = "billing-admins=admin, approvers=approver, sales=clerk, interns=viewer";
pub(crate) const ADA: &str = "u-1001";
pub(crate) const BO: &str = "u-1002";
pub(crate) const CLEO: &str = "u-1003";
pub(crate) const DAG: &str = "u-1004";

pub(crate) struct World {
    pub(crate) provider: sim::Oidc,
    pub(crate) clock: FixedClock,
    pub(crate) oidc: Oidc,
}

/// What a browser that starts a sign-in is remembered by.
#[derive(Clone)]
pub(crate) struct Started {
    pub(crate) state: String,
    pub(crate) nonce: String,
    pub(crate) verifier: Secret,
}

impl Started {
    pub(crate) fn numbered(number: u8) -> Self {
        Self {
            state: format!("state-{number} & more"),
            nonce: format!("nonce-{number}"),
            verifier: Secret::new(format!("verifier-{number}").repeat(6)),
        }
    }
}

impl World {
    /// Signs with P-256: making an RSA key takes longer than everything else in a test.
    pub(crate) async fn sample() -> Self {
        let mut model = Model::sample();
        model.signing = Signing::Es256;
        Self::of(model, |_| ()).await
    }

    pub(crate) async fn of(model: Model, adjust: impl FnOnce(&mut OidcConfig)) -> Self {
        let now = Timestamp::from_millisecond(model.now().millis()).unwrap();
        let (id, secret) = (model.client.id.clone(), Secret::new(model.client.secret.as_str()));
        let provider = sim::Oidc::start(model).await.unwrap();
        let redirect = "http://127.0.0.1:8080/sign-in/oidc/return".parse().unwrap();
        let mut config = OidcConfig::new(provider.url(), id, secret, redirect, roles(ROLES).unwrap());
        config.retry = RetryPolicy { first_wait: Duration::from_millis(1), ..config.retry };
        adjust(&mut config);
        let clock = FixedClock::new(now);
        let clocked: Arc<dyn Clock> = Arc::new(clock.clone());
        let oidc = Oidc::new(http_client().unwrap(), clocked, config).unwrap();
        Self { provider, clock, oidc }
    }

    /// Sends a browser off and gives what it comes back with: the code and the state.
    pub(crate) async fn browse(&self, started: &Started, person: &str) -> (String, String) {
        let address = self
            .oidc
            .authorise(&started.state, &started.nonce, &started.verifier, Deadline::never())
            .await
            .unwrap();
        let page = get(&address).await;
        assert!(page.starts_with("HTTP/1.1 200"), "{page}");
        let marked = format!("person={person}\"");
        let (before, _) = page.split_once(&marked).unwrap();
        let (_, path) = before.rsplit_once("href=\"").unwrap();
        let chosen = format!("{}{path}person={person}", self.provider.url()).replace("&amp;", "&");
        let back = location(&get(&chosen).await);
        let find = |name: &str| back.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
        (find("code"), find("state"))
    }

    pub(crate) async fn exchange(&self, code: &str, started: &Started) -> Result<Identity, Failure> {
        self.oidc.exchange(code, &started.nonce, &started.verifier, Deadline::never()).await
    }

    /// A whole sign-in.
    pub(crate) async fn sign_in(&self, person: &str) -> Result<Identity, Failure> {
        let started = Started::numbered(1);
        let (code, state) = self.browse(&started, person).await;
        assert_eq!(state, started.state);
        self.exchange(&code, &started).await
    }

    pub(crate) fn count(&self, label: &str) -> u64 {
        self.provider.with(|model| model.requests.count(label))
    }

    /// Lets time pass on both sides.
    pub(crate) fn pass(&self, seconds: i64) {
        self.provider.with(|model| model.clock.set(model.clock.now().plus_seconds(seconds)));
        self.clock.advance(SignedDuration::from_secs(seconds));
    }
}

/// Where an answer sends the browser.
pub(crate) fn location(answer: &str) -> Url {
    let line = answer.lines().find_map(|line| line.strip_prefix("location: "));
    line.unwrap_or_else(|| panic!("no redirect: {answer}")).parse().unwrap()
}

/// What a browser gets, head included.
pub(crate) async fn get(address: &str) -> String {
    let address: Url = address.parse().unwrap();
    let host = format!("{}:{}", address.host_str().unwrap(), address.port().unwrap());
    let mut stream = TcpStream::connect(&host).await.unwrap();
    let path = format!("{}?{}", address.path(), address.query().unwrap_or_default());
    let head = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}
