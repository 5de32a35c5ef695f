use crate::world::World;
use domain::clock::Deadline;
use domain::failure::{Failure, FailureKind};
use domain::ports::{SubscriptionSource, Tenant};
use simulators::crayon::{Model, Profile};
use simulators::{Fault, ListFault};

const LIST: &str = "GET /customertenants";

async fn world(tenants: usize) -> World {
    let mut model = Model::empty();
    let organisation = model.add_organisation("Reseller [T2/EUR]", "EUR");
    for number in 0..tenants {
        model.add_tenant(organisation, &format!("Kund {number}"), &format!("kund{number}"));
    }
    World::of(model, |_| ()).await
}

async fn listed(world: &World) -> Result<Vec<Tenant>, Failure> {
    world.crayon.tenants(&world.organisation, Deadline::never()).await
}

#[tokio::test]
async fn all_tenants_are_listed_in_either_shape() {
    let world = world(25).await;
    let tenants = listed(&world).await.unwrap();
    assert_eq!((tenants.len(), world.count(LIST)), (25, 3));
    assert_eq!(tenants[0].domain.as_deref(), Some("kund0.onmicrosoft.example"));
    world.cloud.with(|model| model.profile = Profile::OpenApi);
    assert_eq!(listed(&world).await.unwrap(), tenants);
}

#[tokio::test]
async fn no_tenants_are_no_failure() {
    let world = world(0).await;
    assert_eq!(listed(&world).await, Ok(vec![]));
}

#[tokio::test]
async fn a_smaller_page_than_asked_for_is_not_the_end() {
    let world = world(25).await;
    world.cloud.with(|model| model.paging.cap = Some(4));
    assert_eq!(listed(&world).await.unwrap().len(), 25);
}

#[tokio::test]
async fn a_list_that_changed_while_it_was_read_is_read_again() {
    let world = world(25).await;
    world
        .cloud
        .with(|model| model.faults.add(Fault::List(ListFault::DropRow { page: 2, row: 3 }).on(LIST).skip(1)));
    assert_eq!(listed(&world).await.unwrap().len(), 25);
}

#[tokio::test]
async fn a_list_that_never_adds_up_is_not_taken_for_whole() {
    for fault in [ListFault::TotalHits(1), ListFault::IgnorePage, ListFault::RepeatPage { page: 2 }] {
        let world = world(25).await;
        world.cloud.with(|model| model.faults.add(Fault::List(fault).on(LIST).always()));
        let failure = listed(&world).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Malformed, "{fault:?}");
        assert!(failure.what.starts_with("GET customertenants: "), "{failure}");
        assert!(world.count(LIST) <= 8, "{fault:?}: {}", world.count(LIST));
    }
}

#[tokio::test]
async fn details_add_the_evidence_that_lists_leave_out() {
    let world = world(1).await;
    let id = world.cloud.with(|model| {
        let tenant = model.tenants.values_mut().next().unwrap();
        tenant.registration_number = Some("556000-0000".to_owned());
        tenant.reference = Some("K-1007".to_owned());
        tenant.id
    });
    let listed = listed(&world).await.unwrap().remove(0);
    let found = world.crayon.find_tenant(&id.to_string().parse().unwrap(), Deadline::never()).await;
    let detailed = found.unwrap().unwrap();
    assert_eq!(detailed.registration.as_deref(), Some("556000-0000"));
    assert_eq!(detailed.email.as_deref(), Some("ada@kund0.example"));
    assert_eq!(Tenant { registration: None, email: None, ..detailed }, listed);
}
