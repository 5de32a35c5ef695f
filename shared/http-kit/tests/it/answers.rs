//! What every answer has.

use crate::house::{Answer, Ask, House, house, house_with};
use domain::access::{Role, Scope};
use http::StatusCode;
use jiff::SignedDuration;

fn has_all_headers(answer: &Answer, what: &str) {
    let policy = answer.header("content-security-policy").unwrap_or_else(|| panic!("{what}: {answer:?}"));
    for part in ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"] {
        assert!(policy.contains(part), "{what}: {policy}");
    }
    assert!(!policy.contains("unsafe"));
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("strict-transport-security", "max-age=31536000; includeSubDomains"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{what}: {name}");
    }
    assert!(answer.header("x-request-id").is_some_and(|id| id.len() == 32), "{what}");
}

#[tokio::test]
async fn every_answer_has_the_headers_that_protect_who_reads_it() {
    let house = house();
    let (_, token) = house.token(&[Scope::Read], None).await;
    for (ask, status) in [
        (Ask::get("/health"), 200),
        (Ask::get("/api/me").token(&token), 200),
        (Ask::get("/api/me"), 401),
        (Ask::new("POST", "/api/approve").token(&token), 403),
        (Ask::get("/orders"), 303),
        (Ask::get("/api/nowhere").token(&token), 404),
        (Ask::get("/nowhere"), 404),
        (Ask::new("DELETE", "/api/me").token(&token), 405),
        (Ask::new("DELETE", "/health"), 405),
        (Ask::get("/api/panic").token(&token), 500),
    ] {
        let answer = house.ask(ask).await;
        assert_eq!(answer.status.as_u16(), status);
        has_all_headers(&answer, &status.to_string());
    }
}

#[tokio::test]
async fn plain_http_does_not_promise_tls() {
    let house = house_with(100, false);
    assert_eq!(house.ask(Ask::get("/health")).await.header("strict-transport-security"), None);
}

#[tokio::test]
async fn programs_get_problems_and_pages_keep_their_own_404() {
    let house = house();
    for nowhere in ["/api", "/api/", "/api/nowhere", "/hooks/nobody", "/api/../etc/passwd", "/api/%2e%2e/x"] {
        let answer = house.ask(Ask::get(nowhere).header("accept", "text/html")).await;
        assert_eq!(answer.problem(), (404, "not-found".into()), "{nowhere}");
        assert_eq!(answer.json()["request"].as_str(), answer.header("x-request-id"));
    }
    for nowhere in ["/nowhere", "/apiary", "/../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd"] {
        let answer = house.ask(Ask::get(nowhere)).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{nowhere}");
        assert_eq!(answer.body, "our own page for nothing", "{nowhere}");
    }
}

#[tokio::test]
async fn what_cannot_be_done_at_an_address_says_what_can() {
    let house = house();
    let (_, token) = house.token(&[Scope::Admin], None).await;
    let answer = house.ask(Ask::new("DELETE", "/api/things").token(&token)).await;
    assert_eq!(answer.problem(), (405, "method".into()));
    let mut allowed: Vec<_> = answer.header("allow").unwrap().split(',').collect();
    allowed.sort_unstable();
    assert_eq!(allowed, ["GET", "HEAD", "POST"]);
}

#[tokio::test]
async fn a_request_keeps_the_id_that_it_came_with_if_it_looks_like_one() {
    let house = house();
    let id = async |given: &str| {
        let answer = house.ask(Ask::get("/health").header("x-request-id", given)).await;
        answer.header("x-request-id").unwrap().to_owned()
    };
    for good in ["req-00001", "JKJaXmPLvHcESHA=".trim_end_matches('='), &"a".repeat(64)] {
        assert_eq!(id(good).await, good);
    }
    for bad in ["", "short", &"a".repeat(65), "with space", "<script>alert(1)</script>", "a\u{fc}bcdefgh"] {
        let made = id(bad).await;
        assert_ne!(made, bad);
        assert_eq!(made.len(), 32);
    }
}

#[tokio::test]
async fn a_panic_is_a_problem_and_the_next_request_is_answered() {
    let house = house();
    let (_, token) = house.token(&[Scope::Read], None).await;
    let answer = house.ask(Ask::get("/api/panic").token(&token)).await;
    assert_eq!(answer.problem(), (500, "internal".into()));
    assert!(!answer.body.contains("quoted"));
    assert_eq!(house.ask(Ask::get("/api/me").token(&token)).await.status, StatusCode::OK);

    let browser = house.browser(&house.person("ada", Role::Viewer).await).await;
    let page = house.ask(browser.sends(Ask::get("/panic"))).await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(page.body.starts_with("<h1>Something went wrong on our side</h1>"), "{page:?}");
}

