//! How long answers take when they are asked for at a steady pace, whether or not earlier ones have come.

use crate::http::wire::{Connection, Request};
use e2e::Trouble;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

/// Connections that are open before the first request.
const OPEN: usize = 8;
/// From the decision to the first request.
const RUN_UP: Duration = Duration::from_millis(100);

/// How long answers took, from the moment at which each was to be asked for: what had to wait for its turn here
/// counts as well.
pub(crate) struct Latencies(Vec<Duration>);

impl Latencies {
    /// So many of a hundred took at most this.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let at = (self.0.len() * percent).div_ceil(100).saturating_sub(1);
        self.0.get(at).copied().unwrap_or_default()
    }

    /// The longest.
    pub(crate) fn most(&self) -> Duration {
        self.0.last().copied().unwrap_or_default()
    }
}

/// Asks so many times a second for so many seconds. The moment of each request is fixed beforehand: a slow answer
/// delays nobody, a connection more is opened where all are busy.
pub(crate) async fn steadily(
    address: SocketAddr,
    request: Request,
    (per_second, seconds): (u32, u32),
) -> Result<Latencies, Trouble> {
    let idle = Arc::new(Mutex::new(Vec::new()));
    for _ in 0..OPEN {
        let mut connection = Connection::open(address).await?;
        connection.get(&request).await?;
        put_back(&idle, connection);
    }
    let request = Arc::new(request);
    let begin = Instant::now() + RUN_UP;
    let mut asked = JoinSet::new();
    for at in 0..per_second * seconds {
        let due = begin + Duration::from_secs(1) * at / per_second;
        sleep_until(due).await;
        asked.spawn(one(address, due, request.clone(), idle.clone()));
    }
    let mut took = Vec::new();
    while let Some(one) = asked.join_next().await {
        took.push(one.map_err(|error| Trouble::at("ask", &error))??);
    }
    took.sort_unstable();
    Ok(Latencies(took))
}

async fn one(
    address: SocketAddr,
    due: Instant,
    request: Arc<Request>,
    idle: Arc<Mutex<Vec<Connection>>>,
) -> Result<Duration, Trouble> {
    let free = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let mut connection = match free {
        Some(connection) => connection,
        None => Connection::open(address).await?,
    };
    connection.get(&request).await?;
    let took = due.elapsed();
    put_back(&idle, connection);
    Ok(took)
}

fn put_back(idle: &Mutex<Vec<Connection>>, connection: Connection) {
    idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
}
