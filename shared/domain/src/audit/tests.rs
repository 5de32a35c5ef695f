use super::*;

fn chain(n: u64) -> Vec<AuditEntry> {
    let organisation: OrganisationId = "nordic".parse().unwrap();
    let mut head = AuditHead::default();
    (0..n)
        .map(|i| {
            let draft = AuditDraft {
                at: "2026-11-21T00:00:00Z".parse().unwrap(),
                actor: "schedule".into(),
                run: "run_1".parse().unwrap(),
                plan: Some("abc".into()),
                subscription: Some(i.to_string().parse().unwrap()),
                what: "quantity 5 → 6".into(),
                why: "quantity".into(),
            };
            let entry = head.append(&organisation, draft);
            head = entry.head();
            entry
        })
        .collect()
}

#[test]
fn an_untouched_chain_verifies_to_its_head() {
    let entries = chain(5);
    assert_eq!(verify(&entries).unwrap(), entries[4].head());
}

#[test]
fn a_changed_removed_or_replaced_entry_is_found() {
    let mut changed = chain(5);
    changed[2].what = "quantity 5 → 60".into();
    assert_eq!(verify(&changed), Err(BrokenChain::Changed(3)));
    let mut removed = chain(5);
    removed.remove(2);
    assert_eq!(verify(&removed), Err(BrokenChain::Gap { expected: 3, found: 4 }));
    let mut replaced = chain(5);
    replaced[2].what = "something else".into();
    replaced[2].hash = replaced[2].expected_hash();
    assert_eq!(verify(&replaced), Err(BrokenChain::Unchained(4)));
}
