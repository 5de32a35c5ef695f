//! What happens to subscriptions, and what billing then holds.

use crate::world::{World, euro, offer_key};
use domain::record::{ParkReason, SyncState};
use domain::run::{RunMode, RunState};
use simulators::Decimal;
use simulators::crayon::{Cycle, Status, Term};

#[tokio::test]
async fn subscriptions_become_services_at_their_price_marked_and_active() {
    let world = World::new(7).await;
    let run = world.sync().await;
    assert_eq!(run.problems, Vec::<String>::new(), "{run:?}");
    assert_eq!((run.state, run.counts.created, run.counts.observed), (RunState::Finished, 7, 7));
    world.assert_one_service_each();
    world.assert_audit_holds().await;
    assert!(
        world.hostbill.with(|m| m.invoices.is_empty()),
        "an order made by the sync sends no invoice by itself"
    );
}

#[tokio::test]
async fn running_twice_writes_nothing_and_calls_billing_not_at_all() {
    let world = World::new(7).await;
    world.sync().await;
    world.forget_requests();
    let entries = world.store.all_audit(&world.organisation.id).len();
    let run = world.sync().await;
    assert_eq!((run.counts.unchanged, run.counts.planned), (7, 0));
    assert_eq!(world.hostbill_calls(), 0);
    assert_eq!(world.store.all_audit(&world.organisation.id).len(), entries);
    let reads = world.crayon.with(|m| m.requests.total());
    assert_eq!(reads, 1 + 3, "one token and three pages of at most three rows");
}

#[tokio::test]
async fn seats_up_and_down_change_one_amount_with_one_call() {
    let world = World::new(3).await;
    world.sync().await;
    let id = world.subscriptions[1];
    for quantity in [30, 4] {
        world.change(id, |s| s.quantity = quantity);
        world.forget_requests();
        world.sync().await;
        assert_eq!((world.hostbill_calls(), world.calls("editAccountDetails")), (1, 1));
        world.assert_one_service_each();
    }
}

#[tokio::test]
async fn a_seat_count_of_zero_charges_nothing_and_ends_nothing() {
    let world = World::new(2).await;
    world.sync().await;
    world.change(world.subscriptions[0], |s| s.quantity = 0);
    world.sync().await;
    let service = world.service(world.subscriptions[0]);
    assert_eq!((service.total, service.status.as_str()), (Decimal::ZERO, "Active"));
}

#[tokio::test]
async fn a_price_change_waits_for_the_renewal() {
    let world = World::new(2).await;
    world.sync().await;
    let id = world.subscriptions[0];
    world.change(id, |s| s.sales_price = euro("5.00"));
    world.forget_requests();
    world.sync().await;
    assert_eq!((world.service(id).total, world.hostbill_calls()), (euro("6.56"), 0));
    world.change(id, |s| {
        s.start = s.start.map(|d| d.plus_months(12));
        s.end = s.end.map(|d| d.plus_months(12));
    });
    world.sync().await;
    assert_eq!(world.service(id).total, euro("10.00"));
    assert_eq!(world.record(id).price.unwrap().explanation, "resale 5.00 EUR");
}

#[tokio::test]
async fn suspension_and_resumption_reach_billing() {
    let world = World::new(2).await;
    world.sync().await;
    let id = world.subscriptions[0];
    world.set_status(id, Status::SUSPENDED);
    world.sync().await;
    assert_eq!(world.service(id).status, "Suspended");
    world.set_status(id, Status::ACTIVE);
    world.sync().await;
    world.assert_one_service_each();
}

#[tokio::test]
async fn a_cancelled_subscription_is_suspended_then_terminated_after_its_grace() {
    let world = World::new(2).await;
    world.sync().await;
    let id = world.subscriptions[0];
    world.set_status(id, Status::CANCELLED);
    world.sync().await;
    assert_eq!(world.service(id).status, "Suspended");
    world.later(29);
    world.sync().await;
    assert_eq!(world.service(id).status, "Suspended");
    world.later(1);
    world.sync().await;
    assert_eq!(world.accounts().len(), 1);
    assert_eq!(world.record(id).state, SyncState::Ended);
    world.forget_requests();
    world.sync().await;
    assert_eq!(world.hostbill_calls(), 0);
}

#[tokio::test]
async fn a_subscription_that_reappears_after_its_end_gets_a_service_of_its_own() {
    let world = World::new(2).await;
    world.sync().await;
    let id = world.subscriptions[0];
    let gone = world.crayon.with(|m| m.subscriptions.remove(id).unwrap());
    world.sync().await;
    assert_eq!(world.service(id).status, "Suspended");
    world.later(31);
    world.sync().await;
    assert_eq!(world.accounts().len(), 1);
    world.crayon.with(|m| m.subscriptions.insert(gone));
    world.sync().await;
    assert_eq!(world.service(id).domain, format!("bb-nordic-{id}.g2"));
    world.assert_one_service_each();
}

