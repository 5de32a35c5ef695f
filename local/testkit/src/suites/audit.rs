//! The audit log.

use super::effects::settlement;
use super::lease;
use crate::builders::{moment, organisation, parsed};
use domain::audit::verify;
use domain::journal::EffectState;
use domain::ports::{AuditStore, EffectStore, LeaseStore};

/// The log has no gaps, its chain holds, and it is read in parts.
pub async fn audit<S: AuditStore + EffectStore + LeaseStore>(store: &S) {
    let acme = organisation().id;
    let lease = lease(store).await;
    assert!(store.audit_entries(&acme, 0, 10).await.unwrap().is_empty());
    for n in 1..=12 {
        let end = settlement(&format!("logged-{n}"), 1, EffectState::Done);
        store.begin(&lease, &acme, &end.key, "create", moment(n)).await.unwrap();
        store.settle(&lease, end).await.unwrap();
    }
    let whole = store.audit_entries(&acme, 0, 1_000).await.unwrap();
    assert_eq!(whole.len(), 12);
    assert_eq!(verify(&whole).unwrap().sequence, 12);
    assert_eq!(whole[11].what, "created s-logged-12");

    let part = store.audit_entries(&acme, 4, 5).await.unwrap();
    assert_eq!(part, whole[4..9]);
    assert!(store.audit_entries(&acme, 12, 5).await.unwrap().is_empty());
    assert!(store.audit_entries(&parsed("other"), 0, 5).await.unwrap().is_empty());
}
