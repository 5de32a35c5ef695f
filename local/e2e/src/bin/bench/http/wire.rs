//! A connection that is kept, and every byte that comes over it counted.

use e2e::Trouble;
use std::net::SocketAddr;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

/// What is asked, ready to be sent again and again.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    head: String,
    body: String,
}

impl Request {
    pub(crate) fn get(path: &str) -> Self {
        Self { head: format!("GET {path} HTTP/1.1\r\n"), body: String::new() }
    }

    /// A form, as a browser sends it.
    pub(crate) fn form(path: &str, body: &str) -> Self {
        let head = format!("POST {path} HTTP/1.1\r\nContent-Length: {}\r\n", body.len());
        Self { head, body: body.to_owned() }.with("Content-Type", "application/x-www-form-urlencoded")
    }

    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.head.push_str(&format!("{name}: {value}\r\n"));
        self
    }

    /// As browsers ask, who take an answer compressed.
    #[must_use]
    pub(crate) fn compressed(self) -> Self {
        self.with("Accept-Encoding", "gzip")
    }
}

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// What came over the wire: head and body as they were sent.
    pub(crate) received: u64,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.head.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A connection to one address.
pub(crate) struct Connection {
    address: SocketAddr,
    stream: BufReader<TcpStream>,
    received: u64,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Result<Self, Trouble> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { address, stream: BufReader::new(stream), received: 0 })
    }

    /// Asks, whatever the answer.
    pub(crate) async fn ask(&mut self, request: &Request) -> Result<Reply, Trouble> {
        let text = format!("{}Host: {}\r\n\r\n{}", request.head, self.address, request.body);
        self.stream.write_all(text.as_bytes()).await?;
        self.received = 0;
        let first = self.line().await?;
        let status = first.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.ok_or_else(|| Trouble::new(format!("an answer begins with {first:?}")))?;
        let mut head = Vec::new();
        loop {
            let line = self.line().await?;
            let Some((name, value)) = line.split_once(':') else { break };
            head.push((name.to_owned(), value.trim().to_owned()));
        }
        let mut reply = Reply { status, head, body: Vec::new(), received: 0 };
        if reply.header("transfer-encoding") == Some("chunked") {
            while self.chunk(&mut reply.body).await? {}
        } else {
            let length = reply.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
            self.take(&mut reply.body, length).await?;
        }
        reply.received = self.received;
        Ok(reply)
    }

    /// Asks for what must be there.
    pub(crate) async fn get(&mut self, request: &Request) -> Result<Reply, Trouble> {
        let reply = self.ask(request).await?;
        if reply.status == 200 {
            return Ok(reply);
        }
        let asked = request.head.lines().next().unwrap_or_default();
        Err(Trouble::new(format!("{asked}: answered {}: {}", reply.status, reply.text())))
    }

    async fn line(&mut self) -> Result<String, Trouble> {
        let mut line = String::new();
        let read = self.stream.read_line(&mut line).await?;
        if !line.ends_with('\n') {
            return Err(Trouble::new("the connection ended in the middle of an answer"));
        }
        self.received += read as u64;
        Ok(line.trim_end().to_owned())
    }

    async fn take(&mut self, body: &mut Vec<u8>, length: usize) -> Result<(), Trouble> {
        let from = body.len();
        body.resize(from + length, 0);
        self.stream.read_exact(&mut body[from..]).await?;
        self.received += length as u64;
        Ok(())
    }

    /// Whether there may be another one.
    async fn chunk(&mut self, body: &mut Vec<u8>) -> Result<bool, Trouble> {
        let size = self.line().await?;
        let size = size.split(';').next().unwrap_or_default();
        let size = usize::from_str_radix(size, 16).map_err(|error| Trouble::at("read a chunk", &error))?;
        self.take(body, size).await?;
        self.line().await?;
        Ok(size > 0)
    }
}
