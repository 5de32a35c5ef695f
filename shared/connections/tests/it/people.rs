use crate::world::{World, crayon_system};
use domain::clock::Deadline;
use domain::failure::FailureKind;
use domain::ports::PersonalCredentials;
use domain::secret::Secret;

fn anna(password: &str) -> PersonalCredentials {
    PersonalCredentials { username: "anna@reseller.example".to_owned(), password: Secret::new(password) }
}

#[tokio::test]
async fn a_person_orders_with_a_sign_in_of_their_own() {
    let world = World::new().await;
    world.crayon.with(|model| {
        let organisations: Vec<u32> = model.organisations.keys().copied().collect();
        model.add_user("anna@reseller.example", "annas-own", &organisations);
    });
    let connections = world.keeper.current().await.unwrap();
    let personal = |password: &str| connections.personal(&crayon_system(), &anna(password)).unwrap();
    let tenant = world.tenant();
    let asked = async |password: &str| {
        let found = personal(password).customer_agreement(&tenant, Deadline::never()).await;
        found.map(drop).map_err(|failure| failure.kind)
    };
    assert_eq!(asked("annas-own").await, Ok(()));
    assert_eq!(asked("annas-own").await, Ok(()));
    assert_eq!(world.sign_ins(), 1, "her token is remembered, and no other is asked for");
    assert_eq!(asked("wrong").await, Err(FailureKind::Unauthorised));
    assert_eq!(world.call().await, Ok(()));
    assert_eq!(world.sign_ins(), 3);
    assert_eq!(personal("annas-own").system(), &crayon_system());
}

#[tokio::test]
async fn nobody_signs_in_where_there_is_no_such_connection() {
    let world = World::new().await;
    let connections = world.keeper.current().await.unwrap();
    for unknown in ["crayon-no", "hostbill"] {
        assert!(connections.personal(&unknown.parse().unwrap(), &anna("x")).is_none());
    }
}
