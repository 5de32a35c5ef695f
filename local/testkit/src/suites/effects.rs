//! The effect journal.

use super::{kind, lease, lost_lease};
use crate::builders::{moment, organisation, parsed, record, run_id};
use domain::audit::AuditDraft;
use domain::digest::SubscriptionKey;
use domain::failure::FailureKind;
use domain::id::OrganisationId;
use domain::journal::{Begun, EffectEntry, EffectKey, EffectState, Lease, Settlement};
use domain::ports::{AuditStore, EffectStore, LeaseStore, RecordStore};
use domain::record::SyncRecord;

/// An effect is begun once, its outcome is settled once, and all of a settlement is written or nothing.
pub async fn effects<S: EffectStore + RecordStore + AuditStore + LeaseStore>(store: &S) {
    let lease = lease(store).await;
    begun_twice_it_is_in_doubt(store, &lease).await;
    a_refused_effect_may_be_begun_again(store, &lease).await;
    an_attempt_in_doubt_is_retaken_once(store, &lease).await;
    settling_writes_all_or_nothing(store, &lease).await;
    settling_twice_is_settling_once(store, &lease).await;
    an_effect_of_no_subscription_is_settled_too(store, &lease).await;
    a_fenced_writer_writes_nothing(store).await;
}

fn acme() -> OrganisationId {
    organisation().id
}

fn key(id: &str) -> EffectKey {
    EffectKey::of_subscription(&acme(), &parsed(id), 1)
}

/// The end of an attempt that made revision 1 of a subscription's service.
pub fn settlement(id: &str, attempt: u32, state: EffectState) -> Settlement {
    Settlement {
        key: key(id),
        attempt,
        state,
        outcome: format!("service s-{id}"),
        record: Some(record(id)),
        audit: AuditDraft {
            at: moment(1),
            actor: "schedule".into(),
            run: run_id(1),
            plan: None,
            subscription: Some(parsed(id)),
            what: format!("created s-{id}"),
            why: "new".into(),
        },
    }
}

async fn fresh<S: EffectStore>(store: &S, lease: &Lease, id: &str) -> EffectEntry {
    let begun = store.begin(lease, &acme(), &key(id), "create a service", moment(1)).await.unwrap();
    let Begun::Fresh(entry) = begun else { panic!("{id} is not fresh: {begun:?}") };
    entry
}

async fn found<S: RecordStore>(store: &S, id: &str) -> Vec<SyncRecord> {
    store.records(&acme(), &[SubscriptionKey::of(id)]).await.unwrap()
}

async fn log_length<S: AuditStore>(store: &S) -> usize {
    store.audit_entries(&acme(), 0, 10_000).await.unwrap().len()
}

async fn begun_twice_it_is_in_doubt<S: EffectStore>(store: &S, lease: &Lease) {
    let mut entry = fresh(store, lease, "twice").await;
    assert_eq!((entry.attempt, entry.state), (1, EffectState::Intended));
    assert_eq!((entry.begun, entry.run.clone()), (moment(1), run_id(1)));
    store.note(lease, &entry, "order", "77").await.unwrap();
    store.note(lease, &entry, "service id", "s 1").await.unwrap();
    entry.notes.insert("order".into(), "77".into());
    entry.notes.insert("service id".into(), "s 1".into());

    let again = store.begin(lease, &acme(), &key("twice"), "again", moment(2)).await.unwrap();
    assert_eq!(again, Begun::InDoubt(entry.clone()));
    assert_eq!(store.open_effects(&acme()).await.unwrap(), [entry]);

    let end = settlement("twice", 1, EffectState::Done);
    store.settle(lease, end).await.unwrap();
    assert!(store.open_effects(&acme()).await.unwrap().is_empty());
    let done = store.begin(lease, &acme(), &key("twice"), "again", moment(3)).await.unwrap();
    let Begun::Done(done) = done else { panic!("not done: {done:?}") };
    assert_eq!(done.outcome.as_deref(), Some("service s-twice"));
}

async fn a_refused_effect_may_be_begun_again<S: EffectStore>(store: &S, lease: &Lease) {
    let entry = fresh(store, lease, "refused").await;
    store.note(lease, &entry, "order", "78").await.unwrap();
    store.settle(lease, settlement("refused", 1, EffectState::Refused)).await.unwrap();

    let entry = fresh(store, lease, "refused").await;
    assert_eq!((entry.attempt, entry.outcome.clone()), (2, None));
    assert_eq!(entry.notes.get("order").map(String::as_str), Some("78"), "what is known stays known");
    let late = store.settle(lease, settlement("refused", 1, EffectState::Done)).await;
    assert_eq!(kind(late), FailureKind::Conflict, "another attempt's end does not count");
    store.settle(lease, settlement("refused", 2, EffectState::Done)).await.unwrap();
}

