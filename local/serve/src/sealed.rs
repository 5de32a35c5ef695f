//! People's own sign-ins beside the embedded table: sealed with a key that is made once, in files that only the
//! owner of the process may read.
//!
//! Beside a table in `billbridge.db` stand `billbridge.db.key`, 32 random bytes, and `billbridge.db.secrets`, where
//! nothing can be read: each sign-in is sealed by itself (AES-256-GCM) and bound to its person and system, and
//! even whose it is shows only to whoever has the key. Back the key up apart from the table: without it people
//! store their sign-ins again, with it whoever has both files can read them. Beside a table in memory both are in
//! memory.

use crate::exit::Problem;
use crate::table::{DEFAULT_FILE, MEMORY};
use async_trait::async_trait;
use cipher::Cipher;
use domain::failure::{Failure, FailureKind};
use domain::id::{SystemId, UserId};
use domain::ports::{PersonalCredentials, PersonalSecrets};
use domain::secret::Secret;
use files::Files;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

mod cipher;
mod files;

/// The only form of the file there has been.
const FORMAT: u64 = 1;

/// People's own sign-ins, sealed; and the key that this installation signs with. Clones share both.
#[derive(Clone)]
pub struct SealedSecrets(Arc<Sealed>);

struct Sealed {
    cipher: Cipher,
    place: Place,
}

enum Place {
    Files(Files),
    Memory(Mutex<Entries>),
}

/// What is sealed, by a name that says nothing.
type Entries = BTreeMap<String, Vec<u8>>;

impl SealedSecrets {
    /// Those beside the table that `BILLBRIDGE_DATA` names, see [`crate::table::Table::open`]. The key is made at
    /// first use.
    ///
    /// # Errors
    /// When the key cannot be read or made, may be read by others, or is not the one that the sign-ins are sealed
    /// with. Nothing is changed then.
    pub fn open(data: Option<&str>) -> Result<Self, Problem> {
        let data = match data {
            Some(MEMORY) => return Self::in_memory(),
            Some(path) => Path::new(path),
            None => Path::new(DEFAULT_FILE),
        };
        let files = Files::beside(data);
        let cipher = files.key().map(|key| Cipher::new(&key)).map_err(|what| {
            Problem::failed(format!("people's own sign-ins cannot be opened: {what}"), files.cure())
        })?;
        let sealed = Self(Arc::new(Sealed { cipher, place: Place::Files(files) }));
        sealed.0.read().map_err(|failure| Problem::failed(failure.what, KEY_AND_SECRETS))?;
        Ok(sealed)
    }

    fn in_memory() -> Result<Self, Problem> {
        let key = cipher::random().map_err(|what| Problem::failed(what, "try again"))?;
        let place = Place::Memory(Mutex::default());
        Ok(Self(Arc::new(Sealed { cipher: Cipher::new(&key), place })))
    }

    /// What sessions are signed with: 32 bytes as 64 hexadecimal digits, the same for as long as the key is.
    pub fn session_key(&self) -> Secret {
        self.0.cipher.session_key()
    }

    /// Does this where blocking for the disk does no harm.
    async fn beside<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Sealed) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let sealed = Arc::clone(&self.0);
        let done = tokio::task::spawn_blocking(move || work(&sealed)).await;
        done.unwrap_or_else(|_| Err(failure(FailureKind::Unavailable, "the work was broken off")))
    }
}

const KEY_AND_SECRETS: &str = "put back the key and the sign-ins that belong together; if the key is lost, remove \
                               the file with the sign-ins and have people store theirs again";

#[async_trait]
impl PersonalSecrets for SealedSecrets {
    async fn keep(
        &self,
        user: &UserId,
        system: &SystemId,
        credentials: &PersonalCredentials,
    ) -> Result<(), Failure> {
        let (user, system, credentials) = (user.clone(), system.clone(), credentials.clone());
        self.beside(move |sealed| {
            let text = json!([credentials.username, credentials.password.expose()]).to_string();
            let entry = sealed
                .cipher
                .seal(&user, &system, text.into_bytes())
                .map_err(|what| failure(FailureKind::Unavailable, &what))?;
            let name = sealed.cipher.name(&user, &system);
            sealed.change(|entries| {
                entries.insert(name, entry);
                true
            })
        })
        .await
    }

