//! How a failure at a port is told to whoever asked.

use super::Problem;
use domain::failure::{Failure, FailureKind};
use http::StatusCode;
use jiff::fmt::rfc2822::DateTimePrinter;

impl From<Failure> for Problem {
    /// The caller learns which system and what may be done next; the rest goes to the log. Only a system's own
    /// "no" is passed on in its words, because somebody has to act on them.
    fn from(failure: Failure) -> Self {
        let system = &failure.system;
        let problem = match failure.kind {
            FailureKind::NotSent
            | FailureKind::Unavailable
            | FailureKind::OutOfTime
            | FailureKind::LeaseLost => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Not available now")
                    .detail(format!("{system} cannot answer now"))
            }
            FailureKind::Malformed => {
                Self::new(StatusCode::BAD_GATEWAY, "unexpected-answer", "An answer could not be read")
                    .detail(format!("{system} answered in a way that we do not understand"))
            }
            FailureKind::RateLimited(until) => {
                let busy = Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "Too busy now")
                    .detail(format!("{system} takes no more requests for the moment"));
                match until.map(|until| DateTimePrinter::new().timestamp_to_rfc9110_string(&until)) {
                    Some(Ok(date)) => busy.retry_after(date),
                    Some(Err(_)) | None => busy,
                }
            }
            FailureKind::Refused => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "refused", "It was refused")
                .detail(format!("{system}: {}", failure.what)),
            FailureKind::NotFound => Self::not_found(),
            FailureKind::Conflict => Self::new(StatusCode::CONFLICT, "conflict", "Somebody else was first")
                .detail("Look at it as it is now and decide again."),
            FailureKind::Unauthorised => {
                Self::new(StatusCode::BAD_GATEWAY, "sign-in-refused", "A system does not let us in")
                    .detail(format!("{system} does not accept the credentials that are set for it"))
            }
        };
        problem.because(&failure)
    }
}
