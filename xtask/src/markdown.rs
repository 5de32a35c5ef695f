//! Markdown as far as links go: where they point, and what can be pointed at.

use std::collections::{BTreeMap, BTreeSet};

#[cfg(test)]
mod tests;

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) line: usize,
    pub(crate) target: String,
}

/// Every link and image of a page, inline or by reference; code is left out.
pub(crate) fn links(text: &str) -> Vec<Link> {
    let mut found = Vec::new();
    for (line, prose) in prose_lines(text) {
        let plain = without_code_spans(prose);
        found.extend(inline_targets(&plain).map(|target| Link { line, target }));
        found.extend(definition_target(&plain).map(|target| Link { line, target }));
    }
    found
}

/// Every anchor a page offers: its headings as GitHub names them, and explicit ids.
pub(crate) fn anchors(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for (_, prose) in prose_lines(text) {
        for mark in ["id=\"", "name=\""] {
            let ids = prose.split(mark).skip(1).filter_map(|rest| rest.split('"').next());
            found.extend(ids.map(str::to_owned));
        }
        let Some(title) = heading(prose) else { continue };
        let slug = slug(title);
        let times = seen.entry(slug.clone()).or_default();
        found.insert(if *times == 0 { slug.clone() } else { format!("{slug}-{times}") });
        *times += 1;
    }
    found
}

/// The lines outside fenced code, numbered from one.
fn prose_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fence: Option<&str> = None;
    text.lines().enumerate().filter_map(move |(index, line)| {
        let start = line.trim_start();
        let mark = ["```", "~~~"].into_iter().find(|mark| start.starts_with(mark));
        match (fence, mark) {
            (Some(open), Some(close)) if open == close => fence = None,
            (None, Some(open)) => fence = Some(open),
            (Some(_), _) => {}
            (None, None) => return Some((index + 1, line)),
        }
        None
    })
}

fn without_code_spans(line: &str) -> String {
    line.split('`').enumerate().map(|(index, part)| if index % 2 == 0 { part } else { "code" }).collect()
}

fn inline_targets(line: &str) -> impl Iterator<Item = String> {
    line.split("](").skip(1).filter_map(|rest| {
        if let Some(wrapped) = rest.strip_prefix('<') {
            return wrapped.split('>').next().map(str::to_owned);
        }
        let mut depth = 0_i32;
        let end = rest.find(|letter: char| {
            depth += i32::from(letter == '(') - i32::from(letter == ')');
            depth < 0 || letter.is_whitespace()
        })?;
        Some(rest[..end].to_owned())
    })
}

fn definition_target(line: &str) -> Option<String> {
    let (name, target) = line.trim_start().strip_prefix('[')?.split_once("]: ")?;
    if name.starts_with('^') || name.contains(']') {
        return None;
    }
    Some(target.split_whitespace().next()?.trim_matches(['<', '>']).to_owned())
}

fn heading(line: &str) -> Option<&str> {
    let title = line.trim_start_matches('#');
    let level = line.len() - title.len();
    ((1..=6).contains(&level) && title.starts_with(' ')).then(|| title.trim().trim_end_matches('#').trim())
}

fn slug(title: &str) -> String {
    link_texts(title)
        .to_lowercase()
        .chars()
        .filter_map(|letter| match letter {
            ' ' => Some('-'),
            '-' | '_' => Some(letter),
            _ => letter.is_alphanumeric().then_some(letter),
        })
        .collect()
}

/// `[text](target)` becomes `text`.
fn link_texts(title: &str) -> String {
    let mut parts = title.split("](");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(part.split_once(')').map_or("", |(_, after)| after));
    }
    out
}
