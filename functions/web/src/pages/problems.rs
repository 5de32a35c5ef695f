//! Problems as pages: real statuses, plain words, and what to do next.

use super::frame::{Frame, html_headers};
use super::text;
use crate::actions::NotDone;
use crate::people::Refusal;
use crate::state::App;
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use http_kit::{FieldProblem, Principal, Problem};

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    frame: Frame,
    status: u16,
    title: &'a str,
    detail: String,
    errors: &'a [FieldProblem],
    next: &'static str,
    request: Option<&'a str>,
}

/// The page of a problem.
pub(super) fn page(app: &App, problem: &Problem, principal: Option<&Principal>) -> Response {
    page_in(Frame::outside(app, problem.title.to_string()).whoever(principal.cloned()), problem)
}

/// The page of a problem, with something around it.
pub(super) fn page_in(frame: Frame, problem: &Problem) -> Response {
    let page = ProblemPage {
        frame,
        status: problem.status.as_u16(),
        title: &problem.title,
        detail: text::sentence(problem.detail.as_deref().unwrap_or_default()),
        errors: &problem.errors,
        next: next_step(problem.status),
        request: problem.request.as_deref(),
    };
    match page.render() {
        Ok(text) => (problem.status, html_headers(), text).into_response(),
        Err(error) => {
            tracing::error!("the page of a problem could not be shown: {error}");
            problem.clone().into_response()
        }
    }
}

fn next_step(status: StatusCode) -> &'static str {
    match status.as_u16() {
        403 => "An administrator can give you another role under Settings, People.",
        404 => "The address may be mistyped, or what it led to is no longer there.",
        409 | 422 => "Go back, load the page again and look at it once more.",
        429 => "Wait a moment, then try again.",
        500.. => {
            "Nothing you entered was the reason. Try again; if it stays, tell whoever runs Billbridge the \
             request's id."
        }
        _ => "Go back and try again.",
    }
}

/// The page for an address that leads nowhere. Whoever is signed in keeps the way to everything else.
pub(crate) async fn not_found(State(app): State<App>, headers: HeaderMap) -> Response {
    let principal = app.access.find_principal(&headers).await.unwrap_or_else(|failure| {
        tracing::warn!("nobody knows who found nothing: {failure}");
        None
    });
    page(&app, &Problem::not_found().detail("No page has this address."), principal.as_ref())
}

/// What a person is told when something was not done.
pub(super) fn not_done(error: NotDone) -> Problem {
    let text = error.to_string();
    match error {
        NotDone::NoOrganisation(_) | NotDone::NoPlan(_) => Problem::not_found().detail(text),
        NotDone::SeveralPlans(_) => {
            Problem::new(StatusCode::CONFLICT, "several-plans", "Which plan?").detail(text)
        }
        NotDone::NotHandedOver(_) => {
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not-handed-over", "The run was not begun")
                .detail(text)
        }
        NotDone::Failed(failure) => failure.into(),
    }
}

/// What a person is told when something about people or tokens was not done.
pub(super) fn refused(error: Refusal) -> Problem {
    let text = error.to_string();
    let problem = |status, code, title: &str| Problem::new(status, code, title).detail(text.clone());
    match error {
        Refusal::NoUser(_) | Refusal::NoToken(_) => Problem::not_found().detail(text),
        Refusal::Disabled(_) | Refusal::OwnAccount => {
            problem(StatusCode::CONFLICT, "not-possible", "This is not possible")
        }
        Refusal::MoreThanMaker(_) | Refusal::MoreThanOwner(_) => {
            problem(StatusCode::FORBIDDEN, "too-much", "Nobody gives away what they do not have")
        }
        Refusal::AlreadyOver | Refusal::NotTaken(_) | Refusal::NoSupplier(_) => Problem::invalid(text),
        Refusal::NotAPerson | Refusal::NoPersonal => {
            problem(StatusCode::CONFLICT, "no-sign-ins", "No sign-ins of people's own")
        }
        Refusal::Failed(failure) => failure.into(),
    }
}
