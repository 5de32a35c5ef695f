//! What the kernel says another process has used, between two moments.

use e2e::Trouble;
use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

/// Processor nanoseconds of every thread at one moment, by its number.
pub(crate) struct Reading(BTreeMap<String, u64>);

impl Reading {
    /// Now.
    pub(crate) fn of(pid: u32) -> Result<Self, Trouble> {
        let mut threads = BTreeMap::new();
        for thread in fs::read_dir(format!("/proc/{pid}/task"))? {
            let thread = thread?;
            // A thread may end while we look.
            let Ok(text) = fs::read_to_string(thread.path().join("schedstat")) else { continue };
            let ran = text.split(' ').next().and_then(|ran| ran.parse().ok());
            let ran = ran.ok_or_else(|| Trouble::new("the kernel states no processor time"))?;
            threads.insert(thread.file_name().to_string_lossy().into_owned(), ran);
        }
        Ok(Self(threads))
    }

    /// What was used since an earlier moment, all threads together. One that has ended since is left out: with it
    /// goes what it did before, too, and a thread that ends is one that had nothing to do for a while.
    pub(crate) fn since(&self, earlier: &Self) -> Duration {
        let each = self
            .0
            .iter()
            .map(|(thread, ran)| ran.saturating_sub(earlier.0.get(thread).copied().unwrap_or_default()));
        Duration::from_nanos(each.sum())
    }
}
