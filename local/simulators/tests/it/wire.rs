//! A tiny HTTP client, written for these tests, so that nothing forgives what a byte stream would show.

use std::io;

use serde_json::Value;
use simulators::crayon::Crayon;
use simulators::hostbill::HostBill;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let mut lines = self.head.lines();
        let line = lines.find(|line| line.to_lowercase().starts_with(&format!("{name}:")))?;
        line.split_once(':').map(|(_, value)| value.trim().to_owned())
    }
}

/// One request on a connection of its own; an answer that stops early is an error.
pub(crate) async fn send(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> io::Result<Answer> {
    let rest = url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).await?;
    let mut text = format!("{method} /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
    stream.write_all(text.as_bytes()).await?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await?;
    let text = String::from_utf8_lossy(&bytes);
    let cut = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let (head, body) = text.split_once("\r\n\r\n").ok_or_else(cut)?;
    let answer = Answer {
        status: head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(cut)?,
        head: head.to_owned(),
        body: body.to_owned(),
    };
    let length: usize = answer.header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    if body.len() < length { Err(cut()) } else { Ok(answer) }
}

/// A signed-in caller of a Cloud-iQ.
pub(crate) struct Caller {
    base: String,
    token: String,
}

pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// Asks for a token as the first user.
pub(crate) async fn ask_token(crayon: &Crayon, media: &str) -> Answer {
    let form =
        "grant_type=password&username=api.user%40reseller.example&password=s3cret%21&scope=CustomerApi";
    ask_token_with(crayon, media, "ZGVtby1jbGllbnQ6ZGVtby1zZWNyZXQ=", form).await
}

pub(crate) async fn ask_token_with(crayon: &Crayon, media: &str, basic: &str, form: &str) -> Answer {
    let basic = format!("Basic {basic}");
    let headers = [("Authorization", basic.as_str()), ("Content-Type", media)];
    send("POST", &format!("{}/api/v1/connect/token", crayon.url()), &headers, form).await.unwrap()
}

impl Caller {
    pub(crate) async fn of(crayon: &Crayon) -> Self {
        let token = ask_token(crayon, FORM).await.json();
        Self { base: crayon.url().to_owned(), token: token["AccessToken"].as_str().unwrap().to_owned() }
    }

    /// As the user who sees the second organisation only.
    pub(crate) async fn second(crayon: &Crayon) -> Self {
        let form = "grant_type=password&username=second.user%40reseller.example&password=s3cond%21";
        let token = ask_token_with(crayon, FORM, "ZGVtby1jbGllbnQ6ZGVtby1zZWNyZXQ=", form).await.json();
        Self { base: crayon.url().to_owned(), token: token["AccessToken"].as_str().unwrap().to_owned() }
    }

    pub(crate) async fn try_send(&self, method: &str, path: &str, body: &str) -> io::Result<Answer> {
        let bearer = format!("Bearer {}", self.token);
        let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
        send(method, &format!("{}{path}", self.base), &headers, body).await
    }

    pub(crate) async fn send(&self, method: &str, path: &str, body: &str) -> Answer {
        self.try_send(method, &format!("/api/v1/{path}"), body).await.unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, "").await
    }

    /// Ids of a list of subscriptions.
    pub(crate) async fn ids(&self, query: &str) -> Vec<u64> {
        ids(&self.get(&format!("subscriptions?{query}")).await.json())
    }
}

pub(crate) fn ids(page: &Value) -> Vec<u64> {
    page["Items"].as_array().unwrap().iter().map(|row| row["Id"].as_u64().unwrap()).collect()
}

/// A HostBill call with the right key; `rest` is more form text.
pub(crate) async fn try_call(hostbill: &HostBill, name: &str, rest: &str) -> io::Result<Answer> {
    let (id, key) = hostbill.with(|model| model.credentials());
    let body = format!("api_id={id}&api_key={key}&call={name}&{rest}");
    send("POST", hostbill.url(), &[("Content-Type", FORM)], &body).await
}

pub(crate) async fn call(hostbill: &HostBill, name: &str, rest: &str) -> Value {
    let answer = try_call(hostbill, name, rest).await.unwrap();
    assert_eq!(answer.status, 200);
    answer.json()
}

/// A call that must succeed.
pub(crate) async fn done(hostbill: &HostBill, name: &str, rest: &str) -> Value {
    let value = call(hostbill, name, rest).await;
    assert_eq!(value["success"], true, "{value}");
    value
}

/// A call that must be refused.
pub(crate) async fn refused(hostbill: &HostBill, name: &str, rest: &str) -> String {
    let value = call(hostbill, name, rest).await;
    assert_eq!(value["success"], false, "{value}");
    value["error"].to_string()
}
