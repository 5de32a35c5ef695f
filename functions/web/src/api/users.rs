//! People and how they come in.

use super::answers::{moment, wrong_field};
use super::named;
use crate::people::NewUser;
use crate::state::App;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use domain::access::{Role, User};
use domain::id::UserId;
use http_kit::document::{BadBody, Clash, Missing};
use http_kit::{Json, NeverKept, Once, Path, Principal, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const LENGTH: usize = 200;

/// What a person is here for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Role)]
pub(super) enum RoleWord {
    /// Looks.
    Viewer,
    /// Looks, runs, takes orders.
    Clerk,
    /// A clerk who also approves orders.
    Approver,
    /// Everything.
    Admin,
}

impl From<RoleWord> for Role {
    fn from(word: RoleWord) -> Self {
        match word {
            RoleWord::Viewer => Self::Viewer,
            RoleWord::Clerk => Self::Clerk,
            RoleWord::Approver => Self::Approver,
            RoleWord::Admin => Self::Admin,
        }
    }
}

/// A person.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = User)]
pub(super) struct UserShape {
    /// Their id.
    #[schema(example = "usr_1793836800000000001")]
    user: String,
    /// Their name.
    #[schema(example = "Anna Berg")]
    name: String,
    /// Where mail reaches them.
    #[schema(example = "anna@reseller.example")]
    email: Option<String>,
    /// `viewer`, `clerk`, `approver` or `admin`.
    #[schema(example = "clerk")]
    role: &'static str,
    /// Whether they sign in at the company's identity provider.
    identity_provider: bool,
    /// Since when.
    #[schema(format = DateTime)]
    created: String,
    /// From when on they may no longer sign in.
    #[schema(format = DateTime)]
    disabled: Option<String>,
}

impl From<&User> for UserShape {
    fn from(user: &User) -> Self {
        Self {
            user: user.id.to_string(),
            name: user.name.clone(),
            email: user.email.clone(),
            role: user.role.as_str(),
            identity_provider: user.subject.is_some(),
            created: user.created.to_string(),
            disabled: user.disabled.map(|at| at.to_string()),
        }
    }
}

/// The people.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Users {
    /// By name.
    items: Vec<UserShape>,
}

/// List people
#[utoipa::path(
    get, path = "/api/users", tag = "people", operation_id = "listUsers",
    responses((status = 200, description = "everybody, by name", body = Users)),
)]
pub(super) async fn list(State(app): State<App>, _: Principal) -> Result<Json<Users>, Problem> {
    let users = app.store.users().await?;
    Ok(Json(Users { items: users.iter().map(Into::into).collect() }))
}

/// A person who is to come in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewUser, example = json!({"name": "Anna Berg", "email": "anna@reseller.example", "role": "clerk"}))]
pub(super) struct WantedUser {
    /// Their name.
    #[schema(
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$"
    )]
    name: String,
    /// Where mail reaches them.
    #[schema(
        min_length = 3,
        max_length = 200,
        pattern = r"^[^@\s\x00-\x1f\x7f-\x9f]+@[^@\s\x00-\x1f\x7f-\x9f]+$"
    )]
    email: Option<String>,
    /// What they are here for.
    role: RoleWord,
}

/// Add a person
///
/// They come in with a link of `POST /api/users/{id}/sign-in-code`.
#[utoipa::path(
    post, path = "/api/users", tag = "people", operation_id = "createUser", request_body = WantedUser,
    responses((status = 201, description = "added", body = UserShape), BadBody),
)]
pub(super) async fn create(
    State(app): State<App>,
    principal: Principal,
    once: Once,
    Json(wanted): Json<WantedUser>,
) -> Result<Response, Problem> {
    let name = wanted.name.trim();
    if name.is_empty() || name.chars().count() > LENGTH || name.chars().any(char::is_control) {
        return Err(wrong_field("name", format!("1 to {LENGTH} characters")));
    }
    if wanted.email.as_deref().is_some_and(|email| !is_email(email)) {
        return Err(wrong_field("email", "an address, for example anna@reseller.example"));
    }
    let new = NewUser { name: name.to_owned(), email: wanted.email, role: wanted.role.into() };
    let user = app.add_user(new, &principal, moment(once)).await?;
    Ok((StatusCode::CREATED, Json(UserShape::from(&user))).into_response())
}

/// Whether mail could be sent there: what is before and after the only `@`, and nothing odd.
pub(crate) fn is_email(text: &str) -> bool {
    let odd = |c: char| c.is_whitespace() || c.is_control();
    text.chars().count() <= LENGTH
        && !text.contains(odd)
        && text
            .split_once('@')
            .is_some_and(|(who, at)| !who.is_empty() && !at.is_empty() && !at.contains('@'))
}

/// Shut a person out
///
/// Their sessions end and their tokens are no longer good. Nobody can do this to themselves. Done again, it
/// changes nothing.
#[utoipa::path(
    post, path = "/api/users/{id}/disable", tag = "people", operation_id = "disableUser",
    params(("id" = String, Path, description = "the person's id", example = "usr_1793836800000000001")),
    responses((status = 200, description = "shut out", body = UserShape), Clash, Missing),
)]
pub(super) async fn disable(
    State(app): State<App>,
    principal: Principal,
    Path(id): Path<String>,
) -> Result<Json<UserShape>, Problem> {
    let id: UserId = named("person", &id)?;
    Ok(Json((&app.disable_user(&id, &principal).await?).into()))
}

/// What a person signs in with, once.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SignInCode {
    /// The code, shown here once and never again.
    code: String,
    /// The address to open with it.
    #[schema(example = "https://billbridge.example.com/sign-in/code?c=…")]
    link: String,
    /// Until when it is good.
    #[schema(format = DateTime)]
    expires: String,
}

/// Make a link to sign in with
///
/// Good once, for a day. It is in this answer and nowhere else: the same request with the same key says that it
/// was shown once.
#[utoipa::path(
    post, path = "/api/users/{id}/sign-in-code", tag = "people", operation_id = "createSignInCode",
    params(("id" = String, Path, description = "the person's id", example = "usr_1793836800000000001")),
    responses((status = 201, description = "the link, once", body = SignInCode), Clash, Missing),
)]
pub(super) async fn sign_in_code(
    State(app): State<App>,
    principal: Principal,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id: UserId = named("person", &id)?;
    let made = app.sign_in_link(&id, &principal).await?;
    let code = SignInCode {
        code: made.code.expose().to_owned(),
        link: made.link.expose().to_owned(),
        expires: made.expires.to_string(),
    };
    Ok((StatusCode::CREATED, Extension(NeverKept), Json(code)).into_response())
}
