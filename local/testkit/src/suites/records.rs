//! Sync records.

use super::{kind, lease, lost_lease};
use crate::builders::{euro, moment, organisation, parsed, record};
use domain::digest::SubscriptionKey;
use domain::failure::FailureKind;
use domain::id::OrganisationId;
use domain::journal::Lease;
use domain::ports::{LeaseStore, RecordStore};
use domain::price::Priced;
use domain::record::{ParkReason, SyncRecord, SyncState, WaitReason};
use std::collections::BTreeSet;

/// Records come back as they were written, in every state; a fenced writer and a stale one write nothing.
pub async fn records<S: RecordStore + LeaseStore>(store: &S) {
    let lease = lease(store).await;
    every_state_comes_back_as_written(store, &lease).await;
    many_records_are_read_at_once(store, &lease).await;
    a_list_is_read_page_by_page(store, &lease).await;
    a_fenced_writer_writes_nothing(store).await;
    a_stale_record_is_not_written(store, &lease).await;
}

fn acme() -> OrganisationId {
    organisation().id
}

fn keys(records: &[SyncRecord]) -> Vec<SubscriptionKey> {
    records.iter().map(|r| SubscriptionKey::of(r.subscription.as_str())).collect()
}

fn in_every_state() -> Vec<SyncRecord> {
    let parked =
        SyncState::Parked { reason: ParkReason::CustomerUnlinked, detail: "tenant 500\n\t\"ü\"".into() };
    let error = SyncState::Error { message: "the client is locked".into(), since: moment(-5) };
    let mut all = vec![
        record("st-synced"),
        SyncRecord { state: SyncState::Pending(WaitReason::NoSeats), ..record("st-pending") },
        SyncRecord { state: parked, ..record("st-parked") },
        SyncRecord { state: error, ..record("st-error") },
        SyncRecord { state: SyncState::Ended, ended_on: Some(parsed("2026-10-31")), ..record("st-ended") },
    ];
    let costed = record("st-costed");
    let price = costed.price.clone().map(|price| Priced { cost: Some(euro("3.2825")), ..price });
    all.push(SyncRecord { price, ..costed });
    all.push(SyncRecord {
        customer: None,
        service: None,
        applied: None,
        price: None,
        revision: 0,
        generation: 0,
        name: String::new(),
        ..record("st-bare")
    });
    all
}

async fn every_state_comes_back_as_written<S: RecordStore>(store: &S, lease: &Lease) {
    let written = in_every_state();
    store.put_records(lease, &written).await.unwrap();
    let mut read = store.records(&acme(), &keys(&written)).await.unwrap();
    read.sort_by_key(|r| written.iter().position(|w| w.subscription == r.subscription));
    assert_eq!(read, written);
    for (word, count) in [("pending", 1), ("parked", 1), ("error", 1)] {
        let page = store.list_records(&acme(), Some(word), None, 50).await.unwrap();
        assert_eq!(page.items.len(), count, "{word}");
        assert!(page.items.iter().all(|r| r.state.word() == word));
    }
    let other = store.list_records(&acme(), Some("synced"), None, 50).await;
    assert_eq!(kind(other), FailureKind::Refused);

    let cured = SyncRecord { state: SyncState::Synced, ..written[2].clone() };
    store.put_records(lease, &[cured]).await.unwrap();
    let parked = store.list_records(&acme(), Some("parked"), None, 50).await.unwrap();
    assert!(parked.items.is_empty(), "what is cured wants no attention");
}

async fn many_records_are_read_at_once<S: RecordStore>(store: &S, lease: &Lease) {
    let many: Vec<_> = (0..250).map(|n| record(&format!("many-{n}"))).collect();
    store.put_records(lease, &many).await.unwrap();
    let mut wanted = keys(&many);
    wanted.extend(keys(&many[..3]));
    wanted.push(SubscriptionKey::of("unknown"));
    let read = store.records(&acme(), &wanted).await.unwrap();
    assert_eq!(read.len(), 250, "each once, and nothing for what is not known");
    assert!(store.records(&acme(), &[]).await.unwrap().is_empty());
    assert!(store.records(&parsed("other"), &wanted).await.unwrap().is_empty());
}

async fn a_list_is_read_page_by_page<S: RecordStore>(store: &S, lease: &Lease) {
    let waiting: Vec<_> = (0..7)
        .map(|n| SyncRecord {
            organisation: parsed("paged"),
            state: SyncState::Pending(WaitReason::SupplierPending),
            ..record(&format!("paged-{n}"))
        })
        .collect();
    store.put_records(lease, &waiting).await.unwrap();
    for state in [None, Some("pending")] {
        let (mut seen, mut from, mut pages) = (BTreeSet::new(), None::<String>, 0);
        loop {
            let page = store.list_records(&parsed("paged"), state, from.as_deref(), 3).await.unwrap();
            assert!(page.items.len() <= 3);
            for record in page.items {
                assert!(seen.insert(record.subscription), "nothing comes twice");
            }
            pages += 1;
            from = page.next;
            if from.is_none() {
                break;
            }
        }
        assert_eq!((seen.len(), pages), (7, 3), "{state:?}");
    }
}

async fn a_fenced_writer_writes_nothing<S: RecordStore + LeaseStore>(store: &S) {
    let lost = lost_lease(store).await;
    let written = vec![record("fenced")];
    let refused = store.put_records(&lost, &written).await;
    assert_eq!(kind(refused), FailureKind::LeaseLost);
    assert!(store.records(&acme(), &keys(&written)).await.unwrap().is_empty());
}

async fn a_stale_record_is_not_written<S: RecordStore>(store: &S, lease: &Lease) {
    let second = SyncRecord { revision: 2, ..record("stale") };
    store.put_records(lease, std::slice::from_ref(&second)).await.unwrap();
    let batch = [record("beside"), record("stale")];
    assert_eq!(kind(store.put_records(lease, &batch).await), FailureKind::Conflict);
    let read = store.records(&acme(), &keys(&batch)).await.unwrap();
    assert_eq!(read, [second], "nor what was written beside it");
}