#[tokio::test]
async fn a_subscription_that_reappears_within_its_grace_is_resumed() {
    let world = World::new(2).await;
    world.sync().await;
    let id = world.subscriptions[0];
    let gone = world.crayon.with(|m| m.subscriptions.remove(id).unwrap());
    world.sync().await;
    world.crayon.with(|m| m.subscriptions.insert(gone));
    world.sync().await;
    assert_eq!(world.service(id).domain, format!("bb-nordic-{id}"));
    world.assert_one_service_each();
}

#[tokio::test]
async fn an_unlinked_customer_is_parked_and_nothing_of_it_is_billed_until_it_is_linked() {
    let mut world = World::new(4).await;
    world.links.retain(
        |link| !matches!(link, domain::link::Link::Client { customer, .. } if customer.as_str() == "cus_1"),
    );
    world.save().await;
    let run = world.sync().await;
    assert_eq!((run.counts.created, run.counts.parked), (2, 2));
    assert!(world.hostbill.with(|m| m.accounts_of(world.clients[1]).is_empty()));
    let record = world.record(world.subscriptions[1]);
    assert!(matches!(record.state, SyncState::Parked { reason: ParkReason::CustomerUnlinked, .. }));
    world.link(1);
    world.save().await;
    world.sync().await;
    world.assert_one_service_each();
}

#[tokio::test]
async fn unlinking_a_billed_customer_parks_it_and_leaves_its_services_alone() {
    let mut world = World::new(4).await;
    world.sync().await;
    let links = std::mem::take(&mut world.links);
    world.links = links.iter().filter(|l| !matches!(l, domain::link::Link::Client { .. })).cloned().collect();
    world.save().await;
    world.change(world.subscriptions[0], |s| s.quantity = 99);
    world.forget_requests();
    let run = world.sync().await;
    assert_eq!((run.counts.parked, world.hostbill_calls()), (4, 0));
    world.links = links;
    world.save().await;
    world.sync().await;
    world.assert_one_service_each();
}

#[tokio::test]
async fn two_subscriptions_of_one_offer_for_one_customer_are_two_services() {
    let world = World::new(4).await;
    world.sync().await;
    let mine = world.hostbill.with(|m| m.accounts_of(world.clients[0]).len());
    assert_eq!(mine, 2);
    world.assert_one_service_each();
}

#[tokio::test]
async fn a_service_that_already_carries_our_mark_is_adopted_not_ordered_again() {
    let world = World::new(1).await;
    let mark = format!("bb-nordic-{}", world.subscriptions[0]);
    let (client, product) = (world.clients[0], world.product);
    world.hostbill.with(|m| m.add_account(client, product, "m", &mark));
    let run = world.sync().await;
    assert_eq!((run.counts.adopted, run.counts.created, world.calls("addOrder")), (1, 0, 0));
    world.assert_one_service_each();
}

#[tokio::test]
async fn names_of_every_kind_pass_through_and_are_never_matched() {
    let world = World::new(4).await;
    let names = ["Fjord \"Kaffe\" AB", "O'Brien & Søn <script>\r\n\t", "🦊🧪 \\ %25", &"å".repeat(200)];
    for (id, name) in world.subscriptions.iter().zip(names) {
        world.change(*id, |s| s.name = Some(name.into()));
    }
    world.sync().await;
    world.assert_one_service_each();
    for (id, name) in world.subscriptions.iter().zip(names) {
        assert_eq!(world.record(*id).name, name);
    }
    world.change(world.subscriptions[0], |s| s.name = Some("Another name".into()));
    world.forget_requests();
    world.sync().await;
    assert_eq!(
        (world.hostbill_calls(), world.record(world.subscriptions[0]).name.as_str()),
        (0, "Another name")
    );
}

#[tokio::test]
async fn amounts_reach_billing_with_the_places_of_their_currency() {
    for (code, price, total) in [("JPY", "499", "998"), ("KWD", "1.005", "2.010"), ("EUR", "3.28", "6.56")] {
        let mut world = World::new(1).await;
        world.organisation.currency = code.parse().unwrap();
        for link in &mut world.links {
            if let domain::link::Link::Client { currency, .. } = link {
                *currency = code.parse().unwrap();
            }
        }
        world.save().await;
        world.change(world.subscriptions[0], |s| s.sales_price = euro(price));
        world.sync().await;
        let sent = world
            .hostbill
            .with(|m| m.requests.recent_of("editAccountDetails").map(|s| s.body.clone()).collect::<Vec<_>>());
        assert!(sent[0].contains(&format!("total={total}")), "{code}: {sent:?}");
    }
}

#[tokio::test]
async fn a_cost_based_price_reads_details_once_and_only_where_a_price_is_set() {
    let world = World::new(4).await;
    world.store.edit_settings(|settings| {
        let mut rules: Vec<_> = settings.price_rules.iter().cloned().collect();
        rules[0].method =
            domain::price::Method::Markup { percent: euro("25"), basis: domain::price::Basis::Cost };
        settings.price_rules = domain::price::PriceRules::new(rules);
    });
    world.sync().await;
    assert_eq!(world.crayon.with(|m| m.requests.count("GET /subscriptions/{id}")), 4);
    let id = world.subscriptions[0];
    let cost = world.crayon.with(|m| m.price_of(m.subscription(id).unwrap()).purchase);
    assert_eq!(world.service(id).total, (cost * euro("1.25")).round_dp(2) * Decimal::from(2));
    world.change(id, |s| s.quantity = 5);
    world.forget_requests();
    world.sync().await;
    assert_eq!(world.crayon.with(|m| m.requests.count("GET /subscriptions/{id}")), 0, "the price is held");
}

