//! The adapter: a provider as somewhere to sign in.

use crate::config::{OidcConfig, OidcConfigError, is_loopback, is_safe};
use crate::wire::{Claims, Client, Metadata, TOKEN, Token, Verifier, Wire};
use crate::{error, identity, wire};
use async_trait::async_trait;
use connector_kit::{HttpClient, Transport, TransportConfig};
use domain::access::Role;
use domain::clock::{Clock, Deadline};
use domain::failure::{Failure, FailureKind};
use domain::id::SystemId;
use domain::ports::{Identity, IdentityProvider};
use domain::secret::Secret;
use jiff::{SignedDuration, Timestamp};
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClientAuthMethod, CoreJwsSigningAlgorithm as Algorithm,
};
use openidconnect::{
    AuthType, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken, IssuerUrl,
    Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, SignatureVerificationError,
    TokenResponse as _,
};
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;
use tokio::sync::Mutex as AsyncMutex;

/// How long what a provider says about itself is used before it is asked again.
const LASTS: SignedDuration = SignedDuration::from_hours(1);
/// How often an unknown key makes us ask before that.
const BETWEEN_LOOKS: SignedDuration = SignedDuration::from_mins(1);
/// How far ahead a provider's clock may be.
const AHEAD: i64 = 300;
/// Largest answer; descriptions and key sets are a few kilobytes.
const MAX_BODY: usize = 512 * 1024;
/// Largest code; a browser brings it, so it may be anything.
const MAX_CODE: usize = 4096;

/// One connection to an identity provider. Shared by all sign-ins, so that its description and its keys are read
/// once for all.
pub struct Oidc {
    config: OidcConfig,
    issuer: IssuerUrl,
    redirect: RedirectUrl,
    /// Whether the provider is on this machine, where plain http will do.
    plain: bool,
    transport: Arc<Transport>,
    known: AsyncMutex<Known>,
}

/// What a provider says about itself, its keys included.
type Description = Arc<Metadata>;

/// Held while asking, so that only one does.
#[derive(Default)]
struct Known {
    description: Option<(Description, Timestamp)>,
    /// When an unknown key was last the reason to ask.
    looked: Option<Timestamp>,
}

impl Oidc {
    /// A connection. Nothing is sent before the first sign-in.
    ///
    /// # Errors
    /// When no sign-in can work like this: an address that is not https, nothing where something must be.
    pub fn new(http: HttpClient, clock: Arc<dyn Clock>, config: OidcConfig) -> Result<Self, OidcConfigError> {
        let address = config.checked()?;
        let transport = TransportConfig {
            read_timeout: config.timeout,
            max_body: MAX_BODY,
            retry: config.retry.clone(),
            explain: error::explain,
            ..TransportConfig::default()
        };
        let unreadable = |_| OidcConfigError { field: "the issuer", expected: "an address" };
        Ok(Self {
            issuer: IssuerUrl::new(config.issuer.clone()).map_err(unreadable)?,
            redirect: RedirectUrl::from_url(config.redirect.clone()),
            plain: is_loopback(&address),
            transport: Arc::new(Transport::new(http, config.system.clone(), clock, transport)),
            known: AsyncMutex::default(),
            config,
        })
    }

    fn wire(&self, deadline: Deadline) -> Wire {
        Wire { transport: Arc::clone(&self.transport), plain: self.plain, deadline }
    }

    /// The description, read anew once it is an hour old.
    async fn description(&self, deadline: Deadline) -> Result<Description, Failure> {
        let mut known = self.known.lock().await;
        let now = self.transport.clock().now();
        match &known.description {
            Some((description, since)) if now.duration_since(*since) < LASTS => Ok(Arc::clone(description)),
            Some(_) | None => self.discover(&mut known, deadline).await,
        }
    }

    /// A description with later keys than this one's, unless that was looked for a moment ago.
    async fn later(&self, than: &Description, deadline: Deadline) -> Result<Option<Description>, Failure> {
        let mut known = self.known.lock().await;
        if let Some((description, _)) = &known.description
            && !Arc::ptr_eq(description, than)
        {
            return Ok(Some(Arc::clone(description)));
        }
        let now = self.transport.clock().now();
        if known.looked.is_some_and(|looked| now.duration_since(looked) < BETWEEN_LOOKS) {
            return Ok(None);
        }
        known.looked = Some(now);
        tracing::info!(system = %self.system(), "reading the identity provider's keys again for an unknown one");
        self.discover(&mut known, deadline).await.map(Some)
    }

    async fn discover(&self, known: &mut Known, deadline: Deadline) -> Result<Description, Failure> {
        let asked = Metadata::discover_async(self.issuer.clone(), &self.wire(deadline)).await;
        let metadata = asked.map_err(|error| error::discovery(&self.transport, error))?;
        let described = |what: &str| {
            self.transport.failure(FailureKind::Malformed, format!("{}: {what}", wire::DISCOVERY))
        };
        if !is_safe(metadata.authorization_endpoint().url(), self.plain) {
            return Err(described("authorization_endpoint is not an https address"));
        }
        if metadata.token_endpoint().is_none() {
            return Err(described("token_endpoint is missing"));
        }
        let description = Arc::new(metadata);
        known.description = Some((Arc::clone(&description), self.transport.clock().now()));
        Ok(description)
    }

