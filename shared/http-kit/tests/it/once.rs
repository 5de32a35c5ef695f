//! The same request twice.

use crate::house::{Ask, House, house};
use domain::access::{Role, Scope};
use domain::secret::Secret;
use http::StatusCode;
use jiff::SignedDuration;
use testkit::Moment;

const BODY: &str = r#"{"name":"a","lines":[{"quantity":2}]}"#;

async fn writer(house: &House) -> Secret {
    house.token(&[Scope::OrdersWrite], None).await.1
}

fn make(token: &Secret, key: &str) -> Ask {
    Ask::json("/api/things", BODY).token(token).header("idempotency-key", key)
}

#[tokio::test]
async fn the_same_request_twice_is_carried_out_once_and_answered_the_same() {
    let house = house();
    let token = writer(&house).await;
    let first = house.ask(make(&token, "key-1")).await;
    house.clock.advance(SignedDuration::from_hours(10_000));
    let second = house.ask(make(&token, "key-1")).await;

    assert_eq!(first.status, StatusCode::CREATED);
    assert_eq!(
        (first.header("idempotency-replayed"), second.header("idempotency-replayed")),
        (None, Some("true"))
    );
    assert_eq!((second.status, &second.body), (first.status, &first.body));
    for name in ["location", "content-type"] {
        assert!(first.header(name).is_some());
        assert_eq!(first.header(name), second.header(name));
    }
    assert_eq!((house.runs(), house.made().len()), (1, 1));
}

#[tokio::test]
async fn another_key_another_principal_and_another_route_are_other_requests() {
    let house = house();
    let (token, other) = (writer(&house).await, writer(&house).await);
    house.ask(make(&token, "key-1")).await;
    house.ask(make(&token, "key-2")).await;
    house.ask(make(&other, "key-1")).await;
    assert_eq!(house.runs(), 3);
    house.ask(Ask::new("POST", "/api/secrets").token(&token).header("idempotency-key", "key-1")).await;
    assert_eq!(house.runs(), 4);
    let made = house.made();
    assert!(made[0] != made[1] && made[1] != made[2] && made[0] != made[2], "{made:?}");
}

#[tokio::test]
async fn a_person_is_the_same_whichever_way_they_come_in() {
    let house = house();
    let ada = house.person("ada", Role::Clerk).await;
    let browser = house.browser(&ada).await;
    let (_, token) = house.token(&[Scope::OrdersWrite], Some(&ada.id)).await;
    house.ask(make(&token, "key-1")).await;
    let ask = browser.sends(Ask::json("/api/things", BODY)).header("x-csrf-token", &browser.csrf);
    let again = house.ask(ask.header("idempotency-key", "key-1")).await;
    assert_eq!((again.header("idempotency-replayed"), house.runs()), (Some("true"), 1));
}

#[tokio::test]
async fn a_key_that_was_used_for_something_else_is_refused() {
    let house = house();
    let token = writer(&house).await;
    house.ask(make(&token, "key-1")).await;
    let other_body = make(&token, "key-1").body(BODY.replace('2', "3"));
    assert_eq!(house.ask(other_body).await.problem(), (422, "key-used".into()));
    let other_query =
        Ask::json("/api/things?really=yes", BODY).token(&token).header("idempotency-key", "key-1");
    assert_eq!(house.ask(other_query).await.problem(), (422, "key-used".into()));
    assert_eq!(house.runs(), 1);
}

#[tokio::test]
async fn a_refusal_is_kept_and_a_failure_is_forgotten() {
    for (status, runs) in [
        (StatusCode::CONFLICT, 1),
        (StatusCode::UNPROCESSABLE_ENTITY, 1),
        (StatusCode::TOO_MANY_REQUESTS, 2),
        (StatusCode::INTERNAL_SERVER_ERROR, 2),
        (StatusCode::SERVICE_UNAVAILABLE, 2),
    ] {
        let house = house();
        let token = writer(&house).await;
        *house.desk.next_status.lock().unwrap() = status;
        assert_eq!(house.ask(make(&token, "key-1")).await.status, status);
        *house.desk.next_status.lock().unwrap() = StatusCode::CREATED;
        let again = house.ask(make(&token, "key-1")).await.status;
        assert_eq!(again, if runs == 2 { StatusCode::CREATED } else { status });
        assert_eq!(house.runs(), runs, "{status}");
    }
}

#[tokio::test]
async fn two_at_once_are_carried_out_once() {
    let house = house();
    let token = writer(&house).await;
    let all = u32::try_from(house.desk.gate.available_permits()).unwrap();
    house.desk.gate.acquire_many(all).await.unwrap().forget();

    let first = house.ask(make(&token, "key-1"));
    let second = async {
        while house.runs() == 0 {
            tokio::task::yield_now().await;
        }
        let answer = house.ask(make(&token, "key-1")).await;
        house.desk.gate.add_permits(1);
        answer
    };
    let (first, second) = futures::join!(first, second);
    assert_eq!(first.status, StatusCode::CREATED);
    assert_eq!(second.problem(), (409, "in-progress".into()));
    assert_eq!(second.header("retry-after"), Some("1"));
    assert_eq!(house.runs(), 1);
    let third = house.ask(make(&token, "key-1")).await;
    assert_eq!((third.status, third.header("idempotency-replayed")), (StatusCode::CREATED, Some("true")));
}

