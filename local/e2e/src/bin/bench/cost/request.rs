//! Requests as the HTTP API hands them to a function (payload 2.0).

use e2e::Trouble;
use serde_json::{Value, json};

const SAMPLE: &str = include_str!("../../../../../../events/web/get-records.json");

/// A page or a part of one, asked by a browser that is signed in.
pub(crate) fn page(address: &str, cookie: &str) -> Result<Value, Trouble> {
    let mut event = request("GET", address)?;
    event["headers"] = json!({"accept": "text/html", "host": event["requestContext"]["domainName"]});
    event["cookies"] = json!([cookie]);
    Ok(event)
}

/// A form without a session.
pub(crate) fn form(address: &str, body: &str) -> Result<Value, Trouble> {
    let mut event = request("POST", address)?;
    event["headers"] = json!({
        "content-type": "application/x-www-form-urlencoded", "host": event["requestContext"]["domainName"],
    });
    event["body"] = json!(body);
    Ok(event)
}

/// JSON by a program that has a token.
pub(crate) fn json_request(address: &str, token: &str, body: &Value) -> Result<Value, Trouble> {
    let mut event = request("POST", address)?;
    event["headers"]["authorization"] = json!(format!("Bearer {token}"));
    event["body"] = json!(body.to_string());
    Ok(event)
}

/// The cookie that an answer sets.
pub(crate) fn cookie_of(answer: &Value) -> Result<String, Trouble> {
    let set = answer["cookies"][0].as_str().and_then(|cookie| cookie.split(';').next());
    set.map(str::to_owned).ok_or_else(|| Trouble::new(format!("nobody came in: {}", answer["statusCode"])))
}

fn request(method: &str, address: &str) -> Result<Value, Trouble> {
    let mut event: Value = serde_json::from_str(SAMPLE)?;
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    event["rawPath"] = json!(path);
    event["rawQueryString"] = json!(query);
    event["requestContext"]["http"]["path"] = json!(path);
    event["requestContext"]["http"]["method"] = json!(method);
    Ok(event)
}
