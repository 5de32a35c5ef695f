//! Links between pages: a page that is named exists, and so does the heading.

use super::{Breach, Invariant};
use crate::markdown::{Link, anchors, links};
use crate::workspace::{TextFile, Workspace, joined};

pub(crate) const LINKS: Invariant = Invariant {
    name: "links",
    rule: "every link inside the repository leads to a file, and every #anchor to a heading",
    cure: "correct the target; anchors are headings as GitHub writes them",
    breaches: dead_links,
};

fn dead_links(workspace: &Workspace) -> Vec<Breach> {
    let pages = workspace.files.iter().filter(|file| file.has_extension("md"));
    pages
        .flat_map(|page| {
            let dead = links(&page.text).into_iter().filter_map(|link| problem(workspace, page, &link));
            dead.collect::<Vec<_>>()
        })
        .collect()
}

fn problem(workspace: &Workspace, page: &TextFile, link: &Link) -> Option<Breach> {
    let target = link.target.as_str();
    // An address elsewhere, or an item of Rust in a page that is also a crate's documentation.
    if target.contains("://") || target.starts_with("mailto:") || target.contains("::") {
        return None;
    }
    let (path, anchor) = target.split_once('#').map_or((target, None), |(path, anchor)| (path, Some(anchor)));
    let path = path.replace("%20", " ");
    let folder = page.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let file = match path.strip_prefix('/') {
        Some(from_root) => joined("", from_root),
        None if path.is_empty() => Some(page.path.clone()),
        None => joined(folder, &path),
    };
    let Some(file) = file else {
        return Some(Breach::at(&page.path, link.line, format!("{target} leads out of the repository")));
    };
    if !workspace.exists(&file) {
        return Some(Breach::at(
            &page.path,
            link.line,
            format!("{target} leads nowhere: there is no {file}"),
        ));
    }
    let anchor = anchor.filter(|anchor| !anchor.is_empty())?;
    let there = workspace.file(&file).filter(|file| file.has_extension("md"))?;
    (!anchors(&there.text).contains(anchor))
        .then(|| Breach::at(&page.path, link.line, format!("{file} has no heading #{anchor}")))
}
