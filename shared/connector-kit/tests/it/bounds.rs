use crate::server::{Server, Step, answer, brisk, deadline_in, transport};
use connector_kit::{Idempotence, Method, Request, TransportConfig};
use domain::clock::Deadline;
use domain::failure::FailureKind;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Notify;

#[tokio::test]
async fn nothing_is_begun_that_the_deadline_leaves_no_time_for() {
    let server = Server::start(vec![answer(200, "", "ok")]).await;
    let transport = transport(brisk());
    for (kind, millis) in [(Idempotence::Read, 999), (Idempotence::Login, 0), (Idempotence::Mutation, 4_999)]
    {
        let request = Request::new("POST x", Method::POST, server.url.clone(), kind);
        let failure = transport.call(request, deadline_in(millis)).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::OutOfTime);
        assert!(failure.certainly_not_done());
    }
    assert_eq!((transport.sent(), server.seen().len()), (0, 0));
}

#[tokio::test]
async fn a_request_takes_no_longer_than_the_deadline_allows() {
    let server = Server::start(vec![Step::Ignore; 4]).await;
    let config = TransportConfig { least_time: Duration::from_millis(10), ..brisk() };
    let request = Request::get("GET list", server.url.clone());
    let failure = transport(config).call(request, deadline_in(60)).await.unwrap_err();
    assert!(failure.what.starts_with("GET list: no answer within "), "{failure}");
}

#[tokio::test]
async fn a_queue_that_is_too_long_for_the_deadline_is_not_joined() {
    let gate = Arc::new(Notify::new());
    let server = Server::start(vec![Step::Wait(Arc::clone(&gate))]).await;
    let config = TransportConfig { in_flight: 1.try_into().unwrap(), ..brisk() };
    let transport = Arc::new(transport(config));
    let first = {
        let (transport, request) = (Arc::clone(&transport), Request::get("GET slow", server.url.clone()));
        tokio::spawn(async move { transport.call(request, Deadline::never()).await })
    };
    server.arrived.notified().await;
    let second = transport.call(Request::get("GET list", server.url.clone()), deadline_in(1_020)).await;
    assert_eq!(second.unwrap_err().kind, FailureKind::OutOfTime);
    gate.notify_one();
    assert_eq!(first.await.unwrap().unwrap().status, 200);
    assert_eq!(transport.sent(), 1);
}

#[tokio::test]
async fn requests_are_spread_over_time() {
    let server = Server::start(vec![answer(200, "", ""); 6]).await;
    let config = TransportConfig {
        requests_per_second: 20.try_into().unwrap(),
        burst: 2.try_into().unwrap(),
        ..brisk()
    };
    let transport = transport(config);
    let begun = Instant::now();
    for _ in 0..6 {
        transport.call(Request::get("GET list", server.url.clone()), Deadline::never()).await.unwrap();
    }
    assert!(begun.elapsed() >= Duration::from_millis(195), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_body_beyond_the_bound_is_not_read() {
    let long = "x".repeat(1_001);
    let chunked = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3e9\r\n{long}\r\n0\r\n\r\n");
    for step in [answer(200, "", &long), Step::Say(chunked)] {
        let server = Server::start(vec![step]).await;
        let config = TransportConfig { max_body: 1_000, ..brisk() };
        let failed =
            transport(config).call(Request::get("GET list", server.url.clone()), Deadline::never()).await;
        let failure = failed.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Malformed);
        assert_eq!(failure.what, "GET list: the answer is larger than 1000 bytes");
        assert_eq!(server.seen().len(), 1);
    }
}
