//! `billbridge openapi`: what programs can call.

use crate::exit::{Exit, Problem};
use crate::front;
use crate::out::Out;

/// Prints the document.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn run(out: &mut Out) -> Result<Exit, Problem> {
    let text = serde_json::to_string_pretty(&front::openapi());
    let text = text.map_err(|error| {
        Problem::failed(format!("the document cannot be written: {error}"), "report this")
    })?;
    out.line(text);
    Ok(Exit::Done)
}
