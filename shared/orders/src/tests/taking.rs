use super::*;

#[tokio::test]
async fn an_order_is_taken_at_its_total_and_waits_for_somebody_else() {
    let house = House::new().await;
    let order = house.pending().await;
    assert_eq!((order.state, order.quote.total), (OrderState::PendingApproval, euro("40.00")));
    assert_eq!(
        (order.customer_name.as_str(), order.offer_name.as_str()),
        ("Fjord Kaffe", "Microsoft 365 Business Basic")
    );
    let states: Vec<_> = order.steps.iter().map(|step| step.to).collect();
    assert_eq!(states, [OrderState::Draft, OrderState::PendingApproval]);
    assert_eq!(house.order(&order).await, order);
    assert_eq!((house.heard(), house.audit().len()), (0, 1));
    let entry = &house.audit()[0];
    assert_eq!(entry.actor, "anna (usr_anna)");
    assert!(entry.what.contains("pending_approval") && entry.what.contains("40.00 EUR"), "{}", entry.what);
}

#[tokio::test]
async fn the_same_moment_and_seed_are_the_same_order() {
    let house = House::new().await;
    let first = house.pending().await;
    *house.catalogue.price.lock().unwrap() = Some(euro("5.00"));
    let second = house.pending().await;
    assert_eq!(first, second);
    assert_eq!(house.audit().len(), 1);
    let (desk, bo) = (house.desk(), actor("bo"));
    let stolen = desk.take(new_order(10), &house.catalogue, &bo, moment(0), 1, Deadline::never());
    assert_eq!(
        stolen.await.unwrap_err().code(),
        "changed-meanwhile",
        "another person's order is not given away"
    );
}

#[tokio::test]
async fn where_the_policy_asks_nobody_the_rule_itself_approves_and_is_named() {
    let house = House::new().await;
    let small =
        ApprovalRule { customer: None, offer: None, up_to: Some(euro("40.00")), needs: Needs::Nobody };
    house.with_policy(vec![small]);
    let order = house.pending().await;
    assert_eq!(order.state, OrderState::Approved);
    let step = order.steps.last().unwrap();
    assert_eq!((&*step.by.id, step.why.as_str()), ("policy", "approval rule 1 asks nobody"));
    let approval = order.approval.clone().unwrap();
    assert_eq!((&*approval.by.id, approval.total), ("policy", euro("40.00")));
    assert_eq!(house.heard(), 1);
    // Asked for again, whoever places it is told again: the first time it may have died before.
    assert_eq!(house.pending().await, order);
    assert_eq!(house.heard(), 2);
}

#[tokio::test]
async fn what_cannot_be_ordered_is_refused_by_field_and_nothing_is_kept() {
    let house = House::new().await;
    let with = |change: &dyn Fn(&mut NewOrder)| {
        let mut new = new_order(10);
        change(&mut new);
        new
    };
    let long = "x".repeat(201);
    let cases = [
        (with(&|new| new.organisation = parsed("elsewhere")), "unknown-organisation", Some("organisation")),
        (with(&|new| new.tenant = parsed("999")), "customer-not-linked", Some("tenant")),
        (with(&|new| new.customer_name = " ".into()), "invalid-order", Some("customer_name")),
        (with(&|new| new.reference = Some(long.clone())), "invalid-order", Some("reference")),
        (with(&|new| new.reference = Some("a\nb".into())), "invalid-order", Some("reference")),
        (with(&|new| new.scheduled = Some(parsed("2026-11-05"))), "invalid-order", Some("scheduled")),
        (new_order(0), "quantity-out-of-range", Some("quantity")),
        (new_order(301), "quantity-out-of-range", Some("quantity")),
        (
            with(&|new| {
                let offer = parsed("CFQ7TTC0LH18:0001/P3Y/monthly");
                new.what = NewWanted::Subscription { offer, quantity: 1 };
            }),
            "unknown-offer",
            Some("offer"),
        ),
        (
            with(&|new| new.what = NewWanted::Seats { subscription: parsed("1"), quantity: 2 }),
            "unknown-subscription",
            Some("subscription"),
        ),
    ];
    for (new, code, field) in cases {
        let problem = house.take(&house.desk(), new).await.unwrap_err();
        assert_eq!((problem.code(), problem.field()), (code, field), "{problem}");
        assert!(!problem.cure().is_empty());
    }
    *house.catalogue.price.lock().unwrap() = None;
    let problem = house.take(&house.desk(), new_order(1)).await.unwrap_err();
    assert_eq!((problem.code(), problem.kind()), ("catalogue-unavailable", ProblemKind::Unavailable));
    house.memory.change_links(&[], &testkit::builders::links(&["500", "501"])).await.unwrap();
    let nothing = house.desk().list(&organisation().id, OrderFilter::All, None, 10).await.unwrap();
    assert_eq!((nothing.items, house.audit().len()), (Vec::new(), 0));
}

#[tokio::test]
async fn a_table_that_fails_at_any_step_leaves_one_order_or_none() {
    let steps = {
        let house = House::new().await;
        let store = Arc::new(Faulty::new(house.memory.clone()));
        house.take(&house.desk_on(store.clone()), new_order(10)).await.unwrap();
        store.steps()
    };
    for step in 1..=steps {
        for moment in Moment::BOTH {
            let house = House::new().await;
            let store = Arc::new(Faulty::new(house.memory.clone()));
            store.fail_after(step, moment);
            let first = house.take(&house.desk_on(store), new_order(10)).await;
            let second = house.pending().await;
            if let Ok(first) = first {
                assert_eq!(first.id, second.id, "step {step} {moment:?}");
            }
            let all = house.desk().list(&organisation().id, OrderFilter::All, None, 10).await.unwrap();
            assert_eq!((all.items.len(), house.audit().len()), (1, 1), "step {step} {moment:?}");
        }
    }
}
