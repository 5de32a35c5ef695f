//! Orders.

use super::effects::settlement;
use super::{kind, lease};
use crate::builders::{actor, euro, moment, order, order_audit, order_id, organisation, parsed};
use domain::audit::verify;
use domain::failure::FailureKind;
use domain::id::OrganisationId;
use domain::journal::EffectState;
use domain::order::{Accepted, Hold, HoldReason, Needs, Order, OrderState, Quote, Wanted};
use domain::ports::{AuditStore, EffectStore, LeaseStore, OrderFilter, OrderStore};

/// Orders come back as they were written, each version is written once, with the audit log, and lists have all
/// of them in their order.
pub async fn orders<S: OrderStore + AuditStore + EffectStore + LeaseStore>(store: &S) {
    an_order_comes_back_as_written(store).await;
    a_version_is_written_once(store).await;
    the_audit_log_stays_whole(store).await;
    lists_have_the_newest_first(store).await;
    an_order_is_listed_as_it_stands(store).await;
}

async fn put<S: OrderStore>(store: &S, order: &Order) {
    store.put_order(order, order_audit(order)).await.unwrap();
}

/// The next version of an order, having taken these steps.
fn next(order: &Order, steps: &[OrderState]) -> Order {
    let mut order = order.clone();
    order.version += 1;
    for to in steps {
        order.step(*to, &actor("bob"), format!("to {to}"), moment(90)).unwrap();
    }
    order
}

/// An order with something in every field.
fn full(n: u32) -> Order {
    let wanted = Wanted::Seats { subscription: parsed("120045"), from: 10, to: u32::MAX };
    let mut order = Order {
        wanted,
        scheduled: Some(parsed("2026-12-01")),
        reference: Some("PO 4711 <\"ü\">\n".into()),
        accepted: Some(Accepted { reference: Some("cart-7".into()), at: moment(80) }),
        subscription: Some(parsed("120045")),
        service: Some(parsed("4711")),
        send_again: true,
        ..order(n)
    };
    order.quote = Quote { cost: Some(euro("32.8125")), ..order.quote };
    order.quote.unit.term_start = Some(parsed("2026-01-01"));
    let ada = actor("ada");
    order.step(OrderState::PendingApproval, &ada, "", moment(81)).unwrap();
    order.approve(&actor("bob"), order.quote.total, Needs::SomeoneElse, "fine", moment(82)).unwrap();
    order.step(OrderState::Placing, &ada, "now", moment(83)).unwrap();
    order.hold(HoldReason::SupplierUnclear, "no answer, no trace", &ada, moment(84)).unwrap();
    order
}

async fn an_order_comes_back_as_written<S: OrderStore>(store: &S) {
    let acme = organisation().id;
    assert_eq!(store.find_order(&acme, &order_id(1)).await.unwrap(), None);
    let mut bare = order(2);
    bare.quote.cost = None;
    bare.quote.unit.cost = None;
    bare.accepted = Some(Accepted { reference: None, at: moment(0) });
    bare.steps.clear();
    for (version, reason) in (1..).zip(reasons()) {
        let hold = Some(Hold { reason, detail: "no answer, no trace".into() });
        let order = Order { version, hold, ..full(1) };
        put(store, &order).await;
        assert_eq!(store.find_order(&acme, &order.id).await.unwrap(), Some(order));
    }
    let draft = order_audit(&order(2));
    store.put_order(&bare, draft.clone()).await.unwrap();
    assert_eq!(store.find_order(&acme, &bare.id).await.unwrap(), Some(bare));
    assert_eq!(store.find_order(&parsed("other"), &order_id(1)).await.unwrap(), None);
    let nothing = Order { version: 0, ..order(3) };
    assert_eq!(kind(store.put_order(&nothing, draft).await), FailureKind::Refused);
    assert_eq!(store.find_order(&acme, &nothing.id).await.unwrap(), None);
}

fn reasons() -> [HoldReason; 9] {
    [
        HoldReason::AgreementMissing,
        HoldReason::CredentialsRefused,
        HoldReason::SupplierUnclear,
        HoldReason::SupplierSlow,
        HoldReason::SubscriptionMoved,
        HoldReason::BillingParked,
        HoldReason::BillingRefused,
        HoldReason::PlanWaits,
        HoldReason::CallOff,
    ]
}

async fn a_version_is_written_once<S: OrderStore + AuditStore>(store: &S) {
    let whose: OrganisationId = parsed("versions");
    let first = Order { organisation: whose.clone(), ..order(1) };
    let second = next(&first, &[OrderState::PendingApproval]);
    assert_eq!(kind(store.put_order(&second, order_audit(&second)).await), FailureKind::Conflict);
    assert_eq!(store.find_order(&whose, &first.id).await.unwrap(), None, "there is no first version");

    put(store, &first).await;
    put(store, &first).await;
    let another = Order { customer_name: "Another".into(), ..first.clone() };
    assert_eq!(kind(store.put_order(&another, order_audit(&another)).await), FailureKind::Conflict);
    put(store, &second).await;
    put(store, &second).await;
    let also_second = next(&first, &[OrderState::Cancelled]);
    for stale in [&first, &also_second, &next(&next(&second, &[]), &[])] {
        assert_eq!(kind(store.put_order(stale, order_audit(stale)).await), FailureKind::Conflict);
    }
    assert_eq!(store.find_order(&whose, &first.id).await.unwrap(), Some(second));
    let log = store.audit_entries(&whose, 0, 100).await.unwrap();
    assert_eq!(log.iter().map(|entry| &*entry.why).collect::<Vec<_>>(), ["made", "to pending_approval"]);
    assert_eq!(verify(&log).unwrap().sequence, 2);
}

