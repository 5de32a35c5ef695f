//! API Gateway's HTTP API (payload 2.0, as function URLs speak it too): events in, answers out. The stage is
//! `$default`: paths are taken as they come.

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{CONTENT_ENCODING, COOKIE, SET_COOKIE};
use http::{HeaderName, HeaderValue, Method, Request};
use http_body_util::BodyExt as _;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use tower::ServiceExt as _;

/// What cannot stand in a path as it is. Escapes that are there stay what they are.
const IN_PATH: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>').add(b'?').add(b'`').add(b'{').add(b'}');

/// Whether an event is a request over HTTP, rather than a message or a tick of the schedule.
pub fn is_http(event: &Value) -> bool {
    event.get("version").and_then(Value::as_str) == Some("2.0")
        && event.pointer("/requestContext/http/method").is_some()
}

/// Has a router answer an event. An event that cannot be read is an error; whatever the router says is not.
pub async fn answer(router: &Router, event: Value) -> Result<Value, String> {
    let request = request_of(event)?;
    let response = router.clone().oneshot(request).await.unwrap_or_else(|never| match never {});
    event_of(response).await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    raw_path: String,
    #[serde(default)]
    raw_query_string: String,
    #[serde(default)]
    cookies: Vec<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    request_context: Context,
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Context {
    http: Http,
    request_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Http {
    method: String,
    source_ip: Option<String>,
}

fn request_of(event: Value) -> Result<Request<Body>, String> {
    // What serde says could quote the event, and with it a token.
    let event: Event = serde_path_to_error::deserialize(event)
        .map_err(|e| format!("the gateway's event has no readable {}", e.path()))?;
    let Context { http, request_id } = event.request_context;
    let mut address = utf8_percent_encode(&event.raw_path, IN_PATH).to_string();
    if !event.raw_query_string.is_empty() {
        address = format!("{address}?{}", utf8_percent_encode(&event.raw_query_string, IN_QUERY));
    }
    let body = match event.body {
        Some(body) if event.is_base64_encoded => STANDARD
            .decode(body)
            .map_err(|_| "the gateway's event has a body that is not base 64".to_owned())?,
        Some(body) => body.into_bytes(),
        None => Vec::new(),
    };
    let method = Method::from_bytes(http.method.as_bytes()).map_err(|_| unreadable("method"))?;
    let mut request = Request::builder()
        .method(method)
        .uri(address)
        .body(Body::from(body))
        .map_err(|_| unreadable("path"))?;
    let headers = request.headers_mut();
    for (name, value) in event.headers {
        let name = HeaderName::try_from(name).map_err(|_| unreadable("header name"))?;
        headers.append(name, value_of(&value)?);
    }
    if !event.cookies.is_empty() {
        headers.insert(COOKIE, value_of(&event.cookies.join("; "))?);
    }
    if let Some(id) = request_id.filter(|_| !headers.contains_key(crate::trace::REQUEST_ID)) {
        headers.insert(crate::trace::REQUEST_ID, value_of(&id)?);
    }
    if let Some(Ok(address)) = http.source_ip.map(|ip| ip.parse::<IpAddr>()) {
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(address, 0)));
    }
    Ok(request)
}

/// What cannot stand in a query as it is.
const IN_QUERY: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>');

fn value_of(text: &str) -> Result<HeaderValue, String> {
    HeaderValue::from_bytes(text.as_bytes()).map_err(|_| unreadable("header"))
}

fn unreadable(what: &str) -> String {
    format!("the gateway's event has a {what} that cannot be read")
}

async fn event_of(response: Response) -> Result<Value, String> {
    let (parts, body) = response.into_parts();
    let body = body.collect().await.map_err(|e| format!("an answer broke off: {e}"))?.to_bytes();
    let mut headers = Map::new();
    for name in parts.headers.keys().filter(|name| *name != SET_COOKIE) {
        let values: Vec<_> = parts.headers.get_all(name).iter().map(text_of).collect();
        headers.insert(name.as_str().to_owned(), values.join(", ").into());
    }
    let cookies: Vec<_> = parts.headers.get_all(SET_COOKIE).iter().map(text_of).collect();
    let encoded = parts.headers.contains_key(CONTENT_ENCODING);
    let text = if encoded { None } else { std::str::from_utf8(&body).ok() };
    Ok(json!({
        "statusCode": parts.status.as_u16(),
        "headers": headers,
        "cookies": cookies,
        "body": text.map_or_else(|| STANDARD.encode(&body), str::to_owned),
        "isBase64Encoded": text.is_none(),
    }))
}

fn text_of(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}

#[cfg(test)]
mod tests;
