//! AWS's failures in the house's words: what the caller may do next.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use domain::failure::{Failure, FailureKind};
use domain::id::SystemId;
use std::error::Error;
use std::io;

/// How much of a service's own words is kept.
const MESSAGE_CHARS: usize = 200;

/// A failed call as a [`Failure`]. `what` completes "could not …".
pub fn failure<E>(system: &SystemId, what: &str, error: &SdkError<E, HttpResponse>) -> Failure
where
    E: ProvideErrorMetadata,
{
    let (kind, why) = match error {
        SdkError::ConstructionFailure(_) => (
            FailureKind::NotSent,
            "the request could not be built: look at region and credentials".to_owned(),
        ),
        SdkError::TimeoutError(_) => (FailureKind::Unavailable, "no answer in time".to_owned()),
        SdkError::DispatchFailure(failed) => dispatch(failed.as_connector_error()),
        SdkError::ResponseError(_) => (FailureKind::Malformed, "the answer cannot be read".to_owned()),
        SdkError::ServiceError(said) => {
            let (code, message) = (said.err().code(), said.err().message());
            let code = code.unwrap_or("an error without a code");
            let kind = kind_of(code, Some(said.raw().status().as_u16()));
            (kind, words(code, message))
        }
        _ => (FailureKind::Unavailable, "the call failed in an unknown way".to_owned()),
    };
    let request = error.as_service_error().and_then(|said| said.meta().extra("aws_request_id"));
    Failure {
        request: request.map(str::to_owned),
        ..Failure::new(kind, system, format!("could not {what}: {why}"))
    }
}

/// What a service's error code allows; `status` is that of the answer, where the code stands for a whole
/// answer.
pub fn kind_of(code: &str, status: Option<u16>) -> FailureKind {
    match code {
        "ProvisionedThroughputExceededException"
        | "TransactionConflictException"
        | "TransactionInProgressException"
        | "Throttling"
        | "ThrottlingException"
        | "ThrottledException"
        | "TooManyRequestsException"
        | "LimitExceededException"
        | "RequestLimitExceeded" => FailureKind::RateLimited(None),
        "ResourceNotFoundException" | "TableNotFoundException" => FailureKind::NotFound,
        "ConditionalCheckFailedException" => FailureKind::Conflict,
        "AccessDenied"
        | "AccessDeniedException"
        | "UnrecognizedClientException"
        | "IncompleteSignature"
        | "IncompleteSignatureException"
        | "InvalidSignatureException"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException"
        | "InvalidClientTokenId"
        | "ExpiredToken"
        | "ExpiredTokenException"
        | "NotAuthorizedForSourceException" => FailureKind::Unauthorised,
        "InternalException"
        | "InternalFailure"
        | "InternalServiceError"
        | "ServiceUnavailable"
        | "ServiceUnavailableException" => FailureKind::Unavailable,
        _ if status == Some(429) => FailureKind::RateLimited(None),
        _ if status.is_some_and(|status| status >= 500) => FailureKind::Unavailable,
        _ => FailureKind::Refused,
    }
}

/// The code with the service's own words, shortened.
pub fn words(code: &str, message: Option<&str>) -> String {
    let message: String = message.unwrap_or_default().chars().take(MESSAGE_CHARS).collect();
    if message.is_empty() { code.to_owned() } else { format!("{code}: {message}") }
}

/// A connection that was never made carried nothing; any other may have.
fn dispatch(error: Option<&ConnectorError>) -> (FailureKind, String) {
    let mut cause: Option<&(dyn Error + 'static)> = error.map(|error| error as _);
    while let Some(error) = cause {
        let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
        if let Some(
            io::ErrorKind::ConnectionRefused
            | io::ErrorKind::AddrNotAvailable
            | io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkUnreachable,
        ) = kind
        {
            return (FailureKind::NotSent, "there is no connection to it".to_owned());
        }
        cause = error.source();
    }
    if error.is_some_and(ConnectorError::is_timeout) {
        return (FailureKind::Unavailable, "no answer in time".to_owned());
    }
    (FailureKind::Unavailable, "the connection failed".to_owned())
}

#[cfg(test)]
mod tests;
