//! The token endpoint: a code for an identity token.

use aws_lc_rs::{digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::keys::text;
use super::model::{Granted, Lie, Model};
use crate::http::{Reply, Request, form_pairs};

/// `POST /token` (*documented*, core §3.1.3).
pub(crate) fn token(model: &mut Model, request: &Request) -> Reply {
    if !request.content_type().starts_with("application/x-www-form-urlencoded") {
        return refuse(400, "invalid_request", "the body is no form");
    }
    let fields = form_pairs(&request.text());
    let field =
        |name: &str| fields.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    let (id, secret) = if model.secret_in_body {
        (field("client_id").to_owned(), field("client_secret").to_owned())
    } else {
        basic(request).unwrap_or_default()
    };
    if id != model.client.id || secret != model.client.secret {
        let mut reply = refuse(401, "invalid_client", "the client is not known, or its secret is wrong");
        reply.headers.push(("www-authenticate", "Basic realm=\"token\"".to_owned()));
        return reply;
    }
    if field("grant_type") != "authorization_code" {
        return refuse(400, "unsupported_grant_type", "only codes are taken");
    }
    let now = model.now();
    let proof = field("code_verifier");
    let Some(granted) = model.codes.get_mut(field("code")) else {
        return refuse(400, "invalid_grant", "the code is not known");
    };
    let proven = granted.challenge.as_ref().is_none_or(|challenge| challenge_of(proof) == *challenge);
    if granted.used || granted.expires <= now || granted.client != id {
        return refuse(400, "invalid_grant", "the code is not good any more");
    }
    if granted.redirect != field("redirect_uri") || !proven {
        return refuse(400, "invalid_grant", "the code belongs to another sign-in");
    }
    granted.used = true;
    let granted = granted.clone();
    issue(model, &granted)
}

/// The client's id and secret, each form-encoded before they were put together (*documented*, RFC 6749 §2.3.1).
fn basic(request: &Request) -> Option<(String, String)> {
    let (scheme, encoded) = request.header("authorization")?.split_once(' ')?;
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    let plain = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    scheme.eq_ignore_ascii_case("basic").then(|| (plain(id), plain(secret)))
}

/// `S256` (*documented*, PKCE §4.2).
fn challenge_of(verifier: &str) -> String {
    text(digest::digest(&digest::SHA256, verifier.as_bytes()).as_ref())
}

fn issue(model: &mut Model, granted: &Granted) -> Reply {
    let access = model.random();
    let mut said = json!({
        "access_token": access, "token_type": "Bearer", "expires_in": model.lifetimes.token,
        "scope": granted.scopes.join(" "),
    });
    if model.lie != Some(Lie::Missing) {
        let claims = claims(model, granted, &access);
        let Some(token) = signed(model, &claims) else { return Reply::empty(500) };
        said["id_token"] = token.into();
    }
    let mut reply = Reply::json(200, said.to_string());
    // (*documented*, core §3.1.3.3)
    reply.headers.push(("cache-control", "no-store".to_owned()));
    reply
}

/// The claims (*documented*, core §2 and §5.1), with what is wrong with them.
fn claims(model: &Model, granted: &Granted, access: &str) -> Value {
    let (now, person) = (model.now().seconds(), &granted.person);
    // The left half of the hash (*documented*, core §3.1.3.6).
    let half = text(&digest::digest(&digest::SHA256, access.as_bytes()).as_ref()[..16]);
    let mut claims = json!({
        "iss": model.issuer, "sub": person.subject, "aud": granted.client,
        "exp": now + model.lifetimes.token, "iat": now, "auth_time": now, "at_hash": half,
    });
    if let Some(nonce) = &granted.nonce {
        claims["nonce"] = nonce.as_str().into();
    }
    let wants = |scope: &str| granted.scopes.iter().any(|asked| asked == scope);
    if wants("profile") {
        claims["name"] = person.name.as_str().into();
        claims["preferred_username"] = person.email.as_str().into();
    }
    if wants("email") {
        claims["email"] = person.email.as_str().into();
        claims["email_verified"] = person.email_verified.into();
    }
    claims[&model.groups_claim] = json!(person.groups);
    spoil(model, claims, now)
}

fn spoil(model: &Model, mut claims: Value, now: i64) -> Value {
    let Some(lie) = model.lie else { return claims };
    let (claim, value) = match lie {
        Lie::WrongNonce => ("nonce", "nonce-of-another-sign-in".into()),
        Lie::NoNonce => ("nonce", Value::Null),
        Lie::Expired => ("exp", (now - 1).into()),
        Lie::FromTheFuture => ("iat", (now + 3600).into()),
        Lie::WrongAudience => ("aud", "another-client".into()),
        Lie::SecondAudience => ("aud", json!([model.client.id, "another-client"])),
        Lie::OtherIssuer => ("iss", "https://other.example".into()),
        Lie::OddGroups => (model.groups_claim.as_str(), json!({"id": 7})),
        Lie::NoSubject => ("sub", "".into()),
        Lie::Unsigned | Lie::SharedSecret | Lie::UnknownKey | Lie::Forged | Lie::Missing => return claims,
    };
    if let (Value::Null, Some(members)) = (&value, claims.as_object_mut()) {
        members.remove(claim);
    } else {
        claims[claim] = value;
    }
    claims
}

/// A token in the compact form (*documented*, RFC 7515 §3.1), with what is wrong with its signature.
fn signed(model: &mut Model, claims: &Value) -> Option<String> {
    let lie = model.lie;
    let secret = model.client.secret.clone();
    let strays = matches!(lie, Some(Lie::UnknownKey | Lie::Forged));
    let stray = if strays { Some(model.new_key()?) } else { None };
    let key = model.key()?;
    let named = if lie == Some(Lie::UnknownKey) { stray.as_ref()? } else { key };
    let header = match lie {
        Some(Lie::Unsigned) => json!({"typ": "JWT", "alg": "none"}),
        Some(Lie::SharedSecret) => json!({"typ": "JWT", "alg": "HS256"}),
        _ => json!({"typ": "JWT", "alg": named.signing.name(), "kid": named.id}),
    };
    let message = format!("{}.{}", text(header.to_string().as_bytes()), text(claims.to_string().as_bytes()));
    let signature = match lie {
        Some(Lie::Unsigned) => Vec::new(),
        Some(Lie::SharedSecret) => {
            let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
            hmac::sign(&key, message.as_bytes()).as_ref().to_vec()
        }
        _ => stray.as_ref().unwrap_or(key).sign(message.as_bytes()).ok()?,
    };
    Some(format!("{message}.{}", text(&signature)))
}

fn refuse(status: u16, error: &str, why: &str) -> Reply {
    let mut reply = Reply::json(status, json!({"error": error, "error_description": why}).to_string());
    reply.headers.push(("cache-control", "no-store".to_owned()));
    reply
}
