//! The provider's failures and odd answers in the port's words. Foreign words are shown on one short line, and
//! only while none of ours that are secret are among them.

use crate::wire::{DISCOVERY, ErrorReply, TOKEN};
use connector_kit::{Reply, Transport, tame};
use domain::failure::{Failure, FailureKind};
use openidconnect::core::CoreErrorResponseType;
use openidconnect::{ClaimsVerificationError, DiscoveryError, RequestTokenError, SignatureVerificationError};

const MAX_WORDS: usize = 200;
const MAX_CODE: usize = 60;

/// What an OAuth error answer is called by; its description is left out, for it may repeat what was sent.
pub(crate) fn explain(reply: &Reply) -> Option<String> {
    let parsed: serde_json::Value = serde_json::from_slice(&reply.body).ok()?;
    Some(tame(parsed.get("error")?.as_str()?, MAX_CODE))
}

/// A provider's description of itself, or its keys, that could not be had.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the protocol's crate may name further errors at any time"
)]
pub(crate) fn discovery(transport: &Transport, error: DiscoveryError<Failure>) -> Failure {
    let malformed = |what: String| transport.failure(FailureKind::Malformed, format!("{DISCOVERY}: {what}"));
    match error {
        DiscoveryError::Request(failure) => failure,
        DiscoveryError::Response(status, _, _) if status.as_u16() == 404 => transport.failure(
            FailureKind::NotFound,
            format!("{DISCOVERY}: answered 404: check the issuer, there is no identity provider at it"),
        ),
        DiscoveryError::Response(status, _, _) if status.is_success() => {
            malformed("the answer is no JSON document".to_owned())
        }
        DiscoveryError::Response(status, _, _) => malformed(format!("answered {}", status.as_u16())),
        DiscoveryError::Parse(error) => malformed(format!("{} is not as promised", error.path())),
        // Its words are ours with both issuers in them.
        DiscoveryError::Validation(text) => malformed(format!("another issuer: {}", tame(&text, MAX_WORDS))),
        _ => malformed("the answer is not as promised".to_owned()),
    }
}

/// A code that was not exchanged. `secrets` are what was sent.
pub(crate) fn exchange(
    transport: &Transport,
    error: RequestTokenError<Failure, ErrorReply>,
    secrets: &[&str],
) -> Failure {
    let malformed = |what: String| transport.failure(FailureKind::Malformed, format!("{TOKEN}: {what}"));
    match error {
        RequestTokenError::Request(failure) => failure,
        RequestTokenError::ServerResponse(said) => refusal(transport, &said, secrets),
        RequestTokenError::Parse(error, _) => malformed(format!("{} is not as promised", error.path())),
        RequestTokenError::Other(_) => malformed("the answer is empty, or no JSON".to_owned()),
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the protocol's crate may name further errors at any time"
)]
fn refusal(transport: &Transport, said: &ErrorReply, secrets: &[&str]) -> Failure {
    let (kind, cure) = match said.error() {
        CoreErrorResponseType::InvalidGrant => (
            FailureKind::Refused,
            "the code was used before, is too old, or belongs to another sign-in: sign in again",
        ),
        CoreErrorResponseType::InvalidClient | CoreErrorResponseType::UnauthorizedClient => (
            FailureKind::Unauthorised,
            "the provider does not take our client id and secret: check them, the secret may have ended",
        ),
        _ => (FailureKind::Refused, "the provider refused"),
    };
    let code = tame(said.error().as_ref(), MAX_CODE);
    let words = said.error_description().and_then(|words| shown(words, secrets));
    let words = words.map(|words| format!(" ({words})")).unwrap_or_default();
    transport.failure(kind, format!("{TOKEN}: {code}: {cure}{words}"))
}

/// A provider's own words, as far as they may be seen: none that repeat a secret, and no people's addresses.
fn shown(words: &str, secrets: &[&str]) -> Option<String> {
    if secrets.iter().any(|secret| words.contains(secret)) {
        return None;
    }
    let each = words.split_whitespace().map(|word| if word.contains('@') { "[address]" } else { word });
    let tamed = tame(&each.collect::<Vec<_>>().join(" "), MAX_WORDS);
    (!tamed.is_empty()).then_some(tamed)
}

/// Why an identity token is not believed. The token's own values are left out: nobody vouches for them.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the protocol's crate may name further errors at any time"
)]
pub(crate) fn distrust(transport: &Transport, error: &ClaimsVerificationError) -> Failure {
    let why = match error {
        ClaimsVerificationError::Expired(_) => {
            "its time is over or has not come; compare the clocks of both machines"
        }
        ClaimsVerificationError::InvalidAudience(_) => "it was made for another program",
        ClaimsVerificationError::InvalidIssuer(_) => "it comes from another issuer",
        ClaimsVerificationError::InvalidNonce(_) => "it belongs to another sign-in",
        ClaimsVerificationError::SignatureVerification(error) => signature(error),
        _ => "it is not as the protocol wants it",
    };
    transport.failure(FailureKind::Malformed, format!("{TOKEN}: the identity token cannot be trusted: {why}"))
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the protocol's crate may name further errors at any time"
)]
fn signature(error: &SignatureVerificationError) -> &'static str {
    match error {
        SignatureVerificationError::NoSignature => "it is not signed",
        SignatureVerificationError::DisallowedAlg(_) | SignatureVerificationError::UnsupportedAlg(_) => {
            "it is signed in another way than RS256 or ES256"
        }
        SignatureVerificationError::NoMatchingKey => {
            "it is signed with a key that the provider does not publish"
        }
        SignatureVerificationError::AmbiguousKeyId(_) => {
            "it does not say with which of the provider's keys it is signed"
        }
        _ => "its signature is wrong",
    }
}

#[cfg(test)]
mod tests;
