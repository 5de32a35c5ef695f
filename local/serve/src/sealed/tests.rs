use super::{Files, SealedSecrets};
use crate::exit::Exit;
use crate::table::MEMORY;
use domain::failure::{Failure, FailureKind};
use domain::id::{SystemId, UserId};
use domain::ports::{PersonalCredentials, PersonalSecrets};
use domain::secret::Secret;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A directory for one table.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn data(&self) -> String {
        self.0.path().join("table.db").to_str().unwrap().to_owned()
    }

    fn file(&self, suffix: &str) -> PathBuf {
        PathBuf::from(self.data() + suffix)
    }

    fn open(&self) -> SealedSecrets {
        SealedSecrets::open(Some(&self.data())).unwrap()
    }

    /// Why it cannot be opened.
    fn refusal(&self) -> String {
        let problem = SealedSecrets::open(Some(&self.data())).unwrap_err();
        assert_eq!(problem.exit, Exit::Failed);
        assert!(problem.cure.is_some(), "{}", problem.what);
        problem.what
    }

    fn names(&self) -> Vec<String> {
        let names = fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<String> =
            names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn secrets(&self) -> Value {
        serde_json::from_slice(&fs::read(self.file(".secrets")).unwrap()).unwrap()
    }

    fn write_secrets(&self, secrets: &Value) {
        fs::write(self.file(".secrets"), secrets.to_string()).unwrap();
    }
}

fn user(name: &str) -> UserId {
    format!("usr_{name}").parse().unwrap()
}

fn crayon() -> SystemId {
    "crayon".parse().unwrap()
}

fn login(password: &str) -> PersonalCredentials {
    PersonalCredentials { username: "ada.l@reseller.example".to_owned(), password: Secret::new(password) }
}

async fn keep(sealed: &SealedSecrets, name: &str, password: &str) -> Result<(), Failure> {
    sealed.keep(&user(name), &crayon(), &login(password)).await
}

async fn find(sealed: &SealedSecrets, name: &str) -> Result<Option<PersonalCredentials>, Failure> {
    sealed.find(&user(name), &crayon()).await
}

#[tokio::test]
async fn a_sign_in_survives_a_restart_is_kept_anew_and_removed() {
    let home = Home::new();
    let sealed = home.open();
    assert_eq!(find(&sealed, "ada").await, Ok(None));
    keep(&sealed, "ada", "hunter2 \"ü\" \\").await.unwrap();
    assert_eq!(find(&home.open(), "ada").await, Ok(Some(login("hunter2 \"ü\" \\"))));

    keep(&sealed, "ada", "hunter3").await.unwrap();
    keep(&sealed, "bo", "hunter4").await.unwrap();
    let again = home.open();
    assert_eq!(find(&again, "ada").await, Ok(Some(login("hunter3"))));
    assert_eq!(find(&again, "bo").await, Ok(Some(login("hunter4"))));
    assert_eq!(again.find(&user("ada"), &"hostbill".parse().unwrap()).await, Ok(None));

    again.remove(&user("ada"), &crayon()).await.unwrap();
    again.remove(&user("ada"), &crayon()).await.unwrap();
    // What was opened before sees what others did since.
    assert_eq!(find(&sealed, "ada").await, Ok(None));
    assert_eq!(find(&sealed, "bo").await, Ok(Some(login("hunter4"))));
    assert_eq!(home.secrets()["entries"].as_object().unwrap().len(), 1);
}

#[tokio::test]
async fn nothing_can_be_read_in_the_file() {
    let home = Home::new();
    keep(&home.open(), "quentin", "hunter2").await.unwrap();
    let file = fs::read(home.file(".secrets")).unwrap();
    for text in ["hunter2", "quentin", "reseller", "usr_", "crayon", "password"] {
        let hexed = domain::digest::hex(text.as_bytes());
        for text in [text.as_bytes(), hexed.as_bytes()] {
            assert!(!file.windows(text.len()).any(|window| window == text));
        }
    }
    assert_eq!(home.names(), ["table.db.key", "table.db.secrets"]);
}

#[tokio::test]
async fn the_same_sign_in_is_never_sealed_alike_twice() {
    let home = Home::new();
    let sealed = home.open();
    keep(&sealed, "ada", "hunter2").await.unwrap();
    let first = home.secrets();
    keep(&sealed, "ada", "hunter2").await.unwrap();
    let second = home.secrets();
    assert_ne!(first, second);
    let names = |secrets: &Value| secrets["entries"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&first), names(&second));
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_may_read_the_files() {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    let home = Home::new();
    // Left behind by a process that was killed, open to everybody.
    fs::write(home.file(".secrets.new"), "left behind").unwrap();
    keep(&home.open(), "ada", "hunter2").await.unwrap();
    assert_eq!((mode(&home.file(".key")), mode(&home.file(".secrets"))), (0o600, 0o600));
    assert_eq!(home.names(), ["table.db.key", "table.db.secrets"]);

    fs::set_permissions(home.file(".key"), fs::Permissions::from_mode(0o640)).unwrap();
    assert!(home.refusal().ends_with("table.db.key may be read by others"));
}

