//! Cutting a page out of a list, truthfully or not.

use crate::faults::ListFault;

/// Which rows of a list of `len` a page shows, and the total that is claimed.
pub(crate) struct View {
    /// Positions in the list.
    pub(crate) rows: Vec<usize>,
    /// What the total says.
    pub(crate) total: i64,
    /// Rows per page after any cap.
    pub(crate) size: usize,
}

/// Page `page` counted from 1.
pub(crate) fn view(len: usize, page: usize, size: usize, faults: &[ListFault]) -> View {
    let mut page = page.max(1);
    let mut size = size.max(1);
    let mut shift: i64 = 0;
    let mut total = i64::try_from(len).unwrap_or(i64::MAX);
    let mut shuffled = false;
    let (mut repeat_row, mut dropped) = (false, None);
    let asked = page;
    for fault in faults {
        match *fault {
            ListFault::PageCap(cap) => size = size.min(cap.max(1)),
            ListFault::IgnorePage => page = 1,
            ListFault::RepeatPage { page: which } if which == asked => page = page.saturating_sub(1).max(1),
            ListFault::RowDeleted { after } if asked > after => (shift, total) = (shift + 1, total - 1),
            ListFault::RowInserted { after } if asked > after => (shift, total) = (shift - 1, total + 1),
            ListFault::TotalHits(by) => total += by,
            ListFault::Shuffle => shuffled = true,
            ListFault::RepeatRow { page: which } if which == asked => repeat_row = true,
            ListFault::DropRow { page: which, row } if which == asked => dropped = Some(row),
            ListFault::RepeatPage { .. }
            | ListFault::RowDeleted { .. }
            | ListFault::RowInserted { .. }
            | ListFault::RepeatRow { .. }
            | ListFault::DropRow { .. } => {}
        }
    }
    let start = (page - 1).saturating_mul(size).saturating_add_signed(isize::try_from(shift).unwrap_or(0));
    let start = if repeat_row { start.saturating_sub(1) } else { start };
    let end = start.saturating_add(size).min(len);
    let mut rows = if shuffled { shuffled_rows(len, asked, start, end) } else { (start..end).collect() };
    if let Some(row) = dropped.filter(|row| *row < rows.len()) {
        rows.remove(row);
    }
    View { rows, total, size }
}

fn shuffled_rows(len: usize, page: usize, start: usize, end: usize) -> Vec<usize> {
    let mut all: Vec<usize> = (0..len).collect();
    fastrand::Rng::with_seed(page as u64).shuffle(&mut all);
    all.get(start..end).map(<[usize]>::to_vec).unwrap_or_default()
}
