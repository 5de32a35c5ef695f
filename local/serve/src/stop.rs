//! Closing time: asked for once, seen everywhere.

use domain::clock::Clock;
use jiff::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Notify;

/// Whether the process was asked to stop. Clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<State>);

#[derive(Debug, Default)]
struct State {
    asked: AtomicBool,
    told: Notify,
}

impl Stop {
    /// Asks for it.
    pub fn ask(&self) {
        self.0.asked.store(true, Ordering::SeqCst);
        self.0.told.notify_waiters();
    }

    /// Whether it was asked for.
    pub fn is_asked(&self) -> bool {
        self.0.asked.load(Ordering::SeqCst)
    }

    /// Waits until it is asked for.
    pub async fn asked(&self) {
        let told = self.0.told.notified();
        tokio::pin!(told);
        // Registered before the flag is read: a word between the two is not missed.
        told.as_mut().enable();
        if !self.is_asked() {
            told.await;
        }
    }

    /// Asks for it on Ctrl-C and on a polite kill; the second Ctrl-C ends the process at once.
    pub fn on_signals(&self) {
        let stop = self.clone();
        tokio::spawn(async move {
            signalled().await;
            stop.ask();
            signalled().await;
            std::process::exit(130);
        });
    }
}

#[cfg(unix)]
async fn signalled() {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupted = tokio::signal::ctrl_c();
    match signal(SignalKind::terminate()) {
        Ok(mut terminated) => {
            tokio::select! {
                // Whether it came or cannot come: there is nothing else to wait for.
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
        }
        // Without the one there is the other.
        Err(_) => drop(interrupted.await),
    }
}

#[cfg(not(unix))]
async fn signalled() {
    drop(tokio::signal::ctrl_c().await);
}

/// A clock that knows closing time: a run makes no new change then, and leaves a checkpoint.
pub struct HouseClock {
    time: Arc<dyn Clock>,
    stop: Stop,
}

impl HouseClock {
    /// This clock's time, with this closing time.
    pub fn new(time: Arc<dyn Clock>, stop: Stop) -> Self {
        Self { time, stop }
    }
}

impl Clock for HouseClock {
    fn now(&self) -> Timestamp {
        self.time.now()
    }

    fn is_closing(&self) -> bool {
        self.stop.is_asked()
    }
}
