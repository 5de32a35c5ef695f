//! What the function reads from its environment, complete before the first event.

use domain::clock::Clock;
use domain::ports::{AccessStore, AnswerStore};
use domain::secret::Secret;
use http_kit::{Access, Guarding, SigningKey};
use lambda_kit::env::{ConfigProblems, Env};
use std::sync::Arc;

/// The function's own settings; connections have theirs in the `connections` crate.
#[derive(Debug, Clone)]
pub struct Config {
    /// `BILLBRIDGE_TABLE`: the DynamoDB table.
    pub table: String,
    /// `BILLBRIDGE_BUS`: the EventBridge bus.
    pub bus: String,
    /// `BILLBRIDGE_SESSION_KEY`: signs what browsers bring back, and cursors.
    pub session_key: SigningKey,
    /// `BILLBRIDGE_PERSONAL_SECRETS`: under which name people's own sign-ins are kept; nothing where they are not.
    pub personal_secrets: Option<String>,
    /// `BILLBRIDGE_REQUESTS_PER_MINUTE`: how much one principal may ask for.
    pub requests_per_minute: u32,
}

impl Config {
    /// Reads the environment; every problem is reported at once.
    ///
    /// # Errors
    /// Everything that is missing or wrong.
    pub fn from_env(env: &Env) -> Result<Self, ConfigProblems> {
        let mut read = env.read();
        let table = read.required("BILLBRIDGE_TABLE", "the name of the DynamoDB table");
        let bus = read.required("BILLBRIDGE_BUS", "the name of the EventBridge bus");
        let key_help = "at least 32 random characters, the same for every function";
        let session_key = read.secret("BILLBRIDGE_SESSION_KEY", key_help);
        let session_key = session_key.and_then(|secret: Secret| {
            let key = SigningKey::new(&secret).ok();
            if key.is_none() {
                read.problem("BILLBRIDGE_SESSION_KEY", "is too short", key_help);
            }
            key
        });
        let personal_secrets = read.optional("BILLBRIDGE_PERSONAL_SECRETS");
        let requests =
            read.optional_parsed::<u32>("BILLBRIDGE_REQUESTS_PER_MINUTE", "a number, for example 600");
        read.finish(|| {
            Some(Self {
                table: table?,
                bus: bus?,
                session_key: session_key?,
                personal_secrets,
                requests_per_minute: requests.unwrap_or(600).max(1),
            })
        })
    }

    /// Who may come in. Browsers come over TLS: API Gateway speaks nothing else.
    pub fn access<S: AccessStore + AnswerStore + 'static>(
        &self,
        store: Arc<S>,
        clock: Arc<dyn Clock>,
    ) -> Access {
        Access::new(Guarding {
            access: store.clone(),
            answers: store,
            clock,
            key: self.session_key.clone(),
            secure_cookies: true,
            requests_per_minute: self.requests_per_minute,
        })
    }
}
