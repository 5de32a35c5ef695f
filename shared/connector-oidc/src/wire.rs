//! The provider's documents and tokens, as the protocol's crate types them, and the requests it makes, sent
//! over the house's transport.

use crate::config::is_safe;
use connector_kit::{Body, Idempotence, Method, Request, Transport, Url};
use domain::clock::Deadline;
use domain::failure::{Failure, FailureKind};
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreErrorResponseType, CoreGenderClaim, CoreIdTokenVerifier,
    CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreProviderMetadata,
    CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::http::header::CONTENT_TYPE;
use openidconnect::{
    AdditionalClaims, AsyncHttpClient, Client as AnyClient, EmptyExtraTokenFields, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IdToken, IdTokenClaims, IdTokenFields,
    StandardErrorResponse, StandardTokenResponse, url,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

pub(crate) const DISCOVERY: &str = "GET openid-configuration";
pub(crate) const KEYS: &str = "GET keys";
pub(crate) const TOKEN: &str = "POST token";
/// Where a provider describes itself, below its issuer.
const WELL_KNOWN: &str = "/.well-known/openid-configuration";

/// The claims that the protocol does not name; groups are among them. They are about a person, so that `Debug`
/// shows none.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct OtherClaims(pub(crate) BTreeMap<String, Value>);

impl AdditionalClaims for OtherClaims {}

impl fmt::Debug for OtherClaims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OtherClaims(…)")
    }
}

pub(crate) type Metadata = CoreProviderMetadata;
pub(crate) type Verifier<'a> = CoreIdTokenVerifier<'a>;
pub(crate) type Claims = IdTokenClaims<OtherClaims, CoreGenderClaim>;
pub(crate) type Token =
    IdToken<OtherClaims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;
pub(crate) type ErrorReply = StandardErrorResponse<CoreErrorResponseType>;
type Fields = IdTokenFields<
    OtherClaims,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
/// A client of the authorisation code flow that was made from a provider's own description.
pub(crate) type Client = AnyClient<
    OtherClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    ErrorReply,
    StandardTokenResponse<Fields, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// The house's transport as the protocol's crate wants it, for the calls of one sign-in.
pub(crate) struct Wire {
    pub(crate) transport: Arc<Transport>,
    /// Whether plain http to this machine will do.
    pub(crate) plain: bool,
    pub(crate) deadline: Deadline,
}

impl<'c> AsyncHttpClient<'c> for Wire {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Failure>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(send(&self.transport, self.plain, request, self.deadline))
    }
}

/// Sends a request in time, bounded, and nowhere that is not safe.
async fn send(
    transport: &Transport,
    plain: bool,
    request: HttpRequest,
    deadline: Deadline,
) -> Result<HttpResponse, Failure> {
    let (parts, body) = request.into_parts();
    let mutates = parts.method == Method::POST;
    let what = if mutates {
        TOKEN
    } else if parts.uri.path().ends_with(WELL_KNOWN) {
        DISCOVERY
    } else {
        KEYS
    };
    let refuse = |text: &str| transport.failure(FailureKind::NotSent, format!("{what}: {text}"));
    let address: Url = parts.uri.to_string().parse().map_err(|_| refuse("the address cannot be read"))?;
    if !is_safe(&address, plain) {
        return Err(refuse("the provider names an address that is not https"));
    }
    let idempotence = if mutates { Idempotence::Login } else { Idempotence::Read };
    let mut ours = Request::new(what, parts.method, address, idempotence);
    if mutates {
        let fields = url::form_urlencoded::parse(&body).map(|(name, value)| {
            let (name, value) = (name.into_owned(), value.into_owned());
            (name.into(), value)
        });
        ours = ours.body(Body::Form(fields.collect()));
    }
    for (name, value) in &parts.headers {
        let value = value.to_str().map_err(|_| refuse("a header cannot be sent"))?;
        match name.as_str() {
            "accept" => ours = ours.header("accept", value),
            "authorization" => ours = ours.header("authorization", value),
            // The body's type is the transport's to say.
            "content-type" => {}
            other => return Err(refuse(&format!("a header {other} is not known here"))),
        }
    }
    let reply = transport.call(ours, deadline).await?;
    let mut response = openidconnect::http::Response::builder().status(reply.status);
    if let Some(kind) = reply.content_type {
        response = response.header(CONTENT_TYPE, kind);
    }
    response.body(reply.body).map_err(|_| {
        transport.failure(FailureKind::Malformed, format!("{what}: the answer's head cannot be read"))
    })
}
