//! A Rust file with what is not code taken out, so that a rule about code does not stumble over a comment.
//!
//! Everything taken out becomes spaces: offsets and line numbers stay those of the file.

use std::collections::BTreeSet;
use std::ops::Range;

#[cfg(test)]
mod tests;

pub(crate) struct RustText {
    /// Code without comments and without the insides of strings.
    pub(crate) code: String,
    /// The part of `code` that is built into the product.
    pub(crate) production: String,
    /// The part of `code` under `#[cfg(test)]`.
    pub(crate) tests: String,
    /// Like `production`, with the insides of strings.
    pub(crate) production_with_strings: String,
    commented_lines: BTreeSet<usize>,
}

impl RustText {
    pub(crate) fn new(text: &str) -> Self {
        let (comments, strings) = not_code(text);
        let code = blanked(text, comments.iter().chain(&strings));
        let tests = test_items(&code);
        let outside_tests = gaps(&tests, text.len());
        let commented_lines =
            comments.iter().flat_map(|range| line_at(text, range.start)..=line_at(text, range.end)).collect();
        Self {
            production: blanked(&code, &tests),
            tests: blanked(&code, &outside_tests),
            production_with_strings: blanked(text, comments.iter().chain(&tests)),
            code,
            commented_lines,
        }
    }

    /// True when this line carries a comment; lines count from one.
    pub(crate) fn has_comment(&self, line: usize) -> bool {
        self.commented_lines.contains(&line)
    }
}

/// The lines on which `word` stands by itself, not as a part of a longer name; lines count from one.
pub(crate) fn lines_with(code: &str, word: &str) -> Vec<usize> {
    offsets_of(code, word).map(|offset| line_at(code, offset)).collect()
}

/// Where `word` stands by itself.
pub(crate) fn offsets_of<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    code.match_indices(word).map(|(start, _)| start).filter(move |start| {
        let before = code[..*start].chars().next_back();
        let after = code[start + word.len()..].chars().next();
        let starts_as_name = word.starts_with(is_name);
        let ends_as_name = word.ends_with(is_name);
        let longer_before = starts_as_name && before.is_some_and(is_name);
        let longer_after = ends_as_name && after.is_some_and(is_name);
        !longer_before && !longer_after
    })
}

pub(crate) fn line_at(text: &str, offset: usize) -> usize {
    text[..offset].matches('\n').count() + 1
}

pub(crate) fn is_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// The byte ranges of comments, and of the insides of strings and characters.
fn not_code(text: &str) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    let (mut comments, mut strings) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        if rest.starts_with(b"//") {
            let end = text[at..].find('\n').map_or(text.len(), |length| at + length);
            comments.push(at..end);
            at = end;
        } else if rest.starts_with(b"/*") {
            let end = block_comment_end(bytes, at);
            comments.push(at..end);
            at = end;
        } else if let Some((inside, end)) = raw_string(text, at) {
            strings.push(inside);
            at = end;
        } else if rest[0] == b'"' {
            let end = closing_quote(bytes, at + 1, b'"');
            strings.push(at + 1..end);
            at = end + 1;
        } else if rest[0] == b'\'' {
            at = match character_end(text, at) {
                Some(end) => {
                    strings.push(at + 1..end);
                    end + 1
                }
                None => at + 1,
            };
        } else {
            at += 1;
        }
    }
    (comments, strings)
}

fn block_comment_end(bytes: &[u8], start: usize) -> usize {
    let (mut depth, mut at) = (0_usize, start);
    while at < bytes.len() {
        if bytes[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if bytes[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    bytes.len()
}

/// The inside and the end of `r"…"`, `br#"…"#` and their kin, if one starts here.
fn raw_string(text: &str, start: usize) -> Option<(Range<usize>, usize)> {
    if text.as_bytes()[start] != b'r' && !text[start..].starts_with("br") && !text[start..].starts_with("cr")
    {
        return None;
    }
    if text[..start].chars().next_back().is_some_and(is_name) {
        return None;
    }
    let from = start + text[start..].find('r')? + 1;
    let hashes = text[from..].bytes().take_while(|byte| *byte == b'#').count();
    if text.as_bytes().get(from + hashes) != Some(&b'"') {
        return None;
    }
    let inside = from + hashes + 1;
    let close = format!("\"{}", "#".repeat(hashes));
    let length = text[inside..].find(&close).unwrap_or(text.len() - inside);
    Some((inside..inside + length, (inside + length + close.len()).min(text.len())))
}

fn closing_quote(bytes: &[u8], mut at: usize, quote: u8) -> usize {
    while at < bytes.len() && bytes[at] != quote {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at.min(bytes.len())
}

/// The closing quote of a character, or nothing when this is a lifetime.
fn character_end(text: &str, start: usize) -> Option<usize> {
    let mut letters = text[start + 1..].chars();
    let first = letters.next()?;
    if first == '\\' {
        return Some(closing_quote(text.as_bytes(), start + 1, b'\''));
    }
    (letters.next() == Some('\'')).then(|| start + 1 + first.len_utf8())
}

/// The items under `#[cfg(test)]`, attribute included.
fn test_items(code: &str) -> Vec<Range<usize>> {
    const MARK: &str = "#[cfg(test)]";
    let mut items: Vec<Range<usize>> = Vec::new();
    for (start, _) in code.match_indices(MARK) {
        if items.last().is_some_and(|last| last.end > start) {
            continue;
        }
        items.push(start..item_end(code, start + MARK.len()));
    }
    items
}

/// The end of an item: its `;`, or the brace that closes its first brace.
fn item_end(code: &str, start: usize) -> usize {
    let (mut braces, mut others) = (0_i32, 0_i32);
    for (offset, letter) in code[start..].char_indices() {
        match letter {
            '(' | '[' => others += 1,
            ')' | ']' => others -= 1,
            '{' => braces += 1,
            '}' => {
                braces -= 1;
                if braces <= 0 {
                    return start + offset + 1;
                }
            }
            ';' if braces == 0 && others == 0 => return start + offset + 1,
            _ => {}
        }
    }
    code.len()
}

fn gaps(ranges: &[Range<usize>], length: usize) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    for range in ranges {
        found.push(from..range.start);
        from = range.end;
    }
    found.push(from..length);
    found
}

fn blanked<'a>(text: &str, ranges: impl IntoIterator<Item = &'a Range<usize>>) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for range in ranges {
        let end = range.end.min(bytes.len());
        for byte in &mut bytes[range.start.min(end)..end] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
