//! The fault injector: what fails before its effect has none, what fails after it has all of it.

use domain::failure::FailureKind;
use domain::ports::{LinkStore, RecordStore};
use testkit::builders::{links, organisation, record};
use testkit::{Faulty, MemoryStore, Moment, is_killed, suites};

#[tokio::test]
async fn a_call_that_fails_before_its_effect_has_none() {
    let store = MemoryStore::default();
    store.fail_after(1, Moment::Before);
    let failure = store.change_links(&links(&["500"]), &[]).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotSent);
    assert!(store.links().await.unwrap().is_empty());
    store.change_links(&links(&["500"]), &[]).await.unwrap();
}

#[tokio::test]
async fn a_lost_answer_loses_nothing_else() {
    let store = MemoryStore::default();
    store.fail_after(2, Moment::After);
    assert!(store.links().await.is_ok());
    let failure = store.change_links(&links(&["500"]), &[]).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unavailable);
    assert_eq!(store.links().await.unwrap().len(), 4);
}

#[tokio::test]
async fn a_dead_process_does_nothing_more() {
    for moment in Moment::BOTH {
        let memory = MemoryStore::default();
        let store = Faulty::new(memory.clone());
        let lease = suites::lease(&store).await;
        assert_eq!(store.steps(), 1);
        store.kill_at(1, moment);
        let killed = store.put_records(&lease, &[record("a")]).await.unwrap_err();
        assert!(is_killed(&killed) && store.is_dead());
        let dead = store.put_records(&lease, &[record("b")]).await.unwrap_err();
        assert!(is_killed(&dead));

        let expected = usize::from(moment == Moment::After);
        assert_eq!(memory.all_records(&organisation().id).len(), expected);
        store.revive();
        store.put_records(&lease, &[record("b")]).await.unwrap();
    }
}
