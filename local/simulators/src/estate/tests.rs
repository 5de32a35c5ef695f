//! What the estates promise.

use std::collections::BTreeSet;

use super::{Truth, believable, synthetic};
use crate::crayon::{Cycle, Status, Term};

#[test]
fn the_same_seed_gives_the_same_estate() {
    let ids = |seed| {
        let estate = believable(seed);
        let rows: Vec<_> =
            estate.crayon.subscriptions.iter().map(|row| (row.guid, row.quantity, row.status)).collect();
        (rows, estate.links_json())
    };
    assert_eq!(ids(1), ids(1));
    assert_ne!(ids(1).0, ids(2).0);
}

#[test]
fn a_believable_estate_has_every_term_status_and_trouble() {
    let estate = believable(1);
    let rows = &estate.crayon.subscriptions;
    assert_eq!(estate.crayon.tenants.len(), 40);
    assert!(rows.len() >= 1000);
    for term in [None, Some(Term::Month), Some(Term::Year), Some(Term::ThreeYears)] {
        assert!(rows.iter().any(|row| row.term == term), "{term:?}");
    }
    for cycle in [Cycle::Monthly, Cycle::Annual, Cycle::ThreeYears] {
        assert!(rows.iter().any(|row| row.cycle == cycle), "{cycle:?}");
    }
    for status in [Status::ACTIVE, Status::SUSPENDED, Status::DELETED, Status::CANCELLED, Status::EXPIRED] {
        assert!(rows.iter().any(|row| row.status == status), "{status:?}");
    }
    let clients: Vec<&Truth> = estate.customer_links().map(|link| &link.client).collect();
    assert_eq!(clients.iter().filter(|truth| ***truth == Truth::Missing).count(), 1);
    assert_eq!(clients.iter().filter(|truth| matches!(truth, Truth::Ambiguous(_))).count(), 1);
    assert!(estate.offer_links().any(|link| link.product == Truth::Missing));
    assert!(estate.offer_links().any(|link| matches!(link.product, Truth::Ambiguous(_))));
    assert!(estate.crayon.tenants.values().any(|tenant| tenant.name.chars().count() == 200));
}

#[test]
fn running_subscriptions_end_in_the_future_and_their_offers_have_prices() {
    let estate = believable(7);
    let now = estate.crayon.clock.now();
    for row in estate.crayon.subscriptions.iter().filter(|row| row.status == Status::ACTIVE) {
        assert!(row.end.is_some_and(|end| end > now), "{row:?}");
        assert!(!row.sales_price.is_zero());
    }
    for link in estate.offer_links() {
        let Truth::Is(product) = link.product else { continue };
        for currency in [0, 2] {
            assert!(estate.hostbill.price(product, &link.cycle_code, currency).is_some(), "{link:?}");
        }
    }
}

#[test]
fn a_synthetic_estate_is_wholly_linked_and_changes_evenly() {
    let mut estate = synthetic(1000, 20);
    let linked: BTreeSet<u32> = estate.customer_links().map(|link| link.tenant).collect();
    assert!(estate.crayon.subscriptions.iter().all(|row| linked.contains(&row.tenant)));
    assert!(estate.customer_links().all(|link| matches!(link.client, Truth::Is(_))));
    assert_eq!(estate.change_percent(1), 10);
    assert_eq!(estate.change_percent(0), 0);
}
