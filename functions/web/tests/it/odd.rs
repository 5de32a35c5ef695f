//! Odd requests get a clear answer that the document knows, and change nothing.

use crate::world::{World, with_token};
use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, Request};
use domain::access::Role;
use serde_json::{Value, json};

#[tokio::test]
async fn a_body_that_is_no_json_is_told_where_it_breaks() {
    let world = World::new().await;
    let token = world.admin().await;
    for body in [
        "",
        "{",
        "{\"organisation\": \"acme\",}",
        "{\"organisation\": \"acme\"} more",
        "\u{feff}{}",
        "{\"organisation\": \u{0}}",
    ] {
        let request =
            with_token(&token, Method::POST, "/api/sync/manual").header(CONTENT_TYPE, "application/json");
        let answer = world.send(request.body(Body::from(body)).unwrap()).await.with(400);
        assert_eq!(answer.code(), "malformed", "{body:?}");
        assert!(answer.text.contains("line 1"), "{}", answer.text);
    }
    assert_eq!(world.bus.all(), []);
}

#[tokio::test]
async fn a_body_of_ten_megabytes_is_refused() {
    let world = World::new().await;
    let token = world.admin().await;
    let body = json!({"organisation": "a".repeat(10_000_000)}).to_string();
    let request =
        || with_token(&token, Method::POST, "/api/sync/manual").header(CONTENT_TYPE, "application/json");
    let answer = world.send(request().body(Body::from(body.clone())).unwrap()).await.with(413);
    assert_eq!(answer.code(), "too-large");
    let with_key = request().header("idempotency-key", "big").body(Body::from(body)).unwrap();
    world.send(with_key).await.with(413);
}

#[tokio::test]
async fn a_body_that_is_not_said_to_be_json_is_refused() {
    let world = World::new().await;
    let token = world.admin().await;
    for media in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        let request = with_token(&token, Method::POST, "/api/sync/manual").header(CONTENT_TYPE, media);
        let body = Body::from(r#"{"organisation": "acme"}"#);
        world.send(request.body(body).unwrap()).await.with(415);
    }
    assert_eq!(world.bus.all(), []);
}

#[tokio::test]
async fn what_is_no_address_of_ours_is_not_found_and_a_wrong_method_is_told_the_right_one() {
    let world = World::new().await;
    let token = world.admin().await;
    for path in [
        "/api",
        "/api/",
        "/api/nothing",
        "/api/records/",
        "/api/../etc/passwd",
        "/api/plans/%2e%2e%2f%2e%2e%2fetc",
        "/api/runs/acme/..%2f..%2fsettings",
    ] {
        assert_eq!(
            world.get(&token, path).await.with(404).header("content-type"),
            "application/problem+json",
            "{path}"
        );
    }
    let answer = world.delete(&token, "/api/records").await.with(405);
    assert_eq!(answer.code(), "method");
    assert!(answer.header("allow").contains("GET"));
}

/// Every call with odd parameters, odd paths and odd bodies: no failure of ours, and no status that the document
/// does not know.
#[tokio::test]
async fn whatever_is_sent_to_whichever_route_is_answered_as_the_document_says() {
    const QUERIES: [&str; 9] = [
        "",
        "?limit=-1&cursor=x",
        "?limit=99999999999999999999&after=99999999999999999999",
        "?after=18446744073709551615&before=18446744073709551615",
        "?organisation=%F0%9F%92%A9&state=%00&search=%27%22%3Cscript%3E",
        "?organisation=acme&organisation=acme&limit=1&limit=2",
        "?from=0000-00-00&to=9999-12-31&before=0",
        "?search=exchange&currency=EUR&cost=0&quantity=4294967295&day=-009999-01-01",
        "?cursor=AAAA&%=&=&&",
    ];
    const PARTS: [&str; 6] = ["acme", "..", "%00", "%F0%28%8C%28", "usr_%20", "1850a7d6"];
    const BODIES: [&str; 7] = [
        "{}",
        "[]",
        "null",
        "\"text\"",
        r#"{"organisation": null, "dryRun": "yes", "add": 1, "name": {}, "scopes": {"a": 1}, "username": 1}"#,
        r#"{"organisation": "", "name": "\u0000", "role": "", "scopes": [null], "username": "", "password": ""}"#,
        r#"{"add": [{}], "remove": [{"kind": "client", "system": "hostbill", "theirs": "", "id": "", "currency": ""}]}"#,
    ];
    let world = World::new().await;
    let (_, token) = world.person("ada", Role::Admin).await;
    let document = serde_json::to_value(web::openapi()).unwrap();
    let mut asked = 0;
    for (template, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let known = operation["responses"].as_object().unwrap();
            let method: Method = method.to_uppercase().parse().unwrap();
            for path in paths(template, &PARTS) {
                let bodies: &[&str] = if operation["requestBody"].is_null() { &[""] } else { &BODIES };
                let queries: &[&str] = if method == Method::GET { &QUERIES } else { &[""] };
                for (query, body) in
                    queries.iter().flat_map(|query| bodies.iter().map(move |body| (query, body)))
                {
                    let answer = world.send(request(&token, &method, &format!("{path}{query}"), body)).await;
                    asked += 1;
                    let place = format!("{method} {path}{query} {body}");
                    let status = answer.status.as_u16().to_string();
                    // An address that the router does not take for this route's is nobody's.
                    assert!(
                        known.contains_key(&status) || status == "404",
                        "{place}: {} {}",
                        answer.status,
                        answer.text
                    );
                    assert!(answer.status.as_u16() < 500, "{place}: {}", answer.text);
                    if answer.status.is_client_error() {
                        assert_eq!(answer.header("content-type"), "application/problem+json", "{place}");
                        let problem: Value = answer.json();
                        assert_eq!(problem["status"], answer.status.as_u16(), "{place}");
                    }
                }
            }
        }
    }
    assert!(asked > 300, "{asked}");
}

fn paths(template: &str, parts: &[&str]) -> Vec<String> {
    if !template.contains('{') {
        return vec![template.to_owned()];
    }
    let fill = |part: &&str| {
        let mut path = String::new();
        let mut inside = false;
        for c in template.chars() {
            match c {
                '{' => {
                    inside = true;
                    path.push_str(part);
                }
                '}' => inside = false,
                c if !inside => path.push(c),
                _ => {}
            }
        }
        path
    };
    parts.iter().map(fill).collect()
}

fn request(token: &str, method: &Method, address: &str, body: &str) -> Request<Body> {
    let request = with_token(token, method.clone(), address).header(CONTENT_TYPE, "application/json");
    request.body(Body::from(body.to_owned())).unwrap()
}
