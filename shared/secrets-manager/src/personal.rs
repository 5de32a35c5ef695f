//! People's own sign-ins: one secret for each person and system, so that a policy, an audit trail and a removal
//! concern exactly one.

use crate::{SYSTEM, SecretsManager};
use async_trait::async_trait;
use aws_kit::failure;
use aws_sdk_secretsmanager::operation::RequestId as _;
use aws_sdk_secretsmanager::operation::create_secret::CreateSecretError;
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueError;
use domain::failure::{Failure, FailureKind};
use domain::id::{SystemId, UserId};
use domain::ports::{PersonalCredentials, PersonalSecrets};
use domain::secret::Secret;
use serde_json::{Value, json};

const USERNAME: &str = "username";
const PASSWORD: &str = "password";

/// People's own sign-ins as secrets named `<prefix>/<user>/<system>`.
#[derive(Debug, Clone)]
pub struct PeoplesSecrets {
    manager: SecretsManager,
    prefix: String,
}

impl PeoplesSecrets {
    /// The secrets below this prefix, for example `billbridge/people`.
    pub fn new(manager: SecretsManager, prefix: impl Into<String>) -> Self {
        Self { manager, prefix: prefix.into() }
    }

    fn name(&self, user: &UserId, system: &SystemId) -> String {
        format!("{}/{user}/{system}", self.prefix.trim_end_matches('/'))
    }

    /// Writes over the secret that is there; false if there is none.
    async fn put(&self, name: &str, text: &str) -> Result<bool, Failure> {
        let sent = self.manager.client.put_secret_value().secret_id(name).secret_string(text).send().await;
        match sent {
            Ok(_) => Ok(true),
            Err(error) => {
                absent(failure::failure(&SYSTEM, &format!("write secret {name}"), &error)).map(|()| false)
            }
        }
    }

    /// Makes the secret; false if somebody else just did.
    async fn create(&self, name: &str, text: &str) -> Result<bool, Failure> {
        let sent = self.manager.client.create_secret().name(name).secret_string(text).send().await;
        match sent {
            Ok(_) => Ok(true),
            Err(error)
                if error.as_service_error().is_some_and(CreateSecretError::is_resource_exists_exception) =>
            {
                Ok(false)
            }
            Err(error) => Err(failure::failure(&SYSTEM, &format!("create secret {name}"), &error)),
        }
    }
}

#[async_trait]
impl PersonalSecrets for PeoplesSecrets {
    async fn keep(
        &self,
        user: &UserId,
        system: &SystemId,
        credentials: &PersonalCredentials,
    ) -> Result<(), Failure> {
        let name = self.name(user, system);
        let text =
            json!({USERNAME: credentials.username, PASSWORD: credentials.password.expose()}).to_string();
        // Whoever is second when two create at once writes over the first, as they would have a moment later.
        if self.put(&name, &text).await? || self.create(&name, &text).await? || self.put(&name, &text).await?
        {
            return Ok(());
        }
        let what =
            format!("could not write secret {name}: it comes and goes, somebody removes it: try again");
        Err(Failure::new(FailureKind::Conflict, &SYSTEM, what))
    }

    async fn find(&self, user: &UserId, system: &SystemId) -> Result<Option<PersonalCredentials>, Failure> {
        let name = self.name(user, system);
        let answer = match self.manager.client.get_secret_value().secret_id(&name).send().await {
            Ok(answer) => answer,
            // What this says of a secret that is only read: it is marked for deletion.
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(GetSecretValueError::is_invalid_request_exception) =>
            {
                return Ok(None);
            }
            Err(error) => {
                let failure = failure::failure(&SYSTEM, &format!("read secret {name}"), &error);
                return absent(failure).map(|()| None);
            }
        };
        let read = answer.secret_string().and_then(credentials);
        read.map(Some).ok_or_else(|| Failure {
            request: answer.request_id().map(str::to_owned),
            ..crate::malformed(
                &name,
                "it is no JSON object of username and password: store the sign-in again",
            )
        })
    }

    async fn remove(&self, user: &UserId, system: &SystemId) -> Result<(), Failure> {
        let name = self.name(user, system);
        let delete = self.manager.client.delete_secret().secret_id(&name);
        // Without a window for recovery: whoever takes their password back wants it gone.
        match delete.force_delete_without_recovery(true).send().await {
            Ok(_) => Ok(()),
            Err(error) => absent(failure::failure(&SYSTEM, &format!("remove secret {name}"), &error)),
        }
    }
}

/// Ok if the only thing wrong is that there is no such secret.
fn absent(failure: Failure) -> Result<(), Failure> {
    if failure.kind == FailureKind::NotFound { Ok(()) } else { Err(failure) }
}

fn credentials(text: &str) -> Option<PersonalCredentials> {
    let parsed: Value = serde_json::from_str(text).ok()?;
    let username = parsed.get(USERNAME)?.as_str()?.to_owned();
    let password = Secret::new(parsed.get(PASSWORD)?.as_str()?);
    Some(PersonalCredentials { username, password })
}
