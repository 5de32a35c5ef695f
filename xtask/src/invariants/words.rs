//! Words that must stand in no file at all: paths of a machine, and credentials.
//!
//! The patterns are put together from halves, so that this file does not breach them itself.

use super::Breach;
use crate::workspace::{TextFile, Workspace};

const FOLDERS: [&str; 2] = [concat!("/wo", "rk/"), concat!("/ro", "ot/")];
const HOMES: [&str; 2] = [concat!("/ho", "me/"), concat!("/Us", "ers/")];
const KEY_BEGIN: &str = concat!("-----BE", "GIN ");
const KEY_END: &str = concat!("PRIVATE", " KEY-----");

/// A credential's first letters, and how many letters and digits follow at least.
const TOKENS: [(&str, usize); 6] = [
    (concat!("AK", "IA"), 16),
    (concat!("AS", "IA"), 16),
    (concat!("gh", "p_"), 36),
    (concat!("github", "_pat_"), 40),
    (concat!("sk-", "proj-"), 40),
    (concat!("xo", "xb-"), 10),
];
/// The ending of the sample key in Amazon's own documents.
const SAMPLE: &str = "EXAMPLE";

pub(super) fn machine_paths(workspace: &Workspace) -> Vec<Breach> {
    lines(workspace, |line| {
        let folder = FOLDERS.iter().find(|folder| begins_path(line, folder));
        let home = HOMES.iter().find(|home| {
            line.match_indices(**home).any(|(start, _)| {
                let name = line[start + home.len()..].split(['/', '"', '\'', '`', ' ', ')']).next();
                starts_there(line, start)
                    && line[start + home.len()..].contains('/')
                    && name.is_some_and(|name| !name.is_empty() && name.chars().all(is_user_letter))
            })
        });
        folder.or(home).map(|path| format!("names a path under {path}"))
    })
}

pub(super) fn secrets(workspace: &Workspace) -> Vec<Breach> {
    lines(workspace, |line| {
        if line.contains(KEY_BEGIN) && line.contains(KEY_END) {
            return Some("begins a private key".to_owned());
        }
        let (start, _) = TOKENS.iter().find(|(start, least)| holds_token(line, start, *least))?;
        Some(format!("holds what looks like a credential ({start}…)"))
    })
}

fn lines(workspace: &Workspace, rule: impl Fn(&str) -> Option<String>) -> Vec<Breach> {
    let of_file = |file: &TextFile| {
        let numbered = file.text.lines().enumerate();
        numbered
            .filter_map(|(index, line)| Some(Breach::at(&file.path, index + 1, rule(line)?)))
            .collect::<Vec<_>>()
    };
    workspace.files.iter().flat_map(of_file).collect()
}

fn begins_path(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(start, _)| starts_there(line, start))
}

/// The slash opens a path, rather than standing in the middle of an address or a longer path.
fn starts_there(line: &str, start: usize) -> bool {
    let before = line[..start].chars().next_back();
    let opens = before.is_none_or(|letter| !letter.is_alphanumeric() && !"._-/~*}>)]".contains(letter));
    opens || line[..start].ends_with("file://")
}

fn is_user_letter(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '-' || letter == '_' || letter == '.'
}

fn holds_token(line: &str, start: &str, least: usize) -> bool {
    line.match_indices(start).any(|(at, _)| {
        let inside_word = line[..at].ends_with(|letter: char| letter.is_alphanumeric());
        let rest = &line[at + start.len()..];
        let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_' && letter != '-');
        let token = &rest[..end.unwrap_or(rest.len())];
        !inside_word && token.len() >= least && !token.ends_with(SAMPLE)
    })
}
