//! A place on the way to a server where it is seen when something is asked and answered, and over which connection.

use crate::Trouble;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A question and when its answer began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// Which connection it came over, counted from 1.
    pub connection: usize,
    /// When the question came.
    pub asked: Instant,
    /// When the answer was passed on.
    pub answered: Instant,
}

type Seen = Arc<Mutex<Vec<Turn>>>;

/// A running tap; dropping it stops it, and what goes through it ends with the other side.
pub struct Tap {
    endpoint: String,
    seen: Seen,
    server: JoinHandle<()>,
}

impl Tap {
    /// Before the server at this address (`http://127.0.0.1:8000`), on a free port of 127.0.0.1.
    pub async fn before(endpoint: &str) -> Result<Self, Trouble> {
        let server: SocketAddr = endpoint
            .trim_start_matches("http://")
            .parse()
            .map_err(|error| Trouble::at("read the server's address", &error))?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let seen = Seen::default();
        let all = Arc::clone(&seen);
        let server = tokio::spawn(async move {
            let mut connection = 0;
            while let Ok((near, _)) = listener.accept().await {
                connection += 1;
                let seen = Arc::clone(&all);
                tokio::spawn(async move {
                    // A connection that breaks off ends what it carried; both sides notice by themselves.
                    if let Ok(far) = TcpStream::connect(server).await {
                        drop(pass(connection, near, far, &seen).await);
                    }
                });
            }
        });
        Ok(Self { endpoint, seen, server })
    }

    /// Where it listens.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Every turn so far, in the order of the answers.
    pub fn turns(&self) -> Vec<Turn> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// HTTP/1.1 without pipelining: what comes after an answer is the next question.
async fn pass(
    connection: usize,
    mut near: TcpStream,
    mut far: TcpStream,
    seen: &Seen,
) -> std::io::Result<()> {
    near.set_nodelay(true)?;
    far.set_nodelay(true)?;
    let (mut question, mut answer) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    let mut asked = None;
    loop {
        tokio::select! {
            read = near.read(&mut question) => {
                let read = read?;
                asked.get_or_insert_with(Instant::now);
                far.write_all(question.get(..read).unwrap_or_default()).await?;
                if read == 0 {
                    return Ok(());
                }
            }
            read = far.read(&mut answer) => {
                let read = read?;
                near.write_all(answer.get(..read).unwrap_or_default()).await?;
                if read == 0 {
                    return Ok(());
                }
                if let Some(asked) = asked.take() {
                    let turn = Turn { connection, asked, answered: Instant::now() };
                    seen.lock().unwrap_or_else(PoisonError::into_inner).push(turn);
                }
            }
        }
    }
}
