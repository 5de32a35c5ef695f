use crate::world::{TOKEN, World, organisation};
use domain::clock::Deadline;
use domain::ports::{Probe, SubscriptionSource};
use domain::secret::Secret;
use simulators::crayon::Model;
use simulators::{Decimal, Fault};

fn shown(probes: &[Probe]) -> Vec<String> {
    let line = |probe: &Probe| match &probe.outcome {
        Ok(detail) => format!("ok   {}: {detail}", probe.what),
        Err((failure, cure)) => format!("FAIL {}: {failure} -> {cure}", probe.what),
    };
    probes.iter().map(line).collect()
}

async fn tried(world: &World) -> Vec<String> {
    shown(&world.crayon.probe(&[&world.organisation], Deadline::never()).await)
}

#[tokio::test]
async fn what_works_is_said() {
    let world = World::of(Model::sample(), |_| ()).await;
    assert_eq!(
        tried(&world).await,
        [
            "ok   sign in: the credentials are accepted",
            "ok   read the own user: the token is taken",
            "ok   see organisation nord: Reseller [T2/EUR]",
            "ok   compare the currency of nord with its agreements: agreements and settings say EUR",
            "ok   list subscriptions of nord: 4 subscriptions",
        ]
    );
}

#[tokio::test]
async fn a_currency_that_differs_is_warned_about() {
    let mut world = World::of(Model::sample(), |_| ()).await;
    world.organisation.currency = "SEK".parse().unwrap();
    assert_eq!(
        tried(&world).await[3],
        "ok   compare the currency of nord with its agreements: warning: the agreements say EUR, the settings \
         SEK; prices are taken as SEK"
    );
}

#[tokio::test]
async fn without_a_sign_in_nothing_else_is_tried() {
    let world = World::of(Model::sample(), |config| config.credentials.password = Secret::new("wrong")).await;
    let tried = tried(&world).await;
    assert_eq!(tried.len(), 1);
    assert!(
        tried[0].starts_with("FAIL sign in: crayon: POST connect/token: answered 400: Unable to get token.")
    );
    assert!(tried[0].contains("-> check client id, client secret, user name and password"));
    assert_eq!((world.count(TOKEN), world.crayon.sent()), (1, 1));
}

#[tokio::test]
async fn an_organisation_that_is_not_visible_has_its_own_cure() {
    let mut world = World::of(Model::sample(), |_| ()).await;
    world.organisation = organisation(17, "EUR");
    let tried = tried(&world).await;
    assert!(
        tried[2].starts_with("FAIL see organisation nord: crayon: GET organizations/{id}: answered 404"),
        "{tried:?}"
    );
    assert!(tried[2].contains("grant the user access to it"), "{tried:?}");
    world.organisation.supplier_organisation = "../me".to_owned();
    let tried = shown(&world.crayon.probe(&[&world.organisation], Deadline::never()).await);
    assert!(tried[2].contains("is not an organisation's id, which is a number"), "{tried:?}");
}

#[tokio::test]
async fn rows_that_cannot_be_read_are_reported() {
    let world = World::of(Model::sample(), |_| ()).await;
    world
        .cloud
        .with(|model| model.subscriptions.iter_mut().next().unwrap().sales_price = Decimal::NEGATIVE_ONE);
    let tried = tried(&world).await;
    assert!(
        tried[4].contains("1 of 4 rows cannot be read; subscription 120045: SalesPrice is negative"),
        "{tried:?}"
    );
}

#[tokio::test]
async fn each_call_fails_by_itself() {
    let world = World::of(Model::sample(), |_| ()).await;
    world.cloud.with(|model| {
        model.faults.add(Fault::status(403).on("GET /agreements"));
        model.faults.add(Fault::Html.on("GET /me"));
    });
    let tried = tried(&world).await;
    assert!(tried[1].starts_with("FAIL read the own user"), "{tried:?}");
    assert!(tried[2].starts_with("ok"), "{tried:?}");
    assert!(tried[3].contains("grant the user access to the organisation's agreements"), "{tried:?}");
    assert!(tried[4].starts_with("ok"), "{tried:?}");
}

#[tokio::test]
async fn a_system_that_is_not_there_is_an_address_to_check() {
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let url = format!("http://{gone}/").parse().unwrap();
    let world = World::of(Model::sample(), |config| config.base_url = url).await;
    let tried = tried(&world).await;
    assert_eq!(tried.len(), 1);
    assert!(tried[0].contains("no connection: Connection refused"), "{tried:?}");
    assert!(tried[0].contains("check the base URL"), "{tried:?}");
}
