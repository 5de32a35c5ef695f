//! The authorisation endpoint: a page that lists people, and the way back with a code.

use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::model::{Granted, Model, Person};
use crate::http::{Reply, Request, form_pairs};

/// What stays as it is in a query (RFC 3986, 2.3).
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// An authentication request (*documented*, core §3.1.2.1) that may be answered.
struct Asked {
    pairs: Vec<(String, String)>,
}

impl Asked {
    fn of(request: &Request) -> Self {
        let text = if request.method == "POST" { request.text() } else { request.query.clone() };
        Self { pairs: form_pairs(&text) }
    }

    fn find(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn get(&self, name: &str) -> &str {
        self.find(name).unwrap_or_default()
    }

    fn scopes(&self) -> impl Iterator<Item = &str> {
        self.get("scope").split(' ').filter(|scope| !scope.is_empty())
    }

    /// Back to the client, with these and the state (*documented*, RFC 6749 §4.1.2).
    fn back(&self, answer: &[(&str, &str)]) -> Reply {
        let state = self.find("state").map(|state| ("state", state));
        let to = with_query(self.get("redirect_uri"), answer.iter().copied().chain(state));
        let mut reply = Reply::empty(302);
        reply.headers.push(("location", to));
        reply.headers.push(("cache-control", "no-store".to_owned()));
        reply
    }
}

/// Shows who there is to sign in as.
pub(crate) fn ask(model: &mut Model, request: &Request) -> Reply {
    let asked = Asked::of(request);
    if let Some(refusal) = refusal(model, &asked) {
        return refusal;
    }
    let query = |extra: (&'static str, &'static str)| {
        let kept = asked.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        with_query("/choose", kept.chain([extra]))
    };
    let mut page = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
        <title>Simulated identity provider</title></head><body><main>\
        <h1>Simulated identity provider</h1><p>Sign in as</p><ul>\n"
        .to_owned();
    let chosen = escaped(&query(("person", "")));
    for Person { subject, name, .. } in &model.people {
        let (to, name) = (utf8_percent_encode(subject, QUERY), escaped(name));
        // Writing into a string cannot fail.
        let _ = writeln!(page, "<li><a href=\"{chosen}{to}\">{name}</a></li>");
    }
    let denied = escaped(&query(("deny", "yes")));
    // Nor can this.
    let _ = writeln!(page, "</ul><p><a href=\"{denied}\">Do not sign in</a></p></main></body></html>");
    html(200, page)
}

/// Somebody was chosen.
pub(crate) fn chosen(model: &mut Model, request: &Request) -> Reply {
    let asked = Asked::of(request);
    if let Some(refusal) = refusal(model, &asked) {
        return refusal;
    }
    if asked.find("deny").is_some() {
        return asked.back(&[("error", "access_denied")]);
    }
    let Some(person) = model.people.iter().find(|person| person.subject == asked.get("person")) else {
        return html(400, "<!DOCTYPE html><title>Nobody</title><p>There is no such person.</p>".to_owned());
    };
    let granted = Granted {
        person: person.clone(),
        client: asked.get("client_id").to_owned(),
        redirect: asked.get("redirect_uri").to_owned(),
        scopes: asked.scopes().map(str::to_owned).collect(),
        nonce: asked.find("nonce").map(str::to_owned),
        challenge: asked.find("code_challenge").map(str::to_owned),
        expires: model.now().plus_seconds(model.lifetimes.code),
        used: false,
    };
    let code = model.random();
    model.codes.insert(code.clone(), granted);
    asked.back(&[("code", &code)])
}

/// Why a request is not answered: on a page while it is not certain who asks, else at the client's own address
/// (*documented*, RFC 6749 §4.1.2.1 and core §3.1.2.6).
fn refusal(model: &Model, asked: &Asked) -> Option<Reply> {
    let to = asked.get("redirect_uri");
    let registered = &model.client.redirects;
    let known = if registered.is_empty() {
        to.starts_with("http://127.0.0.1:") || to.starts_with("http://localhost:")
    } else {
        registered.iter().any(|redirect| redirect == to)
    };
    if asked.get("client_id") != model.client.id || !known {
        let page = "<!DOCTYPE html><title>Refused</title><p>This program is not registered here.</p>";
        return Some(html(400, page.to_owned()));
    }
    let error = if asked.get("response_type") != "code" {
        "unsupported_response_type"
    } else if !asked.scopes().any(|scope| scope == "openid") {
        "invalid_scope"
    } else if asked.find("code_challenge").is_some() && asked.get("code_challenge_method") != "S256" {
        "invalid_request"
    } else if asked.get("prompt") == "none" {
        "login_required"
    } else {
        return None;
    };
    Some(asked.back(&[("error", error)]))
}

fn with_query<'a>(address: &str, pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let encoded = |text: &str| utf8_percent_encode(text, QUERY).to_string();
    let pairs = pairs.map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
    let mark = if address.contains('?') { '&' } else { '?' };
    format!("{address}{mark}{}", pairs.collect::<Vec<_>>().join("&"))
}

fn html(status: u16, page: String) -> Reply {
    Reply::new(status, "text/html; charset=utf-8", page)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
