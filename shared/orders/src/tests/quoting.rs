use super::*;
use domain::ports::LeaseStore as _;
use domain::record::{ParkReason, SyncState};
use domain::service::ServiceStatus;

async fn record(house: &House, change: impl FnOnce(&mut SyncRecord)) {
    let mut record = testkit::builders::record("77");
    change(&mut record);
    let now = moment(0);
    let lease = house.memory.acquire("sync/acme", &parsed("run_1"), now, moment(60)).await.unwrap().unwrap();
    house.memory.put_records(&lease, &[record]).await.unwrap();
    house.memory.release(&lease).await.unwrap();
}

fn seats(quantity: u32) -> NewOrder {
    NewOrder { what: NewWanted::Seats { subscription: parsed("77"), quantity }, ..new_order(0) }
}

async fn quote(house: &House, new: &NewOrder) -> Result<Order, OrderProblem> {
    house.desk().quote(new, &house.catalogue, &actor("anna"), Deadline::never()).await
}

#[tokio::test]
async fn a_quote_is_a_draft_that_nobody_keeps() {
    let house = House::new().await;
    let draft = quote(&house, &new_order(3)).await.unwrap();
    assert_eq!((draft.state, draft.quote.total), (OrderState::Draft, euro("12.00")));
    let all = house.desk().list(&organisation().id, OrderFilter::All, None, 10).await.unwrap();
    assert_eq!((all.items, house.audit().len()), (Vec::new(), 0));
}

#[tokio::test]
async fn more_seats_cost_what_the_running_term_holds_and_the_catalogue_is_not_asked() {
    let house = House::new().await;
    *house.catalogue.price.lock().unwrap() = Some(euro("9.99"));
    record(&house, |_| {}).await;
    let draft = quote(&house, &seats(15)).await.unwrap();
    assert_eq!((draft.quote.total, draft.wanted.quantity()), (euro("60.00"), 15));
    assert_eq!(draft.offer_name, "Microsoft 365 Business Basic (77)");
    assert_eq!(house.catalogue.asked.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn where_no_price_is_held_the_catalogue_says_it() {
    let house = House::new().await;
    *house.catalogue.price.lock().unwrap() = Some(euro("5.00"));
    record(&house, |_| {}).await;
    house.memory.edit_settings(|settings| settings.organisations[0].policy.price_hold = PriceHold::Never);
    assert_eq!(quote(&house, &seats(15)).await.unwrap().quote.total, euro("75.00"));
}

#[tokio::test]
async fn seats_are_only_added_to_what_is_in_step_and_active() {
    let since = moment(0);
    let parked = SyncState::Parked { reason: ParkReason::CustomerMoved, detail: "moved".into() };
    let states = [
        (parked, "parked"),
        (SyncState::Error { message: "no".into(), since }, "error"),
        (SyncState::Ended, "ended"),
    ];
    for (state, word) in states {
        let house = House::new().await;
        record(&house, |record| record.state = state).await;
        let problem = quote(&house, &seats(15)).await.unwrap_err();
        assert_eq!(problem.code(), "subscription-not-ready");
        assert!(problem.to_string().contains(word), "{problem}");
    }
    let house = House::new().await;
    record(&house, |record| record.applied.as_mut().unwrap().status = ServiceStatus::Suspended).await;
    assert!(quote(&house, &seats(15)).await.unwrap_err().to_string().contains("suspended"));
}

#[tokio::test]
async fn fewer_as_many_or_somebody_elses_seats_are_refused() {
    let house = House::new().await;
    record(&house, |_| {}).await;
    assert_eq!(quote(&house, &seats(9)).await.unwrap_err().code(), "fewer-seats");
    let same = quote(&house, &seats(10)).await.unwrap_err();
    assert_eq!((same.code(), same.field()), ("invalid-order", Some("quantity")));
    let theirs = NewOrder { tenant: parsed("501"), ..seats(15) };
    assert_eq!(quote(&house, &theirs).await.unwrap_err().field(), Some("subscription"));
    let later = NewOrder { scheduled: Some(parsed("2026-12-01")), ..seats(15) };
    assert_eq!(quote(&house, &later).await.unwrap_err().field(), Some("scheduled"));
}

#[tokio::test]
async fn an_order_for_a_day_is_priced_by_the_rules_of_that_day() {
    let house = House::new().await;
    house.memory.edit_settings(|settings| {
        let mut dearer = testkit::builders::price_rule("from-december");
        dearer.method = domain::price::Method::Fixed(euro("6.00"));
        dearer.valid_from = Some(parsed("2026-12-01"));
        let mut until = testkit::builders::price_rule("until-december");
        until.valid_until = Some(parsed("2026-12-01"));
        settings.price_rules = domain::price::PriceRules::new(vec![dearer, until]);
    });
    let now = quote(&house, &new_order(1)).await.unwrap().quote;
    assert_eq!((now.total, now.unit.rule.as_str()), (euro("4.00"), "until-december"));
    let later = NewOrder { scheduled: Some(parsed("2026-12-24")), ..new_order(1) };
    let later = quote(&house, &later).await.unwrap().quote;
    assert_eq!((later.total, later.unit.rule.as_str()), (euro("6.00"), "from-december"));
}
