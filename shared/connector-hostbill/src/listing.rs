//! Reading a list whole while it moves. HostBill shows the newest first and counts pages from zero, so a row
//! created between two requests pushes others onto a page already read, and a row deleted pulls one off a
//! page not yet read.

use crate::wire::json::Json;
use crate::wire::node::{Node, Surprise};
use std::collections::{BTreeMap, BTreeSet};

/// More pages than any installation has: a list that does not end is not one.
const MOST_PAGES: u32 = 10_000;

/// One page as it came.
pub(crate) struct Page {
    rows: Vec<(String, Json)>,
    pages: Option<u64>,
    total: Option<u64>,
}

impl Page {
    /// Reads a page: its rows, and `sorter` where there is one.
    pub(crate) fn read(reply: &Json, key: &str) -> Result<Self, Surprise> {
        let root = Node::root(reply);
        let mut rows = Vec::new();
        for row in root.get(key)?.items()? {
            rows.push((row.id::<String>("id")?, row.value().clone()));
        }
        let (mut pages, mut total) = (None, None);
        if let Some(sorter) = root.find("sorter") {
            pages = sorter.find_count("totalpages")?;
            total = sorter.find_count("sorterrecords")?;
        }
        Ok(Self { rows, pages, total })
    }

    /// How many rows the list has, as far as this page tells.
    pub(crate) fn size(&self) -> u64 {
        let shown = u64::try_from(self.rows.len()).unwrap_or(u64::MAX);
        self.total.unwrap_or(0).max(shown)
    }

    /// The ids of its rows, in order.
    pub(crate) fn into_ids(self) -> impl Iterator<Item = String> {
        self.rows.into_iter().map(|(id, _)| id)
    }

    fn ids(&self) -> BTreeSet<&String> {
        self.rows.iter().map(|(id, _)| id).collect()
    }
}

/// What to do after a page.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Read this page.
    Read(u32),
    /// Read page 0 once more and give it to [`Pass::look_again`].
    LookAgain,
    /// There is nothing more to read; [`Pass::finish`].
    End,
}

/// One reading of a whole list.
#[derive(Default)]
pub(crate) struct Pass {
    rows: BTreeMap<String, Json>,
    first_page: BTreeSet<String>,
    last_first_id: Option<String>,
    read: u32,
    total: Option<u64>,
    lost: bool,
}

impl Pass {
    /// Takes the page that was asked for.
    pub(crate) fn take(&mut self, page: Page) -> Step {
        let first_id = page.rows.first().map(|(id, _)| id.clone());
        let repeats = self.read > 0 && first_id == self.last_first_id;
        let ended = first_id.is_none() || repeats;
        if self.read == 0 {
            self.first_page = page.ids().into_iter().cloned().collect();
        }
        self.last_first_id = first_id;
        let announced = page.pages;
        self.keep(page);
        self.read += 1;
        let more =
            !ended && announced.is_none_or(|pages| u64::from(self.read) < pages) && self.read < MOST_PAGES;
        if more {
            return Step::Read(self.read);
        }
        // What follows a single page that the list did not announce is empty or that page again.
        if self.rows.len() > self.first_page.len() { Step::LookAgain } else { Step::End }
    }

    /// Takes page 0 once more: what was created meanwhile stands there, and nothing may have vanished from it
    /// but what newer rows pushed out.
    pub(crate) fn look_again(&mut self, page: Page) {
        let again = page.ids();
        let vanished = self.first_page.iter().filter(|id| !again.contains(id)).count();
        let new = again.iter().filter(|id| !self.first_page.contains(**id)).count();
        self.lost |= vanished > new;
        self.keep(page);
    }

    /// The rows by id, if the list held still enough to be whole: it never shrank, and there are as many
    /// distinct ids as it says there are.
    pub(crate) fn finish(self) -> Option<BTreeMap<String, Json>> {
        let as_announced = self.total.is_none_or(|total| usize::try_from(total) == Ok(self.rows.len()));
        (as_announced && !self.lost && self.read < MOST_PAGES).then_some(self.rows)
    }

    /// How many rows the list says it has, or has shown.
    pub(crate) fn size(&self) -> u64 {
        let shown = u64::try_from(self.rows.len()).unwrap_or(u64::MAX);
        self.total.unwrap_or(0).max(shown)
    }

    fn keep(&mut self, page: Page) {
        if let (Some(before), Some(now)) = (self.total, page.total) {
            self.lost |= now < before;
        }
        self.total = page.total.or(self.total);
        self.rows.extend(page.rows);
    }
}
