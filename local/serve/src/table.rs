//! The embedded table: dynoxide on a file or in memory, served on loopback inside this process and reached by
//! the same store as DynamoDB in AWS.
//!
//! A file has one owner at a time. Whoever opens it first serves it, and writes where into `FILE.lock`; another
//! `billbridge` on this machine (a report while `serve` is at work) uses the owner's table for as long as the
//! owner lives. Like the file itself, the port is for this machine only.

use crate::exit::Problem;
use aws_kit::SdkConfig;
use dynoxide::Database;
use std::convert::Infallible;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::Duration;
use store_dynamodb::DynamoStore;
use tokio::sync::oneshot;
use tracing::{debug, warn};

mod copy;

pub(crate) use copy::back_up;

/// Where the table is unless `BILLBRIDGE_DATA` says otherwise.
pub const DEFAULT_FILE: &str = "billbridge.db";
/// As `BILLBRIDGE_DATA`: nothing is kept.
pub const MEMORY: &str = ":memory:";

const NAME: &str = "billbridge";
const POLLS: u32 = 100;
const BETWEEN_POLLS: Duration = Duration::from_millis(20);
/// How often what has expired is removed from a file, as DynamoDB removes it unasked. What is in memory ends with
/// the process anyway, and a story that is told there may be told at another time than this machine's.
const SWEEP_EVERY: Duration = Duration::from_mins(10);

/// An embedded table, for as long as this lives.
pub struct Table {
    config: SdkConfig,
    place: String,
    stop: Option<oneshot::Sender<()>>,
    server: Option<JoinHandle<()>>,
    /// Held until the file is closed.
    lock: Option<File>,
}

impl Table {
    /// On the named file, on `billbridge.db`, or in memory.
    pub async fn open(data: Option<&str>) -> Result<Self, Problem> {
        match data {
            Some(MEMORY) => Self::in_memory().await,
            Some(path) => Self::on_file(Path::new(path)).await,
            None => Self::on_file(Path::new(DEFAULT_FILE)).await,
        }
    }

    /// In memory: everything is forgotten at the end.
    pub async fn in_memory() -> Result<Self, Problem> {
        let database = Database::memory().map_err(|error| broken("memory", &error))?;
        Self::serve(database, "a table in memory".to_owned(), None, None).await
    }

    async fn on_file(path: &Path) -> Result<Self, Problem> {
        let place = format!("the table in {}", path.display());
        let lock = lock_file(path)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Self::as_guest(path, lock, place).await,
            Err(TryLockError::Error(error)) => return Err(broken(&path.display().to_string(), &error)),
        }
        let shown = path.display().to_string();
        // Nobody is to be sent to where a former owner was.
        lock.set_len(0).map_err(|error| broken(&shown, &error))?;
        let database = Database::new(&path.to_string_lossy()).map_err(|error| broken(&shown, &error))?;
        Self::serve(database, place, Some(lock), Some(SWEEP_EVERY)).await
    }

    /// Uses the table that the file's owner serves.
    async fn as_guest(path: &Path, mut lock: File, place: String) -> Result<Self, Problem> {
        for _ in 0..POLLS {
            let mut endpoint = String::new();
            let read = lock.rewind().and_then(|()| lock.read_to_string(&mut endpoint));
            read.map_err(|error| broken(&path.display().to_string(), &error))?;
            if let Some(endpoint) = endpoint.strip_suffix('\n') {
                let config = aws_kit::load_at(endpoint).await;
                let place = format!("{place}, shared with the billbridge that has it open");
                return Ok(Self { config, place, stop: None, server: None, lock: None });
            }
            tokio::time::sleep(BETWEEN_POLLS).await;
        }
        let what = format!("{} is held by another process that does not share it", path.display());
        Err(Problem::failed(what, "end the other billbridge, or set BILLBRIDGE_DATA to another file"))
    }

    async fn serve(
        database: Database,
        place: String,
        lock: Option<File>,
        sweep_every: Option<Duration>,
    ) -> Result<Self, Problem> {
        let bound = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
            .and_then(|listener| listener.set_nonblocking(true).map(|()| listener))
            .and_then(|listener| listener.local_addr().map(|address| (listener, address)));
        let (listener, address) = bound.map_err(|error| broken("a port on 127.0.0.1", &error))?;
        let endpoint = format!("http://{address}");
        // A file that is new, or that was left behind before its table was made.
        let is_empty = database.table_count().unwrap_or_default() == 0;
        let (stop, stopped) = oneshot::channel();
        let server = std::thread::Builder::new().name("table".into());
        let server = server.spawn(move || run(listener, &database, sweep_every, stopped));
        let server = server.map_err(|error| broken("a thread for the table", &error))?;
        let mut table = Self {
            config: aws_kit::load_at(&endpoint).await,
            place,
            stop: Some(stop),
            server: Some(server),
            lock: None,
        };
        if is_empty {
            table.store().create_table().await?;
        }
        if let Some(mut lock) = lock {
            let written = writeln!(lock, "{endpoint}").and_then(|()| lock.flush());
            written.map_err(|error| broken("the lock file", &error))?;
            table.lock = Some(lock);
        }
        Ok(table)
    }

    /// A store on the table.
    pub fn store(&self) -> DynamoStore {
        DynamoStore::new(&self.config, NAME)
    }

    /// In words.
    pub fn place(&self) -> &str {
        &self.place
    }
}

/// A runtime of its own: `SQLite` blocks, and whoever waits for a reply is not to wait for it.
fn run(
    listener: TcpListener,
    database: &Database,
    sweep_every: Option<Duration>,
    stopped: oneshot::Receiver<()>,
) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        return;
    };
    runtime.block_on(async move {
        let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
        tokio::select! {
            () = dynoxide::server::serve_on(listener, database.clone()) => {}
            _ = sweep(database, sweep_every) => {}
            // Sent or dropped, both mean stop.
            _ = stopped => {}
        }
    });
}

/// Removes what has expired, again and again, beside the requests: they wait for a few items at most. Where the
/// table is closed meanwhile, its thread ends once the sweep has.
async fn sweep(database: &Database, every: Option<Duration>) -> Infallible {
    let Some(every) = every else { return std::future::pending().await };
    loop {
        tokio::time::sleep(every).await;
        let database = database.clone();
        match tokio::task::spawn_blocking(move || database.sweep_ttl()).await {
            Ok(Ok(items)) => debug!(items, "{items} items that had expired were removed"),
            Ok(Err(error)) => warn!("what has expired stays until the next sweep: {error}"),
            Err(ended) => warn!("what has expired stays until the next sweep: {ended}"),
        }
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(server) = self.server.take() {
            // The file is closed once the thread has ended, however it ended.
            drop(server.join());
        }
        drop(self.lock.take());
    }
}

fn lock_file(path: &Path) -> Result<File, Problem> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let file =
        OpenOptions::new().read(true).write(true).create(true).truncate(false).open(PathBuf::from(name));
    file.map_err(|error| broken(&path.display().to_string(), &error))
}

fn broken(what: &str, error: &dyn std::fmt::Display) -> Problem {
    let cure =
        "check the directory, its rights and the space on the disk, or set BILLBRIDGE_DATA to another file";
    Problem::failed(format!("the table cannot be opened: {what}: {error}"), cure)
}

#[cfg(test)]
mod tests;
