use super::*;

#[test]
fn a_new_subscription_becomes_an_active_service_at_its_price() {
    let world = World::new();
    let plan = world.plan(&[seen(1)], &[]);
    let change = only_change(&plan);
    assert_eq!((change.from.as_ref(), &change.why[..]), (None, &[Why::New][..]));
    assert_eq!(change.to.amount.to_string(), "82.00 EUR");
    assert_eq!((change.to.client.as_str(), change.to.product.as_str()), ("11", "90"));
    assert_eq!(plan.lines()[0].price.as_ref().unwrap().explanation, "resale 3.28 EUR");
}

#[test]
fn an_unlinked_customer_is_parked_and_nothing_is_billed() {
    let world = World::new();
    let mut subscription = seen(1);
    subscription.tenant = "99".parse().unwrap();
    let plan = world.plan(&[subscription], &[]);
    assert_eq!(only_park(&plan), ParkReason::CustomerUnlinked);
    assert_eq!(plan.changes().count(), 0);
}

#[test]
fn an_ambiguous_customer_or_offer_is_parked_and_never_guessed() {
    let mut world = World::new();
    world.links.push(Link::Client {
        customer: "cus_1".parse().unwrap(),
        system: "hostbill".parse().unwrap(),
        client: "77".parse().unwrap(),
        currency: "EUR".parse().unwrap(),
    });
    assert_eq!(only_park(&world.plan(&[seen(1)], &[])), ParkReason::CustomerAmbiguous);
    let mut world = World::new();
    let offer = MONTHLY.parse::<OfferKey>().unwrap().id(&"crayon".parse().unwrap());
    let product = "77".parse().unwrap();
    world.links.push(Link::Product { offer, system: "hostbill".parse().unwrap(), product });
    assert_eq!(only_park(&world.plan(&[seen(1)], &[])), ParkReason::OfferAmbiguous);
}

#[test]
fn unknown_states_cycles_and_missing_prices_are_parked_with_their_reason() {
    let world = World::new();
    let parked = |change: &dyn Fn(&mut ObservedSubscription)| {
        let mut subscription = seen(1);
        change(&mut subscription);
        only_park(&world.plan(&[subscription], &[]))
    };
    assert_eq!(parked(&|s| s.status = SupplierStatus::Unknown("512".into())), ParkReason::StatusUnknown);
    assert_eq!(parked(&|s| s.offer = "X/P1Y/monthly".parse().unwrap()), ParkReason::OfferUnlinked);
    assert_eq!(parked(&|s| s.prices = SupplierPrices::default()), ParkReason::PriceUnknown);
    let mut odd = World::new();
    let key: OfferKey = "X/P1Y/cycle-6".parse().unwrap();
    let offer = key.id(&"crayon".parse().unwrap());
    odd.links.push(Link::Offer { offer: offer.clone(), system: "crayon".parse().unwrap(), key: key.clone() });
    odd.links.push(Link::Product {
        offer,
        system: "hostbill".parse().unwrap(),
        product: "1".parse().unwrap(),
    });
    let subscription = ObservedSubscription { offer: key, ..seen(1) };
    assert_eq!(only_park(&odd.plan(&[subscription], &[])), ParkReason::CycleUnknown);
}

#[test]
fn seats_up_and_down_change_the_amount_at_the_held_price() {
    let world = World::new();
    let record = synced(&world, &seen(1));
    for (quantity, amount) in [(30, "98.40 EUR"), (20, "65.60 EUR"), (0, "0.00 EUR")] {
        let mut subscription = ObservedSubscription { quantity, ..seen(1) };
        subscription.prices.resale = Some(money("9.99 EUR"));
        let plan = world.plan(&[subscription], std::slice::from_ref(&record));
        let change = only_change(&plan);
        assert_eq!((change.to.amount.to_string().as_str(), &change.why[..]), (amount, &[Why::Quantity][..]));
    }
}

#[test]
fn a_new_subscription_without_seats_waits_and_is_not_billed() {
    let world = World::new();
    let plan = world.plan(&[ObservedSubscription { quantity: 0, ..seen(1) }], &[]);
    assert_eq!(plan.lines()[0].verdict, Verdict::Wait(WaitReason::NoSeats));
}

