//! Web hooks (hostbill §12.2): signed, sent once whatever becomes of them, one after another.
//!
//! Headers, signature and its key are *documented*. Retries, order and what a reply means are not, nor are the
//! members of a body: that a web hook is sent at most once, and what it tells, are *assumed*.

use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

use super::answer::{column, php};
use super::model::Model;

/// How long a receiver may take (*assumed*).
const PATIENCE: Duration = Duration::from_secs(10);

/// A web hook as an operator sets it up.
#[derive(Clone, Debug, Default)]
pub struct Hook {
    /// Where it goes: `http://HOST:PORT/PATH`.
    pub url: String,
    /// What it is signed with.
    pub secret: String,
    /// Which events it tells; none means all.
    pub events: Vec<String>,
    /// Stamped with this machine's time rather than the virtual one: for receivers that run on it.
    pub real_time: bool,
}

/// A web hook on its way.
#[derive(Debug)]
pub(crate) struct Delivery {
    address: String,
    request: String,
}

/// Where web hooks leave the model, once it is served.
#[derive(Debug, Default)]
pub(crate) struct Outbox(Option<UnboundedSender<Delivery>>);

impl Outbox {
    /// Begins to send; ends when the model is gone.
    pub(crate) fn open(&mut self) {
        let (sender, receiver) = unbounded_channel();
        self.0 = Some(sender);
        tokio::spawn(send_all(receiver));
    }
}

async fn send_all(mut deliveries: UnboundedReceiver<Delivery>) {
    while let Some(delivery) = deliveries.recv().await {
        // At most once: whatever became of it, it is not sent again.
        let _ = timeout(PATIENCE, send(&delivery)).await;
    }
}

async fn send(delivery: &Delivery) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(&delivery.address).await?;
    stream.write_all(delivery.request.as_bytes()).await?;
    // Until the receiver has answered and hung up, so that web hooks do not overtake each other.
    stream.read_to_end(&mut Vec::new()).await.map(drop)
}

impl Model {
    /// Sets up a web hook and says which id it has.
    pub fn add_hook(&mut self, hook: Hook) -> usize {
        self.hooks.push(hook);
        self.hooks.len()
    }

    /// Something happened: it is remembered and told to every web hook that wants it.
    pub(crate) fn fire(&mut self, event: &str, data: &Value) {
        self.events.push(event.to_owned());
        let Some(outbox) = &self.outbox.0 else { return };
        for (hook, id) in self.hooks.iter().zip(1_usize..) {
            let wanted = hook.events.is_empty() || hook.events.iter().any(|known| known == event);
            if let Some(delivery) = wanted.then(|| self.delivery(hook, id, event, data)).flatten() {
                // Nobody is left to send it only when the server is being stopped.
                let _ = outbox.send(delivery);
            }
        }
    }

    /// Something happened to an account.
    pub(crate) fn fire_of_account(&mut self, event: &str, account: u32) {
        let data = self.accounts.get(account).map(|known| {
            json!({
                "id": column(known.id), "client_id": column(known.client), "order_id": column(known.order),
                "product_id": column(known.product), "status": known.status, "domain": known.domain,
            })
        });
        self.fire(event, &data.unwrap_or_default());
    }

    /// Something happened to a client, an invoice or another thing of which only the id is told.
    pub(crate) fn fire_of(&mut self, event: &str, id: u32) {
        self.fire(event, &json!({"id": column(id)}));
    }

    fn delivery(&self, hook: &Hook, id: usize, event: &str, data: &Value) -> Option<Delivery> {
        let (address, path) = hook.url.strip_prefix("http://")?.split_once('/')?;
        let seconds = if hook.real_time { real_seconds() } else { self.clock.now().seconds() };
        let body = php(&data.to_string());
        let signature = signature(&hook.secret, seconds, &body)?;
        let request = format!(
            "POST /{path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\
             HB-Hook: {id}\r\nHB-Event: {event}\r\nHB-Timestamp: {seconds}\r\nHB-Signature: {signature}\r\n\
             \r\n{body}",
            body.len()
        );
        Some(Delivery { address: address.to_owned(), request })
    }
}

/// Lower-case hexadecimal HMAC-SHA256 over the timestamp and, right behind it, the body.
fn signature(secret: &str, seconds: i64, body: &str) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(format!("{seconds}{body}").as_bytes());
    let digits: Vec<String> = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    Some(digits.concat())
}

#[expect(clippy::disallowed_methods, reason = "asked for where the receiver lives by this machine's time")]
fn real_seconds() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// What the control face was asked to set up.
pub(crate) fn from_json(value: &Value) -> Result<Hook, &'static str> {
    let text = |name: &str| value[name].as_str().map(str::to_owned);
    let url =
        text("url").filter(|url| url.starts_with("http://")).ok_or("give url, beginning with http://")?;
    let secret = text("secret").filter(|secret| !secret.is_empty()).ok_or("give secret")?;
    let names = value["events"].as_array().into_iter().flatten();
    let events = names.filter_map(Value::as_str).map(str::to_owned).collect();
    Ok(Hook { url, secret, events, real_time: value["real_time"].as_bool().unwrap_or(false) })
}
