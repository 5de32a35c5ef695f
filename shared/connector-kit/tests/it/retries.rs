use crate::server::{Server, Standing, Step, answer, brisk, deadline_in, transport};
use connector_kit::{Body, Idempotence, Method, Request, TransportConfig};
use domain::clock::{Clock, Deadline};
use domain::failure::FailureKind;
use jiff::SignedDuration;
use std::time::{Duration, Instant};

fn mutation(server: &Server) -> Request {
    let body = Body::Form(vec![("call".into(), "addOrder".to_owned())]);
    Request::new("POST addOrder", Method::POST, server.url.clone(), Idempotence::Mutation).body(body)
}

#[tokio::test]
async fn a_read_is_answered_after_passing_trouble() {
    let script =
        vec![answer(503, "", ""), Step::HangUp, answer(429, "retry-after: 0\r\n", ""), answer(200, "", "ok")];
    let server = Server::start(script).await;
    let transport = transport(brisk());
    let reply =
        transport.call(Request::get("GET list", server.url.clone()), Deadline::never()).await.unwrap();
    assert_eq!((reply.status, reply.body.as_slice()), (200, b"ok".as_slice()));
    assert_eq!(transport.sent(), 4);
}

#[tokio::test]
async fn a_read_is_sent_at_most_as_often_as_agreed() {
    let server = Server::start(vec![answer(503, "", ""); 9]).await;
    let failed =
        transport(brisk()).call(Request::get("GET list", server.url.clone()), Deadline::never()).await;
    assert_eq!(failed.unwrap_err().kind, FailureKind::Unavailable);
    assert_eq!(server.seen().len(), 4);
}

#[tokio::test]
async fn an_inner_error_is_asked_about_once_more() {
    let server = Server::start(vec![answer(500, "", ""); 9]).await;
    let failed =
        transport(brisk()).call(Request::get("GET list", server.url.clone()), Deadline::never()).await;
    assert_eq!(failed.unwrap_err().to_string(), "crayon: GET list: answered 500");
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_mutation_is_never_sent_twice_and_its_failure_tells_what_is_known() {
    let rows = [
        (Step::HangUp, FailureKind::Unavailable, false),
        (answer(500, "", ""), FailureKind::Unavailable, false),
        (answer(503, "retry-after: 0\r\n", ""), FailureKind::Unavailable, false),
        (answer(429, "retry-after: 0\r\n", ""), FailureKind::RateLimited(Some(Standing.now())), true),
        (
            Step::Say("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf".to_owned()),
            FailureKind::Unavailable,
            false,
        ),
        (Step::Say("nonsense\r\n\r\n".to_owned()), FailureKind::Unavailable, false),
    ];
    for (step, kind, not_done) in rows {
        let server = Server::start(vec![step, answer(200, "", "ok")]).await;
        let failure = transport(brisk()).call(mutation(&server), Deadline::never()).await.unwrap_err();
        assert_eq!(failure.kind, kind);
        assert_eq!(failure.certainly_not_done(), not_done);
        assert_eq!(server.seen().len(), 1);
        assert!(server.seen()[0].ends_with("\r\n\r\ncall=addOrder"));
    }
}

#[tokio::test]
async fn a_mutation_without_an_answer_in_time_is_in_doubt() {
    let server = Server::start(vec![Step::Ignore]).await;
    let config = TransportConfig { mutation_timeout: Duration::from_millis(50), ..brisk() };
    let failure = transport(config).call(mutation(&server), Deadline::never()).await.unwrap_err();
    assert_eq!(failure.to_string(), "crayon: POST addOrder: no answer within 50 ms");
    assert!(!failure.certainly_not_done());
}

#[tokio::test]
async fn a_mutation_that_found_no_connection_was_not_sent() {
    let server = Server::start(vec![]).await;
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let mut request = mutation(&server);
    request.url = format!("http://user:hunter2@{closed}/?key=hunter2").parse().unwrap();
    let failure = transport(brisk()).call(request, Deadline::never()).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotSent);
    assert!(failure.what.starts_with("POST addOrder: no connection: Connection refused"), "{failure}");
    assert!(!failure.what.contains("hunter2"));
}

#[tokio::test]
async fn a_sign_in_is_not_repeated_once_it_was_sent() {
    for step in [Step::HangUp, answer(503, "", ""), answer(429, "", "")] {
        let server = Server::start(vec![step, answer(200, "", "ok")]).await;
        let request = Request { idempotence: Idempotence::Login, ..mutation(&server) };
        transport(brisk()).call(request, Deadline::never()).await.unwrap_err();
        assert_eq!(server.seen().len(), 1);
    }
}

#[tokio::test]
async fn a_retry_after_is_waited_for() {
    let server = Server::start(vec![answer(429, "retry-after: 1\r\n", ""), answer(200, "", "ok")]).await;
    let begun = Instant::now();
    transport(brisk()).call(Request::get("GET list", server.url.clone()), Deadline::never()).await.unwrap();
    assert!(begun.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_retry_after_past_the_deadline_or_the_cap_is_told_instead() {
    for (seconds, deadline) in [(20, deadline_in(10_000)), (31, Deadline::never())] {
        let server = Server::start(vec![answer(429, &format!("retry-after: {seconds}\r\n"), ""); 2]).await;
        let failed = transport(brisk()).call(Request::get("GET list", server.url.clone()), deadline).await;
        let until = Standing.now() + SignedDuration::from_secs(seconds);
        assert_eq!(failed.unwrap_err().kind, FailureKind::RateLimited(Some(until)));
        assert_eq!(server.seen().len(), 1);
    }
}
