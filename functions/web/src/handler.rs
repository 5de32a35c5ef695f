//! Event → request, answer → response. No rules.

use axum::Router;
use http_kit::gateway;
use lambda_kit::{Invocation, Outcome};

/// Answers one event of the HTTP API.
pub async fn handle(router: &Router, invocation: Invocation) -> Outcome {
    if !gateway::is_http(&invocation.payload) {
        return Outcome::Terminal("this function answers HTTP and nothing else".to_owned());
    }
    match gateway::answer(router, invocation.payload).await {
        Ok(answer) => Outcome::Done(answer),
        Err(problem) => Outcome::Terminal(problem),
    }
}
