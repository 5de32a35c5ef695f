//! What programs can call, for people to read.

use crate::document::Reference;
use crate::pages::frame::{Frame, Section, Shown, render};
use crate::state::App;
use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use http_kit::Problem;

#[derive(Template)]
#[template(path = "api.html")]
struct ReferencePage<'a> {
    frame: Frame,
    reference: &'a Reference,
    paragraphs: Vec<&'a str>,
}

/// `GET /api/docs`
pub(super) async fn show(State(app): State<App>, headers: HeaderMap) -> Shown {
    let frame = match app.access.find_principal(&headers).await? {
        Some(principal) => Frame::new(&app, &principal, Section::Api, "API"),
        None => Frame::outside(&app, "API"),
    };
    let reference = app.document.reference().map_err(|error| Problem::internal().because(error))?;
    let paragraphs = reference.description.split("\n\n").filter(|text| !text.trim().is_empty()).collect();
    render(&ReferencePage { frame, reference, paragraphs })
}
