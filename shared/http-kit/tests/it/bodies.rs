//! What is sent, and how much of it is read.

use crate::house::{Ask, house};
use axum::body::{Body, Bytes};
use domain::access::{Role, Scope};
use http::StatusCode;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Ten megabytes, a kilobyte at a time, and how many of them were read.
fn ten_megabytes() -> (Body, Arc<AtomicUsize>) {
    let read = Arc::new(AtomicUsize::new(0));
    let counter = read.clone();
    let chunks = (0..10 * 1024).map(move |_| {
        counter.fetch_add(1, Ordering::SeqCst);
        Ok::<_, Infallible>(Bytes::from_static(&[b'x'; 1024]))
    });
    (Body::from_stream(futures::stream::iter(chunks)), read)
}

#[tokio::test]
async fn ten_megabytes_are_refused_without_being_read() {
    let house = house();
    let (_, token) = house.token(&[Scope::OrdersWrite], None).await;
    let browser = house.browser(&house.person("ada", Role::Clerk).await).await;
    for key in [None, Some("key-1")] {
        let (body, read) = ten_megabytes();
        let mut ask = Ask::json("/api/things", "").token(&token).body(body);
        if let Some(key) = key {
            ask = ask.header("idempotency-key", key);
        }
        assert_eq!(house.ask(ask).await.problem(), (413, "too-large".into()));
        assert!(read.load(Ordering::SeqCst) <= 66, "{read:?}");
    }
    let (body, read) = ten_megabytes();
    let form = browser.sends(Ask::form("/orders", "")).body(body);
    assert_eq!(house.ask(form).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(read.load(Ordering::SeqCst) <= 66, "{read:?}");

    // Said beforehand, not a byte of it is read; and of a stranger's neither.
    for ask in [
        Ask::json("/api/things", "").token(&token).header("content-length", "10485760"),
        Ask::json("/api/things", ""),
    ] {
        let (body, read) = ten_megabytes();
        let answer = house.ask(ask.body(body)).await;
        assert!(matches!(answer.status, StatusCode::PAYLOAD_TOO_LARGE | StatusCode::UNAUTHORIZED));
        assert_eq!(read.load(Ordering::SeqCst), 0);
    }
    assert_eq!((house.runs(), house.made().len()), (0, 0));
}

#[tokio::test]
async fn a_body_of_just_the_length_is_read() {
    let house = house();
    let (_, token) = house.token(&[Scope::OrdersWrite], None).await;
    let frame = r#"{"name":"","lines":[]}"#;
    let body = |length: usize| frame.replace("\"\"", &format!("\"{}\"", "x".repeat(length - frame.len())));
    let whole = Ask::json("/api/things", &body(http_kit::BODY_LIMIT)).token(&token);
    assert_eq!(house.ask(whole).await.status, StatusCode::CREATED);
    let longer = Ask::json("/api/things", &body(http_kit::BODY_LIMIT + 1)).token(&token);
    assert_eq!(house.ask(longer).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

const WHOLE: &str = "must be a whole number, not below 0 and not too large";

#[tokio::test]
async fn json_that_is_wrong_names_the_field_and_changes_nothing() {
    let house = house();
    let (_, token) = house.token(&[Scope::OrdersWrite], None).await;
    for (body, field, problem) in [
        (r#"{"name":"a","lines":[{"quantity":1},{"quantity":-5}]}"#, "lines[1].quantity", WHOLE),
        (r#"{"name":"a","lines":[{"quantity":"hunter2"}]}"#, "lines[0].quantity", WHOLE),
        (r#"{"lines":[]}"#, "name", "is missing"),
        (r#"{"name":"a","lines":[{}]}"#, "lines[0].quantity", "is missing"),
        (r#"{"name":"a","nam":"b","lines":[]}"#, "nam", "is not known; there is `name` or `lines`"),
        ("[1]", "", ""),
        ("null", "body", "must be an object"),
    ] {
        let answer = house.ask(Ask::json("/api/things", body).token(&token)).await;
        assert_eq!(answer.problem(), (422, "invalid".into()), "{body}");
        let error = &answer.json()["errors"][0];
        if !field.is_empty() {
            assert_eq!(
                (error["field"].as_str(), error["problem"].as_str()),
                (Some(field), Some(problem)),
                "{body}"
            );
        }
        assert!(!answer.body.contains("hunter2"), "{answer:?}");
    }
    assert_eq!(house.runs(), 0);
}

#[tokio::test]
async fn what_is_not_json_is_refused_with_the_place() {
    let house = house();
    let (_, token) = house.token(&[Scope::OrdersWrite], None).await;
    let deep = "[".repeat(10_000);
    for body in ["", "{", "hunter2", r#"{"name":"a","lines":[]} more"#, r#"{"name": "hunter2"#, &deep] {
        let answer = house.ask(Ask::json("/api/things", body).token(&token)).await;
        assert_eq!(answer.status.as_u16() / 100, 4, "{body}");
        assert!(["malformed", "invalid"].contains(&answer.problem().1.as_str()), "{answer:?}");
        assert!(!answer.body.contains("hunter2"), "{answer:?}");
    }
    let not_utf8 = Ask::json("/api/things", "").body(vec![b'"', 0xff, b'"']).token(&token);
    assert_eq!(house.ask(not_utf8).await.status.as_u16() / 100, 4);
    let answer = house.ask(Ask::json("/api/things", "{\n  \"name\": nope}").token(&token)).await;
    assert_eq!(answer.problem(), (400, "malformed".into()));
    assert!(answer.json()["detail"].as_str().unwrap().contains("line 2"));
    assert_eq!(house.runs(), 0);
}

#[tokio::test]
async fn a_body_of_another_kind_is_refused() {
    let house = house();
    let (_, token) = house.token(&[Scope::OrdersWrite], None).await;
    let text = Ask::new("POST", "/api/things").token(&token).body(r#"{"name":"a","lines":[]}"#);
    assert_eq!(house.ask(text).await.problem(), (415, "media-type".into()));
    let form = Ask::form("/api/things", "name=a").token(&token);
    assert_eq!(house.ask(form).await.problem(), (415, "media-type".into()));
    let with_charset = Ask::new("POST", "/api/things")
        .header("content-type", "Application/JSON; charset=utf-8")
        .token(&token)
        .body(r#"{"name":"a","lines":[]}"#);
    assert_eq!(house.ask(with_charset).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_path_that_names_nothing_is_not_found() {
    let house = house();
    let (_, token) = house.token(&[Scope::Read], None).await;
    assert_eq!(house.ask(Ask::get("/api/things/7").token(&token)).await.body, "7");
    for wrong in ["seven", "-1", "%ff", "99999999999", "..%2f..%2fetc%2fpasswd", "7%00"] {
        let answer = house.ask(Ask::get(&format!("/api/things/{wrong}")).token(&token)).await;
        assert_eq!(answer.problem(), (404, "not-found".into()), "{wrong}");
    }
}

#[tokio::test]
async fn a_route_may_take_longer_bodies_and_no_other_does() {
    let house = house();
    let (_, token) = house.token(&[Scope::Sync], None).await;
    let ask =
        |uri: &str, kilobytes: usize| Ask::new("POST", uri).body(vec![b'x'; kilobytes * 1024]).token(&token);
    let import = ask("/api/import", 200).header("idempotency-key", "key-1");
    assert_eq!(house.ask(import).await.body, "204800");
    assert_eq!(house.ask(ask("/api/import", 201)).await.problem(), (413, "too-large".into()));
    assert_eq!(house.ask(ask("/hooks/raw", 64)).await.body, "65536");
    assert_eq!(house.ask(ask("/hooks/raw", 65)).await.problem(), (413, "too-large".into()));
}
