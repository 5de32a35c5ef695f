//! A server that says exactly what it is told, and remembers what it was asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

#[derive(Default)]
struct Script {
    answers: VecDeque<(u16, String)>,
    asked: Vec<String>,
}

pub(crate) struct Replay {
    script: Arc<Mutex<Script>>,
    url: String,
    task: JoinHandle<()>,
}

impl Replay {
    /// Gives these bodies with status 200, in turn, the last one for ever.
    pub(crate) async fn of(bodies: &[&str]) -> Self {
        Self::with_status(&bodies.iter().map(|body| (200, *body)).collect::<Vec<_>>()).await
    }

    /// Gives these answers in turn, the last one for ever.
    pub(crate) async fn with_status(answers: &[(u16, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/admin/api.php", listener.local_addr().unwrap());
        let script = Arc::new(Mutex::new(Script {
            answers: answers.iter().map(|(status, body)| (*status, (*body).to_owned())).collect(),
            asked: Vec::new(),
        }));
        let serving = Arc::clone(&script);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                serve(stream, &serving).await;
            }
        });
        Self { script, url, task }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The whole requests, heads and bodies, in order.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.script.lock().unwrap().asked.clone()
    }
}

impl Drop for Replay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, script: &Mutex<Script>) {
    let mut text = String::new();
    let mut buffer = [0; 4096];
    while !is_whole(&text) {
        let read = stream.read(&mut buffer).await.unwrap_or(0);
        if read == 0 {
            return;
        }
        text.push_str(&String::from_utf8_lossy(&buffer[..read]));
    }
    let (status, body) = {
        let mut script = script.lock().unwrap();
        script.asked.push(text);
        match script.answers.len() {
            1 => script.answers[0].clone(),
            _ => script.answers.pop_front().unwrap(),
        }
    };
    let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
}

fn is_whole(text: &str) -> bool {
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().unwrap())
    });
    body.len() >= length.unwrap_or(0)
}
