//! DynamoDB's failures in the house's words: what the caller may do next.

use crate::store::DynamoStore;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::RequestId;
use domain::failure::{Failure, FailureKind};
use domain::id::SystemId;
use std::error::Error;
use std::io::ErrorKind;

/// The name that failures of the table carry.
pub(crate) fn system() -> SystemId {
    SystemId::clone(&SYSTEM)
}

static SYSTEM: std::sync::LazyLock<SystemId> = std::sync::LazyLock::new(|| match "dynamodb".parse() {
    Ok(system) => system,
    Err(_) => unreachable!("lower-case letters are a system's name"),
});

pub(crate) fn failure(kind: FailureKind, what: impl Into<String>) -> Failure {
    Failure::new(kind, &SYSTEM, what)
}

pub(crate) fn malformed(what: impl Into<String>) -> Failure {
    failure(FailureKind::Malformed, what)
}

impl DynamoStore {
    /// `what` completes "could not …".
    pub(crate) fn failed<E>(&self, what: &str, error: &SdkError<E>) -> Failure
    where
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    {
        let (kind, why) = match error {
            SdkError::ConstructionFailure(_) => {
                (FailureKind::NotSent, "the request could not be built".into())
            }
            SdkError::TimeoutError(_) => (FailureKind::Unavailable, "no answer in time".into()),
            SdkError::DispatchFailure(failed) => dispatch(failed.as_connector_error()),
            SdkError::ResponseError(_) => (FailureKind::Malformed, "the answer cannot be read".into()),
            SdkError::ServiceError(said) => {
                let status = said.raw().status().as_u16();
                let (code, message) = (said.err().code(), said.err().message());
                self.said(code.unwrap_or_default(), message.unwrap_or_default(), status)
            }
            _ => (FailureKind::Unavailable, "the call failed in an unknown way".into()),
        };
        Failure {
            request: request_id(error),
            ..Failure::new(kind, &self.system, format!("could not {what}: {why}"))
        }
    }

    fn said(&self, code: &str, message: &str, status: u16) -> (FailureKind, String) {
        let kind = kind_of(code, status);
        let why = if kind == FailureKind::NotFound {
            format!(
                "table {} does not exist: create it, or correct its name in the configuration",
                self.table
            )
        } else if kind == FailureKind::Unauthorised {
            format!("{code}: the credentials are not accepted, or may not do this to {}", self.table)
        } else {
            format!("{code} {}", message.chars().take(200).collect::<String>())
        };
        (kind, why)
    }
}

fn request_id<E>(error: &SdkError<E>) -> Option<String>
where
    E: ProvideErrorMetadata,
{
    error.meta().request_id().map(str::to_owned)
}

/// Never refuses wrongly: a connection that was not made carried nothing, any other may have.
fn dispatch(error: Option<&aws_sdk_dynamodb::error::ConnectorError>) -> (FailureKind, String) {
    let mut cause: Option<&(dyn Error + 'static)> = error.map(|e| e as _);
    while let Some(error) = cause {
        if let Some(io) = error.downcast_ref::<std::io::Error>() {
            let refused = matches!(
                io.kind(),
                ErrorKind::ConnectionRefused
                    | ErrorKind::AddrNotAvailable
                    | ErrorKind::HostUnreachable
                    | ErrorKind::NetworkUnreachable
            );
            if refused {
                return (FailureKind::NotSent, "there is no connection to DynamoDB".into());
            }
        }
        cause = error.source();
    }
    (FailureKind::Unavailable, "the connection to DynamoDB failed".into())
}

fn kind_of(code: &str, status: u16) -> FailureKind {
    match code {
        "ProvisionedThroughputExceededException"
        | "ThrottlingException"
        | "Throttling"
        | "RequestLimitExceeded"
        | "LimitExceededException"
        | "TransactionConflictException"
        | "TransactionInProgressException" => FailureKind::RateLimited(None),
        "ResourceNotFoundException" | "TableNotFoundException" => FailureKind::NotFound,
        "ConditionalCheckFailedException" => FailureKind::Conflict,
        "AccessDeniedException"
        | "UnrecognizedClientException"
        | "IncompleteSignatureException"
        | "InvalidSignatureException"
        | "MissingAuthenticationTokenException"
        | "ExpiredTokenException" => FailureKind::Unauthorised,
        _ if status >= 500 => FailureKind::Unavailable,
        _ => FailureKind::Refused,
    }
}

#[cfg(test)]
mod tests;
