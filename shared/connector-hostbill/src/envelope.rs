//! What an answer of the Admin API means: the one place that reads `success` and `error`.
//!
//! HostBill answers HTTP 200 whatever happened and has no error codes, so the body decides, and texts are
//! sorted by what they contain.

use crate::wire::json::Json;
use crate::wire::node;
use domain::failure::FailureKind;

/// Whether a call may change something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Reads only.
    Read,
    /// Changes something: sent once, and an odd answer means that nobody knows.
    Mutation,
}

/// An answer that can be used.
#[derive(Debug)]
pub(crate) enum Answer {
    /// `success` and a payload.
    Payload(Json),
    /// A mutation answered with a bare `null`: accepted, and to be verified by reading back.
    Null,
}

/// An answer that says no, or says nothing that can be relied on.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Trouble {
    /// What the caller may do.
    pub kind: FailureKind,
    /// A lower-case fragment. May quote HostBill's own message, at any length: the client makes it fit to be
    /// shown.
    pub what: String,
}

/// Reads a body that came with HTTP 200.
pub(crate) fn open(body: &[u8], effect: Effect) -> Result<Answer, Trouble> {
    let json = std::str::from_utf8(body)
        .ok()
        .and_then(|text| Json::parse(text).ok())
        .ok_or_else(|| malformed(not_json(body)))?;
    if json == Json::Null && effect == Effect::Mutation {
        return Ok(Answer::Null);
    }
    let Json::Map(map) = &json else {
        return Err(malformed("the answer is JSON, but no object"));
    };
    let messages = map.get("error").map(messages).unwrap_or_default();
    let success = match map.get("success") {
        Some(value) => node::flag(value),
        None => None,
    };
    match (success, messages.is_empty()) {
        (Some(true), true) => Ok(Answer::Payload(json)),
        (Some(true), false) if effect == Effect::Mutation => {
            Err(malformed(format!("success and an error together ({messages}): unknown whether it was done")))
        }
        (Some(false), true) => {
            Err(Trouble { kind: FailureKind::Refused, what: "refused without a reason".to_owned() })
        }
        (None, true) => Err(malformed("the answer does not say whether it succeeded")),
        (Some(_) | None, false) => Err(Trouble { kind: kind_of(&messages), what: messages }),
    }
}

/// Sorts a message by its words. Only the vocabulary of a missing object is "not found": a call, a module or
/// a file that was not found is a refusal, or a service would be believed gone.
pub(crate) fn kind_of(message: &str) -> FailureKind {
    let lower = message.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if has(&["wrong api", "ip_banned", "access"]) {
        return FailureKind::Unauthorised;
    }
    let about_the_machinery =
        has(&["method", "call", "function", "module", "file", "template", "class", "api"]);
    if has(&["not found", "does not exist"]) && !about_the_machinery {
        return FailureKind::NotFound;
    }
    FailureKind::Refused
}

/// The texts of `error`, joined: it is a list, a map or a text, and may hold blanks.
fn messages(error: &Json) -> String {
    let mut texts = Vec::new();
    collect(error, &mut texts);
    texts.join("; ")
}

fn collect(error: &Json, texts: &mut Vec<String>) {
    match error {
        Json::Text(text) if !text.trim().is_empty() => texts.push(text.trim().to_owned()),
        Json::Number(text) => texts.push(format!("error {text}")),
        Json::Bool(true) => texts.push("an error without a text".to_owned()),
        Json::Text(_) | Json::Null | Json::Bool(false) => {}
        Json::List(items) => items.iter().for_each(|item| collect(item, texts)),
        Json::Map(map) => map.values().for_each(|item| collect(item, texts)),
    }
}

fn malformed(what: impl Into<String>) -> Trouble {
    Trouble { kind: FailureKind::Malformed, what: what.into() }
}

/// Says what came instead of JSON, without showing it.
fn not_json(body: &[u8]) -> &'static str {
    let text = body.trim_ascii();
    if text.is_empty() {
        return "the answer is empty";
    }
    match text.first() {
        Some(b'<') => "the answer is a web page instead of JSON",
        Some(b'{' | b'[') => "the answer is cut off or no JSON",
        Some(_) | None => "the answer is no JSON",
    }
}
