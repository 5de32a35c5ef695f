use crate::estates::{NORDIC, nordic};
use crate::house::{House, LONG, apply, scheduled, tell};

#[tokio::test]
async fn a_fresh_estate_waits_for_approval_is_applied_once_and_then_left_alone() {
    let house = House::open(nordic(24, 3, 10)).await;
    let mut function = house.function().await;

    let planned = tell(&mut function, &scheduled(), LONG).await;
    assert_eq!(planned["state"], "awaiting-approval", "{planned}");
    assert_eq!((planned["observed"].as_u64(), planned["created"].as_u64()), (Some(24), Some(0)));
    assert_eq!(house.hostbill_calls(), 0, "nothing is done before it is approved");

    let applied = tell(&mut function, &apply(&planned["plan"]), LONG).await;
    assert_eq!((applied["state"].as_str(), applied["created"].as_u64()), (Some("finished"), Some(24)));
    house.assert_one_active_service_each(NORDIC);

    house.forget_requests();
    let again = tell(&mut function, &scheduled(), LONG).await;
    assert_eq!((again["state"].as_str(), again["unchanged"].as_u64()), (Some("finished"), Some(24)));
    assert_eq!(house.hostbill_calls(), 0, "an unchanged estate asks nothing of HostBill");

    let told = house.bus.take("sync.finished");
    let states: Vec<_> = told.iter().map(|event| event.detail["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["awaiting-approval", "finished", "finished"]);
    house.close([function]).await;
}

#[tokio::test]
async fn an_approval_of_yesterday_is_refused_when_the_world_has_moved() {
    let house = House::open(nordic(24, 3, 10)).await;
    let mut function = house.function().await;
    let planned = tell(&mut function, &scheduled(), LONG).await;
    house.crayon.with(|model| model.change_percent(10));

    let refused = tell(&mut function, &apply(&planned["plan"]), LONG).await;

    assert_eq!(refused["state"], "refused", "{refused}");
    assert_eq!(house.hostbill_calls(), 0);
    house.close([function]).await;
}
