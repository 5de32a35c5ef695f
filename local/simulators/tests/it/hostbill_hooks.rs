use serde_json::{Value, json};
use simulators::hostbill::{Hook, HostBill, Model};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::wire::{done, send};

/// Takes web hooks one after another and answers each with a status of the test's choice.
struct Receiver(TcpListener);

/// One web hook as it came.
struct Told {
    head: String,
    body: String,
}

impl Told {
    fn header(&self, name: &str) -> &str {
        let line = self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        line.unwrap_or_else(|| panic!("{name} is missing: {}", self.head))
    }

    fn body(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

impl Receiver {
    async fn new() -> Self {
        Self(TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    fn hook(&self, events: &[&str]) -> Hook {
        Hook {
            url: format!("http://{}/hooks/hostbill", self.0.local_addr().unwrap()),
            secret: "whsec-42".to_owned(),
            events: events.iter().map(|event| (*event).to_owned()).collect(),
            real_time: false,
        }
    }

    async fn next(&self, status: &str) -> Told {
        let (mut stream, _) = timeout(Duration::from_secs(20), self.0.accept()).await.unwrap().unwrap();
        let mut text = String::new();
        loop {
            let mut bytes = [0; 4096];
            let count = stream.read(&mut bytes).await.unwrap();
            text.push_str(std::str::from_utf8(&bytes[..count]).unwrap());
            let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
            let told = Told { head: head.to_owned(), body: body.to_owned() };
            if body.len() == told.header("Content-Length").parse::<usize>().unwrap() {
                let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
                stream.write_all(answer.as_bytes()).await.unwrap();
                return told;
            }
        }
    }
}

async fn sample(receiver: &Receiver, events: &[&str]) -> HostBill {
    let hostbill = HostBill::start(Model::sample()).await.unwrap();
    hostbill.with(|model| model.add_hook(receiver.hook(events)));
    hostbill
}

#[tokio::test]
async fn what_happens_to_an_account_is_told() {
    let receiver = Receiver::new().await;
    let hostbill = sample(&receiver, &[]).await;
    let account = hostbill.with(|model| model.add_account(512, 91, "m", "bb-nord-120045"));
    done(&hostbill, "accountSuspend", &format!("id={account}")).await;
    let told = receiver.next("204 No Content").await;
    assert!(told.head.starts_with("POST /hooks/hostbill HTTP/1.1"));
    assert_eq!((told.header("HB-Hook"), told.header("HB-Event")), ("1", "after_accountsuspend"));
    assert_eq!(told.body()["id"], account.to_string());
    assert_eq!(told.body()["domain"], "bb-nord-120045");
    assert_eq!(told.body()["status"], "Suspended");
}

#[tokio::test]
async fn a_web_hook_is_signed_over_its_time_and_its_body() {
    let receiver = Receiver::new().await;
    let hostbill = sample(&receiver, &[]).await;
    done(&hostbill, "setClientDetails", "id=512&city=Oslo").await;
    let told = receiver.next("200 OK").await;
    assert_eq!((told.header("HB-Timestamp"), &*told.body), ("1772438400", r#"{"id":"512"}"#));
    // printf '1772438400{"id":"512"}' | openssl dgst -sha256 -hmac 'whsec-42'
    let signature = "8dffe84cba5d9b032eb25751cf31b694d8544f50799178502d15f9d15b0d8576";
    assert_eq!(told.header("HB-Signature"), signature);
}

#[tokio::test]
async fn a_web_hook_tells_the_events_it_was_set_up_for() {
    let receiver = Receiver::new().await;
    let hostbill = sample(&receiver, &["after_accountterminate"]).await;
    let account = hostbill.with(|model| model.add_account(512, 91, "m", ""));
    done(&hostbill, "accountSuspend", &format!("id={account}")).await;
    done(&hostbill, "accountTerminate", &format!("id={account}")).await;
    assert_eq!(receiver.next("200 OK").await.header("HB-Event"), "after_accountterminate");
    assert!(hostbill.with(|model| model.events.contains(&"after_accountsuspend".to_owned())));
}

#[tokio::test]
async fn a_web_hook_that_is_refused_is_not_sent_again() {
    let receiver = Receiver::new().await;
    let hostbill = sample(&receiver, &[]).await;
    let account = hostbill.with(|model| model.add_account(512, 91, "m", ""));
    done(&hostbill, "accountSuspend", &format!("id={account}")).await;
    done(&hostbill, "accountUnsuspend", &format!("id={account}")).await;
    assert_eq!(receiver.next("503 Busy").await.header("HB-Event"), "after_accountsuspend");
    assert_eq!(receiver.next("200 OK").await.header("HB-Event"), "after_accountunsuspend");
}

#[tokio::test]
async fn an_unreachable_receiver_disturbs_nobody() {
    let (gone, receiver) = (Receiver::new().await, Receiver::new().await);
    let nowhere = gone.hook(&[]);
    drop(gone);
    let hostbill = sample(&receiver, &[]).await;
    hostbill.with(|model| model.hooks.insert(0, nowhere));
    done(&hostbill, "addClient", "email=new%40example.org&password=x&password2=x").await;
    let told = receiver.next("200 OK").await;
    assert_eq!((told.header("HB-Hook"), told.header("HB-Event")), ("2", "after_clientadded"));
}

#[tokio::test]
async fn the_control_face_sets_web_hooks_up_and_removes_them() {
    let receiver = Receiver::new().await;
    let hostbill = HostBill::start(Model::sample()).await.unwrap();
    let control = hostbill.url().replace("/admin/api.php", "/_sim/hooks");
    let hook = json!({"url": receiver.hook(&[]).url, "secret": "s", "real_time": true});
    assert_eq!(send("POST", &control, &[], &hook.to_string()).await.unwrap().json(), json!({"id": 1}));
    assert_eq!(send("POST", &control, &[], "{\"url\": \"http://x/y\"}").await.unwrap().status, 400);
    done(&hostbill, "setClientDetails", "id=512&city=Oslo").await;
    let told = receiver.next("200 OK").await;
    assert_eq!(told.body(), json!({"id": "512"}));
    let virtual_now = hostbill.with(|model| model.clock.now().seconds().to_string());
    assert_ne!(told.header("HB-Timestamp"), virtual_now);
    send("DELETE", &control, &[], "").await.unwrap();
    assert!(hostbill.with(|model| model.hooks.is_empty()));
}
