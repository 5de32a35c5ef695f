use crate::shop::PLACE;
use crate::world::{LIST, PUT, World, config};
use connector_crayon::SubscriptionChange;
use domain::clock::Deadline;
use domain::ports::{OrderTarget, PersonalCredentials, SubscriptionSource};
use domain::secret::Secret;
use simulators::Fault;
use simulators::crayon::Model;
use testkit::Listening;

/// Everything that this connection has ever shown: texts of failures, `Debug` of its parts, log lines.
#[tokio::test]
async fn no_secret_is_ever_shown() {
    let log = Listening::to_text();

    let world = World::of(Model::sample(), |config| {
        config.base_url.set_username("hunter1").unwrap();
        config.base_url.set_password(Some("hunter2")).unwrap();
    })
    .await;
    let login = world.cloud.with(|model| model.credentials());
    let mut shown = format!("{:?} {:?}", world.crayon, config(&world.cloud, &login));
    for fault in [Fault::status(503), Fault::status(400), Fault::Html, Fault::DropBefore, Fault::status(401)]
    {
        world.cloud.with(|model| model.faults.add(fault.on(LIST).times(2)));
        shown += &format!("{:?}", world.page(1).await);
    }
    let never = Deadline::never();
    shown += &format!("{:?}", world.crayon.probe(&[&world.organisation], never).await);
    shown += &format!("{:?}", world.crayon.tenants(&world.organisation, never).await.map(|all| all.len()));
    let tenant = world.cloud.with(|model| model.tenants.keys().next().unwrap().to_string().parse().unwrap());
    shown += &format!("{:?}", world.crayon.find_tenant(&tenant, never).await.map(|found| found.is_some()));
    world.cloud.with(|model| model.faults.add(Fault::DropAfter.on(PUT)));
    let change = SubscriptionChange { name: Some("hunter3".to_owned()), ..SubscriptionChange::default() };
    shown +=
        &format!("{:?}", world.crayon.update_subscription(&"120045".parse().unwrap(), &change, never).await);
    let person = PersonalCredentials {
        username: "anna@reseller.example".to_owned(),
        password: Secret::new("hunter5"),
    };
    let anna = world.crayon.signed_in_as(&person);
    shown += &format!("{person:?} {anna:?} {:?}", anna.customer_agreement(&tenant, never).await);
    world.cloud.with(|model| model.faults.add(Fault::DropAfter.on(PLACE)));
    shown += &format!("{:?}", world.buy(&world.purchase("P1Y/monthly", 1)).await);
    shown += &format!("{:?}", world.buy(&world.purchase("P1Y/annual", 1)).await);
    shown += &format!("{:?}", world.search("exchange").await);

    let wrong =
        World::of(Model::sample(), |config| config.credentials.client_secret = Secret::new("hunter4")).await;
    shown += &format!("{:?}", wrong.page(1).await);

    let logged = log.text();
    assert!(logged.contains("signed in") && logged.contains("asking again"), "{logged}");
    let ours: String = logged.lines().filter(|line| line.contains("connector_")).collect();
    let encoded = "ZGVtby1jbGllbnQ6ZGVtby1zZWNyZXQ";
    for secret in ["demo-secret", "s3cret!", "s3cret%21", encoded, "hunter", "eyJ", "Bearer", "Basic"] {
        assert!(!shown.contains(secret), "{secret} is shown: {shown}");
        assert!(!logged.contains(secret), "{secret} is logged: {logged}");
    }
    assert!(!ours.contains('?'), "a query is logged: {ours}");
}
