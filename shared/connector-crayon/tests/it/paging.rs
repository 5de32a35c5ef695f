use crate::world::{LIST, World, ids, organisation};
use domain::clock::Deadline;
use domain::ports::SubscriptionSource;
use simulators::crayon::{Model, Profile, Status};

#[tokio::test]
async fn pages_together_show_every_subscription_once() {
    let world = World::with(25).await;
    let mut seen = Vec::new();
    for page in 1..=3 {
        let page = world.page(page).await.unwrap();
        assert_eq!(page.total, Some(25));
        seen.extend(ids(&page));
    }
    let all: Vec<u32> = world.cloud.with(|model| model.subscriptions.iter().map(|row| row.id).collect());
    assert_eq!(seen, all);
}

#[tokio::test]
async fn a_page_past_the_end_is_empty() {
    let world = World::with(10).await;
    let page = world.page(2).await.unwrap();
    assert_eq!((page.rows.len(), page.total), (0, Some(10)));
}

#[tokio::test]
async fn subscriptions_in_every_state_are_listed() {
    let world = World::with(9).await;
    world.cloud.with(|model| {
        for (row, bit) in model.subscriptions.iter_mut().zip(0..) {
            row.status = Status(1 << bit);
        }
    });
    let page = world.page(1).await.unwrap();
    let words: Vec<_> = page.rows.iter().map(|row| row.as_ref().unwrap().status.as_str()).collect();
    assert_eq!(
        words,
        [
            "active",
            "suspended",
            "deleted",
            "cancelled",
            "converted",
            "expired",
            "pending",
            "cancelled",
            "disabled"
        ]
    );
}

#[tokio::test]
async fn the_order_asked_for_is_the_one_in_which_nothing_moves() {
    let world = World::with(1).await;
    world.page(7).await.unwrap();
    let target = world.cloud.with(|model| model.requests.recent_of(LIST).next().unwrap().target.clone());
    let theirs = &world.organisation.supplier_organisation;
    assert_eq!(
        target,
        format!(
            "/api/v1/subscriptions/?OrganizationId={theirs}&Statuses=511&SortBy=2&SortOrder=0&Page=7&PageSize=10"
        )
    );
}

#[tokio::test]
async fn both_casings_and_list_shapes_are_read_alike() {
    let world = World::of(Model::sample(), |_| ()).await;
    let documented = world.page(1).await.unwrap();
    world.cloud.with(|model| model.profile = Profile::OpenApi);
    let other = world.page(1).await.unwrap();
    assert_eq!((documented.total, other.total), (Some(4), None));
    assert_eq!(documented.rows, other.rows);
    assert_eq!(ids(&other).len(), 4);
}

#[tokio::test]
async fn only_the_organisations_own_subscriptions_are_listed() {
    let world = World::of(Model::sample(), |_| ()).await;
    let krone = world.cloud.with(|model| *model.organisations.keys().last().unwrap());
    let organisation = organisation(krone, "NOK");
    let page = world.crayon.page(&organisation, 1, Deadline::never()).await.unwrap();
    assert_eq!(page.total, Some(1));
    let row = page.rows[0].as_ref().unwrap();
    assert_eq!(row.prices.resale.unwrap().currency, "NOK".parse().unwrap());
}
