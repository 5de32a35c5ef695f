//! As much of the filter patterns of CloudWatch Logs as the template uses. What is not known here is a panic: a
//! pattern that is not understood must not look like one that counts nothing.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a pattern of the template that is not understood is a mistake in it"
)]

use serde_json::Value;

/// Whether CloudWatch would count a line: comparisons, joined by `&&` and `||`, each joined group in parentheses.
///
/// # Panics
///
/// When the pattern says something that is not known here.
pub fn counts(pattern: &str, line: &Value) -> bool {
    let inner = pattern
        .trim()
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'))
        .expect("a pattern as the template writes them");
    holds(inner.trim(), line)
}

fn holds(term: &str, line: &Value) -> bool {
    let (parts, joint) = parts(term);
    match (parts.as_slice(), joint) {
        ([one], _) => match one.strip_prefix('(') {
            Some(rest) => {
                holds(rest.strip_suffix(')').expect("a pattern as the template writes them").trim(), line)
            }
            None => compares(one, line),
        },
        (all, Some("&&")) => all.iter().all(|part| holds(part, line)),
        (all, _) => all.iter().any(|part| holds(part, line)),
    }
}

/// The parts of a term that stand outside any parentheses, and what joins them.
fn parts(term: &str) -> (Vec<&str>, Option<&'static str>) {
    let (mut depth, mut from, mut parts, mut joint) = (0, 0, Vec::new(), None);
    for (at, letter) in term.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        let found = ["&&", "||"].into_iter().find(|sign| depth == 0 && term[at..].starts_with(*sign));
        if let Some(sign) = found {
            assert!(joint.is_none_or(|known| known == sign), "{term} mixes && and ||");
            joint = Some(sign);
            parts.push(term[from..at].trim());
            from = at + sign.len();
        }
    }
    parts.push(term[from..].trim());
    (parts, joint)
}

fn compares(comparison: &str, line: &Value) -> bool {
    let mut words = comparison.splitn(3, ' ');
    let [selector, operator, value] =
        [(); 3].map(|()| words.next().expect("a pattern as the template writes them"));
    let found = &line[field(selector)];
    let value: Value = serde_json::from_str(value).expect("a pattern as the template writes them");
    match operator {
        "=" => *found == value,
        ">" => found.as_u64().is_some_and(|found| Some(found) > value.as_u64()),
        other => panic!("{other} is not known here"),
    }
}

/// `$.name`, or `$.['dotted.name']`: with a dot in it a field must stand in brackets.
fn field(selector: &str) -> &str {
    let name = selector.strip_prefix("$.").expect("a pattern as the template writes them");
    if let Some(rest) = name.strip_prefix("['") {
        return rest.strip_suffix("']").expect("a pattern as the template writes them");
    }
    assert!(!name.contains('.'), "{selector} asks for a field within a field");
    name
}

#[cfg(test)]
mod tests;
