//! Running a handler under Lambda.

use domain::clock::Deadline;
use domain::failure::Failure;
use jiff::Timestamp;
use lambda_runtime::{Diagnostic, Error, LambdaEvent, Runtime, service_fn};
use serde_json::{Value, json};
use std::fmt::Display;
use std::future::Future;
use tracing::{Instrument, Span, debug, error, info_span, warn};

/// One invocation.
#[derive(Debug, Clone, PartialEq)]
pub struct Invocation {
    /// What the function was handed, as it came.
    pub payload: Value,
    /// When Lambda kills it.
    pub deadline: Deadline,
    /// Lambda's id of the request.
    pub request: String,
}

impl Invocation {
    /// What everything that is logged meanwhile stands in.
    pub fn span(&self) -> Span {
        info_span!("invocation", request.id = self.request)
    }
}

/// What became of an invocation, and with it what Lambda does next.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It is done: this is the answer.
    Done(Value),
    /// It may succeed later: Lambda tries again, and hands it to the dead-letter queue in the end.
    Retry(String),
    /// Trying again cannot help: it is logged as an error and not tried again.
    Terminal(String),
}

impl Outcome {
    /// Trying again cannot help, for example because the payload is not understood.
    pub fn terminal(problem: &impl Display) -> Self {
        Self::Terminal(problem.to_string())
    }
}

impl From<Failure> for Outcome {
    fn from(failure: Failure) -> Self {
        if failure.is_transient() {
            Self::Retry(failure.to_string())
        } else {
            Self::Terminal(failure.to_string())
        }
    }
}

impl<E: Into<Outcome>> From<Result<Value, E>> for Outcome {
    fn from(result: Result<Value, E>) -> Self {
        result.map_or_else(Into::into, Self::Done)
    }
}

/// Hands every invocation to the handler until Lambda ends the process.
///
/// # Panics
///
/// When it is not started by Lambda, or something that speaks Lambda's runtime API.
pub async fn run<F, Fut>(handler: F) -> Result<(), Error>
where
    F: Fn(Invocation) -> Fut,
    Fut: Future<Output = Outcome>,
{
    let service = service_fn(|event: LambdaEvent<Value>| {
        let invocation = invocation(event);
        let span = invocation.span();
        let outcome = handler(invocation);
        async move { answer(outcome.await) }.instrument(span)
    });
    Runtime::new(service).run().await
}

fn invocation(event: LambdaEvent<Value>) -> Invocation {
    let (payload, context) = event.into_parts();
    let deadline =
        i64::try_from(context.deadline).ok().and_then(|millis| Timestamp::from_millisecond(millis).ok());
    Invocation {
        payload,
        deadline: deadline.map_or_else(Deadline::never, Deadline),
        request: context.request_id,
    }
}

/// Tells Lambda what to do, and logs what went wrong: here, once.
fn answer(outcome: Outcome) -> Result<Value, Diagnostic> {
    match outcome {
        Outcome::Done(answer) => {
            debug!("the invocation is done");
            Ok(answer)
        }
        Outcome::Retry(problem) => {
            warn!(problem, "the invocation failed and will be tried again: {problem}");
            Err(Diagnostic { error_type: "Retry".to_owned(), error_message: problem })
        }
        Outcome::Terminal(problem) => {
            error!(problem, "the invocation failed for good: {problem}");
            Ok(json!({"outcome": "terminal", "problem": problem}))
        }
    }
}

#[cfg(test)]
mod tests;