#[tokio::test]
async fn a_long_page_is_sent_compressed() {
    let house = house();
    let browser = house.browser(&house.person("ada", Role::Viewer).await).await;
    let plain = house.ask(browser.sends(Ask::get("/orders"))).await;
    assert_eq!((plain.header("content-encoding"), plain.body.len()), (None, 1500));
    let packed = house.ask(browser.sends(Ask::get("/orders")).header("accept-encoding", "gzip")).await;
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    assert!(packed.body.len() < 200);
}

async fn allowed(house: &House, ask: impl Fn() -> Ask) -> usize {
    for n in 0..1000 {
        let answer = house.ask(ask()).await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            let seconds: u64 = answer.header("retry-after").unwrap().parse().unwrap();
            assert!((1..=60).contains(&seconds), "{seconds}");
            return n;
        }
    }
    panic!("there is no end to it")
}

#[tokio::test]
async fn every_principal_has_a_limit_of_their_own() {
    let house = house_with(6, true);
    let (_, one) = house.token(&[Scope::Read], None).await;
    let (_, other) = house.token(&[Scope::Read], None).await;
    let from = "192.0.2.1:4711";
    assert_eq!(allowed(&house, || Ask::get("/api/me").token(&one).from(from)).await, 6);
    let answer = house.ask(Ask::get("/api/me").token(&one)).await;
    assert_eq!(answer.problem(), (429, "too-many".into()));
    // At the same address, but somebody else.
    assert_eq!(house.ask(Ask::get("/api/me").token(&other).from(from)).await.status, StatusCode::OK);
    let browser = house.browser(&house.person("ada", Role::Viewer).await).await;
    assert_eq!(allowed(&house, || browser.sends(Ask::get("/health")).from(from)).await, 6);
    assert_eq!(house.ask(Ask::get("/health").from(from)).await.status, StatusCode::OK);

    house.clock.advance(SignedDuration::from_secs(10));
    assert_eq!(house.ask(Ask::get("/api/me").token(&one)).await.status, StatusCode::OK);
    assert_eq!(house.ask(Ask::get("/api/me").token(&one)).await.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn two_tokens_of_one_person_share_a_limit() {
    let house = house_with(6, true);
    let ada = house.person("ada", Role::Viewer).await;
    let (_, one) = house.token(&[Scope::Read], Some(&ada.id)).await;
    let (_, other) = house.token(&[Scope::Read], Some(&ada.id)).await;
    assert_eq!(allowed(&house, || Ask::get("/api/me").token(&one)).await, 6);
    assert_eq!(allowed(&house, || Ask::get("/api/me").token(&other)).await, 0);
}

#[tokio::test]
async fn strangers_have_a_limit_by_address_whatever_they_show() {
    let house = house_with(6, true);
    let from = |address: &'static str| move || Ask::get("/health").from(address);
    assert_eq!(allowed(&house, from("192.0.2.1:1000")).await, 6);
    assert_eq!(allowed(&house, from("192.0.2.1:2000")).await, 0);
    assert_eq!(allowed(&house, from("192.0.2.2:1000")).await, 6);
    assert_eq!(allowed(&house, from("[2001:db8::1]:1000")).await, 6);
    assert_eq!(allowed(&house, from("[2001:db8::2]:1000")).await, 0);

    // Made-up tokens, cookies and forwarding headers open no new bucket.
    for (name, value) in [
        ("authorization", "Bearer bb_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
        ("authorization", "Basic AAAA"),
        ("cookie", "__Host-billbridge=AAAA.AAAA"),
        ("x-forwarded-for", "203.0.113.9"),
    ] {
        let ask = Ask::get("/health").header(name, value).from("192.0.2.1:3000");
        assert_eq!(house.ask(ask).await.status, StatusCode::TOO_MANY_REQUESTS, "{name}");
    }
}

#[tokio::test]
async fn a_browser_is_told_of_a_problem_on_a_page() {
    let house = house_with(1, true);
    house.ask(Ask::get("/health")).await;
    let answer = house.ask(Ask::get("/health").header("accept", "text/html,*/*;q=0.8")).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(answer.header("retry-after").is_some());
    assert!(answer.body.contains("<h1>Too many requests</h1>"));
}
