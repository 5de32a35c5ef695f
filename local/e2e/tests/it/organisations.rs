use crate::estates::{NORDIC, two_organisations};
use crate::house::{House, LONG, scheduled, tell};
use std::collections::BTreeSet;

#[tokio::test]
async fn the_schedule_asks_for_a_run_of_each_organisation_and_each_is_synced() {
    let house = House::open(two_organisations()).await;
    let mut function = house.function().await;

    let answer = tell(&mut function, &scheduled(), LONG).await;
    assert_eq!((answer["outcome"].as_str(), answer["organisations"].as_u64()), (Some("requested"), Some(2)));
    assert_eq!(house.hostbill_calls(), 0);

    let requested = house.bus.take("sync.requested");
    let whose: BTreeSet<_> =
        requested.iter().map(|event| event.detail["organisation"].clone().to_string()).collect();
    assert_eq!(requested.len(), 2);
    assert_eq!(whose, [r#""nordic""#, r#""norge""#].map(str::to_owned).into());
    for event in &requested {
        let done = tell(&mut function, &event.payload(), LONG).await;
        let expected = if event.detail["organisation"] == NORDIC { 3 } else { 2 };
        assert_eq!((done["state"].as_str(), done["created"].as_u64()), (Some("finished"), Some(expected)));
    }

    let one_each: Vec<_> =
        house.services(NORDIC).into_iter().zip(house.services("norge")).map(|(a, b)| a + b).collect();
    assert_eq!(one_each, [1; 5], "each subscription has one service, of its own organisation");
    house.close([function]).await;
}
