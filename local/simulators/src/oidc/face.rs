//! From a request to a handler: paths, the control face, what the provider says about itself.

use serde_json::{Value, json};

use super::model::{Lie, Model};
use super::{authorise, token};
use crate::control::{self, Asked};
use crate::faults::{Fault, Faults, ListFault};
use crate::http::{Reply, Request};
use crate::requests::RequestLog;
use crate::server::Face;

type Handler = fn(&mut Model, &Request) -> Reply;

/// The address of the authorisation endpoint takes GET and POST (*documented*, core §3.1.2.1); choosing a person
/// is ours.
const ROUTES: &[(&str, &str, Handler)] = &[
    ("GET", "/.well-known/openid-configuration", description),
    ("GET", "/keys", keys),
    ("GET", "/authorize", authorise::ask),
    ("POST", "/authorize", authorise::ask),
    ("GET", "/choose", authorise::chosen),
    ("POST", "/token", token::token),
];

fn find(request: &Request) -> Option<&'static (&'static str, &'static str, Handler)> {
    ROUTES.iter().find(|(method, path, _)| request.method == *method && request.path == *path)
}

/// What the provider says about itself (*documented*, discovery §3).
fn description(model: &mut Model, _request: &Request) -> Reply {
    let issuer = &model.issuer;
    let methods = if model.secret_in_body { ["client_secret_post"] } else { ["client_secret_basic"] };
    let mut said = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [model.signing.name()],
        "token_endpoint_auth_methods_supported": methods,
        "scopes_supported": ["openid", "profile", "email"],
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "name", "email", "email_verified", "groups"],
        "code_challenge_methods_supported": ["S256"],
    });
    for (name, value) in &model.described {
        said[name] = value.clone();
    }
    Reply::json(200, said.to_string())
}

/// The keys (*documented*, RFC 7517 §5).
fn keys(model: &mut Model, _request: &Request) -> Reply {
    match model.key() {
        Some(key) => Reply::json(200, json!({"keys": [key.published()]}).to_string()),
        None => Reply::empty(500),
    }
}

impl Face for Model {
    fn label(&self, request: &Request) -> String {
        match find(request) {
            Some((method, path, _)) => format!("{method} {path}"),
            None => format!("{} (unknown)", request.method),
        }
    }

    fn faults(&mut self) -> &mut Faults {
        &mut self.faults
    }

    fn requests(&mut self) -> &mut RequestLog {
        &mut self.requests
    }

    fn answer(&mut self, request: &Request, _list_faults: &[ListFault]) -> Reply {
        match find(request) {
            Some((_, _, handler)) => handler(self, request),
            None => Reply::empty(404),
        }
    }

    fn refusal(&self, status: u16) -> Reply {
        let error = if status >= 500 { "server_error" } else { "invalid_request" };
        Reply::json(status, json!({"error": error}).to_string())
    }

    fn refused_by(&mut self, fault: &Fault, _label: &str) -> Option<Reply> {
        if let Fault::Refused(texts) = fault {
            let said = json!({"error": "invalid_request", "error_description": texts.join(" ")});
            return Some(Reply::json(400, said.to_string()));
        }
        None
    }

    fn spoilt_by(&self, reply: Reply, fault: &Fault) -> Reply {
        if let Fault::LostStatus(status) = fault {
            return Reply { delay: reply.delay, ..self.refusal(*status) };
        }
        reply
    }

    fn control(&mut self, request: &Request) -> Reply {
        let now = self.now();
        match control::common(request, now, &mut self.faults, &mut self.requests) {
            Asked::Done(reply) => reply,
            Asked::Clock(moment) => {
                self.clock.set(moment);
                control::ok(&json!({"now": self.clock.now().date_time_text()}))
            }
            Asked::ChangePercent(_) => control::unknown(),
            Asked::Unknown => match (request.method.as_str(), request.path.as_str()) {
                ("POST", "/_sim/rotate") => {
                    self.rotate();
                    control::ok(&json!({"rotated": true}))
                }
                ("POST", "/_sim/lie") => lie(self, request),
                ("GET", "/_sim/state") => {
                    let (given, used) = self.codes();
                    control::ok(&json!({"people": self.people.len(), "codes": given, "used": used}))
                }
                _ => control::unknown(),
            },
        }
    }
}

/// `{"lie": "expired"}`, or `{"lie": null}` for the truth.
fn lie(model: &mut Model, request: &Request) -> Reply {
    let asked: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let named = Lie::ALL.iter().find(|(name, _)| asked["lie"] == *name);
    if named.is_none() && !asked["lie"].is_null() {
        return Reply::json(400, json!({"error": "no such lie"}).to_string());
    }
    model.lie = named.map(|(_, lie)| *lie);
    control::ok(&json!({"lie": asked["lie"]}))
}