#[tokio::test]
async fn tampering_is_detected_in_every_byte() {
    let home = Home::new();
    let sealed = home.open();
    keep(&sealed, "ada", "hunter2").await.unwrap();
    keep(&sealed, "bo", "hunter3").await.unwrap();
    let good = home.secrets();
    let name = sealed.0.cipher.name(&user("ada"), &crayon());
    let entry = good["entries"][&name].as_str().unwrap().to_owned();
    for at in 0..entry.len() {
        let mut digits = entry.clone().into_bytes();
        digits[at] = if digits[at] == b'0' { b'1' } else { b'0' };
        let mut spoilt = good.clone();
        spoilt["entries"][&name] = String::from_utf8(digits).unwrap().into();
        home.write_secrets(&spoilt);
        let failure = find(&sealed, "ada").await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Malformed, "digit {at}");
        assert!(failure.what.ends_with("cannot be trusted: store it again"), "{failure}");
        assert_eq!(find(&sealed, "bo").await, Ok(Some(login("hunter3"))));
    }
    for short in [0, 2, 24, 40] {
        let mut spoilt = good.clone();
        spoilt["entries"][&name] = entry[..short].into();
        home.write_secrets(&spoilt);
        assert_eq!(find(&sealed, "ada").await.unwrap_err().kind, FailureKind::Malformed, "{short} digits");
    }
    keep(&sealed, "ada", "hunter4").await.unwrap();
    assert_eq!(find(&sealed, "ada").await, Ok(Some(login("hunter4"))));
}

#[tokio::test]
async fn nobody_gets_somebody_elses_sign_in_by_moving_it() {
    let home = Home::new();
    let sealed = home.open();
    keep(&sealed, "ada", "hunter2").await.unwrap();
    keep(&sealed, "bo", "hunter3").await.unwrap();
    let mut swapped = home.secrets();
    let [ada, bo] = ["ada", "bo"].map(|name| sealed.0.cipher.name(&user(name), &crayon()));
    let entry = swapped["entries"][&ada].take();
    swapped["entries"][&ada] = swapped["entries"][&bo].take();
    swapped["entries"][&bo] = entry;
    home.write_secrets(&swapped);
    for name in ["ada", "bo"] {
        assert_eq!(find(&sealed, name).await.unwrap_err().kind, FailureKind::Malformed, "{name}");
    }
}

#[tokio::test]
async fn another_key_opens_nothing_and_changes_nothing() {
    let (home, other) = (Home::new(), Home::new());
    let sealed = home.open();
    keep(&sealed, "ada", "hunter2").await.unwrap();
    let (mine, before) = (fs::read(home.file(".key")).unwrap(), home.secrets());
    drop(other.open());
    fs::write(home.file(".key"), fs::read(other.file(".key")).unwrap()).unwrap();
    assert!(home.refusal().ends_with("table.db.secrets is sealed with another key"));

    // Whoever has the other key open meets a file that was put in its place.
    let stranger = other.open();
    fs::copy(home.file(".secrets"), other.file(".secrets")).unwrap();
    assert_eq!(find(&stranger, "ada").await.unwrap_err().kind, FailureKind::Malformed);
    assert_eq!(keep(&stranger, "ada", "x").await.unwrap_err().kind, FailureKind::Malformed);
    assert_eq!(stranger.remove(&user("ada"), &crayon()).await.unwrap_err().kind, FailureKind::Malformed);
    assert_eq!((home.secrets(), other.secrets()), (before.clone(), before));

    fs::write(home.file(".key"), mine).unwrap();
    assert_eq!(find(&home.open(), "ada").await, Ok(Some(login("hunter2"))));
}

#[tokio::test]
async fn a_lost_or_damaged_key_is_told_and_never_replaced() {
    let home = Home::new();
    let sealed = home.open();
    keep(&sealed, "ada", "hunter2").await.unwrap();
    let key = fs::read(home.file(".key")).unwrap();
    for bytes in [&key[..31], &[key.as_slice(), b"\n"].concat(), b""] {
        fs::write(home.file(".key"), bytes).unwrap();
        assert!(home.refusal().ends_with("table.db.key does not hold 32 bytes"));
        assert_eq!(fs::read(home.file(".key")).unwrap(), bytes);
    }
    fs::remove_file(home.file(".key")).unwrap();
    assert!(home.refusal().contains("table.db.key is gone, and "));
    assert_eq!(keep(&sealed, "bo", "hunter3").await.unwrap_err().kind, FailureKind::Unavailable);
    assert_eq!(home.names(), ["table.db.secrets"]);

    // A key of other bytes without any sign-ins is refused all the same: sessions are signed with it.
    fs::remove_file(home.file(".secrets")).unwrap();
    fs::write(home.file(".key"), b"short").unwrap();
    restrict(&home.file(".key"));
    assert!(home.refusal().ends_with("does not hold 32 bytes"));
}

