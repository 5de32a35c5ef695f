//! DynamoDB's failures in the house's words: what the caller may do next.

use crate::store::DynamoStore;
use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use domain::failure::{Failure, FailureKind};
use domain::id::SystemId;

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
    pub(crate) fn failed<E>(&self, what: &str, error: &SdkError<E, HttpResponse>) -> Failure
    where
        E: ProvideErrorMetadata,
    {
        let mut failure = aws_kit::failure::failure(&self.system, what, error);
        if failure.kind == FailureKind::NotFound {
            let cure = "create it, or correct its name in the configuration";
            failure.what = format!("could not {what}: table {} does not exist: {cure}", self.table);
        } else if failure.kind == FailureKind::Unauthorised {
            failure.what.push_str(&format!(" (on table {})", self.table));
        }
        failure
    }
}
