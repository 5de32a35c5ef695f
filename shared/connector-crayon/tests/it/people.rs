//! The same connection, signed in as different people.

use crate::shop::{PLACE, shop};
use crate::world::{TOKEN, World};
use connector_crayon::Crayon;
use domain::clock::Deadline;
use domain::failure::FailureKind;
use domain::ports::{OrderTarget, PersonalCredentials};
use domain::secret::Secret;

const ANNA: &str = "anna@reseller.example";

fn credentials(username: &str, password: &str) -> PersonalCredentials {
    PersonalCredentials { username: username.to_owned(), password: Secret::new(password) }
}

/// Anna sees the first organisation, Bo none.
async fn staffed() -> World {
    let world = shop().await;
    world.cloud.with(|model| {
        let organisation = *model.organisations.keys().next().unwrap();
        model.add_user(ANNA, "annas-own", &[organisation]);
        model.add_user("bo@reseller.example", "bos-own", &[]);
    });
    world
}

async fn agreement(world: &World, crayon: &Crayon) -> Result<(), FailureKind> {
    let found = crayon.customer_agreement(&world.tenant(), Deadline::never()).await;
    found.map(drop).map_err(|failure| failure.kind)
}

#[tokio::test]
async fn everybody_has_a_token_of_their_own() {
    let world = staffed().await;
    let anna = world.crayon.signed_in_as(&credentials(ANNA, "annas-own"));
    let bo = world.crayon.signed_in_as(&credentials("bo@reseller.example", "bos-own"));
    assert_eq!(agreement(&world, &world.crayon).await, Ok(()));
    assert_eq!(agreement(&world, &anna).await, Ok(()));
    // Were Anna's token used for Bo, he would see what she sees.
    assert_eq!(agreement(&world, &bo).await, Err(FailureKind::NotFound));
    assert_eq!(world.count(TOKEN), 3);
    let anna_again = world.crayon.signed_in_as(&credentials(ANNA, "annas-own"));
    assert_eq!(agreement(&world, &anna_again).await, Ok(()));
    assert_eq!(world.count(TOKEN), 3, "her token is remembered");
}

#[tokio::test]
async fn a_person_orders_as_themselves() {
    let world = staffed().await;
    let anna = world.crayon.signed_in_as(&credentials(ANNA, "annas-own"));
    let purchase = world.purchase("P1Y/monthly", 3);
    assert!(anna.purchase(&purchase, Deadline::never()).await.is_ok());
    let bo = world.crayon.signed_in_as(&credentials("bo@reseller.example", "bos-own"));
    let failure = bo.purchase(&purchase, Deadline::never()).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused);
    assert_eq!((world.count(PLACE), world.orders()), (2, 1));
}

#[tokio::test]
async fn wrong_personal_credentials_fail_that_person_alone() {
    let world = staffed().await;
    let wrong = world.crayon.signed_in_as(&credentials(ANNA, "not-annas"));
    for _ in 0..3 {
        assert_eq!(agreement(&world, &wrong).await, Err(FailureKind::Unauthorised));
    }
    assert_eq!(world.count(TOKEN), 1, "a refused password is not tried again and again");
    let purchase = world.purchase("P1Y/monthly", 3);
    let failure = wrong.purchase(&purchase, Deadline::never()).await.unwrap_err();
    assert_eq!((failure.kind, world.orders()), (FailureKind::Unauthorised, 0));
    assert!(!format!("{failure:?}").contains("not-annas"));
    assert_eq!(agreement(&world, &world.crayon).await, Ok(()));
    // The right password is tried at once, although the wrong one is still being left alone.
    let right = world.crayon.signed_in_as(&credentials(ANNA, "annas-own"));
    assert_eq!(agreement(&world, &right).await, Ok(()));
}

#[tokio::test]
async fn everybody_shares_the_connections_pace() {
    let world = staffed().await;
    let anna = world.crayon.signed_in_as(&credentials(ANNA, "annas-own"));
    assert_eq!(agreement(&world, &anna).await, Ok(()));
    assert_eq!((world.crayon.sent(), anna.sent()), (2, 2));
    assert!(!format!("{anna:?}").contains("annas-own"));
}
