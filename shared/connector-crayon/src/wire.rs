//! JSON as Cloud-iQ speaks it, read leniently: `PascalCase` or camelCase, envelope or bare array, numbers or
//! names, missing or `null`.
//!
//! Lists are where the time goes. A body is read once, members that nobody wants are skipped, and wanted ones
//! are kept as slices of the body; only [`crate::map`] decides what they mean, so that a row with one odd
//! member costs that row and not the page.

mod body;
mod members;
mod patch;
mod scalar;

pub(crate) use body::{List, Problem, read_list, read_object, read_values, text_of};
pub(crate) use members::{Raw, Wanted};
pub(crate) use patch::patched;
pub(crate) use scalar::{number, text, text_or_number};

#[cfg(test)]
mod tests;