    fn client(&self, description: &Metadata) -> Client {
        let id = ClientId::new(self.config.client_id.clone());
        let secret = ClientSecret::new(self.config.client_secret.expose().to_owned());
        // RFC 8414: a provider that does not say takes the secret in a header.
        let in_header = description
            .token_endpoint_auth_methods_supported()
            .is_none_or(|known| known.contains(&CoreClientAuthMethod::ClientSecretBasic));
        Client::from_provider_metadata(description.clone(), id, Some(secret))
            .set_redirect_uri(self.redirect.clone())
            .set_auth_type(if in_header { AuthType::BasicAuth } else { AuthType::RequestBody })
    }

    /// Hands a code in, once: a code that may have arrived is never sent again.
    async fn token(
        &self,
        description: &Metadata,
        code: &str,
        verifier: &Secret,
        deadline: Deadline,
    ) -> Result<Token, Failure> {
        let client = self.client(description);
        let malformed =
            |what: &str| self.transport.failure(FailureKind::Malformed, format!("{TOKEN}: {what}"));
        let request = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|_| malformed("the provider names no address for it"))?
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.expose().to_owned()));
        let reply = request.request_async(&self.wire(deadline)).await.map_err(|error| {
            let secrets = [code, verifier.expose(), self.config.client_secret.expose()];
            error::exchange(&self.transport, error, &secrets)
        })?;
        reply.id_token().cloned().ok_or_else(|| malformed("id_token is missing"))
    }

    fn claims<'a>(
        &self,
        description: &Metadata,
        token: &'a Token,
        nonce: &Nonce,
    ) -> Result<&'a Claims, ClaimsVerificationError> {
        let now = self.transport.clock().now();
        let verifier = Verifier::new_public_client(
            // Not as a confidential client: its secret would then be a key that tokens may be signed with.
            ClientId::new(self.config.client_id.clone()),
            self.issuer.clone(),
            description.jwks().clone(),
        )
        .set_allowed_algs([Algorithm::RsaSsaPkcs1V15Sha256, Algorithm::EcdsaP256Sha256])
        .set_time_fn(move || SystemTime::from(now).into())
        .set_issue_time_verifier_fn(move |issued| {
            let ahead = issued.timestamp() > now.as_second().saturating_add(AHEAD);
            if ahead { Err("issued in the future".to_owned()) } else { Ok(()) }
        });
        token.claims(&verifier, nonce)
    }

    /// The proof key that the protocol's crate panics over when it has another length.
    fn proof(&self, verifier: &Secret) -> Result<PkceCodeVerifier, Failure> {
        let text = verifier.expose();
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        if (43..=128).contains(&text.len()) && text.bytes().all(fits) {
            return Ok(PkceCodeVerifier::new(text.to_owned()));
        }
        Err(self.transport.failure(FailureKind::NotSent, "the proof key is not as RFC 7636 wants it"))
    }
}

#[async_trait]
impl IdentityProvider for Oidc {
    fn system(&self) -> &SystemId {
        self.transport.system()
    }

    async fn authorise(
        &self,
        state: &str,
        nonce: &str,
        verifier: &Secret,
        deadline: Deadline,
    ) -> Result<String, Failure> {
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&self.proof(verifier)?);
        let description = self.description(deadline).await?;
        let (state, nonce) = (state.to_owned(), nonce.to_owned());
        let client = self.client(&description);
        let scopes = self.config.scopes.iter().cloned().map(Scope::new);
        let request = client.authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            move || CsrfToken::new(state),
            move || Nonce::new(nonce),
        );
        let (address, _, _) = request.add_scopes(scopes).set_pkce_challenge(challenge).url();
        Ok(address.into())
    }

    async fn exchange(
        &self,
        code: &str,
        nonce: &str,
        verifier: &Secret,
        deadline: Deadline,
    ) -> Result<Identity, Failure> {
        if code.is_empty() || code.len() > MAX_CODE || nonce.is_empty() {
            let what = format!("{TOKEN}: there is no code that could be one");
            return Err(self.transport.failure(FailureKind::Refused, what));
        }
        self.proof(verifier)?;
        let nonce = Nonce::new(nonce.to_owned());
        let description = self.description(deadline).await?;
        let token = self.token(&description, code, verifier, deadline).await?;
        let mut believed = self.claims(&description, &token, &nonce);
        if let Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)) =
            &believed
            && let Some(later) = self.later(&description, deadline).await?
        {
            believed = self.claims(&later, &token, &nonce);
        }
        let claims = believed.map_err(|error| error::distrust(&self.transport, &error))?;
        identity::read(&self.transport, claims, &self.config.groups_claim)
    }

    fn role_of(&self, identity: &Identity) -> Option<Role> {
        let of_theirs = self.config.roles.iter().filter(|(group, _)| identity.groups.contains(group));
        of_theirs.map(|(_, role)| *role).max()
    }
}

impl fmt::Debug for Oidc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Oidc").field("config", &self.config).finish_non_exhaustive()
    }
}
