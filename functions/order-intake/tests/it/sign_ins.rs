//! In whose name an order is placed.

use crate::world::{World, anna, held, last};
use domain::order::{HoldReason, OrderState};
use domain::ports::{PersonalCredentials, PersonalSecrets as _};
use domain::secret::Secret;
use orders::NewOrder;

const PASSWORD: &str = "annas own password";

async fn keep(world: &World, password: &str) {
    let username = "anna@reseller.example".to_owned();
    let credentials = PersonalCredentials { username, password: Secret::new(password) };
    let user = "usr_anna".parse().unwrap();
    world.people.keep(&user, &world.organisation.supplier, &credentials).await.unwrap();
}

fn anna_exists(world: &World) {
    let organisation = world.organisation.supplier_organisation.parse().unwrap();
    world.crayon.with(|model| model.add_user("anna@reseller.example", PASSWORD, &[organisation]));
}

#[tokio::test]
async fn an_order_is_placed_in_the_name_of_its_author_and_the_timeline_says_so() {
    let world = World::new().await;
    anna_exists(&world);
    keep(&world, PASSWORD).await;
    let order = world.placed(3).await;
    let told = order.steps.iter().any(|step| step.why.contains("signed in as anna@reseller.example"));
    assert!(told, "{:?}", order.steps);
    assert!(!format!("{order:?}").contains(PASSWORD));
}

#[tokio::test]
async fn wrong_personal_credentials_hold_that_persons_orders_only() {
    let world = World::new().await;
    anna_exists(&world);
    keep(&world, "an old password").await;
    let hers = world.approved(world.new_order(3)).await;
    let tenant = testkit::builders::parsed(&world.tenants[1].to_string());
    let his = NewOrder { tenant, ..world.new_order(4) };
    let his = world.taken_by(&crate::world::bo(), his).await;
    let desk = world.desk();
    desk.approve(&his.organisation, &his.id, &anna(), his.quote.total).await.unwrap();
    world.scheduled().await;
    let hers = world.order(&hers.id).await;
    let (reason, detail) = held(&hers);
    assert_eq!(reason, HoldReason::CredentialsRefused);
    assert!(detail.contains("anna@reseller.example") && !detail.contains("an old password"), "{detail}");
    let his = world.order(&his.id).await;
    assert_eq!(his.state, OrderState::PlacedAtSupplier, "{:?}", last(&his));
    // The right password, and it goes on.
    keep(&world, PASSWORD).await;
    desk.retry(&hers.organisation, &hers.id, &anna(), false).await.unwrap();
    world.told(&hers).await;
    assert_eq!(world.order(&hers.id).await.state, OrderState::PlacedAtSupplier);
}

#[tokio::test]
async fn the_house_signs_in_for_those_who_keep_no_sign_in_of_their_own() {
    let world = World::new().await;
    let order = world.placed(3).await;
    assert!(order.steps.iter().any(|step| step.why.contains("signed in as the house")), "{:?}", order.steps);
}

#[tokio::test]
async fn credentials_of_the_house_that_are_refused_hold_the_order_and_nothing_is_sent() {
    let world = World::new().await;
    let order = world.approved(world.new_order(3)).await;
    let process = world.process();
    world.crayon.with(|model| model.users[0].password = "changed at Crayon".into());
    world.handled(&process, world.event(&order)).await;
    let order = world.order(&order.id).await;
    assert_eq!((held(&order).0, world.bought()), (HoldReason::CredentialsRefused, 0));
}
