use super::*;
use crate::brake::Reach;
use proptest::prelude::*;

fn status() -> impl Strategy<Value = SupplierStatus> {
    prop::sample::select(vec![
        SupplierStatus::Active,
        SupplierStatus::Active,
        SupplierStatus::Active,
        SupplierStatus::Suspended,
        SupplierStatus::Pending,
        SupplierStatus::Cancelled,
        SupplierStatus::Deleted,
        SupplierStatus::Unknown("512".into()),
    ])
}

fn subscription() -> impl Strategy<Value = ObservedSubscription> {
    let offer = prop::sample::select(vec![MONTHLY, ANNUAL, "UNLINKED/P1M/monthly"]);
    let resale = prop::option::weighted(0.9, 0i64..100_000);
    let term = 0usize..3;
    (1u32..40, 1u32..6, offer, 0u32..300, status(), resale, term, ".{0,12}").prop_map(
        |(id, tenant, offer, quantity, status, resale, term, name)| ObservedSubscription {
            tenant: tenant.to_string().parse().unwrap(),
            offer: offer.parse().unwrap(),
            quantity,
            status,
            name,
            prices: SupplierPrices {
                resale: resale
                    .map(|cents| Money::new(rust_decimal::Decimal::new(cents, 2), "EUR".parse().unwrap())),
                ..SupplierPrices::default()
            },
            term_start: [None, Some("2026-03-02".parse().unwrap()), Some("2027-03-02".parse().unwrap())]
                [term],
            ..seen(id)
        },
    )
}

/// Distinct subscriptions in any order.
fn estate() -> impl Strategy<Value = Vec<ObservedSubscription>> {
    prop::collection::vec(subscription(), 0..25)
        .prop_map(|all| {
            let mut distinct: HashMap<SubscriptionId, ObservedSubscription> = HashMap::new();
            for one in all {
                distinct.insert(one.id.clone(), one);
            }
            let mut all: Vec<_> = distinct.into_values().collect();
            all.sort_by(|a, b| a.id.cmp(&b.id));
            all
        })
        .prop_shuffle()
}

fn day(offset: i64) -> Date {
    use jiff::ToSpan as _;
    "2026-11-21".parse::<Date>().unwrap().checked_add(offset.days()).unwrap()
}

proptest! {
    #[test]
    fn the_order_of_observation_never_shows_in_a_plan(estate in estate(), later in estate(), seed in any::<u64>()) {
        let world = World::new();
        let records = applied(&world.plan(&estate, &[]), &[]);
        let plan = world.plan(&later, &records);
        let (mut shuffled, mut recorded) = (later, records);
        shuffled.sort_by_key(|s| crate::digest::sha256(format!("{seed}{}", s.id).as_bytes()));
        recorded.sort_by_key(|r| crate::digest::sha256(format!("{seed}{}", r.subscription).as_bytes()));
        let again = world.plan(&shuffled, &recorded);
        prop_assert_eq!(plan.hash(), again.hash());
        prop_assert_eq!(plan, again);
    }

    #[test]
    fn planning_over_its_own_applied_result_is_empty(estate in estate(), later in estate(), days in 0i64..60) {
        let world = World::new();
        let records = applied(&world.plan(&estate, &[]), &[]);
        prop_assert!(world.plan(&estate, &records).is_empty());
        let plan = world.plan_on(day(days), &later, &records, true);
        let records = applied_on(&plan, &records, &day(days).to_string());
        let again = world.plan_on(day(days), &later, &records, true);
        prop_assert!(again.is_empty(), "{}", again.to_text());
    }

    #[test]
    fn an_incomplete_list_never_yields_a_removal(
        estate in estate(), kept in prop::collection::vec(any::<bool>(), 25), days in 0i64..60,
    ) {
        let world = World::new();
        let records = applied(&world.plan(&estate, &[]), &[]);
        let part: Vec<_> =
            estate.iter().zip(kept.iter().cycle()).filter(|(_, keep)| **keep).map(|(s, _)| s.clone()).collect();
        let plan = world.plan_on(day(days), &part, &records, false);
        for line in plan.changes() {
            prop_assert!(part.iter().any(|s| s.id == line.subscription), "{} was not even observed", line.subscription);
        }
    }

    #[test]
    fn skipping_what_the_digest_calls_unchanged_changes_nothing(
        estate in estate(), later in estate(), days in 0i64..3,
    ) {
        let world = World::new();
        let records = applied(&world.plan(&estate, &[]), &[]);
        let book = world.book();
        let planner = Planner::new(&world.organisation, &world.settings, &book, day(days));
        for subscription in &later {
            let record = records.iter().find(|r| r.subscription == subscription.id);
            if record.is_some_and(|r| r.digest == planner.digest(subscription)) {
                let line = planner.plan_seen(subscription, record);
                prop_assert!(line.is_none(), "skipped, but planned: {line:?}");
            }
        }
    }

    #[test]
    fn a_plan_survives_its_text_and_keeps_its_hash(estate in estate(), later in estate()) {
        let world = World::new();
        let records = applied(&world.plan(&estate, &[]), &[]);
        let plan = world.plan(&later, &records);
        let read = Plan::from_text(&plan.to_text()).unwrap();
        prop_assert_eq!(read.hash(), plan.hash());
        prop_assert_eq!(read, plan);
    }

    #[test]
    fn what_a_plan_adds_to_the_sum_is_what_its_lines_add(estate in estate(), later in estate()) {
        let world = World::new();
        let total = |records: &[SyncRecord]| -> rust_decimal::Decimal {
            let charged = records.iter().filter_map(|r| r.applied.as_ref());
            charged.filter(|a| a.status == ServiceStatus::Active).map(|a| a.amount.amount).sum()
        };
        let before = applied(&world.plan(&estate, &[]), &[]);
        let plan = world.plan(&later, &before);
        let after = applied(&plan, &before);
        let moved: rust_decimal::Decimal = Reach::of(&plan).amounts.values().copied().sum();
        prop_assert_eq!(total(&after) - total(&before), moved);
    }
}