#[tokio::test]
async fn a_damaged_file_is_told_and_never_written_over() {
    let home = Home::new();
    let sealed = home.open();
    keep(&sealed, "ada", "hunter2").await.unwrap();
    let mark = home.secrets()["key"].clone();
    let table: [(Vec<u8>, &str); 6] = [
        (b"".to_vec(), "is damaged: it is no JSON"),
        (b"{\"format\":1".to_vec(), "is damaged: it is no JSON"),
        (vec![0xff, 0xfe], "is damaged: it is no JSON"),
        (br#"{"format":2}"#.to_vec(), "has a form that this version does not know"),
        (format!(r#"{{"format":1,"key":{mark}}}"#).into_bytes(), "is damaged: it has no entries"),
        (
            format!(r#"{{"format":1,"key":{mark},"entries":{{"x":"0g"}}}}"#).into_bytes(),
            "is damaged: an entry is no text",
        ),
    ];
    for (bytes, said) in table {
        fs::write(home.file(".secrets"), &bytes).unwrap();
        assert!(home.refusal().ends_with(said));
        assert!(find(&sealed, "ada").await.unwrap_err().what.ends_with(said));
        assert!(keep(&sealed, "ada", "x").await.unwrap_err().what.ends_with(said));
        assert_eq!(fs::read(home.file(".secrets")).unwrap(), bytes);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn those_who_keep_at_the_same_time_lose_nothing() {
    let home = Home::new();
    let opened: Vec<SealedSecrets> = (0..4).map(|_| home.open()).collect();
    let each = (0..16).map(|number: usize| {
        let sealed = opened[number % opened.len()].clone();
        tokio::spawn(async move { keep(&sealed, &number.to_string(), &format!("hunter{number}")).await })
    });
    for kept in each.collect::<Vec<_>>() {
        kept.await.unwrap().unwrap();
    }
    for number in 0..16 {
        let expected = login(&format!("hunter{number}"));
        assert_eq!(find(&opened[0], &number.to_string()).await, Ok(Some(expected)));
    }
}

#[test]
fn processes_that_start_at_the_same_time_share_one_key() {
    let home = Home::new();
    let keys: Vec<String> = std::thread::scope(|scope| {
        let started: Vec<_> =
            (0..8).map(|_| scope.spawn(|| home.open().session_key().expose().to_owned())).collect();
        started.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(keys.iter().all(|key| *key == keys[0]), "{}", keys.len());
    assert_eq!(home.names(), ["table.db.key"]);
}

#[test]
fn the_session_key_is_the_installations_own_and_is_not_the_key_itself() {
    let (home, other) = (Home::new(), Home::new());
    let key = home.open().session_key();
    assert_eq!(home.open().session_key(), key);
    assert_ne!(other.open().session_key(), key);
    assert_eq!(key.expose().len(), 64);
    assert!(key.expose().bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert_ne!(key.expose(), domain::digest::hex(&fs::read(home.file(".key")).unwrap()));
}

#[tokio::test]
async fn beside_a_table_in_memory_nothing_is_written() {
    let sealed = SealedSecrets::open(Some(MEMORY)).unwrap();
    keep(&sealed, "ada", "hunter2").await.unwrap();
    assert_eq!(find(&sealed.clone(), "ada").await, Ok(Some(login("hunter2"))));
    sealed.remove(&user("ada"), &crayon()).await.unwrap();
    assert_eq!(find(&sealed, "ada").await, Ok(None));
    let other = SealedSecrets::open(Some(MEMORY)).unwrap();
    assert_ne!(other.session_key(), sealed.session_key());
    assert!(!Path::new(":memory:.key").exists() && !Path::new(":memory:.secrets").exists());
}

#[test]
fn a_place_that_cannot_be_written_to_is_named() {
    let home = Home::new();
    let data = home.file("/nowhere/table.db");
    let problem = SealedSecrets::open(data.to_str()).unwrap_err();
    assert!(problem.what.contains("nowhere/table.db.key: "), "{}", problem.what);
    assert!(problem.cure.unwrap().contains("chmod 600"));
}

#[tokio::test]
async fn nothing_secret_is_shown() {
    let home = Home::new();
    let sealed = home.open();
    keep(&sealed, "ada", "hunter2").await.unwrap();
    let shown = format!("{sealed:?} {:?} {:?}", sealed.session_key(), find(&sealed, "ada").await);
    assert!(!shown.contains("hunter2") && !shown.contains(sealed.session_key().expose()), "{shown}");
    assert!(!shown.contains(&domain::digest::hex(&fs::read(home.file(".key")).unwrap())), "{shown}");
    assert_eq!(Files::beside(Path::new("a/b.db")).secrets_shown(), "a/b.db.secrets");
}

fn restrict(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    #[cfg(not(unix))]
    let _ = path;
}
