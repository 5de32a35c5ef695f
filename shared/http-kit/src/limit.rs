//! How many requests somebody may make: a bucket for each, in this process.

use axum::extract::ConnectInfo;
use domain::access::SecretHash;
use domain::clock::Clock;
use governor::clock::Clock as GovernorClock;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use http::Extensions;
use jiff::Timestamp;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// After how many requests the buckets that are full again are thrown away.
const CLEAN_EVERY: u32 = 1024;

/// Whose bucket a request is taken from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Caller {
    /// Whoever a good token is of.
    Actor(Box<str>),
    /// A browser whose cookie we have signed. Not looked up: a page's pictures and styles cost no read.
    Session(SecretHash),
    /// Somebody from this address.
    Stranger(IpAddr),
    /// Somebody whose address is not known. All of them share one bucket.
    Nowhere,
}

impl Caller {
    /// A stranger, as far as the connection says who. Never from a header: anybody can write one.
    pub(crate) fn stranger(extensions: &Extensions) -> Self {
        match extensions.get::<ConnectInfo<SocketAddr>>() {
            Some(ConnectInfo(address)) => Self::Stranger(network(address.ip())),
            None => Self::Nowhere,
        }
    }
}

/// An IPv6 customer has at least a /64 to themselves, and as many addresses as they like.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
    }
}

/// Lets so many requests through in a minute for each caller, all of them at once if need be.
pub(crate) struct Limiter {
    buckets: RateLimiter<Caller, HashMapStateStore<Caller>, Ticks, NoOpMiddleware<Nanos>>,
    ticks: Ticks,
    requests: AtomicU32,
}

impl Limiter {
    pub(crate) fn new(clock: Arc<dyn Clock>, per_minute: u32) -> Self {
        let quota = Quota::per_minute(NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN));
        let ticks = Ticks::new(clock);
        let buckets = RateLimiter::new(quota, HashMapStateStore::default(), ticks.clone());
        Self { buckets, ticks, requests: AtomicU32::new(0) }
    }

    /// Takes one request; or says in how many seconds there will be another.
    pub(crate) fn take(&self, caller: &Caller) -> Result<(), u64> {
        if self.requests.fetch_add(1, Ordering::Relaxed) % CLEAN_EVERY == CLEAN_EVERY - 1 {
            self.buckets.retain_recent();
        }
        self.buckets.check_key(caller).map_err(|until| {
            let wait = until.wait_time_from(self.ticks.now());
            wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
        })
    }
}

/// Our clock as the buckets see it: nanoseconds that only ever grow. A clock that is set back stands still for
/// one reading; otherwise everybody would be locked out until it has caught up.
#[derive(Clone)]
struct Ticks {
    clock: Arc<dyn Clock>,
    read: Arc<Mutex<Reading>>,
}

#[derive(Clone, Copy)]
struct Reading {
    last: Timestamp,
    passed: u64,
}

impl Ticks {
    fn new(clock: Arc<dyn Clock>) -> Self {
        let read = Arc::new(Mutex::new(Reading { last: clock.now(), passed: 0 }));
        Self { clock, read }
    }
}

impl GovernorClock for Ticks {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        let since = u64::try_from(now.duration_since(read.last).as_nanos()).unwrap_or(0);
        *read = Reading { last: now, passed: read.passed.saturating_add(since) };
        Nanos::new(read.passed)
    }
}

#[cfg(test)]
mod tests;
