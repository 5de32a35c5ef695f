use super::*;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use std::sync::Mutex;

/// Answers with what is prepared, and notes that it was asked.
#[derive(Debug, Clone)]
struct Server {
    name: &'static str,
    answer: fn() -> Result<u16, ConnectorError>,
    asked: Arc<Mutex<Vec<&'static str>>>,
}

impl HttpConnector for Server {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        self.asked.lock().unwrap().push(self.name);
        let answer = (self.answer)()
            .map(|status| HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::empty()));
        HttpConnectorFuture::ready(answer)
    }
}

fn refused_by_tls(error: rustls::Error) -> ConnectorError {
    let handshake = io::Error::new(io::ErrorKind::InvalidData, error);
    ConnectorError::io(Box::new(io::Error::other(handshake)))
}

fn unknown_issuer() -> Result<u16, ConnectorError> {
    Err(refused_by_tls(rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer)))
}

fn expired() -> Result<u16, ConnectorError> {
    Err(refused_by_tls(rustls::Error::InvalidCertificate(CertificateError::Expired)))
}

/// Asks twice; gives the last answer, and who was asked.
async fn ask_twice(
    amazons: fn() -> Result<u16, ConnectorError>,
    machines: fn() -> Result<u16, ConnectorError>,
) -> (Result<u16, ConnectorError>, Vec<&'static str>) {
    let asked = Arc::<Mutex<Vec<_>>>::default();
    let server = |name, answer| SharedHttpConnector::new(Server { name, answer, asked: asked.clone() });
    let machines = server("the machine's roots", machines);
    let either = Either {
        amazons: server("Amazon's roots", amazons),
        machines: Arc::new(move || machines.clone()),
        foreign: Arc::default(),
    };
    let first = either.call(HttpRequest::empty()).await;
    drop(first);
    let answer = either.call(HttpRequest::empty()).await.map(|answer| answer.status().as_u16());
    let asked = asked.lock().unwrap().clone();
    (answer, asked)
}

#[tokio::test]
async fn aws_is_known_by_its_own_roots_and_the_machines_are_not_read() {
    let (answer, asked) = ask_twice(|| Ok(200), unknown_issuer).await;
    assert_eq!(answer.unwrap(), 200);
    assert_eq!(asked, ["Amazon's roots", "Amazon's roots"]);
}

#[tokio::test]
async fn a_server_that_others_vouch_for_is_judged_by_the_machines_roots_from_then_on() {
    let (answer, asked) = ask_twice(unknown_issuer, || Ok(200)).await;
    assert_eq!(answer.unwrap(), 200);
    assert_eq!(asked, ["Amazon's roots", "the machine's roots", "the machine's roots"]);
}

#[tokio::test]
async fn a_server_that_nobody_vouches_for_is_refused() {
    let (answer, asked) = ask_twice(unknown_issuer, unknown_issuer).await;
    assert!(is_unknown_issuer(&answer.unwrap_err()));
    assert_eq!(asked.len(), 4);
}

#[tokio::test]
async fn any_other_fault_of_a_certificate_is_final() {
    let (answer, asked) = ask_twice(expired, || Ok(200)).await;
    assert!(answer.is_err());
    assert_eq!(asked, ["Amazon's roots", "Amazon's roots"]);
}

#[test]
fn the_roots_in_the_binary_can_be_read() {
    let roots = AMAZON.windows(11).filter(|bytes| bytes == b"-----BEGIN ").count();
    assert_eq!(roots, 5);
    assert!(amazon().is_ok());
}
