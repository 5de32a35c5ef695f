use super::{DEFAULT_FILE, Table};
use domain::access::{Scope, SecretHash, Session};
use domain::ports::AccessStore as _;
use dynoxide::Database;
use std::time::Duration;
use tokio::time::{interval, timeout};

const OFTEN: Option<Duration> = Some(Duration::from_millis(1));

fn session(secret: &str, expires: &str) -> Session {
    Session {
        hash: SecretHash::of(secret),
        user: "usr_1".parse().unwrap(),
        scopes: [Scope::Read].into_iter().collect(),
        created: "2020-01-01T00:00:00Z".parse().unwrap(),
        expires: expires.parse().unwrap(),
    }
}

/// Every item as it lies in the table, whatever its time.
async fn items(table: &Table) -> String {
    let mut lines = Vec::new();
    table.store().export(&mut lines).await.unwrap();
    String::from_utf8(lines).unwrap()
}

#[tokio::test]
async fn a_session_whose_time_is_over_is_gone_after_a_sweep_and_one_that_is_good_stays() {
    let database = Database::memory().unwrap();
    let unswept = Table::serve(database.clone(), "memory".into(), None, None).await.unwrap();
    let (over, good) = (session("over", "2020-01-02T00:00:00Z"), session("good", "2200-01-01T00:00:00Z"));
    unswept.store().put_session(&over).await.unwrap();
    unswept.store().put_session(&good).await.unwrap();
    assert!(items(&unswept).await.contains(&over.hash.to_hex()), "nothing but a sweep removes it");

    let table = Table::serve(database, "memory".into(), None, OFTEN).await.unwrap();
    let removed = async {
        let mut looks = interval(Duration::from_millis(1));
        while items(&table).await.contains(&over.hash.to_hex()) {
            looks.tick().await;
        }
    };
    timeout(Duration::from_mins(1), removed).await.expect("it is removed");
    let now = "2026-01-01T00:00:00Z".parse().unwrap();
    assert_eq!(table.store().find_session(&good.hash, now).await.unwrap(), Some(good));
}

#[tokio::test]
async fn a_table_that_is_being_swept_is_closed_whole() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(DEFAULT_FILE);
    let path = path.to_str().unwrap();
    let good = session("good", "2200-01-01T00:00:00Z");
    for _ in 0..10 {
        let place = "a file".to_owned();
        let table = Table::serve(Database::new(path).unwrap(), place, None, OFTEN).await.unwrap();
        table.store().put_session(&good).await.unwrap();
    }
    let table = Table::open(Some(path)).await.unwrap();
    assert!(items(&table).await.contains(&good.hash.to_hex()));
}