#[tokio::test]
async fn a_changed_cycle_is_parked_because_billing_cannot_change_it() {
    let mut world = World::new(1).await;
    world.sync().await;
    let mut annual = offer_key();
    annual.cycle = domain::subscription::BillingCycle::Annual;
    world.link_product(&annual);
    world.save().await;
    world.change(world.subscriptions[0], |s| s.cycle = Cycle::Annual);
    world.forget_requests();
    world.sync().await;
    assert_eq!(world.hostbill_calls(), 0);
    let state = world.record(world.subscriptions[0]).state;
    assert!(matches!(state, SyncState::Parked { reason: ParkReason::CycleChanged, .. }), "{state:?}");
}

#[tokio::test]
async fn a_dry_run_stores_the_plan_and_changes_nothing() {
    let world = World::new(3).await;
    let run = world.run(RunMode::DryRun).await;
    assert_eq!((run.state.clone(), run.counts.planned, world.hostbill_calls()), (RunState::Finished, 3, 0));
    assert!(world.store.all_records(&world.organisation.id).is_empty());
    let again = world.run(RunMode::DryRun).await;
    assert_eq!(again.plan, run.plan, "the same world gives the same plan");
    world.run(RunMode::Apply(run.plan.unwrap())).await;
    world.assert_one_service_each();
}

#[tokio::test]
async fn a_new_subscription_first_seen_suspended_ends_up_suspended() {
    let world = World::new(1).await;
    world.set_status(world.subscriptions[0], Status::SUSPENDED);
    world.sync().await;
    assert_eq!(world.service(world.subscriptions[0]).status, "Suspended");
}

#[tokio::test]
async fn missing_clients_and_products_are_created_only_where_the_policy_says_so() {
    let mut world = World::new(2).await;
    world.hostbill.with(|m| m.missing_calls.clear());
    world.links.clear();
    world.save().await;
    let run = world.sync().await;
    assert_eq!((run.counts.parked, world.hostbill_calls()), (2, 0), "off by default");
    world.organisation.policy.create_clients = true;
    world.organisation.policy.create_products = true;
    world.save_settings();
    let run = world.sync().await;
    assert_eq!(run.problems, Vec::<String>::new());
    assert_eq!((run.counts.created, world.calls("addClient"), world.calls("addProduct")), (2, 2, 1));
    world.sync().await;
    assert_eq!((world.calls("addClient"), world.calls("addProduct")), (2, 1));
    let marked =
        world.hostbill.with(|m| m.clients.values().filter(|c| c.fields.contains_key("crayontenant")).count());
    assert_eq!(marked, 2);
}

#[tokio::test]
async fn a_triennial_subscription_keeps_its_cycle_apart_from_a_twice_yearly_one() {
    let mut world = World::new(1).await;
    let mut key = offer_key();
    key.term = domain::subscription::Term::ThreeYears;
    key.cycle = domain::subscription::BillingCycle::ThreeYears;
    world.link_product(&key);
    world.save().await;
    let product = world.product;
    world.hostbill.with(|m| {
        m.products
            .get_mut(&product)
            .unwrap()
            .prices
            .insert("t".into(), simulators::hostbill::CyclePrice { price: euro("100"), setup: Decimal::ZERO })
    });
    world.change(world.subscriptions[0], |s| {
        s.cycle = Cycle::ThreeYears;
        s.term = Some(Term::ThreeYears);
    });
    world.sync().await;
    assert_eq!(world.service(world.subscriptions[0]).cycle, "Triennially");
}

#[tokio::test]
async fn a_due_date_follows_the_term_where_the_policy_says_so() {
    let mut world = World::new(1).await;
    let mut annual = offer_key();
    annual.cycle = domain::subscription::BillingCycle::Annual;
    world.link_product(&annual);
    world.save().await;
    let product = world.product;
    let price = simulators::hostbill::CyclePrice { price: euro("48"), setup: Decimal::ZERO };
    world.hostbill.with(|m| m.products.get_mut(&product).unwrap().prices.insert("a".into(), price));
    let id = world.subscriptions[0];
    world.change(id, |s| s.cycle = Cycle::Annual);
    world.sync().await;
    let of_billing = world.service(id).next_due;
    world.organisation.policy.due_date = domain::settings::DueDatePolicy::TermEnd;
    world.save_settings();
    world.sync().await;
    let end = world.crayon.with(|m| m.subscription(id).unwrap().end.unwrap());
    assert_ne!(world.service(id).next_due, of_billing);
    assert_eq!(world.service(id).next_due.unwrap().date_text(), end.plus_days(1).date_text());
}
