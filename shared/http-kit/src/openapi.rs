//! What the document of every function's interface says in the same way.

use crate::session::SECURE_NAME;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, OpenApi};

/// Adds the two ways to come in: `token` (an API token) and `session` (a browser that has signed in).
pub fn security_schemes(document: &mut OpenApi) {
    let components = document.components.get_or_insert_with(|| ComponentsBuilder::new().build());
    let token = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("An API token, `bb_…`, with the scope that the operation names."))
        .build();
    components.add_security_scheme("token", SecurityScheme::Http(token));
    let session = "A browser that has signed in. What changes something also needs `X-CSRF-Token`.";
    let session = ApiKey::Cookie(ApiKeyValue::with_description(SECURE_NAME, session));
    components.add_security_scheme("session", SecurityScheme::ApiKey(session));
}

#[cfg(test)]
mod tests;