#[tokio::test]
async fn what_broke_off_is_begun_again_after_a_minute_and_makes_the_same_id() {
    let house = house();
    let token = writer(&house).await;
    house.ask(make(&token, "probe")).await;
    // The token is found, the answer begun, and cannot be kept: as if the process had died just before that.
    house.store.fail_after(3, Moment::Before);
    assert_eq!(house.ask(make(&token, "key-1")).await.status, StatusCode::CREATED);
    let made = house.made();

    house.clock.advance(SignedDuration::from_secs(59));
    assert_eq!(house.ask(make(&token, "key-1")).await.problem(), (409, "in-progress".into()));
    house.clock.advance(SignedDuration::from_secs(1));
    assert_eq!(house.ask(make(&token, "key-1")).await.status, StatusCode::CREATED);
    assert_eq!(house.made().last(), made.last());
}

#[tokio::test]
async fn nothing_is_carried_out_while_it_cannot_be_noted() {
    let house = house();
    let token = writer(&house).await;
    house.ask(make(&token, "probe")).await;
    // Finding the token is the first call, beginning the answer the second.
    house.store.fail_after(2, Moment::Before);
    assert_eq!(house.ask(make(&token, "key-1")).await.problem(), (503, "unavailable".into()));
    assert_eq!(house.runs(), 1);
}

#[tokio::test]
async fn an_answer_with_a_secret_is_shown_once() {
    let house = house();
    let token = writer(&house).await;
    let ask = || Ask::new("POST", "/api/secrets").token(&token).header("idempotency-key", "key-1");
    let first = house.ask(ask()).await;
    assert_eq!((first.status, first.body.as_str()), (StatusCode::OK, "bb_the-secret"));
    let second = house.ask(ask()).await;
    assert_eq!(second.problem(), (409, "shown-once".into()));
    assert!(!second.body.contains("the-secret"));
    assert_eq!(house.runs(), 1);
    assert!(!format!("{:?}", house.store).contains("the-secret"));
}

#[tokio::test]
async fn an_answer_that_is_too_long_to_be_kept_is_given_once() {
    let house = house();
    let token = writer(&house).await;
    let ask = || Ask::new("POST", "/api/long").token(&token).header("idempotency-key", "key-1");
    assert_eq!(house.ask(ask()).await.body.len(), 301 * 1024);
    assert_eq!(house.ask(ask()).await.problem(), (409, "answer-too-long".into()));
    assert_eq!(house.runs(), 1);
}

#[tokio::test]
async fn a_key_that_is_none_is_refused() {
    let house = house();
    let token = writer(&house).await;
    for bad in ["", " ", "with space", &"x".repeat(201), "ü"] {
        assert_eq!(house.ask(make(&token, bad)).await.problem(), (400, "bad-key".into()), "{bad:?}");
    }
    let twice = make(&token, "key-1").header("idempotency-key", "key-2");
    assert_eq!(house.ask(twice).await.problem(), (400, "bad-key".into()));
    assert_eq!(house.runs(), 0);
    assert_eq!(house.ask(make(&token, &"x".repeat(200))).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn without_a_key_every_request_is_its_own() {
    let house = house();
    let token = writer(&house).await;
    for _ in 0..2 {
        house.ask(Ask::json("/api/things", BODY).token(&token)).await;
    }
    let made = house.made();
    assert_eq!(made.len(), 2);
    assert_ne!(made[0], made[1]);
}

#[tokio::test]
async fn a_double_click_sends_a_form_once() {
    let house = house();
    let browser = house.browser(&house.person("ada", Role::Clerk).await).await;
    let fields = format!("name=a&csrf={}&once=form-7", browser.csrf);
    for replayed in [None, Some("true")] {
        let answer = house.ask(browser.sends(Ask::form("/orders", &fields))).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, Some("/orders")));
        assert_eq!(answer.header("idempotency-replayed"), replayed);
    }
    assert_eq!(house.made().len(), 1);
}

#[tokio::test]
async fn a_form_with_a_mistake_may_be_corrected_and_sent_again() {
    let house = house();
    let browser = house.browser(&house.person("ada", Role::Clerk).await).await;
    let send = async |fields: &str| {
        let fields = format!("{fields}&csrf={}&once=form-7", browser.csrf);
        house.ask(browser.sends(Ask::form("/orders", &fields))).await
    };
    assert_eq!(send("nam=a").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(house.made(), Vec::<String>::new());
    assert_eq!(send("name=a").await.status, StatusCode::SEE_OTHER);
    assert_eq!(send("name=b").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(house.made().len(), 1);
}
