use crate::world::{ADA, DISCOVERY, KEYS, Started, TOKEN, World};
use connector_kit::http_client;
use connector_oidc::{Oidc, OidcConfig};
use domain::access::Role;
use domain::clock::{Clock, Deadline};
use domain::failure::{Failure, FailureKind};
use domain::ports::IdentityProvider;
use domain::secret::Secret;
use jiff::SignedDuration;
use serde_json::{Value, json};
use simulators::Fault;
use simulators::oidc::Model;
use std::sync::Arc;
use std::time::Duration;
use testkit::FixedClock;

async fn authorise(oidc: &Oidc) -> Result<String, Failure> {
    let Started { state, nonce, verifier } = Started::numbered(1);
    oidc.authorise(&state, &nonce, &verifier, Deadline::never()).await
}

/// A provider that says this about itself.
async fn described(name: &str, value: Value) -> Failure {
    let world = World::sample().await;
    world.provider.with(|model| model.described.insert(name.to_owned(), value));
    authorise(&world.oidc).await.unwrap_err()
}

#[tokio::test]
async fn a_provider_that_calls_itself_something_else_is_not_believed() {
    let failure = described("issuer", json!("https://other.example")).await;
    assert_eq!(failure.kind, FailureKind::Malformed);
    assert!(
        failure.what.contains("another issuer: unexpected issuer URI `https://other.example`"),
        "{failure}"
    );
}

#[tokio::test]
async fn a_slash_too_many_in_the_issuer_is_named() {
    let world = World::of(Model::sample(), |config| config.issuer += "/").await;
    let failure = authorise(&world.oidc).await.unwrap_err();
    let (said, configured) = (world.provider.url(), format!("{}/", world.provider.url()));
    assert!(failure.what.contains(&format!("`{said}` (expected `{configured}`)")), "{failure}");
}

#[tokio::test]
async fn nothing_is_sent_to_an_address_without_https() {
    let elsewhere = "http://idp.example/x";
    let failure = described("jwks_uri", json!(elsewhere)).await;
    assert_eq!(failure.to_string(), "oidc: GET keys: the provider names an address that is not https");
    let failure = described("authorization_endpoint", json!(elsewhere)).await;
    assert!(failure.what.ends_with("authorization_endpoint is not an https address"), "{failure}");

    let world = World::sample().await;
    world.provider.with(|model| model.described.insert("token_endpoint".to_owned(), json!(elsewhere)));
    let failure = world.sign_in(ADA).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotSent);
    assert_eq!(failure.what, "POST token: the provider names an address that is not https");
}

#[tokio::test]
async fn a_description_that_lacks_something_names_it() {
    assert!(described("token_endpoint", Value::Null).await.what.ends_with("token_endpoint is missing"));
    let failure = described("jwks_uri", json!(7)).await;
    assert_eq!(failure.what, "GET openid-configuration: jwks_uri is not as promised");
}

#[tokio::test]
async fn odd_answers_about_itself_are_told_apart_and_cured_by_the_next_sign_in() {
    let table = [
        (Fault::status(500), FailureKind::Unavailable, "answered 500: server_error"),
        (Fault::status(503), FailureKind::Unavailable, "answered 503: server_error"),
        (Fault::too_many(Some(30)), FailureKind::RateLimited(None), "answered 429"),
        (Fault::status(404), FailureKind::NotFound, "there is no identity provider at it"),
        (Fault::status(302), FailureKind::Malformed, "answered 302"),
        (Fault::Html, FailureKind::Malformed, "the answer is no JSON document"),
        (Fault::Empty, FailureKind::Malformed, "is not as promised"),
        (Fault::Null, FailureKind::Malformed, "is not as promised"),
        (Fault::Truncated, FailureKind::Malformed, "is not as promised"),
        (Fault::DropBefore, FailureKind::Unavailable, "the connection was lost"),
    ];
    for (fault, kind, said) in table {
        let world = World::sample().await;
        world.provider.with(|model| model.faults.add(fault.clone().on(DISCOVERY).times(2)));
        let failure = authorise(&world.oidc).await.unwrap_err();
        if let FailureKind::RateLimited(until) = failure.kind {
            assert_eq!((kind, until.is_some()), (FailureKind::RateLimited(None), true), "{fault:?}");
        } else {
            assert_eq!(failure.kind, kind, "{fault:?}: {failure}");
        }
        assert!(failure.what.starts_with("GET openid-configuration: "), "{failure}");
        assert!(failure.what.contains(said), "{fault:?}: {failure}");
        world.provider.with(|model| model.faults.clear());
        assert!(world.sign_in(ADA).await.is_ok(), "after {fault:?}");
    }
}

