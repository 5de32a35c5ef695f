//! From a token that is believed to who someone is.

use crate::wire::{Claims, TOKEN};
use connector_kit::{Transport, tame};
use domain::access::Subject;
use domain::failure::{Failure, FailureKind};
use domain::ports::Identity;
use serde_json::Value;

/// How long a name is before it is cut, in characters.
const MAX_NAME: usize = 120;
/// How long a subject may be, in bytes (OIDC Core, 2).
const MAX_SUBJECT: usize = 255;

/// Who it is. What is not as the protocol promises is refused, not guessed.
pub(crate) fn read(transport: &Transport, claims: &Claims, groups_claim: &str) -> Result<Identity, Failure> {
    let malformed = |claim: &str, what: &str| {
        transport.failure(FailureKind::Malformed, format!("{TOKEN}: claim {claim} {what}"))
    };
    let subject = claims.subject().as_str();
    if subject.is_empty() || subject.len() > MAX_SUBJECT || subject.contains(char::is_control) {
        return Err(malformed("sub", "is empty, too long, or holds what no text does"));
    }
    let groups = groups(claims.additional_claims().0.get(groups_claim))
        .ok_or_else(|| malformed(&tame(groups_claim, MAX_NAME), "is no list of names"))?;
    let email = match (claims.email(), claims.email_verified()) {
        (Some(email), Some(true)) => {
            Some(tame(email.as_str(), MAX_SUBJECT)).filter(|email| !email.is_empty())
        }
        _ => None,
    };
    Ok(Identity {
        subject: Subject { issuer: claims.issuer().as_str().to_owned(), subject: subject.to_owned() },
        name: name(claims, email.as_deref()),
        email,
        groups,
    })
}

/// The name, the sign-in name, the address or the subject: the first there is.
fn name(claims: &Claims, email: Option<&str>) -> String {
    let full =
        claims.name().and_then(|name| name.get(None).or_else(|| name.iter().next().map(|(_, name)| name)));
    let names = [
        full.map(|name| name.as_str()),
        claims.preferred_username().map(|name| name.as_str()),
        email,
        Some(claims.subject().as_str()),
    ];
    let tamed = names.into_iter().flatten().map(|name| tame(name, MAX_NAME));
    tamed.into_iter().find(|name| !name.is_empty()).unwrap_or_default()
}

/// A list of names, one name, or none at all.
fn groups(claim: Option<&Value>) -> Option<Vec<String>> {
    match claim {
        None | Some(Value::Null) => Some(Vec::new()),
        Some(Value::String(one)) => Some(vec![one.clone()]),
        Some(Value::Array(each)) => each.iter().map(|one| one.as_str().map(str::to_owned)).collect(),
        Some(Value::Bool(_) | Value::Number(_) | Value::Object(_)) => None,
    }
}
