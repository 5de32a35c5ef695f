//! A small HTTP client of its own, so that nothing forgives what a program or a browser would see.

use serde_json::Value;
use std::net::SocketAddr;
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
        serde_json::from_str(&self.body).map_err(|error| format!("{error}: {}", self.body)).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(':'));
        let mut found = lines.filter(|(known, _)| known.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value.trim())
    }

    /// The cookie that a browser would keep, without its attributes.
    pub(crate) fn cookie(&self) -> String {
        let cookie = self.header("set-cookie").ok_or(&self.head).unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }
}

/// Somebody who comes to one port, with what they come in with.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) address: SocketAddr,
    pub(crate) header: Option<(&'static str, String)>,
}

impl Caller {
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], "").await
    }

    /// Asks for JSON to be taken, under a key.
    pub(crate) async fn post(&self, path: &str, key: &str, body: &Value) -> Answer {
        let headers = [("Content-Type", "application/json"), ("Idempotency-Key", key)];
        self.send("POST", path, &headers, &body.to_string()).await
    }

    /// Sends a form, as a browser does from our own page.
    pub(crate) async fn form(&self, path: &str, fields: &str) -> Answer {
        let headers =
            [("Content-Type", "application/x-www-form-urlencoded"), ("Sec-Fetch-Site", "same-origin")];
        self.send("POST", path, &headers, fields).await
    }

    async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut text = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.address);
        let own = self.header.iter().map(|(name, value)| (*name, value.as_str()));
        for (name, value) in own.chain(headers.iter().copied()) {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").ok_or(&text).unwrap();
        let answer = Answer {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            head: head.to_owned(),
            body: body.to_owned(),
        };
        if let Some(length) = answer.header("content-length") {
            assert_eq!(answer.body.len().to_string(), length, "the answer to {path} is whole");
        }
        answer
    }
}