async fn the_audit_log_stays_whole<S: OrderStore + AuditStore + EffectStore + LeaseStore>(store: &S) {
    let acme = organisation().id;
    let before = store.audit_entries(&acme, 0, 1_000).await.unwrap().len();
    let lease = lease(store).await;
    for n in 100..106 {
        put(store, &order(n)).await;
        let end = settlement(&format!("beside-{n}"), 1, EffectState::Done);
        store.begin(&lease, &acme, &end.key, "create", moment(n.into())).await.unwrap();
        store.settle(&lease, end).await.unwrap();
    }
    let log = store.audit_entries(&acme, 0, 1_000).await.unwrap();
    assert_eq!(log.len(), before + 12);
    assert_eq!(verify(&log).unwrap().sequence, log.len() as u64);
    let last = &log[log.len() - 2];
    let expected = (format!("{} became draft", order_id(105)), "ada".to_owned(), "made".to_owned());
    assert_eq!((last.what.clone(), last.actor.clone(), last.why.clone()), expected);
}

/// All orders of a list, as so many pages.
async fn listed<S: OrderStore>(
    store: &S,
    whose: &OrganisationId,
    filter: OrderFilter,
    limit: u32,
) -> Vec<Vec<Order>> {
    let (mut pages, mut from) = (Vec::new(), None::<String>);
    loop {
        let page = store.list_orders(whose, filter, from.as_deref(), limit).await.unwrap();
        pages.push(page.items);
        from = page.next;
        if from.is_none() {
            return pages;
        }
    }
}

async fn lists_have_the_newest_first<S: OrderStore>(store: &S) {
    let whose: OrganisationId = parsed("listed");
    let all = OrderFilter::All;
    assert_eq!(listed(store, &whose, all, 3).await, [Vec::<Order>::new()]);
    let mut expected = Vec::new();
    for n in [3, 1, 7, 2, 6, 4, 5] {
        let order = Order { organisation: whose.clone(), ..order(n) };
        put(store, &order).await;
        expected.push(order);
    }
    expected.sort_by(|a, b| b.id.cmp(&a.id));
    for filter in [all, OrderFilter::Open, OrderFilter::In(OrderState::Draft)] {
        for (limit, sizes) in [(3, vec![3, 3, 1]), (7, vec![7]), (100, vec![7]), (0, vec![1; 7])] {
            let pages = listed(store, &whose, filter, limit).await;
            assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), sizes, "{filter:?} by {limit}");
            assert_eq!(pages.concat(), expected, "{filter:?} by {limit}");
        }
    }
    let odd = store.list_orders(&whose, all, Some("ORDERS#acme"), 3).await;
    assert_eq!(kind(odd), FailureKind::Refused);
}

async fn an_order_is_listed_as_it_stands<S: OrderStore>(store: &S) {
    let whose: OrganisationId = parsed("stands");
    let made = |n| Order { organisation: whose.clone(), ..order(n) };
    for n in 1..=30 {
        let draft = made(n);
        put(store, &draft).await;
        if n == 2 || n == 29 {
            put(store, &next(&draft, &[OrderState::PendingApproval])).await;
        } else if n != 15 {
            put(store, &next(&draft, &[OrderState::Cancelled])).await;
        }
    }
    let ids = |pages: Vec<Vec<Order>>| pages.concat().into_iter().map(|order| order.id).collect::<Vec<_>>();
    let open = listed(store, &whose, OrderFilter::Open, 2).await;
    assert_eq!(ids(open), [order_id(29), order_id(15), order_id(2)]);
    let drafts = listed(store, &whose, OrderFilter::In(OrderState::Draft), 1).await;
    assert_eq!(ids(drafts), [order_id(15)]);
    let waiting = listed(store, &whose, OrderFilter::In(OrderState::PendingApproval), 1).await;
    assert!(waiting.iter().all(|page| !page.is_empty()), "no page is empty while there is more");
    assert_eq!(ids(waiting), [order_id(29), order_id(2)]);
    let cancelled = listed(store, &whose, OrderFilter::In(OrderState::Cancelled), 4).await;
    assert!(cancelled.iter().flatten().all(|order| order.state == OrderState::Cancelled));
    assert_eq!(ids(cancelled).len(), 27);
    for state in [OrderState::Rejected, OrderState::Held, OrderState::Active] {
        assert_eq!(ids(listed(store, &whose, OrderFilter::In(state), 5).await), []);
    }
    assert_eq!(ids(listed(store, &whose, OrderFilter::All, 9).await).len(), 30);
}