#[test]
fn a_price_that_changes_mid_term_is_held_until_renewal() {
    let world = World::new();
    let record = synced(&world, &seen(1));
    let mut dearer = seen(1);
    dearer.prices.resale = Some(money("3.50 EUR"));
    let mid_term = world.plan(&[dearer.clone()], std::slice::from_ref(&record));
    assert_eq!(mid_term.changes().count(), 0, "{}", mid_term.to_text());
    let held = applied(&mid_term, std::slice::from_ref(&record));
    assert!(world.plan(&[dearer.clone()], &held).is_empty());

    dearer.term_start = Some("2027-03-02".parse().unwrap());
    dearer.term_end = Some("2028-03-01".parse().unwrap());
    let renewed = world.plan(&[dearer], &held);
    let change = only_change(&renewed);
    assert_eq!(change.why, [Why::RenewalPrice]);
    assert_eq!(change.to.amount.to_string(), "87.50 EUR");
}

#[test]
fn a_policy_without_price_hold_follows_the_price_at_once() {
    let mut world = World::new();
    world.organisation.policy.price_hold = PriceHold::Never;
    let record = synced(&world, &seen(1));
    let mut dearer = seen(1);
    dearer.prices.resale = Some(money("3.50 EUR"));
    assert_eq!(only_change(&world.plan(&[dearer], &[record])).why, [Why::Price]);
}

#[test]
fn a_changed_price_rule_moves_only_what_its_term_allows() {
    let world = World::new();
    let record = synced(&world, &seen(1));
    let mut raised = World::new();
    let markup = Method::Markup { percent: "10".parse().unwrap(), basis: Basis::Resale };
    raised.settings.price_rules = PriceRules::new(vec![rule("raised", markup)]);
    let plan = raised.plan(&[seen(1)], std::slice::from_ref(&record));
    assert_eq!(plan.changes().count(), 0);
    let renewed = ObservedSubscription { term_start: Some("2027-03-02".parse().unwrap()), ..seen(1) };
    assert_eq!(only_change(&raised.plan(&[renewed], &[record])).to.amount.to_string(), "90.25 EUR");
}

#[test]
fn suspension_and_resumption_follow_the_supplier() {
    let world = World::new();
    let active = synced(&world, &seen(1));
    let suspended = ObservedSubscription { status: SupplierStatus::Suspended, ..seen(1) };
    let plan = world.plan(std::slice::from_ref(&suspended), std::slice::from_ref(&active));
    assert_eq!(only_change(&plan).why, [Why::Suspended]);
    let records = applied(&plan, &[active]);
    assert_eq!(only_change(&world.plan(&[seen(1)], &records)).why, [Why::Resumed]);
}

#[test]
fn a_subscription_first_seen_suspended_gets_a_suspended_service() {
    let world = World::new();
    let plan = world.plan(&[ObservedSubscription { status: SupplierStatus::Suspended, ..seen(1) }], &[]);
    let change = only_change(&plan);
    assert_eq!((change.from.as_ref(), change.to.status), (None, ServiceStatus::Suspended));
}

#[test]
fn a_cancelled_subscription_is_suspended_and_terminated_only_after_the_grace() {
    let world = World::new();
    let mut records = vec![synced(&world, &seen(1))];
    let gone = [ObservedSubscription { status: SupplierStatus::Cancelled, ..seen(1) }];
    let on = |day: &str, records: &[SyncRecord]| world.plan_on(day.parse().unwrap(), &gone, records, true);
    let first = on("2026-11-21", &records);
    assert_eq!(
        (only_change(&first).to.status, only_change(&first).why[0]),
        (ServiceStatus::Suspended, Why::Ended)
    );
    records = applied(&first, &records);
    assert_eq!(records[0].digest, Digest::LOOK, "the grace must be looked at in every run");
    assert!(on("2026-12-20", &records).is_empty());
    let last = on("2026-12-21", &records);
    assert_eq!(
        (only_change(&last).to.status, only_change(&last).why[0]),
        (ServiceStatus::Terminated, Why::GraceOver)
    );
    records = applied(&last, &records);
    assert_eq!(records[0].state, SyncState::Ended);
    assert!(on("2027-06-01", &records).is_empty());
}

