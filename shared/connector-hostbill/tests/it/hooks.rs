//! What HostBill sends is what we believe.

use crate::house::{CLIENT, with_model};
use connector_hostbill::hook::{HookHeaders, HookRefused, verify};
use domain::ports::BillingTarget;
use domain::secret::Secret;
use jiff::{SignedDuration, Timestamp};
use simulators::hostbill::{Hook, Model};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

struct Sent {
    head: String,
    body: String,
}

impl Sent {
    fn header(&self, name: &str) -> &str {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap_or_default()
    }

    fn headers(&self) -> HookHeaders<'_> {
        HookHeaders {
            hook: self.header("HB-Hook"),
            event: self.header("HB-Event"),
            timestamp: self.header("HB-Timestamp"),
            signature: self.header("HB-Signature"),
        }
    }
}

async fn next(listener: &TcpListener) -> Sent {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut text = String::new();
    loop {
        let mut bytes = [0; 4096];
        let count = stream.read(&mut bytes).await.unwrap();
        text.push_str(std::str::from_utf8(&bytes[..count]).unwrap());
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let sent = Sent { head: head.to_owned(), body: body.to_owned() };
        if sent.body.len().to_string() == sent.header("Content-Length") {
            stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.unwrap();
            return sent;
        }
    }
}

#[tokio::test]
async fn a_suspension_is_told_believed_and_not_to_be_changed_on_the_way() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut model = Model::sample();
    model.add_hook(Hook {
        url: format!("http://{}/hooks/hostbill", listener.local_addr().unwrap()),
        secret: "whsec-42".to_owned(),
        ..Hook::default()
    });
    let account = model.add_account(CLIENT, 91, "m", "Küche");
    let now = Timestamp::from_millisecond(model.clock.now().millis()).unwrap();
    let (_simulated, hostbill) = with_model(model).await;
    hostbill.suspend(&account.to_string().parse().unwrap(), crate::house::never()).await.unwrap();

    let sent = next(&listener).await;
    let secret = Secret::new("whsec-42");
    let hook = verify(&sent.headers(), sent.body.as_bytes(), &secret, now).unwrap();
    assert_eq!((hook.id.as_str(), hook.event.as_str(), hook.at), ("1", "after_accountsuspend", now));
    let changed = sent.body.replace("Suspended", "Active");
    assert_ne!(changed, sent.body);
    let refused = |body: &str, secret: &str, now| {
        verify(&sent.headers(), body.as_bytes(), &Secret::new(secret), now).unwrap_err()
    };
    assert_eq!(refused(&changed, "whsec-42", now), HookRefused::Forged);
    assert_eq!(refused(&sent.body, "whsec-43", now), HookRefused::Forged);
    let minutes = SignedDuration::from_mins(2);
    assert_eq!(refused(&sent.body, "whsec-42", now + minutes), HookRefused::Stale);
    assert_eq!(refused(&sent.body, "whsec-42", now - minutes), HookRefused::Early);
}
