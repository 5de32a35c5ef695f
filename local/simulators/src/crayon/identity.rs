//! Sign-in, the caller, and the organisations a caller sees.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::json;

use super::face::Call;
use super::model::{Issued, Model};
use super::things::Organisation;
use crate::http::{Reply, Request, form_pairs};
use crate::json::Json;

const FORM: &str = "application/x-www-form-urlencoded";

/// `POST connect/token` (*documented*, crayon §3.1): Basic client, password grant, strict media type.
pub(crate) fn token(model: &mut Model, call: &Call<'_>) -> Reply {
    let got = call.request.content_type();
    let media = got.split(';').next().unwrap_or_default().trim();
    if !media.eq_ignore_ascii_case(FORM) {
        return model.bad_request(&format!("Incorrect Content-Type: {got}. Correct Content-Type: {FORM}"));
    }
    match signed_in(model, call.request) {
        Some(user) => issue(model, user),
        None => model.bad_request("Unable to get token."),
    }
}

/// The user, when client and user credentials are right. `scope` may be missing (*observed*, crayon §3.1).
fn signed_in(model: &Model, request: &Request) -> Option<usize> {
    let (scheme, encoded) = request.header("authorization")?.split_once(' ')?;
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (client, secret) = decoded.split_once(':')?;
    let known = model.clients.iter().any(|known| known.id == client && known.secret == secret);
    let fields = form_pairs(&request.text());
    let field =
        |name: &str| fields.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    let scope_fits = matches!(field("scope"), "" | "CustomerApi");
    if !known || !scheme.eq_ignore_ascii_case("basic") || field("grant_type") != "password" || !scope_fits {
        return None;
    }
    let (name, password) = (field("username"), field("password"));
    model.users.iter().position(|user| user.username.eq_ignore_ascii_case(name) && user.password == password)
}

fn issue(model: &mut Model, user: usize) -> Reply {
    let lifetime = model.tokens.lifetime_seconds;
    let now = model.clock.now();
    let expires = now.plus_seconds(i64::from(lifetime));
    let header = json!({"typ": "JWT", "alg": "RS256", "kid": "simulator"}).to_string();
    let claims = json!({
        "iss": "https://signin.crayon.example/", "aud": "https://signin.crayon.example/resources",
        "exp": expires.seconds(), "nbf": now.seconds(), "client_id": model.clients.first().map(|known| &known.id),
        "scope": "CustomerApi", "sub": model.users.get(user).map(|known| &known.id), "auth_time": now.seconds(),
        "idp": "idsrv", "tenantId": 1, "role": "TenantAdmin", "amr": ["password"],
    });
    let signature: Vec<u8> = std::iter::repeat_with(|| model.rng.u8(..)).take(48).collect();
    let parts = [header.as_bytes(), claims.to_string().as_bytes(), &signature]
        .map(|part| URL_SAFE_NO_PAD.encode(part));
    let token = parts.join(".");
    model.issued.insert(token.clone(), Issued { user, expires, uses: 0 });
    model.reply(|json| {
        json.object(|json| {
            json.put("AccessToken", &token);
            json.put_null("IdentityToken");
            json.put_null("Error");
            json.put("ExpiresIn", lifetime);
            json.put("TokenType", "Bearer");
            json.put_null("RefreshToken");
        });
    })
}

/// `GET ping`, open to all (*documented*); its members are *assumed* (crayon §3.4).
pub(crate) fn ping(model: &mut Model, _call: &Call<'_>) -> Reply {
    model.reply(|json| {
        json.object(|json| {
            json.put("Version", "1.0.0.0");
            json.put("Environment", "Simulator");
        });
    })
}

/// `GET me` (*documented*, crayon §13); echoes the token, which is why it must be redacted.
pub(crate) fn me(model: &mut Model, call: &Call<'_>) -> Reply {
    let Some(user) = model.users.get(call.user) else { return model.not_found() };
    let token =
        call.request.header("authorization").and_then(|text| text.split_once(' ')).map(|(_, token)| token);
    model.reply(|json| {
        json.object(|json| {
            json.put("UserId", &user.id);
            json.put("UserName", &user.username);
            json.put("Token", token);
            json.put_array("Claims", |json| {
                json.item();
                json.value("role: TenantAdmin");
            });
        });
    })
}

/// `GET organizations` (*documented*, crayon §6.1): only those granted to the caller.
pub(crate) fn organisations(model: &mut Model, call: &Call<'_>) -> Reply {
    let search = call.query.text("Search").map(str::to_lowercase);
    let matches =
        |row: &&Organisation| search.as_ref().is_none_or(|text| row.name.to_lowercase().contains(text));
    let seen = model.organisations.values().filter(|row| model.sees(call, row.id)).filter(matches);
    let rows: Vec<&Organisation> = seen.collect();
    model.page(call, &rows, |json, row| members(json, row), |_| {})
}

/// `GET organizations/{id}`.
pub(crate) fn organisation(model: &mut Model, call: &Call<'_>) -> Reply {
    match model.organisations.get(&call.id(0)).filter(|row| model.sees(call, row.id)) {
        Some(row) => model.reply(|json| json.object(|json| members(json, row))),
        None => model.not_found(),
    }
}

/// `GET organizations/HasAccess/{id}`: a bare boolean.
pub(crate) fn has_access(model: &mut Model, call: &Call<'_>) -> Reply {
    Reply::json(200, model.sees(call, call.id(0)).to_string())
}

/// `GET organizationaccess` and `…/grant` (*documented*, crayon §6.2): the caller's own grants.
pub(crate) fn access(model: &mut Model, call: &Call<'_>) -> Reply {
    let Some(user) = model.users.get(call.user) else { return model.not_found() };
    let rows: Vec<&Organisation> =
        user.organisations.iter().filter_map(|id| model.organisations.get(id)).collect();
    let write = |json: &mut Json, row: &&Organisation| {
        json.put("Id", row.id);
        json.put("AllAgreements", true);
        json.put_array("Agreements", |_| {});
        json.put_object("Organization", |json| members(json, row));
        json.put_object("User", |json| {
            json.put("Id", &user.id);
            json.put("UserName", &user.username);
            json.put("Email", &user.username);
        });
        json.put("Role", 2_u8);
        json.put("CrayonCompanyName", &row.crayon_company);
        json.put("Timestamp", "0001-01-01T00:00:00+00:00");
    };
    model.page(call, &rows, write, |_| {})
}

fn members(json: &mut Json, row: &Organisation) {
    json.put("Id", row.id);
    json.put("Name", &row.name);
    json.put("ParentId", row.parent);
    json.put("CrayonCompanyName", &row.crayon_company);
    json.put("AccountNumber", &row.account_number);
}
