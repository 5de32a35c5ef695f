//! `billbridge serve` as it is typed, in this process, on a port of its own.

use crate::wire::Caller;
use crate::world::World;
use serve::exit::Exit;
use serve::out::{Captured, Out};
use serve::stop::Stop;
use serve::surroundings::Surroundings;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::time::{interval, timeout};

/// Generous: only what is broken waits for it.
const LONG: Duration = Duration::from_mins(2);

/// A `serve` at work; dropped, it is asked to stop.
pub(crate) struct Serving {
    pub(crate) address: SocketAddr,
    stop: Stop,
    captured: Captured,
    thread: Option<JoinHandle<Exit>>,
}

impl Serving {
    /// In this world, with a program that may ask often.
    pub(crate) async fn open(world: &World) -> Self {
        Self::around(world.around_with(&[("BILLBRIDGE_REQUESTS_PER_MINUTE", "1000000")])).await
    }

    /// In these surroundings; open once it answers.
    pub(crate) async fn around(around: Surroundings) -> Self {
        let around = Surroundings { entropy: late, ..around };
        let stop = around.stop.clone();
        let (mut out, captured) = Out::captured(false);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let line = ["serve", "--listen", "127.0.0.1:0"];
            runtime.block_on(serve::run_line(&line, around, &mut out)).unwrap()
        });
        let opened = || {
            assert!(!thread.is_finished(), "it ended: {}", captured.all());
            address(&captured.notes())
        };
        let address = eventually("a port is taken", || std::future::ready(opened())).await;
        let serving = Self { address, stop, captured, thread: Some(thread) };
        assert_eq!(serving.nobody().get("/health").await.status, 200);
        serving
    }

    pub(crate) fn nobody(&self) -> Caller {
        Caller { address: self.address, header: None }
    }

    pub(crate) fn with_token(&self, secret: &str) -> Caller {
        Caller { header: Some(("Authorization", format!("Bearer {secret}"))), ..self.nobody() }
    }

    pub(crate) fn with_cookie(&self, cookie: &str) -> Caller {
        Caller { header: Some(("Cookie", cookie.to_owned())), ..self.nobody() }
    }

    /// What it told whoever started it.
    pub(crate) fn told(&self) -> String {
        self.captured.all()
    }

    pub(crate) fn ask_to_stop(&self) {
        self.stop.ask();
    }

    /// Asks it to stop, and says how it ended.
    pub(crate) async fn close(mut self) -> Exit {
        self.stop.ask();
        let thread = self.thread.take().unwrap();
        let ended = tokio::task::spawn_blocking(move || thread.join().unwrap());
        timeout(LONG, ended).await.unwrap().unwrap()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.stop.ask();
    }
}

/// A token for programs that may do this.
pub(crate) async fn token(world: &World, scopes: &[&str]) -> String {
    let mut line = vec!["tokens", "create", "--name", "a program"];
    line.extend(scopes.iter().flat_map(|scope| ["--scope", scope]));
    world.done(&line).await.results().trim().to_owned()
}

/// Looks again and again until there is something.
pub(crate) async fn eventually<T, F: Future<Output = Option<T>>>(
    what: &str,
    mut look: impl FnMut() -> F,
) -> T {
    let found = async {
        let mut looks = interval(Duration::from_millis(2));
        loop {
            if let Some(found) = look().await {
                return found;
            }
            looks.tick().await;
        }
    };
    timeout(LONG, found).await.map_err(|late| format!("{what}: {late}")).unwrap()
}

fn address(notes: &str) -> Option<SocketAddr> {
    let (_, rest) = notes.split_once("pages and API on http://")?;
    rest.split_once('\n')?.0.parse().ok()
}

/// Numbers that differ, and leave a minute until the schedule's first run.
fn late() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed) * 60 + 59
}
