//! The digest index.

use super::{kind, lease, lost_lease};
use crate::builders::{digest, parsed};
use domain::digest::{Digest, SubscriptionKey};
use domain::failure::FailureKind;
use domain::id::OrganisationId;
use domain::journal::Lease;
use domain::ports::{IndexChange, IndexStore, LeaseStore};
use std::collections::BTreeMap;

type Known = BTreeMap<SubscriptionKey, Digest>;

/// The index holds what it was told, through growth and loss; a fenced writer changes nothing.
pub async fn index<S: IndexStore + LeaseStore>(store: &S) {
    let lease = lease(store).await;
    an_empty_estate_works(store, &lease).await;
    it_holds_what_it_was_told(store, &lease).await;
    two_changes_on_one_reading_both_stay(store, &lease).await;
    a_fenced_writer_writes_nothing(store).await;
}

fn change(id: &str, digest: Option<Digest>) -> IndexChange {
    IndexChange { key: SubscriptionKey::of(id), digest }
}

async fn an_empty_estate_works<S: IndexStore>(store: &S, lease: &Lease) {
    let empty: OrganisationId = parsed("empty");
    let index = store.index(&empty).await.unwrap();
    assert!(index.is_empty());
    store.change_index(lease, &empty, &index, &[]).await.unwrap();
    store.change_index(lease, &empty, &index, &[change("nobody", None)]).await.unwrap();
    assert!(store.index(&empty).await.unwrap().is_empty());
}

async fn it_holds_what_it_was_told<S: IndexStore>(store: &S, lease: &Lease) {
    let grown: OrganisationId = parsed("grown");
    let mut known = Known::new();
    let numbers = |from: u32, to: u32, look: &str| -> Vec<IndexChange> {
        (from..to).map(|n| change(&n.to_string(), Some(digest(&format!("{look}{n}"))))).collect()
    };
    let gone = |from: u32, to: u32| -> Vec<IndexChange> {
        (from..to).map(|n| change(&n.to_string(), None)).collect()
    };
    let steps = [numbers(0, 1, "a"), numbers(0, 900, "b"), numbers(900, 3_000, "c"), numbers(10, 20, "d")];
    for changes in steps.into_iter().chain([gone(500, 1_500), gone(0, 3_000)]) {
        let index = store.index(&grown).await.unwrap();
        store.change_index(lease, &grown, &index, &changes).await.unwrap();
        for change in changes {
            match change.digest {
                Some(digest) => known.insert(change.key, digest),
                None => known.remove(&change.key),
            };
        }
        let index = store.index(&grown).await.unwrap();
        let expected: Vec<_> = known.iter().map(|(k, d)| (*k, *d)).collect();
        assert_eq!(index.entries(), expected);
    }
}

async fn two_changes_on_one_reading_both_stay<S: IndexStore>(store: &S, lease: &Lease) {
    let twice: OrganisationId = parsed("twice");
    let index = store.index(&twice).await.unwrap();
    store.change_index(lease, &twice, &index, &[change("a", Some(digest("1")))]).await.unwrap();
    store.change_index(lease, &twice, &index, &[change("b", Some(Digest::LOOK))]).await.unwrap();
    assert_eq!(store.index(&twice).await.unwrap().len(), 2);
}

async fn a_fenced_writer_writes_nothing<S: IndexStore + LeaseStore>(store: &S) {
    let fenced: OrganisationId = parsed("fenced");
    let lost = lost_lease(store).await;
    let index = store.index(&fenced).await.unwrap();
    let refused = store.change_index(&lost, &fenced, &index, &[change("a", Some(digest("1")))]).await;
    assert_eq!(kind(refused), FailureKind::LeaseLost);
    assert!(store.index(&fenced).await.unwrap().is_empty());
}
