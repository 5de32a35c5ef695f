use crate::estates::{NORDIC, nordic};
use crate::house::{House, LONG, scheduled, tell};
use e2e::eventually;
use std::time::Duration;

const SUBSCRIPTIONS: u64 = 40;

#[tokio::test]
async fn a_function_that_is_killed_while_it_applies_leaves_one_service_for_each_subscription_in_the_end() {
    let house = House::open(nordic(40, 5, 1000)).await;
    house.hostbill.with(|model| model.faults.latency = Duration::from_millis(20));
    let mut killed = house.function().await;
    let payload = scheduled();
    tokio::select! {
        answer = tell(&mut killed, &payload, LONG) => panic!("it was too fast: {answer}"),
        some = eventually("some services are there", LONG, || accounts(&house) >= 9) => some.unwrap(),
    }
    killed.kill().await.unwrap();
    let so_far = accounts(&house);
    assert!(so_far < SUBSCRIPTIONS, "killed in the middle, at {so_far}");

    // Until its lease runs out, nobody else touches the organisation.
    let settling = house.environment.clone().with("SYNC_QUIET_SECONDS", "0");
    let mut function = house.function_with(&settling).await;
    let refused = tell(&mut function, &scheduled(), LONG).await;
    assert_eq!(refused["state"], "refused", "{refused}");
    assert!(refused["why"].as_str().unwrap().contains("is at work until"), "{refused}");

    house.let_the_lease_run_out(NORDIC).await;
    let finished = tell(&mut function, &scheduled(), LONG).await;
    assert_eq!((finished["state"].as_str(), finished["left"].as_u64()), (Some("finished"), Some(0)));
    house.assert_one_active_service_each(NORDIC);

    house.forget_requests();
    let again = tell(&mut function, &scheduled(), LONG).await;
    assert_eq!(again["unchanged"].as_u64(), Some(SUBSCRIPTIONS), "{again}");
    assert_eq!(house.hostbill_calls(), 0);
    house.close([killed, function]).await;
}

fn accounts(house: &House) -> u64 {
    house.hostbill.with(|model| model.accounts.len()).try_into().unwrap()
}