#[test]
fn a_plan_that_ends_services_is_the_same_plan_on_the_next_day() {
    let world = World::new();
    let records = vec![synced(&world, &seen(1))];
    let on = |day: &str| world.plan_on(day.parse().unwrap(), &[], &records, true).hash();
    assert_eq!(on("2026-11-21"), on("2026-11-22"), "whoever approves overnight must not be refused");
}

#[test]
fn a_vanished_subscription_ends_like_a_cancelled_one_but_only_from_a_proven_list() {
    let world = World::new();
    let records = vec![synced(&world, &seen(1))];
    assert!(world.plan_on(world.today, &[], &records, false).is_empty());
    assert_eq!(only_change(&world.plan(&[], &records)).why, [Why::Vanished]);
}

#[test]
fn a_subscription_that_returns_within_the_grace_is_resumed_and_after_it_gets_a_new_service() {
    let world = World::new();
    let suspended = applied(&world.plan(&[], &[synced(&world, &seen(1))]), &[synced(&world, &seen(1))]);
    let back = world.plan(&[seen(1)], &suspended);
    assert_eq!(only_change(&back).why, [Why::Resumed]);
    assert!(!back.lines()[0].ended);

    let later = world.plan_on("2027-01-01".parse().unwrap(), &[], &suspended, true);
    let terminated = applied(&later, &suspended);
    let returned = world.plan(&[seen(1)], &terminated);
    assert_eq!(
        (only_change(&returned).service.as_ref(), only_change(&returned).why[0]),
        (None, Why::Returned)
    );
    assert_eq!(returned.lines()[0].generation, 2);
}

#[test]
fn a_subscription_that_ended_before_it_was_billed_is_never_billed() {
    let world = World::new();
    let plan = world.plan(&[ObservedSubscription { status: SupplierStatus::Expired, ..seen(1) }], &[]);
    assert_eq!(plan.lines()[0].verdict, Verdict::Wait(WaitReason::NeverBilled));
}

#[test]
fn two_subscriptions_of_one_offer_for_one_customer_are_two_services() {
    let world = World::new();
    let plan = world.plan(&[seen(1), seen(2)], &[]);
    assert_eq!(plan.changes().count(), 2);
}

#[test]
fn what_billing_cannot_do_is_parked_and_the_service_stays_as_it_is() {
    let mut world = World::new();
    let record = synced(&world, &seen(1));
    let annual = ObservedSubscription { offer: ANNUAL.parse().unwrap(), ..seen(1) };
    let plan = world.plan(&[annual], std::slice::from_ref(&record));
    assert_eq!(only_park(&plan), ParkReason::CycleChanged);
    assert_eq!(applied(&plan, std::slice::from_ref(&record))[0].applied, record.applied);
    let moved = ObservedSubscription { tenant: "2".parse().unwrap(), ..seen(1) };
    assert_eq!(only_park(&world.plan(&[moved], std::slice::from_ref(&record))), ParkReason::CustomerMoved);
    world.links.retain(|link| !matches!(link, Link::Client { .. }));
    assert_eq!(only_park(&world.plan(&[seen(1)], &[record])), ParkReason::CustomerUnlinked);
}

#[test]
fn an_error_clears_itself_when_the_next_attempt_succeeds() {
    let world = World::new();
    let mut record = synced(&world, &seen(1));
    record.state = SyncState::Error { message: "time-out".into(), since: record.updated };
    let plan = world.plan(&[seen(1)], std::slice::from_ref(&record));
    assert_eq!(only_change(&plan).why, [Why::Settle]);
    assert_eq!(applied(&plan, &[record])[0].state, SyncState::Synced);
}

#[test]
fn a_parked_subscription_is_released_when_it_is_linked() {
    let mut world = World::new();
    let held = std::mem::take(&mut world.links);
    let parked = applied(&world.plan(&[seen(1)], &[]), &[]);
    assert!(matches!(parked[0].state, SyncState::Parked { .. }));
    assert!(world.plan(&[seen(1)], &parked).is_empty(), "parked once, not in every run");
    world.links = held;
    assert_eq!(only_change(&world.plan(&[seen(1)], &parked)).why, [Why::New]);
}

