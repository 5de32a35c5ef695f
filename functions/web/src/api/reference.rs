//! The document of all this.

use crate::state::App;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use http_kit::document::TooMany;

/// Get this document
///
/// Public. It is of every function behind this address.
#[utoipa::path(
    get, path = "/api/openapi.json", tag = "reference", operation_id = "getOpenApi", security(()),
    responses((status = 200, description = "the document", content_type = "application/json", body = Object), TooMany),
)]
pub(super) async fn document(State(app): State<App>) -> Response {
    ([(CONTENT_TYPE, "application/json")], app.document.json()).into_response()
}
