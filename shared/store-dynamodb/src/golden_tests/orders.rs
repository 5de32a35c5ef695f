//! Orders and figures.

use super::same;
use crate::item::{Item, text};
use crate::{figures, keys, orders};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::order::{Accepted, HoldReason, Needs, Order, OrderState, Wanted};
use testkit::builders::{actor, moment, order, parsed};

/// An order with something in every attribute.
fn held() -> Order {
    let mut order = Order {
        wanted: Wanted::Seats { subscription: parsed("120045"), from: 8, to: 10 },
        scheduled: Some(parsed("2026-12-01")),
        reference: Some("PO 4711".into()),
        accepted: Some(Accepted { reference: Some("cart-7".into()), at: moment(80) }),
        subscription: Some(parsed("120045")),
        service: Some(parsed("4711")),
        send_again: true,
        version: 5,
        ..order(1)
    };
    order.quote.unit.term_start = Some(parsed("2026-01-01"));
    let (ada, bob) = (actor("ada"), actor("bob"));
    order.step(OrderState::PendingApproval, &ada, "complete", moment(81)).unwrap();
    order.approve(&bob, order.quote.total, Needs::SomeoneElse, "fine", moment(82)).unwrap();
    order.step(OrderState::Placing, &ada, "now", moment(83)).unwrap();
    order.hold(HoldReason::SupplierUnclear, "no answer, no trace", &ada, moment(84)).unwrap();
    order
}

#[test]
fn orders_of_schema_1_are_read() {
    let draft = order(1);
    let mut rests = Order { version: 2, ..order(2) };
    rests.step(OrderState::Cancelled, &actor("ada"), "not wanted", moment(90)).unwrap();
    for (name, order) in [("order-draft", draft), ("order-held", held()), ("order-cancelled", rests)] {
        same(name, &order, &orders::write(&order), orders::read);
    }
}

#[test]
fn figures_of_schema_1_are_read() {
    let figures = testkit::builders::figures(parsed("2026-11-05"));
    let key = keys::figures_of(&figures.organisation, figures.day);
    same("figures", &figures, &figures::write(key, &figures), figures::read);
}

/// The item with another text at a place within it.
fn changed(item: &Item, path: &[&str], word: &str) -> Item {
    let (name, rest) = path.split_first().unwrap();
    let mut item = item.clone();
    let value = item.get_mut(*name).unwrap();
    if let AttributeValue::M(map) = value {
        *map = changed(map, rest, word);
    } else if let AttributeValue::L(list) = value {
        let AttributeValue::M(first) = &mut list[0] else { panic!("a list of maps") };
        *first = changed(first, rest, word);
    } else {
        *value = text(word);
    }
    item
}

#[test]
fn an_order_in_words_of_a_later_version_is_refused_with_the_cure() {
    let item = orders::write(&held());
    for path in [&["state"][..], &["wanted"], &["hold", "reason"], &["steps", "to"]] {
        let failure = orders::read(&changed(&item, path, "teleported")).unwrap_err();
        let end = format!("attribute {}: is a word this version does not know: update it", path.join("."));
        assert!(failure.what.ends_with(&end), "{failure}");
        assert!(failure.what.starts_with("item ORDERS#acme / ord_"), "{failure}");
    }
    for path in [&["quote", "total"][..], &["quote", "unit", "price"], &["approval", "at"], &["tenant"]] {
        let failure = orders::read(&changed(&item, path, "")).unwrap_err();
        assert!(failure.what.contains(&format!("{}: ", path.last().unwrap())), "{failure}");
    }
    let figures = testkit::builders::figures(parsed("2026-11-05"));
    let figures = figures::write(keys::figures_of(&figures.organisation, figures.day), &figures);
    let mut later = figures.clone();
    let AttributeValue::M(drift) = later.get_mut("drift").unwrap() else { panic!("a map") };
    drift.insert("century".into(), crate::item::number(1));
    assert!(figures::read(&later).unwrap_err().what.contains("update it"));
}

#[test]
fn an_order_without_a_part_of_it_is_refused() {
    let item = orders::write(&held());
    let optional = [
        "scheduled",
        "reference",
        "hold",
        "approval",
        "accepted",
        "subscription",
        "service",
        "steps",
        "PK",
        "SK",
        "GSI1PK",
        "GSI1SK",
    ];
    for name in item.keys().filter(|name| !optional.contains(&name.as_str())) {
        let mut less = item.clone();
        less.remove(name);
        assert!(orders::read(&less).is_err(), "without {name}");
    }
}
