//! What was asked of a simulator: counts, the last requests, pace and parallelism.

use std::collections::{BTreeMap, VecDeque};

use tokio::time::Instant;

use crate::http::Request;

const ARRIVALS_KEPT: usize = 200_000;
const BODY_KEPT: usize = 4096;

/// One request as it was seen, without credentials.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Method and route template (`GET /subscriptions/{id}`), or the HostBill call name.
    pub label: String,
    /// HTTP method.
    pub method: String,
    /// Path and query as sent, secrets blanked.
    pub target: String,
    /// Body as sent, secrets blanked, cut after 4 KiB.
    pub body: String,
    /// Status answered; 0 when the connection was dropped or no answer was given yet.
    pub status: u16,
    /// Position in the order of arrival, from 1.
    pub number: u64,
}

/// Counts per route or call, the last requests, arrival instants and the most in flight at once.
#[derive(Debug)]
pub struct RequestLog {
    counts: BTreeMap<String, u64>,
    total: u64,
    recent: VecDeque<Seen>,
    arrivals: VecDeque<Instant>,
    in_flight: usize,
    most_in_flight: usize,
    /// How many of the last requests are kept in [`RequestLog::recent`].
    pub keep: usize,
}

impl Default for RequestLog {
    fn default() -> Self {
        Self {
            counts: BTreeMap::new(),
            total: 0,
            recent: VecDeque::new(),
            arrivals: VecDeque::new(),
            in_flight: 0,
            most_in_flight: 0,
            keep: 500,
        }
    }
}

impl RequestLog {
    /// All requests since the last reset.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Requests with this label (`GET /subscriptions`, `addOrder`), letter case ignored.
    pub fn count(&self, label: &str) -> u64 {
        self.counts.iter().filter(|(known, _)| known.eq_ignore_ascii_case(label)).map(|(_, n)| n).sum()
    }

    /// Requests per label.
    pub fn counts(&self) -> &BTreeMap<String, u64> {
        &self.counts
    }

    /// The last requests, oldest first.
    pub fn recent(&self) -> impl DoubleEndedIterator<Item = &Seen> {
        self.recent.iter()
    }

    /// The last requests with this label, oldest first.
    pub fn recent_of<'a>(&'a self, label: &'a str) -> impl Iterator<Item = &'a Seen> {
        self.recent.iter().filter(move |seen| seen.label.eq_ignore_ascii_case(label))
    }

    /// When requests arrived (the last 200,000), oldest first.
    pub fn arrivals(&self) -> impl Iterator<Item = Instant> + '_ {
        self.arrivals.iter().copied()
    }

    /// The largest number of requests that were being worked on at once.
    pub fn most_in_flight(&self) -> usize {
        self.most_in_flight
    }

    /// Forgets everything but what is in flight.
    pub fn reset(&mut self) {
        let (in_flight, keep) = (self.in_flight, self.keep);
        *self = Self { in_flight, most_in_flight: in_flight, keep, ..Self::default() };
    }

    pub(crate) fn arrived(&mut self, label: &str, request: &Request) -> u64 {
        self.total += 1;
        match self.counts.get_mut(label) {
            Some(count) => *count += 1,
            None => {
                self.counts.insert(label.to_owned(), 1);
            }
        }
        self.in_flight += 1;
        self.most_in_flight = self.most_in_flight.max(self.in_flight);
        self.arrivals.push_back(Instant::now());
        if self.arrivals.len() > ARRIVALS_KEPT {
            self.arrivals.pop_front();
        }
        self.recent.push_back(Seen {
            label: label.to_owned(),
            method: request.method.clone(),
            target: redacted_target(request),
            body: redacted_body(request),
            status: 0,
            number: self.total,
        });
        while self.recent.len() > self.keep {
            self.recent.pop_front();
        }
        self.total
    }

    pub(crate) fn answered(&mut self, number: u64, status: u16) {
        if let Some(seen) = self.recent.iter_mut().rev().find(|seen| seen.number == number) {
            seen.status = status;
        }
    }

    pub(crate) fn left(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
    }
}

fn redacted_target(request: &Request) -> String {
    if request.query.is_empty() {
        return request.path.clone();
    }
    format!("{}?{}", request.path, redacted_pairs(&request.query))
}

fn redacted_body(request: &Request) -> String {
    let kept = &request.body[..request.body.len().min(BODY_KEPT)];
    let text = String::from_utf8_lossy(kept);
    if request.content_type().starts_with("multipart/") {
        return "(multipart)".to_owned();
    }
    if text.trim_start().starts_with(['{', '[']) {
        let secret = text.to_ascii_lowercase().contains("password");
        return if secret { "(redacted)".to_owned() } else { text.into_owned() };
    }
    redacted_pairs(&text)
}

fn redacted_pairs(text: &str) -> String {
    let pairs = text.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if is_secret(name) => format!("{name}=***"),
        Some(_) | None => pair.to_owned(),
    });
    pairs.collect::<Vec<_>>().join("&")
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["api_id", "api_key", "password", "password2", "rootpassword", "client_secret", "token"]
        .contains(&name.as_str())
}
