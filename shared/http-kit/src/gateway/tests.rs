use super::*;

fn request(event: Value) -> Request<Body> {
    request_of(event).unwrap()
}

fn event(path: &str) -> Value {
    json!({"version": "2.0", "rawPath": path, "rawQueryString": "", "headers": {},
        "requestContext": {"http": {"method": "GET"}}})
}

#[test]
fn a_request_is_told_from_a_message_and_from_a_tick() {
    assert!(is_http(&event("/")));
    assert!(!is_http(&json!({"Records": [{"eventSource": "aws:sqs"}]})));
    assert!(!is_http(&json!({"version": "0", "detail-type": "Scheduled Event", "requestContext": {}})));
    assert!(!is_http(
        &json!({"version": "1.0", "httpMethod": "GET", "requestContext": {"http": {"method": "GET"}}})
    ));
    assert!(!is_http(&json!("text")));
}

#[test]
fn a_path_is_taken_as_it_comes() {
    assert_eq!(request(event("/api/orders/a%2Fb")).uri().path(), "/api/orders/a%2Fb");
    assert_eq!(request(event("/a b/é?x#y")).uri().path(), "/a%20b/%C3%A9%3Fx%23y");
    assert_eq!(request(event("/api/../etc/passwd")).uri().path(), "/api/../etc/passwd");
}

#[test]
fn an_event_that_cannot_be_read_is_refused_without_being_quoted() {
    let mut without_path = event("/");
    without_path.as_object_mut().unwrap().remove("rawPath");
    let mut wrong = vec![without_path];
    for (at, value) in [
        ("/headers", json!({"authorization": ["secret-token"]})),
        ("/headers", json!({"x y": "secret-token"})),
        ("/headers", json!({"x": "secret-token\n"})),
        ("/rawPath", json!("no slash secret-token")),
        ("/requestContext/http/method", json!("G E T secret-token")),
    ] {
        let mut event = event("/");
        *event.pointer_mut(at).unwrap() = value;
        wrong.push(event);
    }
    let mut body = event("/");
    body["body"] = json!("secret-token!");
    body["isBase64Encoded"] = json!(true);
    wrong.push(body);
    for event in wrong {
        let error = request_of(event.clone()).unwrap_err();
        assert!(error.starts_with("the gateway's event has "), "{error}");
        assert!(!error.contains("secret-token"), "{error} for {event}");
    }
}
