//! What a connection needs.

use connector_kit::{RetryPolicy, Url};
use domain::access::Role;
use domain::id::SystemId;
use domain::secret::Secret;
use std::fmt;
use std::time::Duration;

/// What a redirect and an issuer may be.
const SAFE: &str = "an https address, or http on this machine";

/// A connection to an identity provider.
#[derive(Clone)]
pub struct OidcConfig {
    /// The connection's name.
    pub system: SystemId,
    /// The provider, exactly as it writes itself: whether there is a slash at the end matters.
    pub issuer: String,
    /// Our id there.
    pub client_id: String,
    /// Our secret there.
    pub client_secret: Secret,
    /// Where the browser comes back to; registered at the provider.
    pub redirect: Url,
    /// What is asked for beside `openid`.
    pub scopes: Vec<String>,
    /// Which claim of the identity token lists a person's groups.
    pub groups_claim: String,
    /// Which group stands for which role; a person has the highest of theirs.
    pub roles: Vec<(String, Role)>,
    /// How long one request may take.
    pub timeout: Duration,
    /// How reads are repeated. A code is never sent twice.
    pub retry: RetryPolicy,
}

impl OidcConfig {
    /// A connection that asks for `profile` and `email` and finds groups in the claim `groups`.
    pub fn new(
        issuer: impl Into<String>,
        client_id: impl Into<String>,
        client_secret: Secret,
        redirect: Url,
        roles: Vec<(String, Role)>,
    ) -> Self {
        Self {
            system: crate::SYSTEM.clone(),
            issuer: issuer.into(),
            client_id: client_id.into(),
            client_secret,
            redirect,
            scopes: vec!["profile".to_owned(), "email".to_owned()],
            groups_claim: "groups".to_owned(),
            roles,
            timeout: Duration::from_secs(8),
            retry: RetryPolicy {
                max_attempts: 2,
                longest_retry_after: Duration::from_secs(2),
                ..RetryPolicy::default()
            },
        }
    }

    /// The issuer's address, once everything was found to be usable.
    pub(crate) fn checked(&self) -> Result<Url, OidcConfigError> {
        let wrong = |field, expected| OidcConfigError { field, expected };
        let issuer: Url = self.issuer.parse().map_err(|_| wrong("the issuer", SAFE))?;
        if !is_safe(&issuer, true) || issuer.query().is_some() || issuer.fragment().is_some() {
            return Err(wrong("the issuer", SAFE));
        }
        if !is_safe(&self.redirect, true) || self.redirect.fragment().is_some() {
            return Err(wrong("the address to come back to", SAFE));
        }
        if self.client_id.trim().is_empty() {
            return Err(wrong("the client id", "the id that the provider gave to Billbridge"));
        }
        if self.client_secret.expose().trim().is_empty() {
            return Err(wrong("the client secret", "the secret that the provider gave to Billbridge"));
        }
        if self.groups_claim.trim().is_empty() {
            return Err(wrong("the claim with the groups", "its name, for example `groups`"));
        }
        if self.roles.is_empty() {
            return Err(wrong("the roles", "at least one group with its role, or nobody could sign in"));
        }
        Ok(issuer)
    }
}

impl fmt::Debug for OidcConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OidcConfig")
            .field("system", &self.system)
            .field("redirect", &connector_kit::shown_url(&self.redirect))
            .field("scopes", &self.scopes)
            .field("groups_claim", &self.groups_claim)
            .field("roles", &self.roles)
            .finish_non_exhaustive()
    }
}

/// A configuration that no sign-in can work with. It repeats no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} of the identity provider cannot be used: expected {expected}")]
pub struct OidcConfigError {
    /// What is wrong.
    pub field: &'static str,
    /// What was expected.
    pub expected: &'static str,
}

/// A mapping that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RolesError {
    /// An entry without `=`, or without a group.
    #[error("{0:?} is no group=role")]
    NoPair(String),
    /// A role that there is not.
    #[error("{0:?} is no role: there are viewer, clerk, approver and admin")]
    NoRole(String),
    /// One group twice, with two roles.
    #[error("group {0:?} has two roles: keep one")]
    Twice(String),
}

/// Reads which group stands for which role: `group=role` with commas between. The last `=` counts, so that a
/// group may have one in its name.
///
/// ```
/// use domain::access::Role;
/// let roles = connector_oidc::roles("billing-admins=admin, Sales Desk=clerk").unwrap();
/// assert_eq!(roles[1], ("Sales Desk".to_owned(), Role::Clerk));
/// ```
pub fn roles(text: &str) -> Result<Vec<(String, Role)>, RolesError> {
    let mut roles: Vec<(String, Role)> = Vec::new();
    for entry in text.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
        let pair = entry.rsplit_once('=').map(|(group, role)| (group.trim(), role.trim()));
        let Some((group, role)) = pair.filter(|(group, _)| !group.is_empty()) else {
            return Err(RolesError::NoPair(entry.to_owned()));
        };
        let role = Role::find(role).ok_or_else(|| RolesError::NoRole(role.to_owned()))?;
        match roles.iter().find(|(known, _)| known == group) {
            Some((_, known)) if *known != role => return Err(RolesError::Twice(group.to_owned())),
            Some(_) => {}
            None => roles.push((group.to_owned(), role)),
        }
    }
    Ok(roles)
}

/// Whether credentials may be sent there: https, or http to this machine where `plain` allows that. An address
/// that carries credentials itself is none.
pub(crate) fn is_safe(url: &Url, plain: bool) -> bool {
    let bare = url.username().is_empty() && url.password().is_none() && url.has_host();
    bare && match url.scheme() {
        "https" => true,
        "http" => plain && is_loopback(url),
        _ => false,
    }
}

pub(crate) fn is_loopback(url: &Url) -> bool {
    use openidconnect::url::Host;
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests;