async fn an_attempt_in_doubt_is_retaken_once<S: EffectStore>(store: &S, lease: &Lease) {
    let entry = fresh(store, lease, "doubt").await;
    store.note(lease, &entry, "order", "79").await.unwrap();
    let second = store.retake(lease, &entry, "once more", moment(9)).await.unwrap();
    assert_eq!((second.attempt, second.begun), (2, moment(9)));
    assert_eq!((second.intent.as_str(), second.notes.len()), ("once more", 1));

    let again = store.retake(lease, &entry, "once more", moment(10)).await;
    assert_eq!(kind(again), FailureKind::Conflict);
    let note = store.note(lease, &entry, "order", "80").await;
    assert_eq!(kind(note), FailureKind::Conflict, "a note of an attempt that is over");
    store.settle(lease, settlement("doubt", 2, EffectState::Done)).await.unwrap();
    let settled = store.retake(lease, &second, "once more", moment(11)).await;
    assert_eq!(kind(settled), FailureKind::Conflict);
}

async fn settling_writes_all_or_nothing<S>(store: &S, lease: &Lease)
where
    S: EffectStore + RecordStore + AuditStore,
{
    let before = log_length(store).await;
    let unbegun = store.settle(lease, settlement("unbegun", 1, EffectState::Done)).await;
    assert_eq!(kind(unbegun), FailureKind::Conflict);
    assert!(found(store, "unbegun").await.is_empty());
    assert_eq!(log_length(store).await, before);

    fresh(store, lease, "stale").await;
    let later = SyncRecord { revision: 5, ..record("stale") };
    store.put_records(lease, std::slice::from_ref(&later)).await.unwrap();
    let stale = store.settle(lease, settlement("stale", 1, EffectState::Done)).await;
    assert_eq!(kind(stale), FailureKind::Conflict);
    assert_eq!(found(store, "stale").await, [later]);
    assert_eq!(log_length(store).await, before, "nothing is logged that was not done");
    let open = store.open_effects(&acme()).await.unwrap();
    assert_eq!(open.iter().map(|e| &e.key).collect::<Vec<_>>(), [&key("stale")], "it is still in doubt");
}

async fn settling_twice_is_settling_once<S>(store: &S, lease: &Lease)
where
    S: EffectStore + RecordStore + AuditStore,
{
    fresh(store, lease, "once").await;
    let end = settlement("once", 1, EffectState::Done);
    store.settle(lease, end.clone()).await.unwrap();
    let after = log_length(store).await;
    store.settle(lease, end.clone()).await.unwrap();
    assert_eq!(log_length(store).await, after, "the answer was lost, the end was not");
    assert_eq!(found(store, "once").await, [record("once")]);

    let other = Settlement { outcome: "service s-other".into(), ..end };
    assert_eq!(kind(store.settle(lease, other).await), FailureKind::Conflict);
}

async fn an_effect_of_no_subscription_is_settled_too<S>(store: &S, lease: &Lease)
where
    S: EffectStore + AuditStore,
{
    let before = log_length(store).await;
    let key = EffectKey::of_creation(&acme(), "client", "500");
    store.begin(lease, &acme(), &key, "create a client", moment(1)).await.unwrap();
    let end = settlement("client", 1, EffectState::Done);
    store.settle(lease, Settlement { key: key.clone(), record: None, ..end }).await.unwrap();
    assert_eq!(log_length(store).await, before + 1);
    let done = store.begin(lease, &acme(), &key, "again", moment(2)).await.unwrap();
    assert!(matches!(done, Begun::Done(_)));
}

async fn a_fenced_writer_writes_nothing<S: EffectStore + RecordStore + LeaseStore>(store: &S) {
    let lost = lost_lease(store).await;
    let holder = lease(store).await;
    let entry = fresh(store, &holder, "fenced").await;
    let begin = store.begin(&lost, &acme(), &key("never"), "create", moment(1)).await;
    assert_eq!(kind(begin), FailureKind::LeaseLost);
    let retake = store.retake(&lost, &entry, "create", moment(2)).await;
    assert_eq!(kind(retake), FailureKind::LeaseLost);
    let note = store.note(&lost, &entry, "order", "1").await;
    assert_eq!(kind(note), FailureKind::LeaseLost);
    let settle = store.settle(&lost, settlement("fenced", 1, EffectState::Done)).await;
    assert_eq!(kind(settle), FailureKind::LeaseLost);
    assert!(found(store, "fenced").await.is_empty());
    let open = store.open_effects(&acme()).await.unwrap();
    assert_eq!(open.iter().filter(|e| e.key == key("fenced")).collect::<Vec<_>>(), [&entry]);
}
