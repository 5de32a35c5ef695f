//! A DynamoDB in this process: dynoxide, over HTTP on a port of its own, so that the real adapter is tested.

use aws_kit::SdkConfig;
use dynoxide::Database;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::thread::JoinHandle;
use store_dynamodb::DynamoStore;
use tokio::sync::oneshot;

/// The table that [`Embedded::start`] creates.
pub const TABLE: &str = "billbridge";

/// An embedded DynamoDB with one table as `infra/table.json` declares it. It ends when it is dropped.
#[derive(Debug)]
pub struct Embedded {
    config: SdkConfig,
    endpoint: String,
    stop: Option<oneshot::Sender<()>>,
    server: Option<JoinHandle<()>>,
}

impl Embedded {
    /// In memory: everything is forgotten at the end.
    pub async fn start() -> Self {
        Self::serve(Database::memory().expect("a database in memory")).await
    }

    /// On a file, which is made where there is none.
    pub async fn open(path: &str) -> Self {
        Self::serve(Database::new(path).expect("a database on this file")).await
    }

    /// How to reach it.
    pub fn config(&self) -> &SdkConfig {
        &self.config
    }

    /// Where it listens.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Another store on the table, with a memory and a meter of its own, as another process would have.
    pub fn store(&self) -> DynamoStore {
        DynamoStore::new(&self.config, TABLE)
    }

    async fn serve(database: Database) -> Self {
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).expect("a free port");
        listener.set_nonblocking(true).expect("a listener for tokio");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        let (stop, stopped) = oneshot::channel();
        let server = std::thread::spawn(move || run(listener, database, stopped));
        let embedded = Self {
            config: store_dynamodb::emulated(&endpoint).await,
            endpoint,
            stop: Some(stop),
            server: Some(server),
        };
        embedded.store().create_table().await.expect("the table");
        embedded
    }
}

/// A runtime of its own: the database blocks, and a test's single thread is not to wait for it.
fn run(listener: TcpListener, database: Database, stopped: oneshot::Receiver<()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async move {
        let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
        tokio::select! {
            () = dynoxide::server::serve_on(listener, database) => {}
            _ = stopped => {}
        }
    });
}

impl Drop for Embedded {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(server) = self.server.take() {
            drop(server.join());
        }
    }
}
