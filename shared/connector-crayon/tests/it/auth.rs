use crate::world::{LIST, TOKEN, World, config};
use connector_crayon::{Crayon, TokenCache};
use connector_kit::http_client;
use domain::clock::{Clock, Deadline};
use domain::failure::FailureKind;
use domain::ports::SubscriptionSource;
use domain::secret::Secret;
use futures::future::join_all;
use simulators::Fault;
use simulators::crayon::Model;
use std::sync::Arc;

#[tokio::test]
async fn one_sign_in_serves_all_who_ask_at_once() {
    let world = World::with(50).await;
    let pages = join_all((1..=5).map(|page| world.page(page))).await;
    assert!(pages.iter().all(Result::is_ok));
    assert_eq!((world.count(TOKEN), world.count(LIST)), (1, 5));
}

#[tokio::test]
async fn a_token_that_expires_in_mid_run_costs_one_more_sign_in() {
    let world = World::with(50).await;
    world.cloud.with(|model| model.tokens.requests_per_token = Some(3));
    for page in 1..=5 {
        assert_eq!(world.page(page).await.unwrap().rows.len(), 10, "page {page}");
    }
    assert_eq!(world.count(TOKEN), 2);
    // Three, the one that was refused, its replay, and the last.
    assert_eq!(world.count(LIST), 6);
}

#[tokio::test]
async fn many_refused_at_once_sign_in_once() {
    let world = World::with(50).await;
    world.page(1).await.unwrap();
    let worn = Fault::Status { code: 401, retry_after: None, empty: true };
    world.cloud.with(|model| model.faults.add(worn.on(LIST).times(4)));
    let pages = join_all((1..=4).map(|page| world.page(page))).await;
    assert!(pages.iter().all(Result::is_ok), "{pages:?}");
    assert_eq!(world.count(TOKEN), 2);
}

#[tokio::test]
async fn a_token_is_renewed_a_minute_before_it_ends() {
    let world = World::with(1).await;
    world.page(1).await.unwrap();
    world.pass(3_539);
    world.page(1).await.unwrap();
    assert_eq!(world.count(TOKEN), 1);
    world.pass(1);
    world.page(1).await.unwrap();
    assert_eq!((world.count(TOKEN), world.count(LIST)), (2, 3));
}

#[tokio::test]
async fn a_token_that_lasts_seconds_is_used_for_half_of_them() {
    let world = World::with(1).await;
    world.cloud.with(|model| model.tokens.lifetime_seconds = 5);
    for _ in 0..3 {
        world.page(1).await.unwrap();
    }
    assert_eq!(world.count(TOKEN), 1);
    world.pass(3);
    world.page(1).await.unwrap();
    assert_eq!((world.count(TOKEN), world.count(LIST)), (2, 4));
}

#[tokio::test]
async fn a_refusal_that_a_new_token_does_not_change_is_told() {
    let world = World::with(1).await;
    world.cloud.with(|model| model.faults.add(Fault::status(401).on(LIST).always()));
    let failure = world.page(1).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unauthorised);
    assert_eq!(failure.what, "GET subscriptions: answered 401: Invalid token");
    assert_eq!((world.count(TOKEN), world.count(LIST)), (2, 2));
}

#[tokio::test]
async fn a_wrong_password_is_tried_once_and_says_what_to_check() {
    let world = World::of(Model::sample(), |config| config.credentials.password = Secret::new("wrong")).await;
    let failures = join_all((1..=4).map(|page| world.page(page))).await;
    for failure in failures {
        let failure = failure.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Unauthorised);
        assert!(
            failure
                .what
                .starts_with("POST connect/token: answered 400: Unable to get token.; check client id"),
            "{failure}"
        );
    }
    assert_eq!((world.count(TOKEN), world.crayon.sent()), (1, 1));
}

#[tokio::test]
async fn a_lifted_lock_is_noticed_after_a_pause() {
    let world = World::with(1).await;
    world.cloud.with(|model| model.users[0].password.push('x'));
    world.page(1).await.unwrap_err();
    world.cloud.with(|model| model.users[0].password.pop());
    world.page(1).await.unwrap_err();
    assert_eq!(world.count(TOKEN), 1);
    world.pass(300);
    world.page(1).await.unwrap();
    assert_eq!(world.count(TOKEN), 2);
}

#[tokio::test]
async fn a_sign_in_that_failed_in_passing_is_left_to_the_next_call() {
    for fault in [Fault::status(503), Fault::too_many(Some(0)), Fault::DropBefore] {
        let world = World::with(1).await;
        world.cloud.with(|model| model.faults.add(fault.on(TOKEN)));
        assert!(world.page(1).await.unwrap_err().is_transient());
        assert_eq!((world.count(TOKEN), world.count(LIST)), (1, 0));
        world.page(1).await.unwrap();
        assert_eq!(world.count(TOKEN), 2);
    }
}

#[tokio::test]
async fn a_token_is_shared_by_equal_credentials_and_by_no_others() {
    let world = World::of(Model::sample(), |_| ()).await;
    let login = world.cloud.with(|model| model.credentials());
    let same = config(&world.cloud, &login);
    let mut other = same.clone();
    other.credentials.username = "second.user@reseller.example".to_owned();
    other.credentials.password = Secret::new("s3cond!");
    let mut wrong = same.clone();
    wrong.credentials.password = Secret::new("wrong");

    let tokens = TokenCache::default();
    let outcome = |config| {
        let clock: Arc<dyn Clock> = Arc::clone(&world.clock) as Arc<dyn Clock>;
        let crayon = Crayon::sharing(http_client().unwrap(), clock, config, &tokens);
        let organisation = world.organisation.clone();
        async move { crayon.page(&organisation, 1, Deadline::never()).await.map(|page| page.rows.len()) }
    };
    assert_eq!(outcome(&same).await, Ok(4));
    assert_eq!(outcome(&same).await, Ok(4));
    assert_eq!(world.count(TOKEN), 1);
    assert_eq!(outcome(&other).await, Ok(0));
    assert_eq!(world.count(TOKEN), 2);
    assert_eq!(outcome(&wrong).await.unwrap_err().kind, FailureKind::Unauthorised);
}
