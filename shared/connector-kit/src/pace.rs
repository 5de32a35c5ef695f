//! How many requests at once and how fast.

use crate::transport::TransportConfig;
use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{sleep, timeout};

/// The runtime's own time, so that waiting and counting never disagree.
#[derive(Debug, Clone, Copy)]
struct RuntimeClock;

impl Clock for RuntimeClock {
    type Instant = Instant;

    fn now(&self) -> Instant {
        tokio::time::Instant::now().into_std()
    }
}

pub(crate) struct Pace {
    places: Semaphore,
    slots: RateLimiter<NotKeyed, InMemoryState, RuntimeClock, NoOpMiddleware<Instant>>,
}

impl Pace {
    pub(crate) fn new(config: &TransportConfig) -> Self {
        let quota = Quota::per_second(config.requests_per_second).allow_burst(config.burst);
        Self {
            places: Semaphore::new(usize::from(config.in_flight.get())),
            slots: RateLimiter::direct_with_clock(quota, RuntimeClock),
        }
    }

    /// Waits for a place and a slot, at most this long. Nothing if there was none in time.
    pub(crate) async fn admit(&self, at_most: Duration) -> Option<SemaphorePermit<'_>> {
        timeout(at_most, async {
            let place = self.places.acquire().await.ok()?;
            while let Err(full) = self.slots.check() {
                sleep(full.wait_time_from(RuntimeClock.now())).await;
            }
            Some(place)
        })
        .await
        .ok()
        .flatten()
    }
}