#[test]
fn amounts_keep_the_places_of_yen_and_dinars() {
    for (code, resale, amount) in [("JPY", "499 JPY", "12475 JPY"), ("KWD", "1.005 KWD", "25.125 KWD")] {
        let mut world = World::new();
        for link in &mut world.links {
            if let Link::Client { currency, .. } = link {
                *currency = code.parse().unwrap();
            }
        }
        let mut subscription = seen(1);
        subscription.prices.resale = Some(money(resale));
        assert_eq!(only_change(&world.plan(&[subscription], &[])).to.amount.to_string(), amount);
    }
}

#[test]
fn a_client_charged_in_another_currency_without_a_rate_is_parked() {
    let world = World::new();
    let mut subscription = seen(1);
    subscription.prices.resale = Some(money("3.28 USD"));
    assert_eq!(only_park(&world.plan(&[subscription], &[])), ParkReason::PriceUnknown);
}

#[test]
fn a_price_per_month_is_charged_for_every_month_of_the_cycle() {
    let mut world = World::new();
    world.organisation.price_per = PricePer::Month;
    let annual = ObservedSubscription { offer: ANNUAL.parse().unwrap(), ..seen(1) };
    assert_eq!(only_change(&world.plan(&[annual], &[])).to.amount.to_string(), "984.00 EUR");
}

#[test]
fn due_dates_follow_the_term_only_where_a_term_is_one_cycle_and_the_policy_says_so() {
    let mut world = World::new();
    let annual = ObservedSubscription { offer: ANNUAL.parse().unwrap(), ..seen(2) };
    let due = |world: &World| -> Vec<Option<Date>> {
        world
            .plan(&[seen(1), annual.clone()], &[])
            .changes()
            .map(|l| l.change().unwrap().to.next_due)
            .collect()
    };
    assert_eq!(due(&world), [None, None]);
    world.organisation.policy.due_date = DueDatePolicy::TermEnd;
    assert_eq!(due(&world), [None, Some("2027-03-02".parse().unwrap())]);
}

#[test]
fn details_are_read_only_where_a_price_is_set_from_them() {
    let mut world = World::new();
    let markup = Method::Markup { percent: "15".parse().unwrap(), basis: Basis::Cost };
    world.settings.price_rules = PriceRules::new(vec![rule("cost", markup)]);
    let book = world.book();
    let planner = Planner::new(&world.organisation, &world.settings, &book, world.today);
    assert!(planner.needs_details(&seen(1), None));
    let mut detailed = seen(1);
    detailed.prices.cost = Some(money("2.85 EUR"));
    assert!(!planner.needs_details(&detailed, None));
    let record = synced(&world, &detailed);
    let more = ObservedSubscription { quantity: 26, ..seen(1) };
    assert!(!planner.needs_details(&more, Some(&record)), "the price is held: nothing to read");
    assert!(
        !planner.needs_details(&ObservedSubscription { status: SupplierStatus::Deleted, ..seen(1) }, None)
    );
}

#[test]
fn names_of_every_kind_survive_the_plan_text() {
    let world = World::new();
    let names = ["Fjord \"Kaffe\" AB", "O'Brien & Søn\tA/S\n", "🦊 back\\slash", &"x".repeat(200)];
    let all: Vec<_> = (1u32..)
        .zip(names)
        .map(|(id, name)| ObservedSubscription { name: name.into(), ..seen(id) })
        .collect();
    let plan = world.plan(&all, &[]);
    assert_eq!(Plan::from_text(&plan.to_text()).unwrap(), plan);
}

#[test]
fn two_ids_that_share_a_key_are_never_merged() {
    let world = World::new();
    let record = synced(&world, &seen(1));
    let book = world.book();
    let planner = Planner::new(&world.organisation, &world.settings, &book, world.today);
    let line = planner.plan_seen(&seen(2), Some(&record)).unwrap();
    assert!(matches!(line.verdict, Verdict::Park { reason: ParkReason::KeyTaken, .. }));
}
