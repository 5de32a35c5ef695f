use crate::server::{Server, answer, brisk, transport};
use connector_kit::{Body, Idempotence, Method, Request, TransportConfig, failure_kind, url_below};
use domain::clock::Deadline;
use domain::failure::FailureKind;

#[tokio::test]
async fn the_systems_own_no_is_handed_over_with_its_words() {
    let body = "{\"Message\":\"Invalid\\r\\norganization id\"}";
    let server =
        Server::start(vec![answer(400, "x-request-id: r-1\r\ncontent-type: text/x\r\n", body)]).await;
    let config = TransportConfig {
        explain: |reply| Some(String::from_utf8_lossy(&reply.body[12..35]).replace("\\r\\n", "\r\n")),
        ..brisk()
    };
    let transport = transport(config);
    let reply =
        transport.call(Request::get("GET list", server.url.clone()), Deadline::never()).await.unwrap();
    assert!(!reply.is_success());
    assert_eq!(reply.content_type.as_deref(), Some("text/x"));
    let failure = transport.failure_of("GET list", &reply);
    assert_eq!(failure.kind, FailureKind::Refused);
    assert!(failure.to_string().starts_with("crayon: GET list: answered 400: Invalid organ"), "{failure}");
    assert!(failure.to_string().ends_with("(request r-1)"), "{failure}");
    let odd = transport.malformed("GET list", &reply, "Items is missing");
    assert_eq!((odd.kind, odd.request.as_deref()), (FailureKind::Malformed, Some("r-1")));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let server = Server::start(vec![answer(302, "location: /elsewhere\r\n", ""), answer(200, "", "")]).await;
    let reply =
        transport(brisk()).call(Request::get("GET list", server.url.clone()), Deadline::never()).await;
    assert_eq!(reply.unwrap().status, 302);
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn headers_and_json_arrive_and_are_shown_nowhere() {
    let server = Server::start(vec![answer(200, "", "")]).await;
    let request = Request::new("PUT x", Method::PUT, url_below(&server.url, "/a/b"), Idempotence::Mutation)
        .header("authorization", "Bearer hunter2")
        .body(Body::Json(b"{\"hunter2\":1}".to_vec()));
    assert!(!format!("{request:?} {:?}", request.body).contains("hunter2"));
    transport(brisk()).call(request, Deadline::never()).await.unwrap();
    let seen = server.seen().remove(0);
    assert!(seen.starts_with("PUT /a/b HTTP/1.1\r\n"), "{seen}");
    assert!(seen.contains("authorization: Bearer hunter2\r\n"), "{seen}");
    assert!(seen.contains("content-type: application/json\r\n"), "{seen}");
    assert!(seen.contains("user-agent: billbridge/"), "{seen}");
    assert!(seen.ends_with("\r\n\r\n{\"hunter2\":1}"), "{seen}");
}

#[tokio::test]
async fn a_header_that_cannot_be_sent_is_not_sent() {
    let server = Server::start(vec![]).await;
    let transport = transport(brisk());
    let request = Request::get("GET list", server.url.clone()).header("authorization", "hunter2\n");
    let failure = transport.call(request, Deadline::never()).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotSent);
    assert_eq!(failure.what, "GET list: the value of authorization is no header");
    assert_eq!(transport.sent(), 0);
}

#[test]
fn what_a_status_allows() {
    let rows = [
        (302, FailureKind::Malformed),
        (400, FailureKind::Refused),
        (401, FailureKind::Unauthorised),
        (403, FailureKind::Unauthorised),
        (404, FailureKind::NotFound),
        (405, FailureKind::Refused),
        (408, FailureKind::Unavailable),
        (409, FailureKind::Conflict),
        (412, FailureKind::Conflict),
        (422, FailureKind::Refused),
        (429, FailureKind::RateLimited(None)),
        (500, FailureKind::Unavailable),
        (599, FailureKind::Unavailable),
    ];
    for (status, kind) in rows {
        assert_eq!(failure_kind(status), kind, "{status}");
    }
}

#[test]
fn a_path_stands_below_its_base() {
    for base in
        ["https://x.example", "https://x.example/", "https://x.example/?a=b#c", "https://u:p@x.example/"]
    {
        assert_eq!(url_below(&base.parse().unwrap(), "api/v1/me").as_str(), "https://x.example/api/v1/me");
    }
    assert_eq!(url_below(&"https://x.example/a/".parse().unwrap(), "/b").as_str(), "https://x.example/a/b");
}
