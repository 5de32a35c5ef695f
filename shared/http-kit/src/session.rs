//! The session cookie: a random id and its signature. Whose session it is stands at the server only.

use crate::key::{SigningKey, decode, encode, is_random_text};
use cookie::{Cookie, SameSite};
use http::HeaderMap;
use http::header::COOKIE;
use jiff::SignedDuration;

/// The cookie's name over TLS: browsers take `__Host-` from the host itself only, over TLS only, for `/` only.
pub(crate) const SECURE_NAME: &str = "__Host-billbridge";
/// The cookie's name over plain HTTP, where browsers refuse the other.
pub(crate) const PLAIN_NAME: &str = "billbridge";
const PURPOSE: &str = "session";

/// The cookie's name.
pub(crate) fn name(secure: bool) -> &'static str {
    if secure { SECURE_NAME } else { PLAIN_NAME }
}

/// What stands in the cookie of a session.
pub(crate) fn cookie_value(key: &SigningKey, id: &str) -> String {
    format!("{id}.{}", encode(&key.sign(PURPOSE, &[id])))
}

/// The session id in a cookie's value, if we have written it.
pub(crate) fn read_value<'v>(key: &SigningKey, value: &'v str) -> Option<&'v str> {
    let (id, mac) = value.split_once('.')?;
    (is_random_text(id) && key.verify(PURPOSE, &[id], &decode(mac)?)).then_some(id)
}

/// The session id that a request carries, if its cookie is one of ours. Nothing is looked up for any other.
pub(crate) fn session_id(key: &SigningKey, secure: bool, headers: &HeaderMap) -> Option<String> {
    let name = name(secure);
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    lines
        .flat_map(Cookie::split_parse)
        .filter_map(Result::ok)
        .filter(|cookie| cookie.name() == name)
        .find_map(|cookie| read_value(key, cookie.value()).map(str::to_owned))
}

/// The text of `Set-Cookie`.
pub(crate) fn set_cookie(value: &str, secure: bool, age: SignedDuration) -> String {
    let cookie = Cookie::build((name(secure), value))
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(secure)
        .path("/")
        .build();
    format!("{cookie}; Max-Age={}", age.as_secs())
}

#[cfg(test)]
mod tests;
