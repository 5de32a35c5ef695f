//! The two files: who may read them, and how they are replaced whole or not at all.

use super::cipher::{self, KEY};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

pub(super) struct Files {
    key: PathBuf,
    secrets: PathBuf,
}

impl Files {
    pub(super) fn beside(data: &Path) -> Self {
        let with = |suffix: &str| {
            let mut name = data.as_os_str().to_owned();
            name.push(suffix);
            PathBuf::from(name)
        };
        Self { key: with(".key"), secrets: with(".secrets") }
    }

    pub(super) fn secrets_shown(&self) -> String {
        self.secrets.display().to_string()
    }

    pub(super) fn cure(&self) -> String {
        format!(
            "{} must be the 32 bytes that it was made with, for its owner alone (chmod 600), in a directory that \
             can be written to",
            self.key.display()
        )
    }

    /// The key; made if there is none and nothing was sealed yet.
    pub(super) fn key(&self) -> Result<[u8; KEY], String> {
        let shown = self.key.display();
        let broken = |error: io::Error| format!("{shown}: {error}");
        let is_new = !self.key.exists();
        if is_new && self.secrets.exists() {
            return Err(format!("{shown} is gone, and {} is sealed with it", self.secrets.display()));
        }
        let mut file = self.locked(is_new).map_err(broken)?;
        if !is_for_its_owner_alone(&file).map_err(broken)? {
            return Err(format!("{shown} may be read by others"));
        }
        let mut bytes = Vec::new();
        (&file).take(KEY as u64 + 1).read_to_end(&mut bytes).map_err(broken)?;
        if bytes.is_empty() && !self.secrets.exists() {
            let key = cipher::random()?;
            file.write_all(&key).and_then(|()| file.sync_all()).map_err(broken)?;
            keep_names(&self.key).map_err(broken)?;
            return Ok(key);
        }
        bytes.try_into().map_err(|_| format!("{shown} does not hold 32 bytes"))
    }

    /// The key's file, for this process and thread alone until it is dropped.
    pub(super) fn alone(&self) -> Result<File, String> {
        self.locked(false).map_err(|error| format!("{}: {error}", self.key.display()))
    }

    fn locked(&self, create: bool) -> io::Result<File> {
        let file = private().read(true).write(true).create(create).truncate(false).open(&self.key)?;
        file.lock()?;
        Ok(file)
    }

    /// What is sealed, if anything ever was.
    pub(super) fn read(&self) -> Result<Option<String>, String> {
        match fs::read_to_string(&self.secrets) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            // Damaged beyond being text: what reads it says so.
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(Some(String::new())),
            Err(error) => Err(format!("{}: {error}", self.secrets.display())),
        }
    }

    /// Puts this in the place of what was there: whoever reads, whenever the power goes, finds one or the other.
    pub(super) fn replace(&self, text: &str) -> Result<(), String> {
        self.put(text).map_err(|error| format!("{}: {error}", self.secrets.display()))
    }

    fn put(&self, text: &str) -> io::Result<()> {
        let mut name = self.secrets.as_os_str().to_owned();
        name.push(".new");
        let new = PathBuf::from(name);
        // One that was left behind may be anybody's to read.
        match fs::remove_file(&new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        let mut file = private().write(true).create_new(true).open(&new)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, &self.secrets)?;
        keep_names(&self.secrets)
    }
}

/// Options for a file that only its owner may read.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(unix)]
fn is_for_its_owner_alone(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    const OTHERS: u32 = 0o077;
    Ok(file.metadata()?.permissions().mode() & OTHERS == 0)
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
fn is_for_its_owner_alone(_file: &File) -> io::Result<bool> {
    Ok(true)
}

/// Has the directory remember a name that was just given.
fn keep_names(path: &Path) -> io::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    #[cfg(unix)]
    File::open(directory.unwrap_or_else(|| Path::new(".")))?.sync_all()?;
    #[cfg(not(unix))]
    let _ = directory; // elsewhere directories cannot be asked to
    Ok(())
}
