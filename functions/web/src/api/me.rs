//! Whoever asks, and their own sign-ins at suppliers.

use super::answers::wrong_field;
use super::named;
use crate::state::App;
use axum::extract::State;
use axum::http::StatusCode;
use domain::access::Scope;
use domain::id::SystemId;
use domain::ports::PersonalCredentials;
use domain::secret::Secret;
use http_kit::document::{BadBody, Clash, Missing};
use http_kit::{Json, Path, Principal, Problem};
use serde::{Deserialize, Serialize};
use std::fmt;
use utoipa::ToSchema;

const LENGTH: usize = 500;

/// Whoever asks.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Me {
    /// Who: `usr_…` of a person, `tok_…` of a program.
    #[schema(example = "usr_1793836800000000001")]
    id: String,
    /// Their name.
    #[schema(example = "Anna Berg")]
    name: String,
    /// Whether it is a person.
    person: bool,
    /// Where mail reaches them.
    email: Option<String>,
    /// What they are here for; of a person only.
    #[schema(example = "clerk")]
    role: Option<&'static str>,
    /// What they may do now.
    #[schema(example = json!(["read", "sync", "orders:write"]))]
    scopes: Vec<&'static str>,
}

/// Show who I am
#[utoipa::path(
    get, path = "/api/me", tag = "me", operation_id = "getMe",
    responses((status = 200, description = "whoever asks", body = Me)),
)]
pub(super) async fn show(principal: Principal) -> Json<Me> {
    let user = principal.user.as_ref();
    Json(Me {
        id: principal.actor.id.to_string(),
        name: principal.actor.name.to_string(),
        person: user.is_some(),
        email: user.and_then(|user| user.email.clone()),
        role: user.map(|user| user.role.as_str()),
        scopes: principal.scopes.iter().map(Scope::as_str).collect(),
    })
}

/// Where a person has sign-ins of their own.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SignIns {
    /// The suppliers' connections.
    #[schema(example = json!(["crayon"]))]
    systems: Vec<String>,
}

/// List my own sign-ins
///
/// At which suppliers there is one. Names and passwords are never shown.
#[utoipa::path(
    get, path = "/api/me/sign-ins", tag = "me", operation_id = "listSignIns",
    responses((status = 200, description = "at which suppliers there is one", body = SignIns), Clash),
)]
pub(super) async fn sign_ins(State(app): State<App>, principal: Principal) -> Result<Json<SignIns>, Problem> {
    let systems = app.own_sign_ins(&principal).await?;
    Ok(Json(SignIns { systems: systems.iter().map(ToString::to_string).collect() }))
}

/// A sign-in of one's own.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"username": "anna@reseller.example", "password": "…"}))]
pub(super) struct SignIn {
    /// The name there.
    #[schema(min_length = 1, max_length = 500, pattern = r"^[^\x00\r\n]+$")]
    username: String,
    /// The password there.
    #[schema(min_length = 1, max_length = 500, pattern = r"^[^\x00\r\n]+$", write_only, format = Password)]
    password: String,
}

impl fmt::Debug for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignIn(…)")
    }
}

/// Keep my own sign-in
///
/// Tried at the supplier first, and kept only if it is taken: encrypted, and never shown again. Orders that this
/// person takes are placed with it.
#[utoipa::path(
    put, path = "/api/me/sign-ins/{system}", tag = "me", operation_id = "putSignIn", request_body = SignIn,
    params(("system" = String, Path, description = "the supplier's connection", example = "crayon")),
    responses((status = 204, description = "kept"), BadBody, Clash, Missing),
)]
pub(super) async fn keep_sign_in(
    State(app): State<App>,
    principal: Principal,
    Path(system): Path<String>,
    Json(given): Json<SignIn>,
) -> Result<StatusCode, Problem> {
    let system: SystemId = named("supplier", &system)?;
    for (field, text) in [("username", &given.username), ("password", &given.password)] {
        if text.is_empty() || text.chars().count() > LENGTH || text.contains(['\0', '\r', '\n']) {
            return Err(wrong_field(field, format!("1 to {LENGTH} characters")));
        }
    }
    let credentials = PersonalCredentials { username: given.username, password: Secret::new(given.password) };
    app.keep_sign_in(&principal, &system, &credentials).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Remove my own sign-in
///
/// Removing it again changes nothing.
#[utoipa::path(
    delete, path = "/api/me/sign-ins/{system}", tag = "me", operation_id = "deleteSignIn",
    params(("system" = String, Path, description = "the supplier's connection", example = "crayon")),
    responses((status = 204, description = "removed"), Clash, Missing),
)]
pub(super) async fn remove_sign_in(
    State(app): State<App>,
    principal: Principal,
    Path(system): Path<String>,
) -> Result<StatusCode, Problem> {
    let system: SystemId = named("supplier", &system)?;
    app.remove_sign_in(&principal, &system).await?;
    Ok(StatusCode::NO_CONTENT)
}
