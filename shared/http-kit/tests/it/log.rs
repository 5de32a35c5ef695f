//! The one line that the log has about a request.

use crate::house::{Ask, house};
use domain::access::{Role, Scope};
use serde_json::Value;
use testkit::{Listening, Moment};
use tracing_subscriber::fmt::format::FmtSpan;

/// What is logged while a future runs on this thread.
fn logged(work: impl Future<Output = ()>) -> Vec<Value> {
    logged_with(FmtSpan::NONE, work)
}

fn logged_with(spans: FmtSpan, work: impl Future<Output = ()>) -> Vec<Value> {
    let log = Listening::to_json(spans);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(work);
    log.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_request_is_one_line_with_who_and_what_and_nothing_that_was_sent() {
    let house = house();
    let mut sent = Vec::new();
    let lines = logged(async {
        let ada = house.person("ada", Role::Clerk).await;
        let (_, token) = house.token(&[Scope::OrdersWrite], Some(&ada.id)).await;
        sent.push(token.expose()[3..].to_owned());
        let ask = Ask::json("/api/things?secret=in-the-query", r#"{"name":"in-the-body","lines":[]}"#);
        house.ask(ask.token(&token).header("x-request-id", "request-0001")).await;
    });
    assert_eq!(lines.len(), 1, "{lines:?}");
    let line = &lines[0];
    assert_eq!(line["level"], "INFO");
    assert_eq!(line["http.method"], "POST");
    assert_eq!(line["http.route"], "/api/things");
    assert_eq!(line["http.status"], 201);
    assert_eq!(line["duration_ms"], 0);
    assert!(line["principal.id"].as_str().unwrap().starts_with("usr_"));
    assert_eq!(line["request.id"], "request-0001");
    sent.extend(["in-the-query".to_owned(), "in-the-body".to_owned()]);
    for secret in sent {
        assert!(!line.to_string().contains(&secret), "{secret}");
    }
}

#[test]
fn traces_have_a_request_by_its_route_within_its_id_and_nothing_that_was_sent() {
    let house = house();
    let lines = logged_with(FmtSpan::CLOSE, async {
        let (_, token) = house.token(&[Scope::OrdersWrite], None).await;
        let ask = Ask::json("/api/things?secret=in-the-query", r#"{"name":"in-the-body","lines":[]}"#);
        house.ask(ask.token(&token).header("x-request-id", "request-0001")).await;
    });
    let route = lines.iter().find(|line| line["span"]["name"] == "route").unwrap();
    assert_eq!(route["span"]["otel.name"], "POST /api/things");
    let around = route["spans"].as_array().unwrap();
    assert!(around.iter().any(|span| span["request.id"] == "request-0001"), "{route}");
    assert!(!format!("{lines:?}").contains("in-the-"), "{lines:?}");
}

#[test]
fn sessions_and_strangers_are_told_apart_and_cookies_are_not_written() {
    let house = house();
    let mut sent = String::new();
    let lines = logged(async {
        let browser = house.browser(&house.person("ada", Role::Clerk).await).await;
        house
            .ask(browser.sends(Ask::form("/orders", &format!("name=in-the-form&csrf={}", browser.csrf))))
            .await;
        house.ask(Ask::get("/orders/../secret-path")).await;
        sent = browser.cookie.split_once('=').unwrap().1.to_owned();
    });
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0]["principal.id"].as_str().unwrap().starts_with("usr_"));
    assert_eq!(lines[1]["principal.id"], "nobody");
    assert_eq!(lines[1]["http.route"], "(no route)");
    let all = format!("{lines:?}");
    for secret in [&*sent, "in-the-form", "secret-path"] {
        assert!(!all.contains(secret), "{secret}");
    }
}

#[test]
fn the_cause_of_a_failure_stands_in_the_log_and_not_in_the_answer() {
    let house = house();
    let mut body = String::new();
    let lines = logged(async {
        let (_, token) = house.token(&[Scope::Read], None).await;
        house.store.fail_after(1, Moment::Before);
        body = house.ask(Ask::get("/api/me").token(&token)).await.body;
    });
    assert_eq!((lines.len(), lines[0]["level"].as_str()), (1, Some("ERROR")));
    let cause = lines[0]["error"].as_str().unwrap();
    assert!(!cause.is_empty() && !body.contains(cause), "{cause} in {body}");
    let request = lines[0]["request.id"].as_str().unwrap();
    assert!(body.contains(request));
}

#[test]
fn a_panic_is_logged_without_what_it_says() {
    let house = house();
    let lines = logged(async {
        let (_, token) = house.token(&[Scope::Read], None).await;
        house.ask(Ask::get("/api/panic").token(&token)).await;
    });
    assert_eq!((lines.len(), lines[0]["level"].as_str()), (1, Some("ERROR")));
    assert_eq!(lines[0]["error"], "a handler panicked");
    assert!(!lines[0].to_string().contains("quoted"));
}
