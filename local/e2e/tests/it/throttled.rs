//! A table that is asked for more than it has: DynamoDB throttles, and billing is none the worse.

use crate::estates::{NORDIC, nordic};
use crate::house::{House, LONG, scheduled, tell};
use domain::ports::AuditStore as _;
use e2e::{Answer, ThrottledTable, eventually};
use std::time::Duration;

const SUBSCRIPTIONS: u64 = 24;

/// Puts a table that can throttle in front of the house's own.
async fn in_front(house: &mut House) -> ThrottledTable {
    let table = ThrottledTable::start(house.table.endpoint()).await.unwrap();
    house.environment = house.environment.clone().with("AWS_ENDPOINT_URL_DYNAMODB", table.endpoint());
    table
}

/// Everything is there once, the log of it is whole, and another run finds nothing to do.
async fn assert_done_once(house: &House, function: &mut e2e::Function) {
    house.assert_one_active_service_each(NORDIC);
    let orders = house.hostbill.with(|model| model.requests.count("addOrder"));
    assert_eq!(orders, SUBSCRIPTIONS);
    let entries = house.table.store().audit_entries(&NORDIC.parse().unwrap(), 0, 10_000).await.unwrap();
    domain::audit::verify(&entries).unwrap();
    house.forget_requests();
    let again = tell(function, &scheduled(), LONG).await;
    assert_eq!(again["unchanged"].as_u64(), Some(SUBSCRIPTIONS), "{again}");
    assert_eq!(house.hostbill_calls(), 0);
}

#[tokio::test]
async fn a_table_that_throttles_now_and_then_costs_a_run_time_and_nothing_else() {
    let mut house = House::open(nordic(24, 4, 1000)).await;
    let table = in_front(&mut house).await;
    let mut function = house.function().await;
    function.ready().await.unwrap();
    table.throttle_every(7);

    let finished = tell(&mut function, &scheduled(), LONG).await;

    assert_eq!((finished["state"].as_str(), finished["left"].as_u64()), (Some("finished"), Some(0)));
    assert_eq!(finished["created"].as_u64(), Some(SUBSCRIPTIONS));
    assert!(table.throttled() > 10, "{} requests were throttled", table.throttled());
    table.throttle_every(0);
    assert_done_once(&house, &mut function).await;
    house.close([function]).await;
}

#[tokio::test]
async fn a_table_that_throttles_everything_fails_the_attempt_and_the_work_is_done_once_when_it_answers_again()
{
    let mut house = House::open(nordic(24, 4, 1000)).await;
    let table = in_front(&mut house).await;
    house.hostbill.with(|model| model.faults.latency = Duration::from_millis(20));
    let mut function = house.function().await;
    let accounts = || house.hostbill.with(|model| model.accounts.len());
    let payload = scheduled();
    let throttled = async {
        eventually("some services are there", LONG, || accounts() >= 5).await.unwrap();
        table.throttle_every(1);
    };
    let (failed, ()) = tokio::join!(function.invoke(&payload, LONG), throttled);

    let Answer::Failed { kind, message } = failed.unwrap().answer else { panic!("it got through") };
    assert_eq!(kind, "Retry", "Lambda is to try again: {message}");
    assert!(message.contains("dynamodb"), "{message}");
    let so_far = accounts();
    assert!(so_far < 24, "in the middle, at {so_far}");
    // Lambda's repetition, while the table throttles still: it does not come as far as billing.
    let calls = house.hostbill_calls();
    let again = function.invoke(&payload, LONG).await.unwrap().answer;
    assert!(matches!(&again, Answer::Failed { kind, .. } if kind == "Retry"), "{again:?}");
    assert_eq!(house.hostbill_calls(), calls);

    table.throttle_every(0);
    house.hostbill.with(|model| model.faults.latency = Duration::ZERO);
    house.let_the_lease_run_out(NORDIC).await;
    let mut second = house.function_with(&house.environment.clone().with("SYNC_QUIET_SECONDS", "0")).await;
    let finished = tell(&mut second, &payload, LONG).await;
    assert_eq!((finished["state"].as_str(), finished["left"].as_u64()), (Some("finished"), Some(0)));
    assert_done_once(&house, &mut second).await;
    house.close([function, second]).await;
}
