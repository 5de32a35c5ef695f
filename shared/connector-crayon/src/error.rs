//! Cloud-iQ's failures, and what a person can do about them.

use crate::wire::{self, Wanted};
use connector_kit::Reply;
use domain::failure::{Failure, FailureKind};

const ERROR: Wanted<3> = Wanted(["Message", "Error", "ObjectErrors"]);
const OBJECT_ERROR: Wanted<1> = Wanted(["Message"]);

/// Cloud-iQ's own words about a failure: `Message` and the first of `ObjectErrors` (`Error` in a token's
/// place). Bodies may be empty or come from something in between.
pub(crate) fn explain(reply: &Reply) -> Option<String> {
    let text = match wire::text_of(&reply.body) {
        Ok(text) => text,
        Err(wire::Problem::Page) => return Some("a web page, not Cloud-iQ's own error".to_owned()),
        Err(_) => return None,
    };
    let [message, error, objects] = wire::read_object(text, ERROR).ok()?;
    let message = message.or(error).and_then(wire::text)?;
    let object = objects
        .and_then(|raw| wire::read_list(raw.as_bytes(), OBJECT_ERROR).ok())
        .and_then(|list| list.rows.into_iter().flatten().find_map(|[message]| message))
        .and_then(wire::text);
    Some(match object {
        Some(object) if object != message => without_addresses(&format!("{message} ({object})")),
        Some(_) | None => without_addresses(&message),
    })
}

/// Failures are logged, and people's addresses do not belong into a log.
pub(crate) fn without_addresses(text: &str) -> String {
    let words = text.split_whitespace().map(|word| if word.contains('@') { "[address]" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

/// What was being tried, as far as its cure differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attempt {
    SignIn,
    Own,
    Organisation,
    Agreements,
    Subscriptions,
}

/// What to do about a failure.
pub(crate) fn cure(attempt: Attempt, failure: &Failure) -> &'static str {
    match failure.kind {
        FailureKind::NotSent => {
            "check the base URL, and that this machine reaches it (name, firewall, certificate)"
        }
        FailureKind::Unavailable | FailureKind::OutOfTime => {
            "try again later; Cloud-iQ or the way to it is down or slow"
        }
        FailureKind::RateLimited(_) => "try again later, and lower requests per second",
        FailureKind::Malformed => {
            "check that the base URL is Cloud-iQ's; otherwise its answers have changed: report it"
        }
        FailureKind::Unauthorised | FailureKind::Refused | FailureKind::NotFound => refused(attempt),
        FailureKind::Conflict | FailureKind::LeaseLost => "try again",
    }
}

/// Said whenever a sign-in is refused.
pub(crate) const SIGN_IN: &str = "check client id, client secret, user name and password; the API client must \
    allow the resource-owner flow, its secret must not have expired, and the user must not be locked";

fn refused(attempt: Attempt) -> &'static str {
    match attempt {
        Attempt::SignIn => SIGN_IN,
        Attempt::Own => "check that the base URL is Cloud-iQ's API and that the user is active",
        Attempt::Organisation => {
            "check the organisation's id, and grant the user access to it (Cloud-iQ: Manage, Access)"
        }
        Attempt::Agreements => "grant the user access to the organisation's agreements",
        Attempt::Subscriptions => "grant the user a role in the organisation that may see subscriptions",
    }
}

#[cfg(test)]
mod tests;
