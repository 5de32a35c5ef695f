use crate::open::{Serving, token};
use crate::world::{World, run};
use serve::exit::Exit;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::path::Path;

const RUNS: &str = "/api/runs?organisation=nordic";

/// Everything that stands in a table, as text.
async fn exported(world: &World, data: &str) -> String {
    let (exit, captured) = run(&["export", "-"], world.around_with(&[("BILLBRIDGE_DATA", data)])).await;
    assert_eq!(exit, Exit::Done, "{}", captured.notes());
    captured.results()
}

fn names(dir: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(dir).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_made_while_serving_holds_everything_and_can_be_served_from() {
    let world = World::ready().await;
    world.done(&["sync"]).await;
    let serving = Serving::open(&world).await;
    let secret = token(&world, &["read"]).await;
    let copy = world.dir.path().join("copy.db");
    let copy = copy.to_str().unwrap();
    let told = world.done(&["backup", copy]).await.results();
    let whole = exported(&world, &world.data).await;
    assert!(told.contains(&format!(" {} items", whole.lines().count())), "{told}");
    assert_eq!(exported(&world, copy).await, whole);

    let around = || world.around_with(&[("BILLBRIDGE_DATA", copy)]);
    let restored = Serving::around(around()).await;
    let runs = restored.with_token(&secret).get(RUNS).await;
    assert_eq!((runs.status, runs.json()["items"].as_array().unwrap().len()), (200, 1), "{}", runs.body);
    let audit = run(&["audit", "verify"], around()).await.1.results();
    assert!(audit.contains("9 entries, whole"), "{audit}");
    world.hostbill.with(|model| model.requests.reset());
    assert_eq!(run(&["sync"], around()).await.0, Exit::Done);
    assert_eq!(world.hostbill.with(|model| model.requests.total()), 0, "it knows all that was done");

    assert_eq!(serving.nobody().get("/health").await.status, 200, "the first one went on all the while");
    assert_eq!(restored.close().await, Exit::Done);
    assert_eq!(serving.close().await, Exit::Done);
}

/// A change, its record and its audit entry are one transaction: no backup parts them.
#[tokio::test(flavor = "multi_thread")]
async fn backups_in_the_middle_of_a_run_are_each_of_one_moment() {
    let world = World::ready().await;
    let dir = tempfile::tempdir().unwrap();
    let run_is_over = Cell::new(false);
    let sync = async {
        world.done(&["sync"]).await;
        run_is_over.set(true);
    };
    let backups = async {
        for at in 0.. {
            let was_done = run_is_over.get();
            let file = dir.path().join(format!("{at}.db"));
            world.done(&["backup", file.to_str().unwrap()]).await;
            if was_done {
                return at + 1;
            }
        }
        unreachable!("it ends with the run")
    };
    let ((), made) = tokio::join!(sync, backups);
    let mut seen = BTreeSet::new();
    for at in 0..made {
        let file = dir.path().join(format!("{at}.db"));
        let data = [("BILLBRIDGE_DATA", file.to_str().unwrap())];
        let (exit, captured) = run(&["audit", "verify"], world.around_with(&data)).await;
        assert_eq!(exit, Exit::Done, "backup {at}: {}", captured.all());
        let text = exported(&world, data[0].1).await;
        let lines = |key: &str| text.lines().filter(|line| line.starts_with(key)).count();
        let entries = lines(r#"{"PK":{"S":"AUD#nordic"},"SK":{"S":"E#"#);
        assert_eq!(lines(r#"{"PK":{"S":"ORG#nordic"},"SK":{"S":"SUB#"#), entries, "backup {at} of {made}");
        seen.insert(entries);
    }
    assert_eq!(seen.last(), Some(&9), "the one after the run holds all of it: {seen:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_backup_is_for_its_owner_alone_and_stands_by_itself() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::ready().await;
    let dir = tempfile::tempdir().unwrap();
    let copy = dir.path().join("it's a copy.db");
    world.done(&["backup", copy.to_str().unwrap()]).await;
    assert_eq!(std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(names(dir.path()).len(), 1, "{:?}", names(dir.path()));
}

#[tokio::test]
async fn what_cannot_be_backed_up_is_refused_and_nothing_is_written_over_or_left_behind() {
    let world = World::ready().await;
    let kept = world.file("kept.db", "somebody's");
    let odd = world.file("odd.db", &"this is no table at all ".repeat(100));
    let (kept, odd) = (kept.to_str().unwrap(), odd.to_str().unwrap());
    let file = |name: &str| world.dir.path().join(name).to_str().unwrap().to_owned();
    let (new, missing) = (file("new.db"), file("missing.db"));
    let before = names(world.dir.path());
    for (target, variable, value, expected) in [
        (kept, "BILLBRIDGE_DATA", world.data.as_str(), Exit::Usage),
        ("/nowhere/at/all.db", "BILLBRIDGE_DATA", world.data.as_str(), Exit::Usage),
        (&new, "BILLBRIDGE_DATA", &missing, Exit::Usage),
        (&new, "BILLBRIDGE_DATA", ":memory:", Exit::Usage),
        (&new, "BILLBRIDGE_TABLE", "billbridge-prod", Exit::Usage),
        (&new, "BILLBRIDGE_DATA", odd, Exit::Failed),
    ] {
        let (exit, captured) = run(&["backup", target], world.around_with(&[(variable, value)])).await;
        assert_eq!(exit, expected, "{value} to {target}: {}", captured.all());
        assert!(captured.notes().contains('→'), "{value} to {target} has no cure: {}", captured.notes());
        assert_eq!(names(world.dir.path()), before, "{value} to {target}");
    }
    assert_eq!(std::fs::read_to_string(kept).unwrap(), "somebody's");
}
