//! The identity provider's variables.

use connector_kit::Url;
use connector_oidc::{OidcConfig, roles};
use lambda_kit::env::{Env, Reader};

const ROLES: &str = "group=role with commas between; roles are viewer, clerk, approver and admin";

/// The identity provider, if any of its variables is set: then all that it needs. `url` is where people reach us, to
/// which they are sent back. What is missing or wrong is left with `read`.
pub fn identity_provider(env: &Env, read: &mut Reader<'_>, url: Option<&str>) -> Option<OidcConfig> {
    let asked = ["OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_ROLES"];
    if asked.iter().all(|name| env.optional(name).is_none()) {
        return None;
    }
    let issuer = read.required("OIDC_ISSUER", "the identity provider, exactly as it writes itself");
    let client_id = read.required("OIDC_CLIENT_ID", "the id that the provider gave to Billbridge");
    let secret = read.secret("OIDC_CLIENT_SECRET", "the secret that the provider gave to Billbridge");
    let mapped = read.required("OIDC_ROLES", ROLES).map(|text| roles(&text));
    if let Some(Err(_)) = &mapped {
        read.problem("OIDC_ROLES", "is not valid", ROLES);
    }
    let back = url.and_then(|url| Url::parse(&format!("{url}/sign-in/oidc/return")).ok());
    if back.is_none() {
        let cure = "the address that people open, for the identity provider sends them back there";
        read.problem("BILLBRIDGE_URL", "is missing", cure);
    }
    let usual = OidcConfig::new(issuer?, client_id?, secret?, back?, mapped?.ok()?);
    let claim = env.optional("OIDC_GROUPS_CLAIM");
    let scopes = env.list("OIDC_SCOPES");
    Some(OidcConfig {
        groups_claim: claim.unwrap_or(usual.groups_claim),
        scopes: if scopes.is_empty() { usual.scopes } else { scopes },
        ..usual
    })
}
