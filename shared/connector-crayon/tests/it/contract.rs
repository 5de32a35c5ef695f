//! What the port promises, against the sample estate.

use crate::world::{ONE, World};
use domain::clock::Deadline;
use domain::failure::FailureKind;
use domain::ports::SubscriptionSource;
use domain::subscription::SupplierStatus;
use simulators::crayon::Model;

async fn sample() -> World {
    World::of(Model::sample(), |_| ()).await
}

#[tokio::test]
async fn a_row_says_what_the_supplier_knows() {
    let world = sample().await;
    assert_eq!(world.crayon.system().as_str(), "crayon");
    assert_eq!(world.crayon.page_size(), 10);
    let page = world.page(1).await.unwrap();
    let rows: Vec<_> = page.rows.iter().map(|row| row.as_ref().unwrap()).collect();
    let offers: Vec<_> = rows.iter().map(|row| row.offer.to_string()).collect();
    assert_eq!(
        offers,
        [
            "CFQ7TTC0LH16:0001/P1Y/monthly",
            "CFQ7TTC0LDPB:0001/P1M/monthly",
            "031c9e47-4802-4248-838e-778fb1d2cc05/none/monthly",
            "CFQ7TTC0LH16:0001/P1Y/annual",
        ]
    );
    assert_eq!(rows[0].quantity, 25);
    assert_eq!(rows[0].publisher.as_deref(), Some("Microsoft"));
    assert!(rows[0].term_start.is_some() && rows[0].term_end.is_some());
    assert_eq!(rows[2].term_end, None);
    assert_eq!(rows[3].status, SupplierStatus::Suspended);
    let known: Vec<_> =
        world.cloud.with(|model| model.subscriptions.iter().map(|row| row.sales_price).collect());
    assert!(rows.iter().zip(known).all(|(row, price)| row.prices.resale.unwrap().amount == price));
}

#[tokio::test]
async fn details_agree_with_the_row_and_add_prices() {
    let world = sample().await;
    let page = world.page(1).await.unwrap();
    let row = page.rows[0].clone().unwrap();
    let found = world.crayon.find_details(&world.organisation, &row.id, Deadline::never()).await;
    let mut details = found.unwrap().unwrap();
    assert_eq!(details.prices.cost, Some("3.28 EUR".parse().unwrap()));
    assert_eq!(details.prices.list, Some("4.00 EUR".parse().unwrap()));
    details.prices = row.prices;
    assert_eq!(details, row);
}

#[tokio::test]
async fn what_cloud_iq_does_not_know_is_nothing() {
    let world = sample().await;
    for id in ["99999999", "not-a-number", "..", "1:2"] {
        let found =
            world.crayon.find_details(&world.organisation, &id.parse().unwrap(), Deadline::never()).await;
        assert_eq!(found, Ok(None), "{id}");
        let found = world.crayon.find_tenant(&id.parse().unwrap(), Deadline::never()).await;
        assert_eq!(found, Ok(None), "{id}");
    }
    assert_eq!(world.count(ONE), 1);
}

#[tokio::test]
async fn another_organisations_subscription_is_not_this_ones() {
    let world = sample().await;
    let foreign = world.cloud.with(|model| model.subscriptions.iter().last().unwrap().id.to_string());
    let found =
        world.crayon.find_details(&world.organisation, &foreign.parse().unwrap(), Deadline::never()).await;
    let failure = found.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Malformed);
    assert_eq!(
        failure.what,
        "GET subscriptions/{id}: Organization.Id is not the organisation that was asked for"
    );
}
