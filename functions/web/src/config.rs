//! What the function reads from its environment, complete before the first event.

use crate::state::Front;
use connections::{OidcConfig, identity_provider};
use domain::secret::Secret;
use http_kit::SigningKey;
use lambda_kit::env::{ConfigProblems, Env, Reader};
use std::fmt;
use std::num::NonZeroU32;

/// How many requests a principal may make in a minute unless it is said.
const REQUESTS_PER_MINUTE: u32 = 600;

/// The function's own settings; connections have theirs in the `connections` crate.
pub struct Config {
    /// `BILLBRIDGE_TABLE`: the DynamoDB table.
    pub table: String,
    /// `BILLBRIDGE_BUS`: the EventBridge bus.
    pub bus: String,
    /// `BILLBRIDGE_URL`, `BILLBRIDGE_SESSION_KEY`, `BILLBRIDGE_REQUESTS_PER_MINUTE`: how we are reached.
    pub front: Front,
    /// `BILLBRIDGE_PERSONAL_SECRETS`: how the names of people's own sign-ins begin.
    pub personal: Option<String>,
    /// `OIDC_ISSUER` and its siblings: the company's identity provider.
    pub identity: Option<OidcConfig>,
}

impl Config {
    /// Reads the environment; every problem is reported at once.
    ///
    /// # Errors
    /// Everything that is missing or wrong, by name and never with its value.
    pub fn from_env(env: &Env) -> Result<Self, ConfigProblems> {
        let mut read = env.read();
        let table = read.required("BILLBRIDGE_TABLE", "the name of the DynamoDB table");
        let bus = read.required("BILLBRIDGE_BUS", "the name of the EventBridge bus");
        let url = read.optional_url("BILLBRIDGE_URL", "the address that people open, https://…");
        let cure = "at least 32 random characters";
        let key =
            read.secret("BILLBRIDGE_SESSION_KEY", cure).and_then(|secret| signing_key(&mut read, &secret));
        let cure = "how many requests one principal may make in a minute, for example 600";
        let per_minute = read.optional_parsed::<NonZeroU32>("BILLBRIDGE_REQUESTS_PER_MINUTE", cure);
        let personal = read.optional("BILLBRIDGE_PERSONAL_SECRETS");
        let identity = identity_provider(env, &mut read, url.as_deref());
        read.finish(|| {
            // Without an address it is the gateway's own, which is https.
            let secure_cookies = url.as_deref().is_none_or(|url| url.starts_with("https://"));
            let requests_per_minute = per_minute.map_or(REQUESTS_PER_MINUTE, NonZeroU32::get);
            let front = Front { url, key: key?, secure_cookies, requests_per_minute };
            Some(Self { table: table?, bus: bus?, front, personal, identity })
        })
    }
}

fn signing_key(read: &mut Reader<'_>, secret: &Secret) -> Option<SigningKey> {
    let key = SigningKey::new(secret).ok();
    if key.is_none() {
        read.problem("BILLBRIDGE_SESSION_KEY", "is too short", "at least 32 random characters");
    }
    key
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("table", &self.table)
            .field("bus", &self.bus)
            .field("front", &self.front)
            .finish_non_exhaustive()
    }
}
