//! A request and a reply as plain values, and the text forms both simulators share.

use std::net::IpAddr;
use std::time::Duration;

use axum::body::Bytes;
use percent_encoding::percent_decode_str;

/// A request, fully read.
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
    pub(crate) peer: IpAddr,
}

impl Request {
    /// A header by its lower-case name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn content_type(&self) -> &str {
        self.header("content-type").unwrap_or_default()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Whether the target or the body contains this text.
    pub(crate) fn contains(&self, text: &str) -> bool {
        self.path.contains(text) || self.query.contains(text) || self.text().contains(text)
    }
}

/// A reply, and what the wire does with it.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
    /// Wait this long after the effect, before answering.
    pub(crate) delay: Duration,
    /// Send only so many bytes, then close the connection.
    pub(crate) cut: Option<usize>,
}

impl Reply {
    pub(crate) fn new(status: u16, content_type: &'static str, body: impl Into<String>) -> Self {
        Self {
            status,
            content_type,
            headers: Vec::new(),
            body: body.into(),
            delay: Duration::ZERO,
            cut: None,
        }
    }

    pub(crate) fn json(status: u16, body: impl Into<String>) -> Self {
        Self::new(status, "application/json; charset=utf-8", body)
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self::new(status, "", "")
    }

    pub(crate) fn html(status: u16) -> Self {
        let page = "<!DOCTYPE html>\n<html><head><title>Maintenance</title></head>\
                    <body><h1>We will be back soon</h1></body></html>\n";
        Self::new(status, "text/html; charset=UTF-8", page)
    }

    /// Nothing at all reaches the caller.
    pub(crate) fn dropped() -> Self {
        Self { cut: Some(0), ..Self::empty(200) }
    }
}

/// `name=value&…` into decoded pairs, `+` meaning a blank.
pub(crate) fn form_pairs(text: &str) -> Vec<(String, String)> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (form_text(name), form_text(value))
        })
        .collect()
}

fn form_text(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}
