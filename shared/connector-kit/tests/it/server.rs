//! A server with a script: one step per request, then it hangs up.

use connector_kit::{RetryPolicy, Transport, TransportConfig, Url, http_client};
use domain::clock::{Clock, Deadline};
use jiff::{SignedDuration, Timestamp};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// What a request meets.
#[derive(Clone)]
pub(crate) enum Step {
    /// These bytes, then the connection closes.
    Say(String),
    /// The connection closes without a byte.
    HangUp,
    /// Nothing, for as long as the caller stays.
    Ignore,
    /// Nothing until the gate opens, then 200.
    Wait(Arc<Notify>),
}

/// An answer with a status, headers (each ended by `\r\n`) and a body.
pub(crate) fn answer(status: u16, headers: &str, body: &str) -> Step {
    let length = body.len();
    Step::Say(format!(
        "HTTP/1.1 {status} X\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    ))
}

pub(crate) struct Server {
    pub(crate) url: Url,
    seen: Arc<Mutex<Vec<String>>>,
    pub(crate) arrived: Arc<Notify>,
}

impl Server {
    pub(crate) async fn start(script: Vec<Step>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let arrived = Arc::new(Notify::new());
        let server = Self { url, seen: Arc::clone(&seen), arrived: Arc::clone(&arrived) };
        tokio::spawn(async move {
            let mut script = script.into_iter();
            while let Ok((stream, _)) = listener.accept().await {
                let step = script.next().unwrap_or(Step::HangUp);
                tokio::spawn(serve(stream, step, Arc::clone(&seen), Arc::clone(&arrived)));
            }
        });
        server
    }

    /// What was received, in order, heads and bodies.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

async fn serve(mut stream: TcpStream, step: Step, seen: Arc<Mutex<Vec<String>>>, arrived: Arc<Notify>) {
    let mut received = Vec::new();
    while !is_whole(&received) {
        let mut buffer = [0; 4096];
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(count) => received.extend_from_slice(&buffer[..count]),
        }
    }
    seen.lock().unwrap().push(String::from_utf8(received).unwrap());
    arrived.notify_one();
    match step {
        Step::Say(text) => drop(stream.write_all(text.as_bytes()).await),
        Step::HangUp => {}
        Step::Ignore => std::future::pending().await,
        Step::Wait(gate) => {
            gate.notified().await;
            drop(
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await,
            );
        }
    }
}

fn is_whole(received: &[u8]) -> bool {
    let text = String::from_utf8_lossy(received);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head
        .lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ").map(str::to_owned));
    body.len() >= length.map_or(0, |length| length.parse().unwrap())
}

pub(crate) struct Standing;

/// The moment at which all of these tests happen.
pub(crate) const NOW: &str = "2026-03-01T00:00:00Z";

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        NOW.parse().unwrap()
    }
}

/// A deadline so many milliseconds from now.
pub(crate) fn deadline_in(millis: i64) -> Deadline {
    Deadline(Standing.now() + SignedDuration::from_millis(millis))
}

/// Without long waits.
pub(crate) fn brisk() -> TransportConfig {
    TransportConfig {
        requests_per_second: 10_000.try_into().unwrap(),
        burst: 100.try_into().unwrap(),
        read_timeout: Duration::from_secs(5),
        mutation_timeout: Duration::from_secs(5),
        retry: RetryPolicy { first_wait: Duration::from_millis(1), ..RetryPolicy::default() },
        ..TransportConfig::default()
    }
}

pub(crate) fn transport(config: TransportConfig) -> Transport {
    Transport::new(http_client().unwrap(), "crayon".parse().unwrap(), Arc::new(Standing), config)
}
