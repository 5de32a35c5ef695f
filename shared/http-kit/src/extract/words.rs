//! What serde says is wrong, without what was sent: that may have been a password in the wrong place.

use serde_path_to_error::{Path, Segment};

/// A field's path; empty for the whole.
pub(super) fn path_of(path: &Path) -> String {
    let known = path.iter().all(|segment| !matches!(segment, Segment::Unknown));
    let text = path.to_string();
    if known && text != "." { text } else { String::new() }
}

/// Which field it is and what is wrong with it.
pub(super) fn in_our_words(path: String, message: &str) -> (String, String) {
    let message = message.split(" at line ").next().unwrap_or(message);
    for (begin, what) in [("missing field `", "is missing"), ("duplicate field `", "is given twice")] {
        if let Some(name) = message.strip_prefix(begin).and_then(|rest| rest.split('`').next()) {
            return (join(&path, name), what.to_owned());
        }
    }
    if let Some((name, rest)) = message.strip_prefix("unknown field `").and_then(|rest| rest.split_once('`'))
    {
        // The path may or may not end with the field that is not known.
        let field =
            if path == name || path.ends_with(&format!(".{name}")) { path } else { join(&path, name) };
        return (field, format!("is not known{}", rest.replace(", expected", "; there is")));
    }
    let field = if path.is_empty() { "body".to_owned() } else { path };
    let quoting = ["invalid type: ", "invalid value: ", "invalid length ", "unknown variant `"];
    if quoting.iter().any(|begin| message.starts_with(begin)) {
        // What is expected comes last: what was sent may contain the word itself.
        let expected = message.rsplit_once(", expected ").map_or("something else", |(_, expected)| expected);
        return (field, format!("must be {}", kind(expected)));
    }
    if NO_NUMBER.contains(&message) {
        return (field, "must be a whole number that is not too large".to_owned());
    }
    (field, message.to_owned())
}

/// What the standard library says of text that is no such number.
const NO_NUMBER: [&str; 5] = [
    "invalid digit found in string",
    "cannot parse integer from empty string",
    "cannot parse integer from an empty string",
    "number too large to fit in target type",
    "number too small to fit in target type",
];

/// A Rust type in other people's words.
fn kind(expected: &str) -> &str {
    match expected {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, not below 0 and not too large",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number that is not too large",
        "a sequence" => "a list",
        "a map" => "an object",
        "a boolean" => "true or false",
        rust if rust.starts_with("struct ") => "an object",
        rust if rust.starts_with("enum ") => "one of the known words",
        other => other,
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}
