//! Leases.

use super::kind;
use crate::builders::{moment, record, run_id};
use domain::failure::FailureKind;
use domain::journal::Held;
use domain::ports::{LeaseStore, RecordStore};

/// Two holders never hold one lease, tokens only grow, and only the holder gives it back.
pub async fn leases<S: LeaseStore + RecordStore>(store: &S) {
    two_holders_never_hold_one_lease(store).await;
    of_many_at_once_one_takes_it(store).await;
    the_same_holder_takes_it_anew(store).await;
    a_lease_given_back_is_free_and_writes_nothing(store).await;
    someone_elses_lease_is_left_alone(store).await;
}

async fn two_holders_never_hold_one_lease<S: LeaseStore>(store: &S) {
    let (one, two) = (run_id(1), run_id(2));
    let first = store.acquire("a", &one, moment(0), moment(60)).await.unwrap().unwrap();
    assert_eq!((first.holder.clone(), first.until), (one.clone(), moment(60)));

    let held = store.acquire("a", &two, moment(59), moment(120)).await.unwrap().unwrap_err();
    assert_eq!(held, Held(first.clone()), "whoever has it is told of as they have it");
    let other = store.acquire("b", &two, moment(59), moment(120)).await.unwrap();
    assert!(other.is_ok(), "another lease is another matter");

    let second = store.acquire("a", &two, moment(60), moment(120)).await.unwrap().unwrap();
    assert!(second.token > first.token, "tokens only grow");
    assert_eq!((first.broken_off, second.broken_off), (None, Some(run_id(1))), "who never gave it back");
}

async fn of_many_at_once_one_takes_it<S: LeaseStore>(store: &S) {
    let ids = [run_id(1), run_id(2), run_id(3), run_id(4)];
    let take = |n: usize| store.acquire("many", &ids[n], moment(0), moment(60));
    let answers = tokio::join!(take(0), take(1), take(2), take(3));
    let answers = [answers.0, answers.1, answers.2, answers.3];
    assert_eq!(answers.into_iter().filter(|answer| answer.as_ref().unwrap().is_ok()).count(), 1);
}

async fn the_same_holder_takes_it_anew<S: LeaseStore>(store: &S) {
    let first = store.acquire("again", &run_id(1), moment(0), moment(60)).await.unwrap().unwrap();
    let again = store.acquire("again", &run_id(1), moment(30), moment(90)).await.unwrap().unwrap();
    assert!(again.token > first.token);
    assert_eq!((again.until, again.broken_off), (moment(90), None));
    let held = store.acquire("again", &run_id(2), moment(80), moment(140)).await.unwrap();
    assert_eq!(held.unwrap_err().0.until, moment(90));
}

async fn a_lease_given_back_is_free_and_writes_nothing<S: LeaseStore + RecordStore>(store: &S) {
    let first = store.acquire("back", &run_id(1), moment(0), moment(60)).await.unwrap().unwrap();
    store.release(&first).await.unwrap();
    store.release(&first).await.unwrap();
    let late = store.put_records(&first, &[record("late")]).await;
    assert_eq!(kind(late), FailureKind::LeaseLost);

    let second = store.acquire("back", &run_id(2), moment(1), moment(60)).await.unwrap().unwrap();
    assert!(second.token > first.token, "giving it back does not start the tokens again");
    assert_eq!(second.broken_off, None);
}

async fn someone_elses_lease_is_left_alone<S: LeaseStore>(store: &S) {
    let first = store.acquire("other", &run_id(1), moment(0), moment(10)).await.unwrap().unwrap();
    let second = store.acquire("other", &run_id(2), moment(10), moment(60)).await.unwrap().unwrap();
    store.release(&first).await.unwrap();
    let held = store.acquire("other", &run_id(3), moment(11), moment(60)).await.unwrap().unwrap_err();
    assert_eq!(held.0.holder, second.holder);
}
