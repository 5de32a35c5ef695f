//! The HTTP client of a function, one for all services: AWS is known by AWS's own roots, which are in the binary.
//!
//! Reading the machine's roots, some hundred and forty of them, costs more processor time than everything else a
//! function does before its first event. So they are read only when a server shows a certificate that AWS's own
//! roots did not issue: another partition, a new root, a gateway that looks into TLS.

use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, HttpClientError};
use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use rustls::CertificateError;
use std::error::Error;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Amazon Trust Services: Amazon Root CA 1 to 4 and Starfield Services Root G2, as Mozilla's list has them.
const AMAZON: &[u8] = include_bytes!("trust.pem");

/// AWS's own roots first, the machine's where they do not do.
pub(crate) fn http_client() -> SharedHttpClient {
    let provider = || Builder::new().tls_provider(Provider::Rustls(CryptoMode::AwsLc));
    // Reading neither happens before the first request that needs it.
    match amazon() {
        Ok(context) => SharedHttpClient::new(Trusting {
            amazons: provider().tls_context(context).build_https(),
            machines: provider().build_https(),
            foreign: Arc::default(),
        }),
        Err(_) => provider().build_https(),
    }
}

fn amazon() -> Result<TlsContext, HttpClientError> {
    let roots = TrustStore::empty().with_pem_certificate(AMAZON);
    TlsContext::builder().with_trust_store(roots).build()
}

#[derive(Debug)]
struct Trusting {
    amazons: SharedHttpClient,
    machines: SharedHttpClient,
    /// Whether AWS's own roots did not do: then they are not tried again.
    foreign: Arc<AtomicBool>,
}

impl HttpClient for Trusting {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let machines = {
            let (client, settings) = (self.machines.clone(), settings.clone());
            let components = components.clone();
            move || client.http_connector(&settings, &components)
        };
        SharedHttpConnector::new(Either {
            amazons: self.amazons.http_connector(settings, components),
            machines: Arc::new(machines),
            foreign: self.foreign.clone(),
        })
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.amazons.connector_metadata()
    }
}

struct Either<F> {
    amazons: SharedHttpConnector,
    machines: Arc<F>,
    foreign: Arc<AtomicBool>,
}

impl<F> std::fmt::Debug for Either<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Either").field("foreign", &self.foreign).finish_non_exhaustive()
    }
}

impl<F: Fn() -> SharedHttpConnector + Send + Sync + 'static> HttpConnector for Either<F> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        if self.foreign.load(Ordering::Relaxed) {
            return (self.machines)().call(request);
        }
        // What cannot be copied is a stream; none of our requests is one.
        let again = request.try_clone();
        let first = self.amazons.call(request);
        let (machines, foreign) = (self.machines.clone(), self.foreign.clone());
        HttpConnectorFuture::new(async move {
            match (first.await, again) {
                // The handshake was broken off: the request was not sent.
                (Err(error), Some(again)) if is_unknown_issuer(&error) => {
                    let answer = machines().call(again).await;
                    if answer.is_ok() {
                        foreign.store(true, Ordering::Relaxed);
                    }
                    answer
                }
                (answer, _) => answer,
            }
        })
    }
}

/// Whether the other side's certificate was issued by somebody we do not know.
fn is_unknown_issuer(error: &ConnectorError) -> bool {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer)) = error.downcast_ref()
        {
            return true;
        }
        // An `io::Error` names as its source the source of what it holds, and what it holds is what we look for.
        cause = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(held) => Some(held),
            None => error.source(),
        };
    }
    false
}

#[cfg(test)]
mod tests;