#[tokio::test]
async fn an_answer_without_end_is_not_read() {
    let world = World::sample().await;
    world.provider.with(|model| model.described.insert("padding".to_owned(), json!("x".repeat(600_000))));
    let failure = authorise(&world.oidc).await.unwrap_err();
    assert_eq!(failure.what, "GET openid-configuration: the answer is larger than 524288 bytes");
}

#[tokio::test]
async fn a_slow_provider_is_given_up_on() {
    let world = World::of(Model::sample(), |config| config.timeout = Duration::from_millis(50)).await;
    world.provider.with(|model| model.faults.add(Fault::Slow(Duration::from_secs(5)).on(DISCOVERY).always()));
    let failure = authorise(&world.oidc).await.unwrap_err();
    assert_eq!((failure.kind, world.count(DISCOVERY)), (FailureKind::Unavailable, 2));
    assert_eq!(failure.what, "GET openid-configuration: no answer within 50 ms");
}

#[tokio::test]
async fn nothing_is_begun_when_too_little_time_is_left() {
    let world = World::sample().await;
    let Started { state, nonce, verifier } = Started::numbered(1);
    let soon = Deadline(world.clock.now() + SignedDuration::from_millis(500));
    let failure = world.oidc.authorise(&state, &nonce, &verifier, soon).await.unwrap_err();
    assert_eq!((failure.kind, world.count(DISCOVERY)), (FailureKind::OutOfTime, 0));
}

#[tokio::test]
async fn a_code_that_may_have_arrived_is_never_sent_again() {
    for fault in
        [Fault::status(500), Fault::status(503), Fault::DropAfter, Fault::DropBefore, Fault::LostGarbage]
    {
        let world = World::sample().await;
        let started = Started::numbered(1);
        let (code, _) = world.browse(&started, ADA).await;
        world.provider.with(|model| model.faults.add(fault.clone().on(TOKEN)));
        let failure = world.exchange(&code, &started).await.unwrap_err();
        assert!(!failure.certainly_not_done(), "{fault:?}: {failure}");
        assert_eq!(world.count(TOKEN), 1, "{fault:?}");
        assert!(world.sign_in(ADA).await.is_ok(), "after {fault:?}");
    }
}

#[tokio::test]
async fn a_secret_that_has_ended_is_told_from_a_code_that_is_no_good() {
    let world = World::sample().await;
    world.provider.with(|model| model.client.secret = "another".to_owned());
    let failure = world.sign_in(ADA).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unauthorised);
    assert!(
        failure.what.contains("invalid_client: the provider does not take our client id and secret"),
        "{failure}"
    );
}

#[tokio::test]
async fn keys_that_are_none_let_nobody_in() {
    let world = World::sample().await;
    world.provider.with(|model| model.faults.add(Fault::Html.on(KEYS).always()));
    let failure = authorise(&world.oidc).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Malformed, "{failure}");
}

#[tokio::test]
async fn without_a_provider_the_reason_says_so() {
    let roles = vec![("admins".to_owned(), Role::Admin)];
    let redirect = "http://127.0.0.1:8080/".parse().unwrap();
    let config = OidcConfig::new("http://127.0.0.1:9", "billbridge", Secret::new("s"), redirect, roles);
    let clock: Arc<dyn Clock> = Arc::new(FixedClock::default());
    let failure = authorise(&Oidc::new(http_client().unwrap(), clock, config).unwrap()).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotSent);
    assert!(failure.what.starts_with("GET openid-configuration: no connection: "), "{failure}");
}
