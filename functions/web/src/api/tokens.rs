//! API tokens.

use super::answers::wrong_field;
use super::named;
use crate::actions::signature;
use crate::state::App;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use domain::access::{ApiToken, Scope, Scopes};
use domain::id::TokenId;
use http_kit::document::{BadBody, Clash, Missing};
use http_kit::{Json, NeverKept, NewToken, Path, Principal, Problem};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const NAME_LENGTH: usize = 100;

/// One thing that a token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
pub(super) enum ScopeWord {
    /// See everything that is no secret.
    #[serde(rename = "read")]
    Read,
    /// Ask for runs, approve and apply plans.
    #[serde(rename = "sync")]
    Sync,
    /// Draft, submit, cancel and retry orders.
    #[serde(rename = "orders:write")]
    OrdersWrite,
    /// Approve and reject orders.
    #[serde(rename = "orders:approve")]
    OrdersApprove,
    /// What HostBill's CloudPe module calls.
    #[serde(rename = "cloudpe")]
    CloudPe,
    /// Models and scripts.
    #[serde(rename = "genai")]
    GenAi,
    /// Everything.
    #[serde(rename = "admin")]
    Admin,
}

impl From<ScopeWord> for Scope {
    fn from(word: ScopeWord) -> Self {
        match word {
            ScopeWord::Read => Self::Read,
            ScopeWord::Sync => Self::Sync,
            ScopeWord::OrdersWrite => Self::OrdersWrite,
            ScopeWord::OrdersApprove => Self::OrdersApprove,
            ScopeWord::CloudPe => Self::CloudPe,
            ScopeWord::GenAi => Self::GenAi,
            ScopeWord::Admin => Self::Admin,
        }
    }
}

/// A token, without its secret.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Token)]
pub(super) struct TokenShape {
    /// Its id.
    #[schema(example = "tok_1793836800000a1b2c3")]
    token: String,
    /// What it is for.
    #[schema(example = "month-end reports")]
    name: String,
    /// The person whose it is; nothing for a program's own.
    owner: Option<String>,
    /// What it may do.
    #[schema(example = json!(["read"]))]
    scopes: Vec<&'static str>,
    /// Since when.
    #[schema(format = DateTime)]
    created: String,
    /// Who made it.
    created_by: String,
    /// Until when; nothing is until it is revoked.
    #[schema(format = DateTime)]
    expires: Option<String>,
    /// When it was last used, to the hour.
    #[schema(format = DateTime)]
    last_used: Option<String>,
    /// Since when it is no longer good.
    #[schema(format = DateTime)]
    revoked: Option<String>,
    /// Whether it is good now.
    good: bool,
}

impl TokenShape {
    fn new(token: &ApiToken, now: Timestamp) -> Self {
        Self {
            token: token.id.to_string(),
            name: token.name.clone(),
            owner: token.owner.as_ref().map(ToString::to_string),
            scopes: token.scopes.iter().map(Scope::as_str).collect(),
            created: token.created.to_string(),
            created_by: token.created_by.clone(),
            expires: token.expires.map(|at| at.to_string()),
            last_used: token.last_used.map(|at| at.to_string()),
            revoked: token.revoked.map(|at| at.to_string()),
            good: token.is_good(now),
        }
    }
}

/// The tokens.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Tokens {
    /// The newest first, those that are no longer good too.
    items: Vec<TokenShape>,
}

/// List tokens
#[utoipa::path(
    get, path = "/api/tokens", tag = "tokens", operation_id = "listTokens",
    responses((status = 200, description = "the newest first", body = Tokens)),
)]
pub(super) async fn list(State(app): State<App>, _: Principal) -> Result<Json<Tokens>, Problem> {
    let now = app.clock.now();
    let tokens = app.store.tokens().await?;
    Ok(Json(Tokens { items: tokens.iter().map(|token| TokenShape::new(token, now)).collect() }))
}

/// A token to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewToken, example = json!({"name": "month-end reports", "scopes": ["read"], "expires": "2027-11-05T00:00:00Z"}))]
pub(super) struct WantedToken {
    /// What it is for.
    #[schema(
        min_length = 1,
        max_length = 100,
        pattern = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$"
    )]
    name: String,
    /// What it may do: nothing that its maker may not.
    #[schema(min_items = 1, max_items = 7, inline)]
    scopes: Vec<ScopeWord>,
    /// The person whose it is: they may also sign in with it, and it never has more than they have. Left out
    /// for a program's own.
    #[schema(pattern = "^usr_[A-Za-z0-9._:-]+$", max_length = 200)]
    owner: Option<String>,
    /// Until when; left out, it is good until it is revoked.
    #[schema(format = DateTime)]
    expires: Option<String>,
}

/// A new token.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TokenWithSecret)]
pub(super) struct MadeToken {
    #[serde(flatten)]
    token: TokenShape,
    /// Its secret, shown here once and never again.
    #[schema(example = "bb_…")]
    secret: String,
}

/// Make a token
///
/// Its secret is in this answer and nowhere else: the same request with the same key says that it was shown once.
#[utoipa::path(
    post, path = "/api/tokens", tag = "tokens", operation_id = "createToken", request_body = WantedToken,
    responses((status = 201, description = "the token and, once, its secret", body = MadeToken), BadBody, Clash, Missing),
)]
pub(super) async fn create(
    State(app): State<App>,
    principal: Principal,
    Json(wanted): Json<WantedToken>,
) -> Result<Response, Problem> {
    let name = wanted.name.trim();
    if name.is_empty() || name.chars().count() > NAME_LENGTH || name.chars().any(char::is_control) {
        return Err(wrong_field("name", format!("1 to {NAME_LENGTH} characters")));
    }
    let asked = wanted.scopes.len();
    let scopes: Scopes = wanted.scopes.into_iter().map(Scope::from).collect();
    if scopes.is_empty() || scopes.iter().count() != asked {
        return Err(wrong_field("scopes", "at least one, and each once"));
    }
    let owner = wanted.owner.as_deref().map(str::parse).transpose();
    let expires = wanted.expires.as_deref().map(str::parse).transpose();
    let new = NewToken {
        name: name.to_owned(),
        owner: owner.map_err(|error| wrong_field("owner", error))?,
        scopes,
        expires: expires.map_err(|_| wrong_field("expires", "a moment, for example 2027-11-05T00:00:00Z"))?,
        created_by: signature(&principal.actor),
    };
    let (token, secret) = app.make_token(new, &principal).await?;
    let made =
        MadeToken { token: TokenShape::new(&token, app.clock.now()), secret: secret.expose().to_owned() };
    Ok((StatusCode::CREATED, Extension(NeverKept), Json(made)).into_response())
}

/// Revoke a token
///
/// It is good no longer, from the next request on. Revoking it again changes nothing.
#[utoipa::path(
    delete, path = "/api/tokens/{id}", tag = "tokens", operation_id = "revokeToken",
    params(("id" = String, Path, description = "the token's id", example = "tok_1793836800000a1b2c3")),
    responses((status = 204, description = "revoked"), Missing),
)]
pub(super) async fn revoke(
    State(app): State<App>,
    principal: Principal,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let id: TokenId = named("token", &id)?;
    app.revoke_token(&id, &principal).await?;
    Ok(StatusCode::NO_CONTENT)
}
