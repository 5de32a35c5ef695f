//! Through API Gateway and back.

use crate::house::{House, house};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::access::{Role, Scope};
use http_kit::gateway;
use serde_json::{Value, json};

/// An event as the gateway sends it.
fn event(method: &str, path: &str, query: &str) -> Value {
    json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {
            "accept": "application/json",
            "content-length": "0",
            "host": "abc123.execute-api.eu-west-1.amazonaws.com",
            "user-agent": "curl/8.5.0",
            "x-amzn-trace-id": "Root=1-65e4f1a2-0123456789abcdef01234567",
            "x-forwarded-for": "198.51.100.7",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https"
        },
        "queryStringParameters": {"state": "open,held"},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abc123",
            "domainName": "abc123.execute-api.eu-west-1.amazonaws.com",
            "domainPrefix": "abc123",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "198.51.100.7",
                "userAgent": "curl/8.5.0"
            },
            "requestId": "JKJaXmPLvHcESHA",
            "routeKey": "$default",
            "stage": "$default",
            "time": "05/Nov/2026:08:00:00 +0000",
            "timeEpoch": 1_793_865_600_000_u64
        },
        "isBase64Encoded": false
    })
}

async fn answer(house: &House, event: Value) -> Value {
    assert!(gateway::is_http(&event));
    gateway::answer(&house.router, event).await.unwrap()
}

#[tokio::test]
async fn a_token_a_query_and_a_json_answer() {
    let house = house();
    let (_, token) = house.token(&[Scope::Read], None).await;
    let mut event = event("GET", "/api/things", "state=a%20b&limit=7");
    event["headers"]["authorization"] = json!(format!("Bearer {}", token.expose()));
    let answer = answer(&house, event).await;
    assert_eq!(answer["statusCode"], 200);
    assert_eq!(answer["isBase64Encoded"], false);
    assert_eq!(answer["headers"]["content-type"], "application/json");
    assert_eq!(answer["headers"]["x-request-id"], "JKJaXmPLvHcESHA");
    let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["items"][0], "7 from the beginning in a b");
}

#[tokio::test]
async fn cookies_come_as_a_list_and_go_as_a_list() {
    let house = house();
    let ada = house.person("ada", Role::Clerk).await;
    let (_, token) = house.token(&[Scope::Read], Some(&ada.id)).await;
    let mut sign_in = event("POST", "/sign-in", "");
    sign_in["headers"]["content-type"] = json!("application/x-www-form-urlencoded");
    sign_in["headers"]["content-length"] = json!("51");
    sign_in["body"] = json!(STANDARD.encode(format!("name={}", token.expose())));
    sign_in["isBase64Encoded"] = json!(true);
    let signed_in = answer(&house, sign_in).await;
    assert_eq!(
        (&signed_in["statusCode"], &signed_in["headers"]["location"]),
        (&json!(303), &json!("/orders"))
    );
    assert!(signed_in["headers"].get("set-cookie").is_none());
    let cookie = signed_in["cookies"][0].as_str().unwrap().split(';').next().unwrap();

    let mut me = event("GET", "/api/me", "");
    me["cookies"] = json!(["theme=dark", cookie]);
    let me = answer(&house, me).await;
    assert_eq!((&me["statusCode"], &me["body"]), (&json!(200), &json!(ada.id.to_string())));
}

#[tokio::test]
async fn what_is_compressed_goes_as_base_64() {
    let house = house();
    let browser = house.browser(&house.person("ada", Role::Viewer).await).await;
    let mut page = event("GET", "/orders", "");
    page["cookies"] = json!([browser.cookie]);
    page["headers"]["accept-encoding"] = json!("gzip, br");
    let answer = answer(&house, page).await;
    assert_eq!(answer["headers"]["content-encoding"], "gzip");
    assert_eq!(answer["isBase64Encoded"], true);
    let body = STANDARD.decode(answer["body"].as_str().unwrap()).unwrap();
    assert_eq!(body[..2], [0x1f, 0x8b]);
}

#[tokio::test]
async fn the_callers_address_is_the_one_that_the_gateway_saw() {
    let house = crate::house::house_with(2, true);
    let from = |address: &str| {
        let mut event = event("GET", "/health", "");
        event["requestContext"]["http"]["sourceIp"] = json!(address);
        event
    };
    let mut statuses = Vec::new();
    for address in ["198.51.100.7", "198.51.100.7", "198.51.100.7", "198.51.100.8"] {
        statuses.push(answer(&house, from(address)).await["statusCode"].as_u64().unwrap());
    }
    assert_eq!(statuses, [200, 200, 429, 200]);
}

#[tokio::test]
async fn an_escaped_path_is_not_taken_apart() {
    let house = house();
    let (_, token) = house.token(&[Scope::Read], None).await;
    let mut event = event("GET", "/api/things/..%2F..%2Fetc%2Fpasswd", "");
    event["headers"]["authorization"] = json!(format!("Bearer {}", token.expose()));
    assert_eq!(answer(&house, event).await["statusCode"], 404);
}