    async fn find(&self, user: &UserId, system: &SystemId) -> Result<Option<PersonalCredentials>, Failure> {
        let (user, system) = (user.clone(), system.clone());
        self.beside(move |sealed| {
            let mut entries = sealed.read()?;
            let Some(entry) = entries.remove(&sealed.cipher.name(&user, &system)) else { return Ok(None) };
            let opened = sealed.cipher.open(&user, &system, entry);
            opened.as_deref().and_then(credentials).map(Some).ok_or_else(|| {
                let what =
                    "this sign-in was changed outside of Billbridge and cannot be trusted: store it again";
                failure(FailureKind::Malformed, what)
            })
        })
        .await
    }

    async fn remove(&self, user: &UserId, system: &SystemId) -> Result<(), Failure> {
        let (user, system) = (user.clone(), system.clone());
        self.beside(move |sealed| {
            let name = sealed.cipher.name(&user, &system);
            sealed.change(|entries| entries.remove(&name).is_some())
        })
        .await
    }
}

impl Sealed {
    fn read(&self) -> Result<Entries, Failure> {
        match &self.place {
            Place::Memory(entries) => Ok(entries.lock().unwrap_or_else(PoisonError::into_inner).clone()),
            Place::Files(files) => {
                match files.read().map_err(|what| failure(FailureKind::Unavailable, &what))? {
                    Some(text) => self.parse(files, &text),
                    None => Ok(Entries::new()),
                }
            }
        }
    }

    /// Changes the entries, one at a time for all processes; `change` says whether it did anything.
    fn change(&self, change: impl FnOnce(&mut Entries) -> bool) -> Result<(), Failure> {
        match &self.place {
            Place::Memory(entries) => {
                change(&mut entries.lock().unwrap_or_else(PoisonError::into_inner));
                Ok(())
            }
            Place::Files(files) => {
                let _alone = files.alone().map_err(|what| failure(FailureKind::Unavailable, &what))?;
                let mut entries = self.read()?;
                if !change(&mut entries) {
                    return Ok(());
                }
                files.replace(&self.text(&entries)).map_err(|what| failure(FailureKind::Unavailable, &what))
            }
        }
    }

    fn text(&self, entries: &Entries) -> String {
        let entries: BTreeMap<_, _> =
            entries.iter().map(|(name, entry)| (name, domain::digest::hex(entry))).collect();
        json!({"format": FORMAT, "key": self.cipher.mark(), "entries": entries}).to_string()
    }

    fn parse(&self, files: &Files, text: &str) -> Result<Entries, Failure> {
        let odd = |what: &str| failure(FailureKind::Malformed, &format!("{} {what}", files.secrets_shown()));
        let parsed: Value = serde_json::from_str(text).map_err(|_| odd("is damaged: it is no JSON"))?;
        if parsed["format"] != FORMAT {
            return Err(odd("has a form that this version does not know"));
        }
        if parsed["key"] != self.cipher.mark() {
            return Err(odd("is sealed with another key"));
        }
        let entries = parsed["entries"].as_object().ok_or_else(|| odd("is damaged: it has no entries"))?;
        let entry = |(name, entry): (&String, &Value)| Some((name.clone(), cipher::unhex(entry.as_str()?)?));
        entries.iter().map(entry).collect::<Option<_>>().ok_or_else(|| odd("is damaged: an entry is no text"))
    }
}

impl fmt::Debug for SealedSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedSecrets(…)")
    }
}

fn credentials(text: &[u8]) -> Option<PersonalCredentials> {
    let (username, password): (String, String) = serde_json::from_slice(text).ok()?;
    Some(PersonalCredentials { username, password: Secret::new(password) })
}

fn failure(kind: FailureKind, what: &str) -> Failure {
    Failure::new(kind, &SystemId::billbridge(), format!("people's own sign-ins: {what}"))
}

#[cfg(test)]
mod tests;
