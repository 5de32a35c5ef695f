//! A copy of a table's file that is as safe as the file: made by the engine, of one moment, whole or not there.

use crate::exit::Problem;
use dynoxide::Database;
use std::fmt::Display;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// Copies the table in `from` to `to` and says how many items the copy holds.
///
/// Whoever serves the file goes on: this is a second connection to it, which the engine is made for, and the copy
/// is what one read transaction sees (`VACUUM INTO`). Copying the file itself would miss what stands in its log.
///
/// # Errors
/// When there is no table in `from`, something in `to`, or no way to write there. Nothing is left behind then.
pub(crate) async fn back_up(from: &Path, to: &Path) -> Result<u64, Problem> {
    let (from, to) = (from.to_owned(), to.to_owned());
    let copied = tokio::task::spawn_blocking(move || copy(&from, &to)).await;
    copied.unwrap_or_else(|_| Err(Problem::failed("the backup was broken off", "try again")))
}

fn copy(from: &Path, to: &Path) -> Result<u64, Problem> {
    if !from.is_file() {
        let cure = "set BILLBRIDGE_DATA to the table's file";
        return Err(Problem::usage(format!("there is no table in {}", from.display()), cure));
    }
    if to.exists() {
        let cure = "name a file that is not there yet";
        return Err(Problem::usage(format!("{} is there already", to.display()), cure));
    }
    let new = Unfinished::beside(to).map_err(|error| {
        let cure = "name a file in a directory that is there and can be written to";
        Problem::usage(format!("{} cannot be made: {error}", to.display()), cure)
    })?;
    let broken = |error: &dyn Display| {
        let cure =
            "check the space on the disk, and that this is the version of billbridge that serves the table";
        Problem::failed(format!("{} could not be backed up: {error}", from.display()), cure)
    };
    let source = Database::new(&from.to_string_lossy()).map_err(|error| broken(&error))?;
    source.vacuum_into(&new.path.to_string_lossy()).map_err(|error| broken(&error))?;
    drop(source);
    let items = items(&new.path).map_err(|error| broken(&error))?;
    new.finish(to).map_err(|error| broken(&error))?;
    Ok(items)
}

/// Opens the copy as a table, which proves that it is one.
fn items(copy: &Path) -> dynoxide::Result<u64> {
    let tables = Database::new(&copy.to_string_lossy())?.table_stats()?;
    Ok(tables.iter().map(|table| u64::try_from(table.item_count).unwrap_or_default()).sum())
}

/// A file that has its name once it is whole, and is gone if that never happens.
struct Unfinished {
    path: PathBuf,
}

impl Unfinished {
    /// Empty, for its owner alone.
    fn beside(to: &Path) -> io::Result<Self> {
        let mut name = to.as_os_str().to_owned();
        name.push(".new");
        let path = PathBuf::from(name);
        // One that was left behind by a machine that went down.
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        let mut options = OpenOptions::new();
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.write(true).create_new(true).open(&path)?;
        Ok(Self { path })
    }

    /// On the disk before it has its name.
    fn finish(self, to: &Path) -> io::Result<()> {
        File::open(&self.path)?.sync_all()?;
        fs::rename(&self.path, to)?;
        let directory = to.parent().filter(|parent| !parent.as_os_str().is_empty());
        #[cfg(unix)]
        File::open(directory.unwrap_or_else(|| Path::new(".")))?.sync_all()?;
        #[cfg(not(unix))]
        let _ = directory; // elsewhere directories cannot be asked to
        Ok(())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // Once it has its name there is nothing left under this one.
        let _ = fs::remove_file(&self.path);
    }
}
