use crate::estates::{NORDIC, nordic};
use crate::house::{House, LONG, scheduled, tell};
use std::time::Duration;

const SUBSCRIPTIONS: u64 = 60;
/// The run begins no change with less than this left.
const MARGIN: Duration = Duration::from_secs(8);
/// What is left for changes: a few of them, at the pace of this HostBill.
const WORK: Duration = Duration::from_secs(1);

#[tokio::test]
async fn a_run_that_is_out_of_time_goes_on_in_another_invocation_and_doubles_nothing() {
    let house = House::open(nordic(60, 6, 1000)).await;
    house.hostbill.with(|model| model.faults.latency = Duration::from_millis(60));
    let slow = house.environment.clone().with("SYNC_MARGIN_SECONDS", MARGIN.as_secs().to_string());
    let mut function = house.function_with(&slow).await;
    function.ready().await.unwrap();

    let stopped = tell(&mut function, &scheduled(), MARGIN + WORK).await;
    assert_eq!(stopped["state"], "continued", "{stopped}");
    assert!(stopped["left"].as_u64() > Some(0), "{stopped}");

    // At least once means twice, sooner or later: here at the same time, and once more afterwards.
    let events = house.bus.take("sync.continued");
    let [event] = events.as_slice() else { panic!("one event: {events:?}") };
    assert_eq!(event.detail["run"], stopped["run"]);
    let mut other = house.function_with(&slow).await;
    let payload = event.payload();
    let (first, second) = tokio::join!(tell(&mut function, &payload, LONG), tell(&mut other, &payload, LONG));
    let late = tell(&mut other, &payload, LONG).await;

    let states = [&first["state"], &second["state"]];
    assert!(states.iter().any(|state| **state == "finished"), "{first} {second}");
    assert_eq!(late["state"], "finished", "{late}");
    assert_eq!(late["created"].as_u64(), Some(SUBSCRIPTIONS), "the report counts the whole run: {late}");
    house.assert_one_active_service_each(NORDIC);
    let orders = house.hostbill.with(|model| model.requests.count("addOrder"));
    assert_eq!(orders, SUBSCRIPTIONS);
    assert_eq!(house.bus.take("sync.continued").len(), 0);

    house.forget_requests();
    let again = tell(&mut function, &scheduled(), LONG).await;
    assert_eq!(again["unchanged"].as_u64(), Some(SUBSCRIPTIONS), "{again}");
    assert_eq!(house.hostbill_calls(), 0);
    house.close([function, other]).await;
}
