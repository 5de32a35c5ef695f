//! What the routes have in common: addresses, pages and refusals of their own.

use super::unknown;
use crate::actions::{Moment, NotDone};
use crate::linking::NotLinked;
use crate::people::Refusal;
use crate::state::Web;
use axum::http::StatusCode;
use axum::http::header::{HeaderName, LOCATION};
use domain::run::Run;
use http_kit::document::described as complete;
use http_kit::{Once, Paging, Problem};
use std::fmt::Display;
use utoipa::openapi::{InfoBuilder, OpenApi};

http_kit::refusals! {
    /// Several plans begin like this.
    Several: [(409, "several plans begin with these digits")];
}

/// Says what all this is.
pub(super) fn described(mut api: OpenApi) -> OpenApi {
    api.info = InfoBuilder::new()
        .title("Billbridge")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(include_str!("about.md")))
        .build();
    let tags = [
        ("sync", "Asking for runs, and how things stand."),
        ("runs", "Runs and their reports."),
        ("plans", "What would change: read, approve, apply."),
        ("records", "What is known about each subscription."),
        ("links", "Which of the supplier's ids is which of billing's."),
        ("prices", "What customers pay, and how it comes about."),
        ("supplier", "What can be bought, and who the customers are."),
        ("figures", "What the estate came to, day by day."),
        ("settings", "What the operator decided."),
        ("audit", "What was done, by whom and why."),
        ("me", "Whoever asks, and their own sign-ins."),
        ("people", "People and how they come in."),
        ("tokens", "API tokens."),
        ("health", "Whether everything answers."),
        ("reference", "This document."),
    ];
    complete(api, &tags)
}

/// The moment that ids are made of.
pub(super) fn moment(once: Once) -> Moment {
    Moment { at: once.at, seed: once.seed }
}

/// Where a run's report is.
pub(super) fn run_address(run: &Run) -> [(HeaderName, String); 1] {
    [(LOCATION, format!("/api/runs/{}/{}", run.organisation, run.id))]
}

/// Where in a list the page begins, that is listed by number.
pub(super) fn offset(paging: &Paging) -> Result<usize, Problem> {
    let Some(cursor) = &paging.cursor else { return Ok(0) };
    let wrong = |_| Problem::new(StatusCode::BAD_REQUEST, "bad-cursor", "The cursor is not good");
    cursor.parse().map_err(wrong)
}

/// A page of a list that is there as a whole, and the cursor of the next one.
pub(super) fn page_of<T>(web: &Web, paging: &Paging, whole: &[T]) -> Result<(Vec<T>, Option<String>), Problem>
where
    T: Clone,
{
    let from = offset(paging)?;
    let page: Vec<T> = whole.iter().skip(from).take(paging.limit as usize).cloned().collect();
    let end = from.saturating_add(page.len());
    let next = (end < whole.len()).then(|| end.to_string());
    Ok((page, web.access.next_cursor(paging, next)))
}

/// A field of the body.
pub(super) fn wrong_field(field: impl Into<String>, problem: impl Display) -> Problem {
    let (field, problem) = (field.into(), problem.to_string());
    Problem::invalid(format!("{field}: {problem}")).field(field, problem)
}

fn clash(code: &'static str, detail: impl Display) -> Problem {
    let title = "It does not go together with how things are";
    Problem::new(StatusCode::CONFLICT, code, title).detail(detail.to_string())
}

impl From<NotDone> for Problem {
    fn from(refusal: NotDone) -> Self {
        match refusal {
            NotDone::NoOrganisation(_) | NotDone::NoPlan(_) => unknown(refusal.to_string()),
            NotDone::SeveralPlans(_) => clash("several-plans", refusal),
            NotDone::NotHandedOver(_) => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "not-handed-over", "Not available now")
                    .detail(refusal.to_string())
            }
            NotDone::Failed(failure) => failure.into(),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match &refusal {
            Refusal::NoUser(_) | Refusal::NoToken(_) | Refusal::NoSupplier(_) => unknown(refusal.to_string()),
            Refusal::Disabled(_) => clash("disabled", refusal),
            Refusal::OwnAccount => clash("own-account", refusal),
            Refusal::NoPersonal => clash("no-personal-sign-ins", refusal),
            Refusal::NotAPerson => Self::new(StatusCode::FORBIDDEN, "not-a-person", "You may not do this")
                .detail(refusal.to_string()),
            Refusal::MoreThanMaker(_) => {
                Self::new(StatusCode::FORBIDDEN, "more-than-yours", "You may not do this")
                    .detail(refusal.to_string())
            }
            Refusal::MoreThanOwner(_) => wrong_field("scopes", refusal),
            Refusal::AlreadyOver => wrong_field("expires", refusal),
            Refusal::NotTaken(_) => wrong_field("password", refusal),
            Refusal::Failed(failure) => failure.clone().into(),
        }
    }
}

impl From<NotLinked> for Problem {
    fn from(refusal: NotLinked) -> Self {
        match refusal {
            NotLinked::Wrong { at, problem } => wrong_field(format!("add[{at}]"), problem),
            NotLinked::Clash { at, problem } => {
                clash("linked-otherwise", &problem).field(format!("add[{at}]"), problem)
            }
            NotLinked::Failed(failure) => failure.into(),
        }
    }
}
